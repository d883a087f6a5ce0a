"""The interviews that come with the server can be gone through from the first screen to the last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.unit.documents.reopened import pages

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def url(shared_server: Callable[..., Any]) -> str:
    return str(shared_server(ROOT / "interviews").url)


def go_on(page: Page, heading: str) -> None:
    """Press Continue, and find oneself on the screen with that heading."""
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", level=1, name=heading).wait_for()


def test_every_interview_of_the_list_begins(url: str, tab: Page) -> None:
    tab.goto(url + "/list")
    links = [link.get_attribute("href") for link in tab.locator(".da-card a").all()]
    assert len(links) == len(list((ROOT / "interviews").rglob("*.yml")))
    for link in links:
        assert tab.goto(url + str(link)).status == 200
        assert tab.locator("#daform").count() == 1


def test_one_question_serves_several_people_and_things(url: str, tab: Page) -> None:
    tab.goto(url + "/interview?i=family.yml")
    tab.get_by_label("First name", exact=True).fill("Ada")
    go_on(tab, "What is the first name of the child?")
    tab.get_by_label("First name", exact=True).fill("Byron")
    for ordinal, thing, price in (("first", "kite", "12.50"), ("second", "drum", "7.50")):
        go_on(tab, f"What about the {ordinal} toy of Byron?")
        tab.get_by_label("What is it?", exact=True).fill(thing)
        tab.get_by_label("What did it cost?", exact=True).fill(price)
    go_on(tab, "Ada spent $20.00")
    tab.get_by_role("link", name="Change the price of the first toy").click()
    tab.get_by_label("What did it cost?", exact=True).fill("22.50")
    go_on(tab, "Ada spent $30.00")


def test_a_price_that_is_too_high_has_to_be_mended(url: str, page: Page) -> None:
    page.goto(url + "/interview?i=family.yml&new_session=1")
    page.get_by_label("First name", exact=True).fill("Ada")
    go_on(page, "What is the first name of the child?")
    page.get_by_label("First name", exact=True).fill("Byron")
    go_on(page, "What about the first toy of Byron?")
    page.get_by_label("What is it?", exact=True).fill("kite")
    page.get_by_label("What did it cost?", exact=True).fill("2000")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("alert").get_by_text("That is a lot for a toy.").wait_for()
    page.get_by_label("What did it cost?", exact=True).fill("20")
    go_on(page, "What about the second toy of Byron?")


def test_fields_of_every_kind_can_be_filled_in(url: str, tab: Page) -> None:
    tab.goto(url + "/interview?i=kinds_of_fields.yml")
    tab.get_by_label("Your name", exact=True).fill("Ada Lovelace")
    tab.get_by_label("A few words about you", exact=True).fill("I like engines.\nAnd numbers.")
    go_on(tab, "Numbers")
    tab.get_by_label("How many people live with you?", exact=True).fill("3")
    tab.get_by_label("Your monthly rent", exact=True).fill("1200")
    tab.get_by_role("slider").press("ArrowRight")
    go_on(tab, "Days and hours")
    tab.get_by_label("When did you move in?", exact=True).fill("2020-02-29")
    go_on(tab, "Choices")
    tab.get_by_label("Your favourite season", exact=True).select_option(label="Autumn")
    tab.get_by_label("Wood", exact=True).check()
    tab.get_by_label("A window", exact=True).check()
    tab.get_by_label("I keep a pet", exact=True).check()
    tab.get_by_role("radiogroup", name="Does the landlord know about it?").get_by_label("No", exact=True).check()
    go_on(tab, "Thank you, Ada Lovelace.")
    shown = tab.locator("#daquestion").inner_text()
    for words in ("three other people", "$1,200.00 a month", "February 29, 2020", "autumn is your season", "Broken: window"):
        assert words in shown
    assert "You may want to tell your landlord" in shown


def test_back_shows_what_was_typed_in_fields_of_every_kind(url: str, tab: Page) -> None:
    tab.goto(url + "/interview?i=kinds_of_fields.yml&new_session=1")
    tab.get_by_label("Your name", exact=True).fill("Ada")
    tab.get_by_label("A few words about you", exact=True).fill("One line.\nAnother <b>line</b>.")
    go_on(tab, "Numbers")
    tab.get_by_label("How many people live with you?", exact=True).fill("3")
    tab.get_by_label("Your monthly rent", exact=True).fill("1200.50")
    tab.get_by_role("slider").press("ArrowRight")
    noise = tab.get_by_role("slider").input_value()
    go_on(tab, "Days and hours")
    tab.get_by_label("When did you move in?", exact=True).fill("2020-02-29")
    go_on(tab, "Choices")
    tab.get_by_role("button", name="Back").click()
    tab.get_by_role("heading", name="Days and hours").wait_for()
    assert tab.get_by_label("When did you move in?", exact=True).input_value() == "2020-02-29"
    tab.get_by_role("button", name="Back").click()
    tab.get_by_role("heading", name="Numbers").wait_for()
    assert tab.get_by_label("How many people live with you?", exact=True).input_value() == "3"
    assert tab.get_by_label("Your monthly rent", exact=True).input_value() == "1200.50"
    assert tab.get_by_role("slider").input_value() == noise
    tab.get_by_role("button", name="Back").click()
    tab.get_by_role("heading", name="Words").wait_for()
    assert tab.get_by_label("Your name", exact=True).input_value() == "Ada"
    assert tab.get_by_label("A few words about you", exact=True).input_value() == "One line.\nAnother line."


def test_scripts_read_and_set_fields_by_the_names_of_variables(url: str, tab: Page) -> None:
    tab.goto(url + "/interview?i=kinds_of_fields.yml")
    tab.evaluate("() => setField('person_name', 'Ada')")
    assert tab.evaluate("() => [val('person_name'), getField('person_name').tagName]") == ["Ada", "INPUT"]
    assert "person_story" in tab.evaluate("() => getFields()")
    assert tab.evaluate("() => url_action('go', {n: 1})").startswith("/interview?i=kinds_of_fields.yml&action=")


def test_a_letter_is_written_and_can_be_downloaded(url: str, tab: Page) -> None:
    tab.goto(url + "/interview?i=letter.yml")
    tab.get_by_label("Name of the landlord", exact=True).fill("Mr. *Smith*")
    tab.get_by_label("Your last day in the rooms", exact=True).fill("2031-12-31")
    go_on(tab, "Who moves out, and of where?")
    tab.get_by_label("Your name", exact=True).fill("Ada Lovelace")
    tab.get_by_label("Your address", exact=True).fill("Main Street 1\nSpringfield")
    go_on(tab, "Is there anything that Mr. *Smith* still has to repair?")
    go_on(tab, "Your letter to Mr. *Smith* is ready.")
    tab.get_by_text("Preview", exact=True).click()
    assert tab.get_by_text("I end the lease of my home.").is_visible()
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download PDF").click()
    (letter,) = pages(Path(download.value.path()).read_bytes())
    assert "Dear Mr. *Smith*," in letter
    assert "My last day there is December 31, 2031." in letter
    assert "Before I leave" not in letter
