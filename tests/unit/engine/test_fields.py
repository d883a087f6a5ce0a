"""Fields of every kind on the screens of an interview: what they show and what their variables become."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.engine.interviewing import failure, interview, program, source_mistake

END = "\n    ---\n    mandatory: True\n    question: The end"


def field(lines: str, *, variable: str = "a", more: str = ""):
    """An interview at a screen with one field; `lines` are its modifiers."""
    modifiers = "".join(f"\n        {line}" for line in lines.splitlines() if line.strip())
    return interview(f"    mandatory: True\n    question: Q\n    fields:\n      - Label: {variable}{modifiers}\n    {more}{END}")


CHOICES = "choices:\n  - Red: r\n  - Blue: b\n"


@pytest.mark.parametrize(
    ("lines", "typed", "value"),
    [
        ("", "text", "text"),
        ("datatype: text", " blanks ", "blanks"),
        ("datatype: area", "one\r\ntwo", "one\ntwo"),
        ("input type: area", "x", "x"),
        ("datatype: password", "secret", "secret"),
        ("datatype: email", "a@example.com", "a@example.com"),
        ("datatype: raw", "<b>x</b>", "<b>x</b>"),
        ("datatype: integer", "1,234", 1234),
        ("datatype: number", "1.5", 1.5),
        ("datatype: number", "12%", 12.0),
        ("datatype: currency", "1,000.50", 1000.5),
        ("datatype: range\nmin: 0\nmax: 10", "4", 4.0),
        ("datatype: yesno", "True", True),
        ("datatype: noyes", "False", False),
        ("datatype: yesnowide", "True", True),
        ("datatype: yesnoradio", "False", False),
        ("datatype: noyesradio", "True", True),
        ("datatype: yesnomaybe", "None", None),
        (CHOICES, "Red", "r"),
        (CHOICES + "datatype: radio", "Blue", "b"),
        (CHOICES + "input type: radio", "Blue", "b"),
        (CHOICES + "datatype: combobox", "Purple", "Purple"),
        (CHOICES + "datatype: datalist", "Purple", "Purple"),
        ("input type: hidden\ndefault: x", "x", "x"),
        ("datatype: integer\nchoices:\n  - One: 1\n  - Two: 2", "Two", 2),
    ],
)
def test_a_field_gives_its_variable_a_value_of_its_datatype(lines, typed, value):
    found = field(lines).answer(a=typed).answers["a"]
    assert found == value
    assert type(found) is type(value)


def test_a_date_becomes_a_date():
    found = field("datatype: date").answer(a="2026-05-04").answers["a"]
    assert (found.year, found.month, found.day) == (2026, 5, 4)


@pytest.mark.parametrize(("lines", "typed"), [("datatype: time", "14:30"), ("datatype: datetime", "2026-05-04T14:30")])
def test_a_time_becomes_a_time(lines, typed):
    found = field(lines).answer(a=typed).answers["a"]
    assert (found.hour, found.minute) == (14, 30)


def test_checkboxes_become_a_dictionary_that_is_gathered():
    session = field(CHOICES + "datatype: checkboxes").answer(a=["r"])
    assert session.answers["a"].elements == {"r": True, "b": False}
    assert session.answers["a"].gathered is True
    assert session.answers["a"].instanceName == "a"


def test_a_multiselect_becomes_a_dictionary_too():
    assert field(CHOICES + "datatype: multiselect").answer(a=["r", "b"]).answers["a"].elements == {"r": True, "b": True}


def test_checkboxes_define_that_they_are_gathered():
    text = """
    mandatory: True
    question: ${ a.true_values() }
    ---
    question: Q
    fields:
      - A: a
        datatype: checkboxes
        choices:
          - r
          - b
    """
    assert "r" in interview(text).answer(a=["r"]).question


OBJECTS = """
    objects:
      - ann: DAObject.using(label='Ann')
      - bob: DAObject.using(label='Bob')
    ---
    mandatory: True
    question: Q
    fields:
      - Who: who
        datatype: {datatype}
        choices:
          - ann
          - bob
    ---
    mandatory: True
    question: End
"""


@pytest.mark.parametrize("datatype", ["object", "object_radio"])
def test_an_object_is_chosen_as_it_is(datatype):
    session = interview(OBJECTS.format(datatype=datatype))
    session.answer(who=session.field("who").choices[-1].key)
    assert session.answers["who"].instanceName == "bob"


@pytest.mark.parametrize("datatype", ["object_checkboxes", "object_multiselect"])
def test_several_objects_become_a_list(datatype):
    session = interview(OBJECTS.format(datatype=datatype))
    keys = [choice.key for choice in session.field("who").choices if choice.key and not choice.special]
    session.answer(who=keys)
    assert [item.instanceName for item in session.answers["who"].elements] == ["ann", "bob"]


def test_an_object_that_was_chosen_is_the_object_itself_and_no_copy():
    session = interview(OBJECTS.format(datatype="object"))
    session.answer(who=session.field("who").choices[-1].key)
    answers = session.answers
    assert answers["who"] is answers["bob"]


# --- what a field shows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "attribute", "shown"),
    [
        ("hint: Type ${ 1 + 1 }", "hint", "Type 2"),
        ("help: Because", "help_html", "<p>Because</p>"),
        ("under text: below", "under_html", "below"),
        ("default: x${ 1 + 1 }", "value", "x2"),
        ("default: 5\ndatatype: integer", "value", "5"),
        ("default:\n  code: 2 * 3", "value", "6"),
        ("required: False", "required", False),
        ("required: 1 == 1", "required", True),
        ("css class: big", "css_class", "big"),
        ("no label: b", "no_label", True),
    ],
)
def test_a_modifier_shows_in_the_field(lines, attribute, shown):
    if lines.startswith("no label"):
        session = interview("    mandatory: True\n    question: Q\n    fields:\n      - no label: a" + END)
    else:
        session = field(lines)
    found = getattr(session.field("a"), attribute)
    assert (found.strip() if isinstance(found, str) else found) == shown


def test_the_label_is_markdown_with_mako():
    session = interview("    mandatory: True\n    question: Q\n    fields:\n      - '*A* ${ 1 + 1 }': a" + END)
    assert session.field("a").label_html == "<em>A</em> 2"


def test_a_label_and_a_field_can_be_written_apart():
    session = interview("    mandatory: True\n    question: Q\n    fields:\n      - label: Name\n        field: a" + END)
    assert session.field("a").label == "Name"


def test_one_field_needs_no_list():
    assert interview("    mandatory: True\n    question: Q\n    fields:\n      Name: a" + END).variables == ["a"]


def test_notes_and_html_stand_between_the_fields():
    text = (
        """
    mandatory: True
    question: Q
    fields:
      - note: |
          *Read* this
      - A: a
      - html: <hr>
    """
        + END
    )
    screen = interview(text).screen
    assert [view.kind for view in screen.fields] == ["note", "input", "html"]
    assert "<em>Read</em>" in screen.fields[0].label_html


def test_the_value_of_a_variable_is_shown_before_its_default():
    text = (
        """
    mandatory: True
    code: |
      a = 'before'
    ---
    mandatory: True
    question: Q
    fields:
      - A: a
        default: other
    """
        + END
    )
    assert interview(text).field("a").value == "before"


def test_a_default_may_be_sought():
    text = (
        """
    mandatory: True
    question: Q
    fields:
      - A: a
        default: ${ b }
    ---
    question: B?
    fields:
      - B: b
    """
        + END
    )
    session = interview(text)
    assert session.question == "B?"
    assert session.answer(b="x").field("a").value == "x"


def test_a_name_of_a_function_is_no_default():
    assert field("", variable="word").field("word").value == ""


def test_a_disabled_field_is_not_asked():
    session = interview(
        """
    mandatory: True
    question: Q
    fields:
      - A: a
        disabled: True
        default: x
      - B: b
    """
        + END
    )
    assert session.variables == ["b"]


def test_limits_are_templates():
    session = field("datatype: integer\nmin: ${ 2 + 1 }")
    assert session.answer(a="2").screen.has_errors
    assert session.answer(a="3").question == "The end"


@pytest.mark.parametrize(("key", "style"), [("continue button field", "continue")])
def test_fields_can_have_a_variable_for_the_button_too(key, style):
    session = field("", more=f"{key}: done")
    assert session.screen.button_style == style
    assert session.answer(a="x").answers["done"] is True


# --- choices of fields ---------------------------------------------------------------------------------------------------


def test_choices_may_come_from_code():
    assert field("code: |\n  [['r', 'Red'], ['b', 'Blue']]").labels == ["Red", "Blue"]


def test_what_the_code_for_choices_needs_is_sought():
    text = (
        """
    mandatory: True
    question: Q
    fields:
      - A: a
        code: colors
    ---
    code: |
      colors = ['Red']
    """
        + END
    )
    assert interview(text).labels == ["Red"]


@pytest.mark.parametrize("exclude", ["exclude: \"'b'\"", "exclude: ['b']", "exclude:\n  - \"'b'\"", "exclude: \"['b', 'x']\""])
def test_choices_can_be_excluded(exclude):
    if exclude == "exclude: ['b']":
        exclude = "exclude: \"['b']\""
    assert field(CHOICES + exclude).labels == ["Red"]


def test_a_field_without_choices_left_is_empty_and_not_shown():
    session = interview(
        "    mandatory: True\n    question: Q\n    fields:\n      - A: a\n        code: |\n          []\n      - B: b" + END
    )
    assert session.variables == ["b"]
    assert session.answer(b="x").answers["a"] is None


def test_a_screen_of_which_no_field_is_left_is_skipped():
    assert field("code: |\n  []").question == "The end"


def test_choices_of_a_field_can_be_shuffled():
    session = field("shuffle: True\ncode: |\n  range(40)")
    first = session.labels
    assert sorted(first, key=int) == [str(n) for n in range(40)]
    assert any(session.show().labels != first for _ in range(5))


def test_defaults_of_checkboxes_are_checked():
    session = field(CHOICES + "datatype: checkboxes\ndefault:\n  - b")
    assert session.answer().answers["a"].elements == {"r": False, "b": True}


def test_none_of_the_above_leaves_everything_unchecked():
    session = field(CHOICES + "datatype: checkboxes")
    assert session.answer(a="None of the above").answers["a"].elements == {"r": False, "b": False}


def test_nothing_checked_is_a_mistake_where_none_of_the_above_is_offered():
    assert field(CHOICES + "datatype: checkboxes").answer().screen.has_errors


def test_the_text_of_none_of_the_above_can_be_set():
    assert "Nope 2" in field(CHOICES + "datatype: checkboxes\nnone of the above: Nope ${ 1 + 1 }").labels


# --- fields that code makes ----------------------------------------------------------------------------------------------


def made(code: str):
    return f"    mandatory: True\n    question: Q\n    fields:\n      - code: |\n          {code}{END}"


def test_code_can_make_fields():
    session = interview(made("[{'label': 'First', 'field': 'a'}, {'Second': 'b', 'datatype': 'integer'}]"))
    assert session.variables == ["a", "b"]
    assert session.answer(a="x", b="5").answers["b"] == 5


def test_what_code_made_of_fields_is_no_template():
    session = interview(made("[{'label': '$' + '{ 1 + 1 }', 'field': 'a', 'hint': '$' + '{ 2 }', 'default': '$' + '{ 3 }'}]"))
    view = session.field("a")
    assert (view.label, view.hint, view.value) == ("${ 1 + 1 }", "${ 2 }", "${ 3 }")


@pytest.mark.parametrize("code", ["5", "{'a': 'b'}", "['a']", "[{'field': 'a b'}]", "[{'field': 'f()'}]"])
def test_code_that_makes_no_fields_is_an_error(code):
    assert failure(made(code)).line is not None


# --- mistakes of authors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("- Name: not a name", 3),
        ("- Name: f()", 3),
        ("- datatype: text", 3),
        ("- Name: a\n        hnt: x", 4),
        ("- Name: 5", 3),
        ("- just text", 3),
        ("- Name: a\n        code: d\n        exclude:\n          b: c", 5),
        ("- Name: a\n        choices: 5", 4),
        ("- Name: a\n        validation messages: x", 4),
        ("- Name: a\n        required: [1]", 4),
        ("- Name: a\n        default:\n          code: (", 5),
        ("- Name ${: a", 3),
    ],
)
def test_a_mistake_in_a_field_has_its_line(lines, line):
    assert source_mistake(f"    question: Q\n    fields:\n      {lines}").line == line


def test_an_unknown_datatype_is_a_mistake_with_the_nearest_name():
    assert "integer" in str(
        failure(f"    mandatory: True\n    question: Q\n    fields:\n      - A: a\n        datatype: interger{END}")
    )


def test_keys_of_fields_that_have_no_effect_yet_are_said():
    found = program("    question: Q\n    fields:\n      - A: a\n        keep for training: True")
    assert any("keep for training" in warning.message for warning in found.warnings)


def test_a_date_in_the_source_can_be_a_default():
    session = field("datatype: date\ndefault: 2026-05-04")
    assert session.field("a").value == date(2026, 5, 4).isoformat()
