"""The interviews about scripts, gone through in a real browser, and where they do without scripts in one that runs none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.acceptance.playing import begin, fill, go_on, press, see, see_message, see_text, text_of
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    return shared_server(ROOT / "interviews")


def test_a_page_asks_the_interview_while_somebody_chooses(running: Server, tab: Page) -> None:
    begin(tab, running, "scripts/place_of_birth.yml")
    see_text(tab, "57 regions, most of them of the kind “state”.")
    tab.get_by_label("Country").select_option(label="Canada")
    see_text(tab, "13 regions, most of them of the kind “province”.")
    tab.get_by_label("Country").select_option(label="Holy See (Vatican City State)")
    see_text(tab, "No regions.")
    tab.get_by_label("Country").select_option("CA")
    go_on(tab)
    tab.get_by_label("Region").select_option(label="Quebec")
    go_on(tab)
    see(tab, "You were born in Quebec, Canada")


def test_it_does_without_scripts(running: Server, plain_tab: Page) -> None:
    begin(plain_tab, running, "scripts/place_of_birth.yml")
    plain_tab.get_by_label("Country").select_option("VA")
    go_on(plain_tab)
    plain_tab.get_by_label("Region").select_option(label="There are none.")
    go_on(plain_tab)
    see(plain_tab, "You were born in -, Holy See (Vatican City State)")


def test_a_script_fills_in_a_screen_and_reads_it(running: Server, tab: Page) -> None:
    begin(tab, running, "scripts/shopping.yml")
    press(tab, "Decide for me")
    press(tab, "How much is that?")
    see_message(tab, "That makes 5 things.")
    go_on(tab)
    see(tab, "The list")
    for thing in ("Rolls", "Boiled eggs", "Coffee and Milk", "Strawberry jam"):
        assert thing in text_of(tab)


def test_what_was_answered_before_back_is_still_known(running: Server, plain_tab: Page) -> None:
    begin(plain_tab, running, "scripts/back_and_forth.yml")
    fill(plain_tab, "Color", "blue_ish_")
    go_on(plain_tab)
    see(plain_tab, "It is blue_ish_")
    press(plain_tab, "Back")
    see_text(plain_tab, "Before you went back it was “blue_ish_”.")
    plain_tab.reload()
