"""What a screen that came up by Back can still see of the answers that were thrown away."""

from __future__ import annotations

import pytest

from tests.unit.engine.interviewing import interview

HOME = """
    objects:
      - home: DAObject
      - people: DAList.using(object_type=DAObject, there_are_any=True, there_is_another=False)
    ---
    mandatory: True
    code: |
      people.appendObject()
      people.appendObject()
    ---
    mandatory: True
    code: |
      country
      people[1].town
      the_end
    ---
    question: Where?
    subquestion: |
      ${ showifdef('country', 'US', prior=True) }/${ showifdef('home.street', 'none', prior=True) }/
      ${ showifdef('doubled', 'none', prior=True) }
    fields:
      - Country: country
      - Street: home.street
    ---
    question: Whose town?
    subquestion: |
      ${ showifdef('people[i].town', 'none', prior=True) }
    fields:
      - Town: people[i].town
    ---
    event: the_end
    question: The end
    subquestion: ${ doubled }
    ---
    code: |
      doubled = country * 2
"""


def words(running) -> str:
    return running.screen.subquestion_html


def test_the_first_time_there_is_nothing_before():
    assert "US/none/" in words(interview(HOME))


def test_after_back_the_discarded_answers_are_shown():
    running = interview(HOME).answer(**{"country": "FR", "home.street": "Rue"}).back()
    assert "FR/Rue/" in words(running)
    assert "country" not in running.answers


def test_what_only_code_had_set_is_seen_too_and_stays_when_the_screen_is_shown_again():
    running = interview(HOME).answer(**{"country": "FR", "home.street": "Rue"}).answer(**{"people[1].town": "Lyon"})
    assert running.question == "The end"
    running.back()
    assert "Lyon" in words(running)
    assert "Lyon" in words(running.show())
    assert "doubled" not in running.answers


def test_only_the_answers_of_the_last_back_count():
    running = interview(HOME).answer(**{"country": "FR", "home.street": "Rue"}).back()
    running.answer(**{"country": "DE", "home.street": "Weg"}).back()
    assert "DE/Weg/" in words(running)


def test_what_was_typed_before_back_stays_data():
    running = interview(HOME).answer(**{"country": "**FR** <b>x</b>", "home.street": "Rue"}).back()
    assert "<strong>" not in words(running)
    assert "<b>" not in words(running)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("showifdef('a', 'x')", "x"),
        ("showifdef('a', 'x', prior=True)", "yes"),
        ("defined('a')", False),
        ("defined('a', prior=True)", True),
        ("value('a', prior=True) if defined('a', prior=True) else None", "yes"),
        ("showifdef('d[\"k\"].b', 'x', prior=True)", "x"),
        ("showifdef('fruit[\"Pear\"]', 'x', prior=True)", True),
        ("showifdef('fruit[\"Fig\"]', 'x', prior=True)", "x"),
        ("showifdef('none', 'x', prior=True)", None),
    ],
)
def test_functions_about_names_look_back_if_they_are_told_to(expression, found):
    running = interview(f"""
        mandatory: True
        code: |
          a
          the_end
        ---
        question: Asked
        subquestion: |
          % if a_code != 1:
          ok
          % endif
        fields:
          - A: a
          - Fruit: fruit
            datatype: checkboxes
            choices:
              - Pear
              - Plum
        validation code: |
          none = None
        ---
        reconsider: True
        code: |
          a_code = {expression}
        ---
        event: the_end
        question: The end
    """)
    running.answer(a="yes", fruit=["Pear"]).back()
    assert running.answers["a_code"] == found
