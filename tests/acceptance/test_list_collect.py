"""All items of a list on one screen, in a real browser, with its script and without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.acceptance.playing import begin, go_on, press, see, see_text, text_of
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[2]
MOVING = "fields/moving_house.yml"

# a check-in has the screen made anew
REFRESHED = """\
objects:
  words: DAList
---
mandatory: True
code: |
  looks = 0
---
mandatory: True
code: words[0]
---
question: Which words?
subquestion: Looked at ${ looks } times.
fields:
  - Word: words[i]
list collect:
  label: Thing ${ i + 1 }
check in: look
---
event: look
code: |
  if action_argument('_changed') == 'words[2]':
    looks += 1
    background_response(None, 'refresh')
---
mandatory: True
question: ${ ', '.join(words.elements) }
"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    return shared_server(ROOT / "interviews")


@pytest.fixture(scope="module")
def refreshed(shared_server: Callable[..., Any]) -> Server:
    return shared_server({"refreshed.yml": REFRESHED})


def thing(tab: Page, number: int, label: str = "What is it?") -> Locator:
    """A control of the item that stands at this place."""
    return tab.get_by_role("group", name=f"Thing {number}", exact=True).get_by_label(label, exact=True)


def list_three(tab: Page, running: Server) -> None:
    begin(tab, running, MOVING)
    thing(tab, 1).fill("lamp")
    for number, name in ((2, "sofa"), (3, "cat")):
        press(tab, "Add another thing")
        thing(tab, number).fill(name)


def test_items_are_added_and_only_those_that_are_seen_are_sent(running: Server, any_tab: Page) -> None:
    list_three(any_tab, running)
    go_on(any_tab)
    see(any_tab, "We bring three things")
    assert "1 × lamp 1 × sofa 1 × cat" in text_of(any_tab)


def test_items_are_deleted_and_moved(running: Server, any_tab: Page) -> None:
    list_three(any_tab, running)
    press(any_tab, "Delete: Thing 2")
    expect(thing(any_tab, 2)).to_have_value("cat")
    press(any_tab, "Move up: Thing 2")
    expect(thing(any_tab, 1)).to_have_value("cat")
    go_on(any_tab)
    see(any_tab, "We bring two things")
    assert "1 × cat 1 × lamp" in text_of(any_tab)


def test_what_was_deleted_can_be_brought_back(running: Server, tab: Page) -> None:
    list_three(tab, running)
    press(tab, "Delete: Thing 2")
    expect(tab.get_by_role("button", name="Undo: Thing 2")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(thing(tab, 2)).to_have_value("sofa")
    go_on(tab)
    see(tab, "We bring three things")


def test_an_item_that_is_added_can_be_typed_into_at_once(running: Server, tab: Page) -> None:
    begin(tab, running, MOVING)
    thing(tab, 1).fill("lamp")
    press(tab, "Add another thing")
    tab.keyboard.type("sofa")
    expect(thing(tab, 2)).to_have_value("sofa")
    tab.keyboard.press("Enter")
    see(tab, "We bring two things")


def test_a_field_of_an_item_depends_on_its_own_item(running: Server, tab: Page) -> None:
    begin(tab, running, MOVING)
    thing(tab, 1).fill("lamp")
    press(tab, "Add another thing")
    thing(tab, 2).fill("vase")
    thing(tab, 2, "It breaks easily").check()
    assert thing(tab, 2, "What is it worth?").is_visible()
    assert not thing(tab, 1, "What is it worth?").is_visible()
    thing(tab, 2, "What is it worth?").fill("20")
    go_on(tab)
    see(tab, "We bring two things")
    assert "1 × vase, insured for $20.00" in text_of(tab)


def test_a_mistake_is_shown_in_its_item_and_the_others_stay(running: Server, page: Page) -> None:
    list_three(page, running)
    press(page, "Delete: Thing 1")
    thing(page, 2, "How many?").fill("0")
    go_on(page)
    page.locator("#da-errors").wait_for()
    expect(thing(page, 2, "How many?")).to_have_attribute("aria-invalid", "true")
    expect(thing(page, 1)).to_have_value("sofa")
    thing(page, 2, "How many?").fill("2")
    go_on(page)
    see(page, "We bring two things")
    assert "1 × sofa 2 × cat" in text_of(page)


def test_more_can_be_added_than_the_page_has(running: Server, any_tab: Page) -> None:
    begin(any_tab, running, MOVING)
    thing(any_tab, 1).fill("thing 1")
    for number in range(2, 14):
        press(any_tab, "Add another thing")
        thing(any_tab, number).fill(f"thing {number}")
    go_on(any_tab)
    see(any_tab, "We bring 13 things")


def test_a_screen_that_is_made_anew_keeps_what_was_added_and_deleted(refreshed: Server, tab: Page) -> None:
    begin(tab, refreshed, "refreshed.yml")
    thing(tab, 1, "Word").fill("one")
    for number, word in ((2, "two"), (3, "three")):
        press(tab, "Add another")
        thing(tab, number, "Word").fill(word)
    press(tab, "Delete: Thing 2")
    see_text(tab, "Looked at 1 times.")
    expect(thing(tab, 2, "Word")).to_have_value("three")
    expect(tab.get_by_role("button", name="Undo: Thing 2")).to_be_visible()
    go_on(tab)
    see(tab, "one, three")
