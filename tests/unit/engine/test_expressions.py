"""Author code: which names it defines, how single variables are read and set, and where its errors point."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from docassemble_lite.engine.document import Place
from docassemble_lite.engine.expressions import (
    Code,
    Expression,
    constant_or_expression,
    delete_variable,
    names_defined_by,
    read_variable,
    set_variable,
    value_if_there,
)
from docassemble_lite.engine.source import Source
from docassemble_lite.errors import SourceError
from docassemble_lite.objects import DAList, DAObject


@pytest.fixture
def place(tmp_path: Path) -> Place:
    path = tmp_path / "a.yml"
    path.write_text("\n" * 8 + "code: |\n  a = 1\n  b = = 2\n  c = 3\n")
    return Place(Source("a.yml", path, tmp_path), 10)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("a = 1", ["a"]),
        ("a = b = 1", ["a", "b"]),
        ("a, b = 1, 2", ["a", "b"]),
        ("a, *b = c", ["a", "b"]),
        ("[a, (b, c)] = d", ["a", "b", "c"]),
        ("a.b = 1", ["a.b"]),
        ("a.b[0].c = 1", ["a.b[0].c"]),
        ('a["b"] = 1', ["a['b']"]),
        ("a[i].b = 1", ["a[i].b"]),
        ("a += 1", ["a"]),
        ("a: int = 1", ["a"]),
        ("if (a := 1): pass", ["a"]),
        ("for a in b: c = 1", ["a", "c"]),
        ("for a, b in c: pass", ["a", "b"]),
        ("with open(a) as b: pass", ["b"]),
        ("import a", ["a"]),
        ("import a.b", ["a"]),
        ("import a.b as c", ["c"]),
        ("from a import b, c as d", ["b", "d"]),
        ("try:\n  a = 1\nexcept Exception as b:\n  c = 1\nelse:\n  d = 1\nfinally:\n  e = 1", ["a", "b", "c", "d", "e"]),
        ("if a:\n  b = 1\nelif c:\n  d = 1\nelse:\n  e = 1", ["b", "d", "e"]),
        ("while a:\n  b = 1", ["b"]),
        ("def a(b):\n  c = 1", ["a"]),
        ("class A:\n  b = 1", ["A"]),
        ("a = [b for b in c]", ["a", "b"]),
        ("a = lambda b: b", ["a", "b"]),
        ("define('a', 1)", ["a"]),
        ("define('a[\"b\"].c', 1)", ["a['b'].c"]),
        ("define(a, 1)", []),
        ("f().a = 1", []),
        ("a.b", []),
        ("del a", []),
        ("a == 1", []),
        ("a = 1\na = 2", ["a"]),
    ],
)
def test_the_names_that_code_defines(code, names):
    assert names_defined_by(ast.parse(code)) == names


def test_a_variable_is_read_by_its_path():
    assert read_variable("a['b'][1]", {"a": {"b": [1, 2]}}) == 2


@pytest.mark.parametrize(
    ("name", "error"), [("a", NameError), ("b.c", AttributeError), ("c[3]", IndexError), ("d['x']", KeyError)]
)
def test_a_variable_that_is_missing_raises_what_python_raises(name, error):
    with pytest.raises(error):
        read_variable(name, {"b": object(), "c": [1], "d": {}})


def test_a_part_of_an_object_is_set_by_its_path():
    answers = {"a": DAList("a", object_type=DAObject)}
    set_variable("a[1].b", "c", answers)
    assert answers["a"][1].b == "c"


def test_setting_a_variable_leaves_nothing_else_behind():
    answers = {"a": DAObject("a"), "__builtins__": {}}
    set_variable("a.b", 1, answers)
    assert set(answers) == {"a", "__builtins__"}


def test_setting_that_fails_leaves_nothing_behind_either():
    answers = {"__builtins__": {}}
    with pytest.raises(NameError):
        set_variable("a.b", 1, answers)
    assert set(answers) == {"__builtins__"}


@pytest.mark.parametrize("name", ["a", "b.c", "d['e']", "none", "none.c", "b.none", "d['none']"])
def test_removing_a_variable_removes_it_and_what_is_not_there_is_no_error(name):
    answers = {"a": 1, "b": DAObject("b", c=1), "d": {"e": 1}}
    delete_variable(name, answers)
    assert value_if_there(name, answers) is None


def test_code_that_is_no_python_is_a_mistake_at_its_line(place):
    with pytest.raises(SourceError) as caught:
        Code("a = 1\nb = = 2\nc = 3\n", place)
    assert (caught.value.source, caught.value.line) == ("a.yml", 11)
    assert "b = = 2" in str(caught.value)


def test_an_assignment_in_a_condition_gets_a_hint(place):
    with pytest.raises(SourceError) as caught:
        Code("if a = 1:\n  b = 2\n", place)
    assert "==" in str(caught.value.hint)


def test_code_with_a_character_that_python_refuses_is_a_mistake(place):
    with pytest.raises(SourceError):
        Code("a = '\x00'", place)


def test_return_outside_of_a_function_is_a_mistake(place):
    with pytest.raises(SourceError):
        Code("return 1", place)


def test_an_error_in_code_has_the_line_of_the_file(place):
    with pytest.raises(ZeroDivisionError) as caught:
        Code("a = 1\nb = 1 / 0\n", place).run({})
    assert caught.traceback[-1].lineno + 1 == 11


def test_an_expression_may_have_blanks_around_it(place):
    assert Expression("  1 + 1\n", place).evaluate({}) == 2


def test_statements_are_no_expression(place):
    with pytest.raises(SourceError):
        Expression("a = 1", place)


@pytest.mark.parametrize(("value", "result"), [(True, True), (False, False), (None, False)])
def test_a_boolean_is_taken_as_it_is(place, value, result):
    assert constant_or_expression(value, place) is result


def test_a_text_is_an_expression(place):
    condition = constant_or_expression("a > 1", place)
    assert isinstance(condition, Expression)
    assert condition.evaluate({"a": 2}) is True


def test_a_list_is_no_condition(place):
    with pytest.raises(SourceError):
        constant_or_expression(["a"], place)
