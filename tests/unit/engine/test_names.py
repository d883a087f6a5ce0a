"""Names of variables: parts, variants, and which of them may come from outside."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.names import Binding, is_path, is_plain_path, normalized, parents_of, parts_of, variants_of


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a", ("a",)),
        ("a.b", ("a", ".b")),
        ("a[0]", ("a", "[0]")),
        ("a.b[0].c", ("a", ".b", "[0]", ".c")),
        ("a['x.y']", ("a", "['x.y']")),
        ("a['x]'].b", ("a", "['x]']", ".b")),
        ("a[b[0]].c", ("a", "[b[0]]", ".c")),
        ("a[0][1]", ("a", "[0]", "[1]")),
        ("f(x)", ("f(x)",)),
        ("a + b", ("a + b",)),
        ("größe", ("größe",)),
    ],
)
def test_a_name_is_cut_at_dots_and_brackets(name, parts):
    assert parts_of(name) == parts


@pytest.mark.parametrize(
    ("written", "name"),
    [('a["b"]', "a['b']"), ("a[ 0 ]", "a[0]"), (" a . b ", "a.b"), ("a", "a"), ("not a name!", "not a name!")],
)
def test_a_name_has_one_form_however_it_is_written(written, name):
    assert normalized(written) == name


def test_the_variants_of_a_name_come_in_the_order_of_the_search():
    found = [(variant.name, dict(variant.binding.values)) for variant in variants_of("a[0].b[1].c")]
    assert found == [
        ("a[0].b[1].c", {}),
        ("a[i].b[1].c", {"i": "0"}),
        ("a[0].b[i].c", {"i": "1"}),
        ("a[i].b[j].c", {"i": "0", "j": "1"}),
        ("x[0].b[1].c", {"x": "a"}),
        ("x[i].b[1].c", {"x": "a", "i": "0"}),
        ("x[0].b[i].c", {"x": "a", "i": "1"}),
        ("x[i].b[j].c", {"x": "a", "i": "0", "j": "1"}),
        ("x.b[1].c", {"x": "a[0]"}),
        ("x.b[i].c", {"x": "a[0]", "i": "1"}),
        ("x[1].c", {"x": "a[0].b"}),
        ("x[i].c", {"x": "a[0].b", "i": "1"}),
        ("x.c", {"x": "a[0].b[1]"}),
    ]


def test_a_plain_name_has_only_itself_as_a_variant():
    assert [variant.name for variant in variants_of("a")] == ["a"]


def test_bare_x_is_no_variant():
    assert "x" not in [variant.name for variant in variants_of("a.b[0]")]


def test_the_indices_beyond_the_sixth_stay_as_they_are():
    names = [variant.name for variant in variants_of("a[0][1][2][3][4][5][6]")]
    assert "a[i][j][k][l][m][n][6]" in names


def test_a_text_as_an_index_becomes_an_iterator_too():
    assert ("a[i]", {"i": "'b'"}) in [(variant.name, dict(variant.binding.values)) for variant in variants_of("a['b']")]


def test_a_binding_fills_x_and_iterators_in():
    binding = Binding({"x": "a[0].b", "i": "'k'"})
    assert binding.filled("x.c[i].d") == "a[0].b.c['k'].d"


def test_a_binding_leaves_other_parts_alone():
    assert Binding({"x": "a", "i": "3"}).filled("max.i[j]") == "max.i[j]"


def test_the_parents_of_a_name_are_the_objects_on_the_way():
    assert parents_of("a.b[0].c") == ["a", "a.b", "a.b[0]"]


@pytest.mark.parametrize("name", ["a", "a.b", "a[0].c", "a[i]", "a['b']", "größe"])
def test_a_path_can_be_assigned_to(name):
    assert is_path(name)


@pytest.mark.parametrize("name", ["", "1", "a b", "f(x)", "a.", "a[", ".a", "a-b", "'a'"])
def test_anything_else_is_no_path(name):
    assert not is_path(name)


@pytest.mark.parametrize("name", ["a", "a.b", "a[0]", "a[-1].b", "a[i].c", "a['x'].b", "a[b.c]", "a[b[0]]", "a[i + 1]"])
def test_a_plain_path_may_come_from_outside(name):
    assert is_plain_path(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a[__import__('os').system('x')].b",
        "a[f()].b",
        "a[b.c()]",
        "a[b[f()]]",
        "a[b.__class__]",
        "a[_internal]",
        "a()",
        "a().b",
        "a.__class__",
        "a._private",
        "_internal",
        "__builtins__",
        "a; b",
        "a\nb",
        "a + b",
        "a[(b := 1)]",
        "a[[c for c in d]]",
        "lambda: a",
        "a if b else c",
        "f'{a}'",
        "a['x'",
        "a[0:1]",
        "(" * 500,
        "a" + "[0]" * 5000,
        "a\x00",
    ],
)
def test_a_name_from_outside_that_would_run_code_or_look_inside_is_refused(name):
    assert not is_plain_path(name)
