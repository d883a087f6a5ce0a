"""Breadcrumbs: where a person is who has gone from one action into another."""

from __future__ import annotations

from tests.unit.engine.interviewing import interview

FRUIT = """
objects:
  - bc: DABreadCrumbs
---
default screen parts:
  pre: ${ bc.show() }
---
mandatory: True
question: Thanks
---
event: review_answers
breadcrumb: Edit ${ whose } answers
question: Your answers
---
question: The fruit
fields:
  - Fruit: fruit
---
question: What fruit is
continue button field: explained
breadcrumb: About fruit
---
code: whose = 'your'
"""


def crumbs(html: str) -> list[str]:
    """What the items of the list say."""
    return [item.partition("</li>")[0].partition(">")[2] for item in html.split("<li")[1:]]


def test_an_action_within_an_action_shows_the_way_there() -> None:
    session = interview(FRUIT).act("review_answers")
    assert crumbs(session.screen.pre_html) == []
    session.act("fruit")
    assert crumbs(session.screen.pre_html) == ["Edit your answers", "The fruit"]
    session.act("explained")
    assert crumbs(session.screen.pre_html) == ["Edit your answers", "The fruit", "About fruit"]
    assert session.screen.pre_html.count('aria-current="page"') == 1


def test_who_is_done_is_one_step_further_up() -> None:
    session = interview(FRUIT).act("review_answers").act("fruit").act("explained").answer()
    assert crumbs(session.screen.pre_html) == ["Edit your answers", "The fruit"]


def test_no_action_no_breadcrumbs() -> None:
    session = interview(FRUIT)
    assert session.question == "Thanks"
    assert "<nav" not in session.screen.pre_html


def test_what_was_typed_is_text_in_breadcrumbs() -> None:
    text = FRUIT.replace("code: whose = 'your'", "question: Whose?\nfields:\n  - W: whose")
    session = interview(text).act("review_answers").answer(whose='*x* <img src="y"> [l](https://e.com)').act("fruit")
    first = crumbs(session.screen.pre_html)[0]
    assert "*x*" in first
    assert "<img" not in first
    assert "<a" not in first
