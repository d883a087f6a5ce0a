"""The interview about check-ins, gone through in a real browser, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.playing import begin, fill, go_on, see, see_text
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    return shared_server(ROOT / "interviews")


def test_what_is_typed_is_looked_at_on_the_way(running: Server, tab: Page) -> None:
    begin(tab, running, "checking_in/moving_in.yml")
    district = tab.get_by_label("District", exact=True)
    expect(district).to_be_disabled()
    tab.get_by_label("Town", exact=True).select_option("Westbury")
    expect(district.locator("option", has_text="Station")).to_have_count(1)
    district.select_option("Station")
    fill(tab, "Rent a month", "2,400")
    tab.get_by_label("Rent a month", exact=True).press("Tab")
    see_text(tab, "is more than most people pay in Westbury.")
    expect(tab.get_by_label("Deposit", exact=True)).to_have_value("7200")
    fill(tab, "Rent a month", "900")
    tab.get_by_label("Rent a month", exact=True).press("Tab")
    expect(tab.locator(".datargetdear")).to_have_text("")
    go_on(tab)
    see(tab, "Station in Westbury")
    see_text(tab, "You pay $900.00 a month and a deposit of $7,200.00.")
    tab.get_by_role("button", name="Back", exact=True).click()
    expect(district).to_have_value("Station")


def test_without_scripts_the_screen_works_all_the_same(running: Server, plain_page: Page) -> None:
    begin(plain_page, running, "checking_in/moving_in.yml")
    plain_page.get_by_label("Town", exact=True).select_option("Easton")
    plain_page.get_by_label("District", exact=True).select_option("Harbor")
    fill(plain_page, "Rent a month", "900")
    fill(plain_page, "Deposit", "1000")
    go_on(plain_page)
    see(plain_page, "Harbor in Easton")
