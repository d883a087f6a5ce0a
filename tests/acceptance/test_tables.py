"""A table that is changed, a review of answers, sections and terms, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.acceptance.playing import begin, fill, go_on, press, see, see_text
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[2]
INVENTORY = "lists/moving_inventory.yml"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    return shared_server(ROOT / "interviews")


def enter_things(tab: Page) -> None:
    fill(tab, "From", "Rome")
    fill(tab, "To", "Oslo")
    fill(tab, "When", "2031-05-04")
    go_on(tab)
    for name, weight in (("*Bed*", "40"), ("Lamp", "2")):
        see(tab, "What do you take along?")
        fill(tab, "Thing", name)
        fill(tab, "Weight in kg", weight)
        go_on(tab)
        see(tab, "Is there anything else?")
        press(tab, "Yes" if weight == "40" else "No")
    see(tab, "Are these all of your things?")


def follow(tab: Page, name: str) -> None:
    tab.get_by_role("link", name=name, exact=True).click()


def rows(tab: Page) -> list[str]:
    return [text.split("\t")[0] for text in tab.locator("#daquestion tbody tr").all_inner_texts()]


def test_a_table_is_changed_by_its_buttons_with_and_without_scripts(running: Server, any_tab: Page) -> None:
    tab = any_tab
    begin(tab, running, INVENTORY)
    enter_things(tab)
    assert rows(tab) == ["*Bed*", "Lamp"]
    follow(tab, "Move down *Bed*")
    see_text(tab, "Lamp")
    tab.get_by_role("link", name="Move up *Bed*", exact=True).wait_for()
    assert rows(tab) == ["Lamp", "*Bed*"]
    follow(tab, "Edit Lamp")
    see(tab, "What do you take along?")
    fill(tab, "Thing", "Big lamp")
    go_on(tab)
    see(tab, "Are these all of your things?")
    assert rows(tab) == ["Big lamp", "*Bed*"]
    follow(tab, "Add a thing")
    see(tab, "What do you take along?")
    fill(tab, "Thing", "Chair")
    fill(tab, "Weight in kg", "5")
    go_on(tab)
    see(tab, "Are these all of your things?")
    follow(tab, "Delete *Bed*")
    see(tab, "Are you sure you want to delete this item?")
    follow_or_press(tab, "Delete")
    see(tab, "Are these all of your things?")
    assert rows(tab) == ["Big lamp", "Chair"]
    go_on(tab)
    see_text(tab, "In all it is 7 kg.")


def follow_or_press(tab: Page, name: str) -> None:
    tab.locator("#daform").get_by_text(name, exact=True).click()


def test_answers_are_reviewed_from_the_menu(running: Server, tab: Page) -> None:
    begin(tab, running, INVENTORY)
    enter_things(tab)
    tab.get_by_text("Menu", exact=True).click()
    follow(tab, "Your answers")
    see(tab, "Your answers")
    see_text(tab, "You move from Rome to Oslo")
    follow(tab, "Change")
    see(tab, "Where do you move?")
    fill(tab, "To", "Bergen")
    go_on(tab)
    see(tab, "Your answers")
    see_text(tab, "You move from Rome to Bergen")
    press(tab, "Resume")
    see(tab, "Are these all of your things?")


def test_a_page_says_in_which_section_it_is_and_how_far_one_has_got(running: Server, tab: Page) -> None:
    begin(tab, running, INVENTORY)
    assert tab.get_by_role("navigation", name="Sections").locator("[aria-current=step]").inner_text() == "Your move"
    assert tab.get_by_role("progressbar", name="Progress").get_attribute("value") == "10"


def test_a_term_is_explained_where_it_stands(running: Server, tab: Page) -> None:
    begin(tab, running, INVENTORY)
    fill(tab, "From", "Rome")
    fill(tab, "To", "Oslo")
    fill(tab, "When", "2031-05-04")
    go_on(tab)
    see(tab, "What do you take along?")
    explanation = tab.get_by_text("Anything that one person")
    assert not explanation.is_visible()
    tab.get_by_role("button", name="bulky").click()
    explanation.wait_for()
    tab.get_by_label("Thing", exact=True).focus()
    explanation.wait_for(state="hidden")


def test_a_page_that_is_out_of_date_removes_nothing_and_says_so(running: Server, tab: Page) -> None:
    begin(tab, running, INVENTORY)
    enter_things(tab)
    address = tab.get_by_role("link", name="Move down *Bed*", exact=True).get_attribute("href")
    follow(tab, "Move down *Bed*")
    tab.get_by_role("link", name="Move up *Bed*", exact=True).wait_for()
    tab.goto(running.url + str(address))
    tab.get_by_text("The list has changed in the meantime.").wait_for()
    assert rows(tab) == ["Lamp", "*Bed*"]
