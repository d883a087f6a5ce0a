"""`dispatch()`: menus whose entries lead to screens, and back."""

from __future__ import annotations

import pytest

from tests.unit.engine.interviewing import interview

MENU = """
mandatory: True
code: |
  visited = []
---
mandatory: True
code: |
  dispatch('main_menu')
  left = 'yes'
  last_screen
---
question: Main menu
field: main_menu
buttons:
  - Apple: apple
  - Fruit: fruit_menu
  - Continue: Null
---
code: |
  fruit_menu = dispatch('fruit_choice')
---
question: Fruit
field: fruit_choice
choices:
  - Pear: pear
  - Back: Null
---
question: Apples
subquestion: ${ main_menu }
continue button field: apple
need: apple_tracked
---
code: |
  visited.append('apple')
  apple_tracked = True
---
question: Pears
continue button field: pear
---
event: last_screen
question: Done ${ comma_and_list(visited) } ${ late }
---
code: |
  late = left
"""


def test_a_choice_leads_to_its_screen_and_back_to_the_menu() -> None:
    session = interview(MENU)
    assert session.question == "Main menu"
    assert session.answer("Apple").question == "Apples"
    assert "apple" in session.screen.subquestion_html
    assert session.answer().question == "Main menu"
    assert "apple" not in session.answers
    assert "main_menu" not in session.answers


def test_a_screen_can_be_visited_again() -> None:
    session = interview(MENU).answer("Apple").answer().answer("Apple")
    assert session.question == "Apples"


def test_a_menu_can_lead_to_another_one() -> None:
    session = interview(MENU).answer("Fruit")
    assert session.question == "Fruit"
    assert session.answer("Pear").question == "Pears"
    assert session.answer().question == "Fruit"
    assert session.answer("Back").question == "Main menu"


def test_the_entry_for_none_goes_on_with_the_interview() -> None:
    session = interview(MENU).answer("Apple").answer().answer("Continue")
    assert session.question == "Done apple yes"
    assert "main_menu" not in session.answers


@pytest.mark.parametrize(
    ("expression", "given"),
    [
        ("logic_explanation()", ["a", "b"]),
        ("logic_explanation('other')", ["c"]),
        ("logic_explanation('all')", ["a", "b", "c"]),
        ("logic_explanation('none')", []),
        ("clear_explanations() or logic_explanation('all')", ["c"]),
        ("clear_explanations('other') or logic_explanation('all')", ["a", "b"]),
        ("clear_explanations('all') or logic_explanation('all')", []),
    ],
)
def test_reasons_are_noted_once_each(expression: str, given: list[str]) -> None:
    session = interview(f"""
mandatory: True
code: |
  explain('a')
  explain('b')
  explain('a')
  explain('c', category='other')
  given = {expression}
---
mandatory: True
question: End
""")
    assert session.answers["given"] == given


def test_reasons_stay_until_they_are_cleared() -> None:
    session = interview("""
mandatory: True
code: explain('first')
---
mandatory: True
question: Go on
continue button field: seen
---
mandatory: True
question: ${ comma_and_list(logic_explanation()) }
""")
    assert session.answer().question == "first"
