"""`input type: ajax`: what is typed is an answer only if the author's action suggests it."""

from __future__ import annotations

import pytest

from tests.unit.engine.interviewing import interview, source_mistake

FRUIT = """
    question: Q
    fields:
      - Fruit: fruit
        input type: ajax
        action: fruits
    ---
    event: fruits
    code: |
      set_save_status('ignore')
      word = action_argument('wordstart')
      asked_for = word
      found = [[key, name] for key, name in known_fruit.items() if word == key or name.lower().startswith(word.lower())]
      json_response(found)
    ---
    code: |
      known_fruit = {'x1': 'Apple', 'x2': 'Orange', 'x3': 'Orange juice'}
    ---
    mandatory: True
    question: It is ${ fruit }
"""


@pytest.mark.parametrize(
    ("typed", "value"), [("Orange", "x2"), ("orange", "x2"), ("Apple", "x1"), ("x3", "x3"), (" Apple ", "x1")]
)
def test_a_label_or_a_value_is_an_answer(typed, value):
    session = interview(FRUIT).answer(fruit=typed)
    assert session.question == f"It is {value}"
    assert len(session.steps) == 2


@pytest.mark.parametrize("typed", ["Oran", "Pear", "__import__('os')", "<b>"])
def test_nothing_else_is(typed):
    session = interview(FRUIT).answer(fruit=typed)
    assert session.question == "Q"
    assert session.field("fruit").error == "Please take one of the suggestions."
    assert session.field("fruit").value == typed


def test_it_may_be_left_empty_only_where_it_is_not_required():
    assert interview(FRUIT).answer(fruit="").field("fruit").error
    assert (
        interview(FRUIT.replace("action: fruits", "action: fruits\n        required: False")).answer(fruit="").question == "It is"
    )


def test_the_control_says_whom_to_ask_and_when():
    attributes = interview(FRUIT).field("fruit").attributes
    assert (attributes["data-suggest"], attributes["data-suggest-at"]) == ("fruits", "4")
    attributes = interview(FRUIT.replace("action: fruits", "action: fruits\n        trigger at: 2")).field("fruit").attributes
    assert attributes["data-suggest-at"] == "2"


def test_it_needs_an_action():
    assert "needs an action" in source_mistake(FRUIT.replace("        action: fruits\n", "")).message


def test_a_list_of_texts_and_a_dictionary_are_suggestions_too():
    texts = FRUIT.replace("json_response(found)", "json_response([name for key, name in found])")
    assert interview(texts).answer(fruit="Apple").question == "It is Apple"
    assert (
        interview(FRUIT.replace("json_response(found)", "json_response(dict(found))")).answer(fruit="Apple").question
        == "It is x1"
    )
