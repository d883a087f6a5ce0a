"""Values that the server puts into controls: what they would post is what the datatype makes the value of."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from docassemble_lite.engine.fields.populating import CantBeShown, posted_texts
from docassemble_lite.engine.fields.registry import datatype_names, datatype_of
from docassemble_lite.language.dates import as_datetime
from tests.unit.engine.interviewing import interview

CHOICES = "\n    choices:\n      - Apple: a\n      - Pear: b\n      - Plum: c"
# datatype → (what is written below it, the value)
VALUES: dict[str, tuple[str, Any]] = {
    "text": ("", "plain & simple"),
    "raw": ("", "<b>raw</b>"),
    "area": ("", "two\nlines"),
    "phone": ("", "(202) 555-0123"),
    "email": ("", "ada@example.com"),
    "hidden": ("", "hid"),
    "number": ("", 2.5),
    "float": ("", -0.25),
    "integer": ("", 42),
    "int": ("", -3),
    "currency": ("", 12.5),
    "range": ("\n    min: 0\n    max: 10", 7.0),
    "date": ("", as_datetime("2026-05-04")),
    "time": ("", datetime.time(14, 30)),
    "datetime": ("", as_datetime("2026-05-04 14:30")),
    "yesno": ("", True),
    "boolean": ("", False),
    "noyes": ("", True),
    "yesnowide": ("", True),
    "noyeswide": ("", False),
    "yesnoradio": ("", False),
    "noyesradio": ("", True),
    "yesnomaybe": ("", None),
    "threestate": ("", True),
    "noyesmaybe": ("", False),
    "dropdown": (CHOICES, "b"),
    "choices": (CHOICES, "b"),
    "select": (CHOICES, "c"),
    "radio": (CHOICES, "a"),
    "combobox": (CHOICES, "b"),
    "datalist": (CHOICES, "something else"),
}
#: Those of which a value can't be shown, those whose values have no equality, and those that need objects.
OTHERS = {
    "camcorder",
    "camera",
    "environment",
    "file",
    "files",
    "microphone",
    "signature",
    "user",
    "password",
    "checkboxes",
    "multiselect",
    "object",
    "object_radio",
    "object_checkboxes",
    "object_multiselect",
}


def asked(datatype: str, more: str = "") -> Any:
    """The contract of the only field of a screen."""
    text = f"mandatory: True\nquestion: Q\nfields:\n  - Field: x\n    datatype: {datatype}{more}\n"
    return interview(text).screen.asked.fields[0]


def test_every_datatype_is_looked_at() -> None:
    assert set(datatype_names()) == VALUES.keys() | OTHERS


@pytest.mark.parametrize("datatype", sorted(VALUES))
def test_what_is_put_into_a_control_means_the_value(datatype: str) -> None:
    more, value = VALUES[datatype]
    field = asked(datatype, more)
    assert datatype_of(field).convert(field, posted_texts(field, value)) == value


@pytest.mark.parametrize("datatype", ["checkboxes", "multiselect"])
@pytest.mark.parametrize("value", [["a", "c"], {"a": True, "b": False, "c": True}, {"a", "c"}])
def test_several_choices_can_be_given_in_several_ways(datatype: str, value: Any) -> None:
    field = asked(datatype, CHOICES)
    assert sorted(posted_texts(field, value)) == ["a", "c"]


def test_no_choice_at_all_is_none_of_them() -> None:
    assert posted_texts(asked("checkboxes", CHOICES), []) == ["_none"]
    assert posted_texts(asked("multiselect", CHOICES), []) == []


@pytest.mark.parametrize(
    "datatype", sorted((VALUES.keys() | {"checkboxes", "multiselect"}) - {"yesnomaybe", "noyesmaybe", "threestate"})
)
def test_nothing_empties_a_control(datatype: str) -> None:
    more = VALUES[datatype][0] if datatype in VALUES else CHOICES
    texts = posted_texts(asked(datatype, more), None)
    assert texts in ([], [""], ["0"] if datatype == "range" else [])


def test_a_password_is_never_sent_to_a_browser() -> None:
    with pytest.raises(CantBeShown):
        posted_texts(asked("password"), "secret")


def test_radio_buttons_of_another_datatype_take_its_values() -> None:
    more = "\n    input type: radio\n    choices:\n      - 1\n      - 2"
    field = asked("integer", more)
    assert posted_texts(field, 2) == ["2"]
    assert datatype_of(field).convert(field, ["2"]) == 2


@pytest.mark.parametrize(
    ("datatype", "more", "value"),
    [
        ("dropdown", CHOICES, "z"),
        ("radio", CHOICES, "z"),
        ("date", "", "no day"),
        ("time", "", "soon"),
        ("yesnoradio", "", "perhaps"),
        ("number", "", float("nan")),
    ],
)
def test_a_value_that_a_control_cannot_show_is_refused(datatype: str, more: str, value: Any) -> None:
    """The control stays as it is instead of losing what stands there."""
    with pytest.raises(CantBeShown):
        posted_texts(asked(datatype, more), value)


def test_an_object_is_chosen_by_what_it_is() -> None:
    session = interview("""
    objects:
      - ada: Individual
      - bob: Individual
    ---
    mandatory: True
    code: |
      ada.name.first, bob.name.first = 'Ada', 'Bob'
    ---
    mandatory: True
    question: Q
    fields:
      - Who: who
        datatype: object
        choices:
          - ada
          - bob
    """)
    field = session.screen.asked.fields[0]
    chosen = next(value for value in field.choices.values() if value.name.first == "Bob")
    (key,) = posted_texts(field, chosen)
    assert datatype_of(field).convert(field, [key]) is chosen
