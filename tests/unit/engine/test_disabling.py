"""`disable others`: what is entered in one field stands for what others ask."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.fields.control_name import control_name
from tests.unit.engine.interviewing import interview, source_mistake

ASK = """
    mandatory: True
    question: Q
    fields:
      - Known: known
        choices:
          - Apple
          - Pear
        disable others: OTHERS
      - Name: name
      - Colour: colour
        disable others: [name]
    ---
    mandatory: True
    question: The end
"""

PERSON = """
    objects:
      - cook: Individual
      - gardener: Individual
    ---
    mandatory: True
    code: |
      cook.name.first = 'Ada'
      cook.name.last = 'Lovelace'
      gardener.name.last
    ---
    question: Who is the gardener?
    fields:
      - Somebody known: gardener
        datatype: KIND
        disable others: True
        choices: cook
      - First: gardener.name.first
      - Last: gardener.name.last
    ---
    mandatory: True
    question: ${ gardener } is the gardener
"""


def test_true_disables_all_others():
    session = interview(ASK.replace("OTHERS", "True"))
    assert session.field("known").disables == (control_name("name"), control_name("colour"))
    assert session.field("name").disables == ()


def test_a_list_disables_the_fields_for_its_variables():
    assert interview(ASK.replace("OTHERS", "[colour]")).field("known").disables == (control_name("colour"),)


def test_such_a_field_may_be_left_empty():
    session = interview(ASK.replace("OTHERS", "True"))
    assert not session.field("known").required
    assert session.field("name").required


def test_what_is_disabled_is_not_asked():
    session = interview(ASK.replace("OTHERS", "True")).answer(known="Apple", name="x")
    assert session.question == "The end"
    assert session.answers["known"] == "Apple"
    assert "name" not in session.answers


def test_what_is_not_disabled_is_asked():
    session = interview(ASK.replace("OTHERS", "True")).answer()
    assert session.field("name").error
    assert not session.field("known").error


def test_of_two_that_disable_each_other_the_first_wins():
    text = ASK.replace("OTHERS", "[colour]").replace("[name]", "[known]")
    session = interview(text).answer(known="Apple", name="x", colour="red")
    assert session.answers["known"] == "Apple"
    assert "colour" not in session.answers


def test_a_field_that_is_disabled_disables_nothing():
    session = interview(ASK.replace("OTHERS", "[colour]")).answer(known="Apple", name="x", colour="red")
    assert session.answers["name"] == "x"


@pytest.mark.parametrize("kind", ["object", "object_radio"])
def test_an_object_stands_for_its_parts(kind):
    session = interview(PERSON.replace("KIND", kind)).answer("Ada Lovelace")
    assert session.question == "Ada Lovelace is the gardener"
    answers = session.answers
    assert answers["gardener"] is answers["cook"]


@pytest.mark.parametrize("kind", ["object", "object_radio"])
def test_the_parts_stand_for_an_object_that_was_not_chosen(kind):
    session = interview(PERSON.replace("KIND", kind)).answer({"gardener.name.first": "Bob", "gardener.name.last": "Gray"})
    assert session.question == "Bob Gray is the gardener"
    assert session.answers["cook"].name.first == "Ada"


def test_none_of_the_above_disables_nothing():
    text = PERSON.replace("KIND", "object_radio\n        none of the above: Somebody else")
    session = interview(text).answer("Somebody else", {"gardener.name.first": "Bob", "gardener.name.last": "Gray"})
    assert session.question == "Bob Gray is the gardener"


def test_where_there_is_no_object_to_choose_its_parts_are_asked():
    session = interview(PERSON.replace("KIND", "object").replace("choices: cook", "choices: '[]'"))
    assert session.variables == ["gardener.name.first", "gardener.name.last"]


def test_one_variable_is_answered_by_whichever_field_was_filled_in():
    text = ASK.replace("OTHERS", "True").replace("- Name: name", "- Name: known")
    assert interview(text).post({control_name("_field_1"): ["Fig"], control_name("colour"): ["red"]}).answers["known"] == "Fig"
    assert interview(text).answer("Pear").answers["known"] == "Pear"


def test_what_is_to_be_disabled_must_be_variables():
    assert "isn't the name of a variable" in source_mistake(ASK.replace("OTHERS", "[1 + 1]")).message
