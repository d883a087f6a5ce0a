"""The examples of the specification of input that is processed while the person types, unchanged, in a real browser.

Where the specification shows a part of an interview, the test adds the blocks that are left out there, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from tests.acceptance.playing import begin, fill, go_on, press, see, see_message, see_text, text_of, told
from tests.acceptance.specification import examples, needs_specification, whole
from tests.conftest import Server

pytestmark = [pytest.mark.browser, needs_specification]

#: The examples in the order of the text.
NAMES = (
    "drafts",
    "template",
    "code and template",
    "target",
    "targets",
    "fields",
    "choices",
    "flash",
    "javascript",
    "refresh",
)
LAST = "mandatory: True\nquestion: Enjoy your ${ favorite_food }\n"
LAST_OF_ALL = "mandatory: True\nquestion: You live in ${ state } of ${ country }\n"
LAST_THING = "mandatory: True\nquestion: You want number ${ thing }\n"


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    """A server with all examples, made whole."""
    found = examples("Processing interim user input", "Scheduled tasks", NAMES)
    endings = {
        "template": LAST,
        "code and template": LAST,
        "targets": LAST,
        "choices": LAST_OF_ALL,
        "flash": LAST,
        "refresh": LAST_THING,
    }
    server: Server = shared_server(
        {f"{name}.yml": whole(text, *([endings[name]] if name in endings else [])) for name, text in found.items()},
        # one of them counts its check-ins: none comes only because time passes
        checkin_interval=3_600_000,
    )
    return server


def enter(tab: Page, label: str, text: str) -> None:
    """Type into the field of that label, and leave it."""
    fill(tab, label, text)
    tab.get_by_label(label, exact=True).press("Tab")


def tells_of(text: str) -> Callable[[Response], bool]:
    """Whether an answer is that to a check-in with a text: the page also checks in as time passes."""
    return lambda answer: "/checkin?" in answer.url and text in (answer.request.post_data or "")


def test_the_first_example_counts_and_keeps_drafts(running: Server, tab: Page) -> None:
    with tab.expect_response("**/checkin**"):
        begin(tab, running, "drafts.yml")
    for draft in ("apples", "pears"):
        with tab.expect_response(tells_of(draft)):
            enter(tab, "Favorite food", draft)
    go_on(tab)
    see(tab, "Your favorite food")
    shown = text_of(tab)
    assert "Your favorite food is pears." in shown
    assert "Your draft choices were apples and pears." in shown or "Your draft choices were pears and apples." in shown
    assert "You checked in 3 times." in shown


@pytest.mark.parametrize("name", ["template", "code and template"])
def test_a_template_goes_to_its_target(running: Server, tab: Page, name: str) -> None:
    begin(tab, running, f"{name}.yml")
    enter(tab, "Favorite food", "apples")
    see_text(tab, "You like APPLES?")
    assert tab.locator(".datargetfeedback em").inner_text() == "What?"
    go_on(tab)
    see(tab, "Enjoy your apples")


def test_html_goes_to_its_target(running: Server, tab: Page) -> None:
    begin(tab, running, "target.yml")
    enter(tab, "Favorite food", "apples")
    see_text(tab, "What? You like APPLES?")
    enter(tab, "Favorite food", "")
    expect(tab.locator(".datargetfeedback")).to_have_text("")
    enter(tab, "Favorite food", "pears")
    go_on(tab)
    see(tab, "Your favorite food is pears.")


def test_html_goes_to_two_targets(running: Server, tab: Page) -> None:
    begin(tab, running, "targets.yml")
    enter(tab, "Favorite food", "apples")
    see_text(tab, "(Please don't be gross.)")
    see_text(tab, "What? You like APPLES?")
    go_on(tab)
    see(tab, "Enjoy your apples")


def test_a_field_is_filled_in(running: Server, tab: Page) -> None:
    begin(tab, running, "fields.yml")
    enter(tab, "A", "2")
    enter(tab, "B", "2.5")
    expect(tab.get_by_label("C", exact=True)).to_have_value("5")
    go_on(tab)
    see(tab, "The correct answer is 5.0.")


def test_a_list_follows_another_one(running: Server, tab: Page) -> None:
    begin(tab, running, "choices.yml")
    state = tab.get_by_label("State", exact=True)
    assert state.is_disabled()
    with tab.expect_response("**/checkin**"):
        tab.get_by_label("Country", exact=True).select_option("CA")
    expect(state).to_be_enabled()
    expect(state.locator("option[value=ON]")).to_have_text("Ontario")
    state.select_option("ON")
    go_on(tab)
    see(tab, "You live in ON of CA")
    press(tab, "Back")
    see(tab, "Where do you live?")
    assert tab.get_by_label("Country", exact=True).input_value() == "CA"
    assert state.input_value() == "ON"
    # a country without states
    with tab.expect_response("**/checkin**"):
        tab.get_by_label("Country", exact=True).select_option("VA")
    expect(state.locator("option[value='N/A']")).to_have_text("N/A")
    state.select_option("N/A")
    go_on(tab)
    see(tab, "You live in N/A of VA")


def test_a_message_is_flashed_once_for_each_food(running: Server, tab: Page) -> None:
    begin(tab, running, "flash.yml")
    enter(tab, "Favorite food", "apples")
    see_message(tab, "What? You like APPLES?")
    enter(tab, "Favorite drink", "tea")
    fill(tab, "Favorite food", "apples")
    go_on(tab)
    see(tab, "Enjoy your apples")
    assert told(tab) == ["What? You like APPLES?"]


def test_a_script_tells_the_answer(running: Server, tab: Page) -> None:
    begin(tab, running, "javascript.yml")
    enter(tab, "A", "2")
    enter(tab, "B", "3")
    see_message(tab, "Hint: C should be 6")
    enter(tab, "C", "6")
    go_on(tab)
    see(tab, "The correct answer is 6.0.")


def test_the_screen_follows_a_number(running: Server, tab: Page) -> None:
    begin(tab, running, "refresh.yml")
    expect(tab.get_by_role("radio")).to_have_count(3)
    enter(tab, "How many things are there?", "5")
    expect(tab.get_by_role("radio")).to_have_count(5)
    assert tab.get_by_label("How many things are there?", exact=True).input_value() == "5"
    tab.get_by_label("5", exact=True).check()
    go_on(tab)
    see(tab, "You want number 5")
