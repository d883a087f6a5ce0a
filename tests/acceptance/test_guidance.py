"""A menu, help, translations and breadcrumbs, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.acceptance.playing import begin, fill, go_on, press, see, see_text
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[2]
MUSEUM = "guidance/museum.yml"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    return shared_server(ROOT / "interviews")


def follow(tab: Page, name: str) -> None:
    tab.get_by_role("link", name=name, exact=True).click()


def test_a_menu_leads_to_its_screens_and_back_with_and_without_scripts(running: Server, any_tab: Page) -> None:
    tab = any_tab
    begin(tab, running, MUSEUM)
    fill(tab, "Your name", "Ada *A*")
    go_on(tab)
    see(tab, "Where do you want to go?")
    press(tab, "Minerals")
    see(tab, "The minerals")
    see_text(tab, "Room 1, ground floor")
    go_on(tab)
    press(tab, "Dinosaurs")
    see(tab, "The dinosaurs")
    go_on(tab)
    press(tab, "Go home")
    see(tab, "Goodbye, Ada *A*!")
    see_text(tab, "You have seen minerals and dinosaurs.")


def test_the_way_into_actions_is_shown(running: Server, any_tab: Page) -> None:
    tab = any_tab
    begin(tab, running, MUSEUM)
    fill(tab, "Your name", "Ada")
    go_on(tab)
    press(tab, "Dinosaurs")
    follow(tab, "How do you make a cast?")
    follow(tab, "What is silicone?")
    see(tab, "Silicone")
    crumbs = tab.get_by_role("navigation", name="breadcrumb").get_by_role("listitem")
    assert crumbs.all_inner_texts() == ["Casts", "Silicone"]
    go_on(tab)
    see(tab, "How a cast is made")
    go_on(tab)
    see(tab, "The dinosaurs")


def test_an_interview_speaks_the_language_that_was_chosen(running: Server, any_tab: Page) -> None:
    tab = any_tab
    begin(tab, running, MUSEUM)
    follow(tab, "Español")
    see(tab, "Bienvenida")
    fill(tab, "Su nombre", "Ada")
    tab.locator("#dahelptoggle").click()
    tab.get_by_role("heading", name="Cómo funciona").wait_for()
    tab.locator("#dahelptoggle").click()
    go_on(tab)
    press(tab, "Minerales")
    see(tab, "Los minerales")


def test_a_button_in_the_question_opens_its_help_with_and_without_scripts(running: Server, any_tab: Page) -> None:
    tab = any_tab
    begin(tab, running, MUSEUM)
    text = tab.get_by_text("We use your name on the last screen, and nowhere else.")
    assert not text.is_visible()
    tab.locator(".daquestionhelp").click()
    text.wait_for()
    tab.get_by_role("heading", name="How this works").wait_for()
