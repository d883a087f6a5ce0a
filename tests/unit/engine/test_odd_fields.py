"""What an author can't have meant about fields is said before anybody is asked."""

from __future__ import annotations

import pytest

from tests.unit.engine.interviewing import source_mistake

QUESTION = """
    mandatory: True
    question: Q
"""


@pytest.mark.parametrize("key", ["yesno", "noyes", "yesnomaybe", "noyesmaybe"])
def test_a_question_has_either_two_buttons_or_fields(key):
    mistake = source_mistake(f"{QUESTION}    {key}: sure\n    fields:\n      - Name: name\n")
    assert mistake.message == f"A question can't have both “{key}” and “fields”."
    assert mistake.line == 4


def test_a_question_has_one_pair_of_buttons():
    assert "both “yesno” and “noyes”" in source_mistake(f"{QUESTION}    noyes: a\n    yesno: b\n").message


@pytest.mark.parametrize(
    "key", ["datatype: radio", "input type: radio", "datatype: checkboxes", "datatype: object", "input type: dropdown"]
)
def test_where_one_has_to_choose_there_must_be_choices(key):
    mistake = source_mistake(f"{QUESTION}    fields:\n      - Name: name\n        {key}\n")
    assert "needs something to choose from" in mistake.message
    assert mistake.line == 5
