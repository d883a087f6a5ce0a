"""What people who use a keyboard or a screen reader need of every page, asked of a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.acceptance.playing import PATIENCE
from tests.acceptance.preview import take_complaints
from tests.browsing import open_tab

ROOT = Path(__file__).resolve().parents[2]
GERMAN = """\
default language: de
---
language: de
question: Wie heißen Sie?
fields:
  - Name: full_name
---
mandatory: True
question: ${ full_name }
"""
# the names of controls for which a browser finds no label
UNLABELLED = """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
    .filter(control => !control.labels.length && !control.ariaLabel && !control.getAttribute("aria-labelledby"))
    .map(control => control.name || control.outerHTML)"""
# buttons and links that have nothing to be called by
NAMELESS = """() => [...document.querySelectorAll("a, button, summary")]
    .filter(one => !one.innerText.trim() && !one.textContent.trim() && !one.ariaLabel)
    .map(one => one.outerHTML)"""
SAME_ID_TWICE = """() => {
    const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
    return ids.filter((id, place) => ids.indexOf(id) !== place);
}"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def url(shared_server: Callable[..., Any]) -> str:
    return str(shared_server(ROOT / "interviews").url)


@pytest.fixture
def tab(url: str, page: Page) -> Iterator[Page]:
    """A tab that may ask nobody but the server for anything, and in which the browser may not complain."""
    page.set_default_timeout(PATIENCE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    complaints = take_complaints(page)
    yield page
    assert [address for address in asked if not address.startswith((url + "/", "data:"))] == []
    assert asked
    assert complaints == []


def assert_well_made(page: Page) -> None:
    """One heading of the first level, a language, a title; every control, button and link has a name."""
    assert page.locator("h1").count() == 1
    assert page.locator("h1").inner_text().strip()
    assert page.locator("main").count() == 1
    assert page.evaluate("document.documentElement.lang")
    assert page.title().strip()
    assert page.evaluate(UNLABELLED) == []
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(SAME_ID_TWICE) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def assert_heading_has_focus(page: Page) -> None:
    assert page.evaluate("document.activeElement.id") == "daMainQuestion"


def test_the_list_is_well_made(url: str, tab: Page) -> None:
    tab.goto(url + "/list")
    assert_well_made(tab)


def test_every_screen_of_all_kinds_of_fields_is_well_made(url: str, tab: Page) -> None:
    tab.goto(url + "/interview?i=kinds_of_fields.yml")
    for filled in (
        {"Your name": "Ada"},
        {"How many people live with you?": "1", "Your monthly rent": "1"},
        {"When did you move in?": "2020-01-01"},
    ):
        assert_well_made(tab)
        assert_heading_has_focus(tab)
        for label, text in filled.items():
            tab.get_by_label(label, exact=True).fill(text)
        tab.get_by_role("button", name="Continue").click()
        tab.get_by_label(next(iter(filled)), exact=True).wait_for(state="detached")
        # the next page with its scripts: the focus comes from them
        tab.wait_for_load_state()
    assert_well_made(tab)


def test_the_waiting_screen_and_the_answer_are_well_made(url: str, tab: Page) -> None:
    tab.goto(url + "/interview?i=background_task.yml")
    tab.get_by_label("Number", exact=True).fill("2")
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="One moment, please.").or_(tab.get_by_role("heading", name="The answer is")).wait_for()
    assert_well_made(tab)
    tab.get_by_role("heading", name="The answer is 555.").wait_for()
    assert_well_made(tab)


def test_an_error_page_is_well_made(url: str, page: Page) -> None:
    page.goto(url + "/interview?i=none.yml")
    assert_well_made(page)


def test_the_page_fits_a_small_screen(url: str, browser: Browser) -> None:
    with open_tab(browser, viewport={"width": 320, "height": 640}) as narrow:
        narrow.goto(url + "/interview?i=kinds_of_fields.yml")
        assert_well_made(narrow)


def test_the_menu_names_everything_once(url: str, tab: Page) -> None:
    tab.goto(url + "/interview?i=background_task.yml")
    tab.get_by_text("Menu", exact=True).click()
    links = [str(link.get_attribute("href")) for link in tab.locator(".da-menu a").all()]
    assert sorted(links) == sorted(set(links))


def test_a_link_in_the_summary_of_mistakes_leads_to_the_field(url: str, page: Page) -> None:
    page.goto(url + "/interview?i=kinds_of_fields.yml")
    page.get_by_role("button", name="Continue").click()
    summary = page.locator("#da-errors")
    summary.wait_for()
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.id") == "da-errors"
    assert page.title().startswith("Error")
    summary.get_by_role("link").filter(has_text="Your name").click()
    named = page.get_by_label("Your name", exact=True)
    assert named.evaluate("control => control === document.activeElement")
    assert named.get_attribute("aria-invalid") == "true"
    described = str(named.get_attribute("aria-describedby")).split()
    assert any("required" in page.locator(f"[id='{name}']").inner_text() for name in described)
    assert_well_made(page)


def test_one_click_sends_the_form_although_it_makes_a_mistake_known(url: str, page: Page) -> None:
    """Leaving a field by pressing the button shows what is wrong with it, and that must not move the button away."""
    page.goto(url + "/interview?i=kinds_of_fields.yml")
    page.get_by_label("Your e-mail address", exact=True).fill("nobody")
    page.get_by_role("button", name="Continue").click()
    page.locator("#da-errors").wait_for()
    page.wait_for_load_state()
    assert page.locator("#da-errors").get_by_role("link").count() == 2


def test_one_click_sends_the_form_after_a_mistake_was_mended(url: str, page: Page) -> None:
    page.goto(url + "/interview?i=kinds_of_fields.yml")
    page.get_by_label("Your name", exact=True).fill("Ada")
    address = page.get_by_label("Your e-mail address", exact=True)
    address.fill("nobody")
    address.press("Tab")
    address.fill("nobody@example.com")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Numbers").wait_for()


def test_a_page_says_in_which_language_it_is(server: Callable[..., Any], page: Page) -> None:
    page.goto(server({"german.yml": GERMAN}, language="de").url + "/interview?i=german.yml")
    assert page.evaluate("document.documentElement.lang") == "de"
