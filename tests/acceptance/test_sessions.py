"""Whose session is shown, and which one, by the address and the browser that ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.visitor import Page, Visitor, interview_path

NAME = """\
question: What is your name?
subquestion: |
  ${ interview_url() }
fields:
  - Name: full_name
---
question: Hello, ${ full_name }. Which fruit do you like?
subquestion: |
  ${ interview_url() }
fields:
  - Fruit: fruit
---
mandatory: True
question: ${ full_name } likes ${ fruit }.
buttons:
  - Begin again: restart
  - Another one: new_session
  - Delete: exit
"""
TOGETHER = """\
mandatory: True
code: |
  multi_user = True
---
mandatory: True
code: |
  first
  second
  the_end
---
question: The first word?
subquestion: |
  ${ interview_url() }
fields:
  - First: first
---
question: The second word, after ${ first }?
fields:
  - Second: second
---
event: the_end
question: ${ first } and ${ second }
"""
ARGUMENTS = """\
mandatory: True
question: From ${ url_args.get('from', 'nowhere') } to ${ url_args.get('to', 'nowhere') }
"""


@pytest.fixture(scope="module")
def url(shared_server: Callable[..., Any]) -> str:
    interviews = {"name.yml": NAME, "other.yml": NAME, "together.yml": TOGETHER, "arguments.yml": ARGUMENTS}
    return str(shared_server(interviews).url)


@pytest.fixture
def alice(url: str) -> Visitor:
    return Visitor(url)


@pytest.fixture
def bob(url: str) -> Visitor:
    return Visitor(url)


def session_on(page: Page) -> str:
    """The code of the session that the page's link to its interview names."""
    found = re.search(r"session=(\w+)", page.words)
    assert found, page.words
    return found[1]


def posts_of(page: Page) -> list[str]:
    """What the buttons of the page post, in their order: names and values as the page has them."""
    return re.findall(r'<button[^>]*name="([^"]+)" value="([^"]*)"', page.text)


# --- one browser -----------------------------------------------------------------------------------------------------


def test_an_interview_goes_on_where_it_was_left(alice: Visitor) -> None:
    alice.answer(alice.show("name.yml"), full_name="Ada")
    assert alice.show("name.yml").heading == "Hello, Ada. Which fruit do you like?"


def test_two_interviews_of_one_browser_do_not_meet(alice: Visitor) -> None:
    alice.answer(alice.show("name.yml"), full_name="Ada")
    assert alice.show("other.yml").heading == "What is your name?"
    assert alice.show("name.yml").heading == "Hello, Ada. Which fruit do you like?"


def test_new_session_begins_another_one_and_keeps_the_first(alice: Visitor) -> None:
    first = alice.answer(alice.show("name.yml"), full_name="Ada")
    second = alice.show("name.yml", new_session=1)
    assert second.heading == "What is your name?"
    assert session_on(second) != session_on(first)
    assert alice.show("name.yml", session=session_on(first)).heading == "Hello, Ada. Which fruit do you like?"


def test_the_session_that_was_asked_for_is_the_current_one_from_then_on(alice: Visitor) -> None:
    first = alice.answer(alice.show("name.yml"), full_name="Ada")
    alice.show("name.yml", new_session=1)
    alice.show("name.yml", session=session_on(first))
    assert session_on(alice.show("name.yml")) == session_on(first)


def test_a_page_of_one_session_is_answered_into_that_session_whichever_is_the_current_one(alice: Visitor) -> None:
    old = alice.show("name.yml")
    new = alice.show("name.yml", new_session=1)
    assert alice.answer(old, full_name="Ada").heading == "Hello, Ada. Which fruit do you like?"
    assert alice.show("name.yml", session=session_on(new)).heading == "What is your name?"


def test_reset_empties_the_session_and_keeps_its_code(alice: Visitor) -> None:
    first = alice.answer(alice.show("name.yml"), full_name="Ada")
    again = alice.show("name.yml", reset=1)
    assert again.heading == "What is your name?"
    assert session_on(again) == session_on(first)
    assert not again.url.endswith("reset=1")


def test_the_restart_button_begins_anew(alice: Visitor) -> None:
    page = alice.answer(alice.answer(alice.show("name.yml"), full_name="Ada"), fruit="figs")
    assert page.heading == "Ada likes figs."
    assert alice.press(page, *posts_of(page)[0]).heading == "What is your name?"


def test_the_exit_button_deletes_the_session(alice: Visitor) -> None:
    page = alice.answer(alice.show("name.yml"), full_name="Ada")
    code = session_on(page)
    page = alice.answer(page, fruit="figs")
    assert "/exit" in alice.press(page, *posts_of(page)[2]).url
    assert alice.show("name.yml", session=code).status == 404
    assert alice.show("name.yml").heading == "What is your name?"


def test_back_shows_what_was_typed(alice: Visitor) -> None:
    page = alice.answer(alice.show("name.yml"), full_name="Ada Lovelace")
    back = alice.back(page)
    assert back.heading == "What is your name?"
    assert back.typed("full_name") == "Ada Lovelace"


def test_the_first_screen_has_no_way_back(alice: Visitor) -> None:
    assert "dabackform" not in alice.show("name.yml").forms


def test_arguments_of_the_address_are_known_to_the_interview(alice: Visitor) -> None:
    assert alice.show("arguments.yml", **{"from": "Rome"}).heading == "From Rome to nowhere"


def test_arguments_of_a_later_address_are_added(alice: Visitor) -> None:
    alice.show("arguments.yml", **{"from": "Rome"})
    assert alice.show("arguments.yml", to="Paris").heading == "From Rome to Paris"


def test_reset_forgets_earlier_arguments(alice: Visitor) -> None:
    alice.show("arguments.yml", **{"from": "Rome"})
    assert alice.show("arguments.yml", reset=1, to="Paris").heading == "From nowhere to Paris"


def test_new_session_takes_the_arguments_of_its_address(alice: Visitor) -> None:
    alice.show("arguments.yml", **{"from": "Rome"})
    assert alice.show("arguments.yml", new_session=1, to="Paris").heading == "From nowhere to Paris"


# --- several browsers ------------------------------------------------------------------------------------------------


def test_a_session_of_several_persons_is_joined_by_its_code(alice: Visitor, bob: Visitor) -> None:
    page = alice.show("together.yml")
    alice.answer(page, first="salt")
    joined = bob.show("together.yml", session=session_on(page))
    assert joined.heading == "The second word, after salt?"
    assert bob.answer(joined, second="pepper").heading == "salt and pepper"
    assert alice.show("together.yml").heading == "salt and pepper"


def test_a_private_session_of_another_is_not_there(alice: Visitor, bob: Visitor) -> None:
    code = session_on(alice.answer(alice.show("name.yml"), full_name="Ada Lovelace"))
    page = bob.show("name.yml", session=code)
    assert page.status == 404
    assert "Ada Lovelace" not in page.text


def test_a_foreign_session_looks_exactly_like_one_that_never_was(alice: Visitor, bob: Visitor) -> None:
    bob.show("name.yml")
    codes = session_on(alice.show("name.yml")), "A" * 32
    pages = [bob.show("name.yml", session=code) for code in codes]
    assert [page.status for page in pages] == [404, 404]
    assert pages[0].words.replace(codes[0], "") == pages[1].words.replace(codes[1], "")


@pytest.mark.parametrize("code", ["x", "'; DROP TABLE sessions; --", "../../x", "é\x00", "A" * 5000])
def test_a_code_of_no_session_is_not_found(alice: Visitor, code: str) -> None:
    assert alice.show("name.yml", session=code).status == 404


def test_a_session_belongs_to_its_interview(alice: Visitor) -> None:
    page = alice.show("name.yml")
    assert alice.show("other.yml", session=session_on(page)).status == 404


def test_posting_into_the_session_of_another_changes_nothing(alice: Visitor, bob: Visitor) -> None:
    """P31: naming a foreign session in the form is no way into it."""
    page = alice.show("name.yml")
    mine = bob.show("name.yml")
    stolen = [*((name, value) for name, value in page.form if name != "csrf_token"), ("_session", session_on(page))]
    token = next(value for name, value in mine.form if name == "csrf_token")
    answered = bob.post(interview_path("name.yml"), [*stolen, ("csrf_token", token), ("ZnVsbF9uYW1l", "Mallory")])
    assert answered.status == 404
    assert alice.show("name.yml").heading == "What is your name?"


def test_an_answer_to_an_interview_that_was_never_begun_finds_no_session(alice: Visitor, bob: Visitor) -> None:
    page = bob.show("other.yml")
    assert bob.post(interview_path("name.yml"), page.form).status == 404
