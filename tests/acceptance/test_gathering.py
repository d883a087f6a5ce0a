"""A list of people that is asked for one after the other, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.acceptance.playing import begin, fill, go_on, press, see, see_text
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    return shared_server(ROOT / "interviews")


def test_people_and_what_each_of_them_earns_are_asked_for_one_by_one(running: Server, any_tab: Page) -> None:
    tab = any_tab
    begin(tab, running, "lists/household.yml")
    see(tab, "Does anybody live with you?")
    press(tab, "Yes")
    see(tab, "Who is the first person?")
    fill(tab, "First name", "Ann")
    go_on(tab)
    see(tab, "When was Ann born?")
    fill(tab, "Date of birth", "1990-01-31")
    go_on(tab)
    see(tab, "Has Ann an income?")
    press(tab, "Yes")
    for kind, amount in (("work", "900"), ("rent", "100")):
        see(tab, "An income of Ann")
        tab.get_by_label("What is it for?", exact=True).select_option(kind)
        fill(tab, "How much a month?", amount)
        go_on(tab)
        see(tab, "Has Ann another income?")
        press(tab, "Yes" if kind == "work" else "No")
    see(tab, "Does anybody else live with you?")
    see_text(tab, "So far you told us about Ann.")
    press(tab, "No")
    see(tab, "You live with Ann.")
    see_text(tab, "gets $1,000.00 a month: rent and work.")


def test_who_goes_back_in_the_middle_of_a_list_comes_to_the_item_before(running: Server, tab: Page) -> None:
    begin(tab, running, "lists/household.yml")
    press(tab, "Yes")
    fill(tab, "First name", "Ann")
    go_on(tab)
    see(tab, "When was Ann born?")
    tab.get_by_role("button", name="Back", exact=True).click()
    see(tab, "Who is the first person?")
    fill(tab, "First name", "Anna")
    go_on(tab)
    see(tab, "When was Anna born?")
