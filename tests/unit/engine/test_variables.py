"""Functions about variables by their names: whether they are there, what they are, and how to forget them."""

from __future__ import annotations

import pytest

from docassemble_lite.errors import EvaluationError
from tests.unit.engine.interviewing import interview

BLOCKS = """
    ---
    question: Asked?
    fields:
      - A: asked
    ---
    objects:
      - thing: DAObject
      - things: DAList.using(object_type=DAObject, auto_gather=False)
    ---
    code: |
      computed = 7
    ---
    mandatory: True
    question: The end
"""


def running(code: str):
    lines = "\n      ".join(code.splitlines())
    return interview(f"    mandatory: True\n    code: |\n      {lines}{BLOCKS}")


def found(expression: str, *, before: str = ""):
    """The value of the expression in an interview that doesn't have to ask for anything."""
    return running(f"{before}\nfound = {expression}").answers["found"]


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("a", True),
        ("b", False),
        ("thing", False),
        ("thing.label", False),
        ("things[0]", False),
        ("things[0].label", False),
        ("a.b", False),
        ("a[0]", True),
        ("d['x']", True),
        ("d['y']", False),
        ("format_date", False),
        ("o.label", True),
        ("o.other", False),
        ("asked", False),
    ],
)
def test_defined_says_whether_a_variable_is_there(name, there):
    assert found(f'defined("{name}")', before="a = 'text'\nd = {'x': 1}\no = DAObject('o', label=1)") is there


def test_defined_asks_and_makes_nothing():
    answers = running("found = [defined('asked'), defined('thing.label'), defined('computed')]").answers
    assert answers == {"found": [False, False, False]}


def test_defined_makes_no_item_of_a_list():
    session = running("things\nfound = defined('things[3].label')")
    assert len(session.answers["things"].elements) == 0


@pytest.mark.parametrize(
    "call", ["defined('a b')", "defined('f()')", "defined('')", "value('1')", "undefine('a +')", "define('', 1)"]
)
def test_what_is_no_name_is_an_error(call):
    with pytest.raises(EvaluationError, match="ValueError"):
        running(call)


@pytest.mark.parametrize("call", ["defined(5)", "value(None)", "define(['a'], 1)"])
def test_a_name_must_be_a_text(call):
    with pytest.raises(EvaluationError, match="TypeError"):
        running(call)


def test_value_gives_the_value():
    assert found("value('a')", before="a = 5") == 5


def test_value_seeks_what_is_missing():
    assert found("value('computed')") == 7
    assert running("value('asked')").question == "Asked?"


def test_value_makes_objects_on_its_way():
    assert found("value('thing').instanceName") == "thing"


def test_showifdef_gives_the_alternative_without_asking():
    assert found("[showifdef('asked'), showifdef('asked', 'none'), showifdef('a')]", before="a = 1") == ["", "none", 1]


def test_define_sets_a_variable():
    assert running("define('a', 5)").answers["a"] == 5


def test_define_sets_a_part_of_an_object():
    assert running("define('thing.label', 5)").answers["thing"].label == 5


def test_undefine_forgets_several_variables_and_parts():
    answers = running("a = 1\nb = 2\nthing.label = 1\nundefine('a', 'b', 'thing.label', 'never')").answers
    assert set(answers) == {"thing"}
    assert not hasattr(answers["thing"], "label")


def test_undefine_leaves_functions_alone():
    assert found("format_date('2026-05-04') != ''", before="undefine('format_date', 'len')") is True


def test_need_asks_for_what_is_named():
    assert running("need(computed, asked)").question == "Asked?"


def test_all_variables_is_plain_data():
    data = found("all_variables()", before="a = DAObject('a', b=today())\nc = {1, 2}")
    assert {"a", "c"} <= set(data) <= {"a", "c", "url_args"}
    assert isinstance(data["a"], dict)


def test_all_variables_leaves_the_books_out():
    assert "_internal" not in found("all_variables()")


def test_forget_result_of_something_unknown_is_no_error():
    assert running("forget_result_of('nothing')").question == "The end"


def test_functions_work_only_within_an_evaluation():
    from docassemble_lite.engine.functions.variables import defined

    with pytest.raises(RuntimeError):
        defined("a")
