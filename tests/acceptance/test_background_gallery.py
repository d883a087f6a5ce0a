"""The interviews about background tasks, gone through in a real browser from the first screen to the last."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import docx
import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.acceptance.playing import (
    begin,
    confirmed,
    fill,
    go_on,
    headings,
    load_until_nothing_is_due,
    press,
    record,
    see,
    see_message,
    see_text,
    tasks_held,
    text_of,
    told,
)
from tests.conftest import Server, eventually

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    """A server that doesn't sweep while the tests hold up its worker."""
    return shared_server(ROOT / "interviews", task_sweep=3600)


# --- a value that comes back -----------------------------------------------------------------------------------------


def test_the_screen_that_waits_for_a_value_goes_on_by_itself(running: Server, any_tab: Page) -> None:
    begin(any_tab, running, "background/last_day.yml")
    fill(any_tab, "It arrived on", "2026-01-05")
    with tasks_held(running):
        go_on(any_tab)
        see(any_tab, "We are counting the days")
    see(any_tab, "Answer by Monday, January 26, 2026")


def test_somebody_who_waits_long_is_told_how_it_stands(running: Server, tab: Page) -> None:
    begin(tab, running, "background/last_day.yml")
    fill(tab, "It arrived on", "2026-01-05")
    with tasks_held(running):
        go_on(tab)
        tab.get_by_role("status").get_by_text("Waiting in line …").wait_for()
    see(tab, "Answer by Monday, January 26, 2026")


def test_back_leads_from_the_value_to_the_question(running: Server, tab: Page) -> None:
    begin(tab, running, "background/last_day.yml")
    fill(tab, "It arrived on", "2026-01-05")
    go_on(tab)
    see(tab, "Answer by Monday, January 26, 2026")
    press(tab, "Back")
    see(tab, "When did the letter from the court arrive?")
    fill(tab, "It arrived on", "2026-01-07")
    go_on(tab)
    see(tab, "Answer by Tuesday, January 27, 2026")


# --- a response that sets variables ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("income", "answer"), [("2700", "Yes, we may take your case"), ("2700.01", "We are not allowed to take your case")]
)
def test_a_task_sets_a_variable_while_the_person_answers(running: Server, tab: Page, income: str, answer: str) -> None:
    begin(tab, running, "background/income_limit.yml")
    fill(tab, "Number of people", "3")
    with tasks_held(running):
        go_on(tab)
        see(tab, "How much does your household earn in a month?")
        fill(tab, "All of you together", income)
        go_on(tab)
        see(tab, "We are still looking up the limit")
    see(tab, answer)
    assert "A household of 3 may earn $2,700.00 a month." in text_of(tab)


def test_a_task_that_is_over_in_time_keeps_nobody_waiting(running: Server, tab: Page) -> None:
    begin(tab, running, "background/income_limit.yml")
    before = ended(running)
    fill(tab, "Number of people", "1")
    go_on(tab)
    fill(tab, "All of you together", "1000")
    eventually(lambda: ended(running) > before, "the task is over")
    go_on(tab)
    see(tab, "Yes, we may take your case")
    assert headings(tab)[-2:] == ["How much does your household earn in a month?", "Yes, we may take your case"]


# --- an error action -------------------------------------------------------------------------------------------------


def test_what_went_wrong_is_told_and_can_be_mended(running: Server, tab: Page) -> None:
    begin(tab, running, "background/instalments.yml")
    share(tab, months="0")
    see(tab, "We could not make a plan")
    shown = text_of(tab)
    assert "Something went wrong while sharing out what you owe." in shown
    assert re.search(r"The error was ZeroDivisionError: .*division by zero\.", shown)
    assert "It happened while share was worked out." in shown

    press(tab, "Another plan")
    share(tab, months="9")
    see(tab, "$100.00 a month")
    assert "You pay $900.00 back in nine months." in text_of(tab)


def share(tab: Page, months: str) -> None:
    """Ask for a plan to pay 900 back."""
    fill(tab, "You owe", "900")
    fill(tab, "In how many months do you want to pay it?", months)
    go_on(tab)


# --- a note above the screen -----------------------------------------------------------------------------------------

NOTE = "We have never worked for Hill & Sons, so we may help you."


def name_opponent(tab: Page, running: Server) -> None:
    """Start the search for conflicts, and be on the next screen."""
    begin(tab, running, "background/conflict_check.yml")
    fill(tab, "Name of the landlord", "Hill & Sons")
    go_on(tab)
    see(tab, "What is it about?")


def test_a_note_comes_up_above_the_screen_and_comes_once(running: Server, tab: Page) -> None:
    with confirmed(tab):
        with tasks_held(running):
            name_opponent(tab, running)
            fill(tab, "In a few words", "The heating")
        see_message(tab, NOTE)
    assert tab.get_by_label("In a few words", exact=True).input_value() == "The heating"
    load_until_nothing_is_due(tab)
    fill(tab, "In a few words", "The heating is off.")
    go_on(tab)
    fill(tab, "Phone number", "(802) 555-0142")
    go_on(tab)
    see(tab, "Thank you")
    assert text_of(tab).startswith("Thank you We call you at (802) 555-0142 about this: The heating is off.")
    assert told(tab) == [NOTE]


def test_somebody_who_has_gone_on_is_told_on_the_screen_of_now(running: Server, tab: Page) -> None:
    with tasks_held(running):
        name_opponent(tab, running)
        fill(tab, "In a few words", "The heating")
        go_on(tab)
        see(tab, "How can we reach you?")
    see_message(tab, NOTE)
    see(tab, "How can we reach you?")
    assert told(tab) == [NOTE]


def test_somebody_who_was_away_is_told_after_coming_back(running: Server, tab: Page) -> None:
    before = ended(running)
    with tasks_held(running):
        name_opponent(tab, running)
        tab.goto("about:blank")
    eventually(lambda: ended(running) > before, "the task is over")
    begin(tab, running, "background/conflict_check.yml")
    see_message(tab, NOTE)
    load_until_nothing_is_due(tab)
    assert told(tab) == [NOTE]


def test_a_second_tab_is_not_told_what_the_first_one_was(running: Server, tab: Page) -> None:
    second = tab.context.new_page()
    record(second)
    with confirmed(tab, second):
        with tasks_held(running):
            name_opponent(tab, running)
            begin(second, running, "background/conflict_check.yml")
            see(second, "What is it about?")
        eventually(lambda: told(tab) + told(second), "one of the tabs is told")
    load_until_nothing_is_due(tab)
    load_until_nothing_is_due(second)
    assert told(tab) + told(second) == [NOTE]


def test_without_scripts_nothing_but_the_note_is_missing(running: Server, plain_tab: Page) -> None:
    name_opponent(plain_tab, running)
    fill(plain_tab, "In a few words", "The heating")
    go_on(plain_tab)
    fill(plain_tab, "Phone number", "(802) 555-0142")
    go_on(plain_tab)
    see(plain_tab, "Thank you")


# --- a screen that is shown again ------------------------------------------------------------------------------------


def test_what_is_being_typed_is_there_after_a_refresh(running: Server, tab: Page) -> None:
    begin(tab, running, "background/file_number.yml")
    fill(tab, "Name", "Ada Lovelace")
    with tasks_held(running):
        go_on(tab)
        see(tab, "What happened, Ada Lovelace?")
        assert "Its number will stand here in a moment" in text_of(tab)
        tab.get_by_label("Your story", exact=True).press_sequentially("The heating")
    see_text(tab, "The number of your file is AL-2047.")
    tab.keyboard.type(" is off")
    assert tab.get_by_label("Your story", exact=True).input_value() == "The heating is off"
    go_on(tab)
    see(tab, "Thank you, Ada Lovelace")
    shown = text_of(tab)
    assert "The heating is off" in shown
    assert "Please mention the number AL-2047 when you call us." in shown


def test_a_number_that_comes_late_is_on_the_next_screen(running: Server, any_tab: Page) -> None:
    begin(any_tab, running, "background/file_number.yml")
    fill(any_tab, "Name", "Ada Lovelace")
    before = ended(running)
    with tasks_held(running):
        go_on(any_tab)
        fill(any_tab, "Your story", "The heating is off")
        go_on(any_tab)
        see(any_tab, "Thank you, Ada Lovelace")
        assert "We send you the number of your file when we have it." in text_of(any_tab)
    eventually(lambda: ended(running) > before, "the task is over")
    any_tab.reload()
    see_text(any_tab, "Please mention the number AL-2047 when you call us.")


# --- JavaScript ------------------------------------------------------------------------------------------------------


def test_a_script_of_a_task_runs_in_the_page_and_runs_once(running: Server, tab: Page) -> None:
    begin(tab, running, "background/interpreter.yml")
    tab.get_by_label("Language", exact=True).select_option(label="Somali")
    with tasks_held(running):
        go_on(tab)
        see(tab, "When would you like to come?")
        assert tab.title() == "Looking for an interpreter"
    # it is there for three seconds only: one look
    tab.locator(".da-notice.alert-success").get_by_text("Mr. Haddad speaks Somali and has time for you.").wait_for()
    assert tab.title() == "✔ Looking for an interpreter"
    load_until_nothing_is_due(tab)
    assert tab.title() == "Looking for an interpreter"
    fill(tab, "Day", "2030-05-06")
    go_on(tab)
    see(tab, "See you on May 6, 2030")
    assert told(tab) == ["Mr. Haddad speaks Somali and has time for you."]


# --- fields that are filled in ---------------------------------------------------------------------------------------

FILLED = {
    "Name": "Ada Lovelace",
    "Address": "12 North Street\nMontpelier, VT 05602",
    "E-mail": "ada@example.com",
    "Phone number": "(802) 555-0142",
    "Size of your flat in square metres": "62.5",
    "How many people live there?": "3",
    "Monthly rent": "1250",
    "When did you move in?": "2020-02-29",
    "At which hour may we call?": "16:30",
    "Our next meeting": "2030-05-06T09:15",
    "Kind of lease": "By the year",
    "Your street": "North Street",
    "Your language": "Somali",
    "How urgent is it? (0 can wait, 10 is today)": "7",
    "A password for your file": "",
}
TICKED = ["I am the only tenant", "No", "I don't know", "Wood", "The heating", "The front door"]
CHOSEN_DAYS = ["Monday", "Thursday"]
SUMMARY = (
    "Address: 12 North Street, Montpelier, VT 05602",
    "Contact: ada@example.com, (802) 555-0142, best at 4:30 PM",
    "Flat: 62.5 square metres for three people, $1,250.00 a month since February 29, 2020",
    "Next meeting: May 6, 2030 at 9:15:00 AM",
    "You are the only tenant. The landlord is a person and may not know that you are here.",
    "Heating: wood, lease: year, street: north, language: Somali",
    "Broken: door and heating",
    "Days: Monday and Thursday",
    "Urgency: seven",
    "A password of 6 characters",
)


def form_as_it_stands(tab: Page) -> dict[str, str]:
    """What stands in the fields that aren't ticked, by their labels; of a drop-down, what a person reads there."""
    return {label: tab.get_by_label(label, exact=True).evaluate(WHAT_IS_SEEN) for label in FILLED}


WHAT_IS_SEEN = "control => control.localName === 'select' ? control.selectedOptions[0].label : control.value"
# the labels of what is ticked, but for None of the above
WHAT_IS_TICKED = "boxes => boxes.map(box => box.labels[0].innerText)"


def test_a_task_fills_in_a_field_of_every_kind(running: Server, tab: Page) -> None:
    begin(tab, running, "background/intake_form.yml")
    with tasks_held(running):
        go_on(tab)
        see(tab, "Is this still right?")
        assert tab.get_by_label("Name", exact=True).input_value() == ""
    tab.wait_for_function("() => document.querySelector('input[type=email]').value")
    assert form_as_it_stands(tab) == FILLED
    assert tab.eval_on_selector_all("#daform input:checked", WHAT_IS_TICKED) == TICKED
    assert tab.locator("select[multiple] option:checked").all_inner_texts() == CHOSEN_DAYS
    assert tab.locator("output").inner_text() == "7"
    fill(tab, "A password for your file", "secret")
    go_on(tab)
    see(tab, "Thank you, Ada Lovelace")
    shown = text_of(tab)
    for line in SUMMARY:
        assert line in shown


def test_a_field_in_which_somebody_is_typing_is_not_filled_in(running: Server, tab: Page) -> None:
    begin(tab, running, "background/intake_form.yml")
    with tasks_held(running):
        go_on(tab)
        see(tab, "Is this still right?")
        fill(tab, "A password for your file", "secret")
        tab.get_by_label("Name", exact=True).press_sequentially("Ada King")
    tab.wait_for_function("() => document.querySelector('input[type=email]').value")
    tab.keyboard.type(", Countess")
    expected = FILLED | {"Name": "Ada King, Countess", "A password for your file": "secret"}
    assert form_as_it_stands(tab) == expected


def test_what_is_filled_in_by_a_task_can_be_put_right(running: Server, tab: Page) -> None:
    begin(tab, running, "background/intake_form.yml")
    go_on(tab)
    tab.wait_for_function("() => document.querySelector('input[type=email]')?.value")
    fill(tab, "Name", "Ada King")
    tab.get_by_label("A window", exact=True).check()
    fill(tab, "A password for your file", "secret")
    go_on(tab)
    see(tab, "Thank you, Ada King")
    assert "Broken: door, heating, and window" in text_of(tab)


# --- BackgroundAction ------------------------------------------------------------------------------------------------


def test_background_action_waits_in_the_stead_of_the_code(running: Server, any_tab: Page) -> None:
    begin(any_tab, running, "background/next_appointment.yml")
    any_tab.get_by_label("Harbor", exact=True).check()
    with tasks_held(running):
        go_on(any_tab)
        see(any_tab, "One moment, please")
    see(any_tab, "Come on Tuesday at 2 o’clock")
    assert "Mr. Silva expects you in our office in Harbor." in text_of(any_tab)


# --- several tasks at once -------------------------------------------------------------------------------------------


def test_a_screen_counts_the_tasks_that_are_over(running: Server, tab: Page) -> None:
    begin(tab, running, "background/registers.yml")
    fill(tab, "Name", "Hill & Sons")
    with tasks_held(running):
        go_on(tab)
        see(tab, "0 of 4 registers have answered")
        assert text_of(tab).count("searching") == 4
    see(tab, "What the registers say about Hill & Sons")
    shown = tab.locator("#daquestion li").all_inner_texts()
    assert shown == [
        "The land register: two entries",
        "The register of companies: nothing",
        "The court records: one entry",
        "The list of licences: nothing",
    ]
    counted = [heading for heading in headings(tab) if "registers have answered" in heading]
    assert counted == sorted(set(counted))


# --- calling it off --------------------------------------------------------------------------------------------------


def test_a_search_that_is_called_off_stops(running: Server, any_tab: Page) -> None:
    begin(any_tab, running, "background/call_off.yml")
    log = len(running.log)
    fill(any_tab, "Year", "1999")
    go_on(any_tab)
    see(any_tab, "We are looking through the archive")
    eventually(lambda: 'action="task_started"' in running.log[log:], "the search begins")
    # a click would be lost if the page loads itself again in the middle of it
    any_tab.goto(urljoin(any_tab.url, str(any_tab.get_by_role("link", name="Stop looking").get_attribute("href"))))
    see(any_tab, "We stopped looking")
    eventually(lambda: 'action="task_stopped"' in running.log[log:], "the search stops")
    any_tab.reload()
    see(any_tab, "We stopped looking")
    press(any_tab, "Another year")
    see(any_tab, "From which year is the lease?")


def test_a_search_that_is_called_off_before_it_begins_never_begins(running: Server, tab: Page) -> None:
    begin(tab, running, "background/call_off.yml")
    log = len(running.log)
    fill(tab, "Year", "1999")
    with tasks_held(running):
        go_on(tab)
        see(tab, "We are looking through the archive")
        tab.get_by_role("link", name="Stop looking").click()
        see(tab, "We stopped looking")
    eventually(lambda: 'action="task_not_waiting"' in running.log[log:], "the worker learns of it")
    assert 'action="task_started"' not in running.log[log:]


# --- one after the other ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zip_code", "court", "fee"), [("05401", "Chittenden Court", "$120"), ("05301", "Washington Court", "$90")]
)
def test_a_task_starts_another_one(running: Server, tab: Page, zip_code: str, court: str, fee: str) -> None:
    begin(tab, running, "background/court_and_fee.yml")
    fill(tab, "ZIP code", zip_code)
    with tasks_held(running):
        go_on(tab)
        see(tab, "We are looking for your court")
    see(tab, f"The {court} charges {fee}")
    way = ["Where do you live?", "We are looking for your court", f"Your court is the {court}", f"The {court} charges {fee}"]
    # a page that is slow may miss the screen in between
    assert [heading for heading in way if heading in headings(tab)] == headings(tab)


# --- a screen that loads again ---------------------------------------------------------------------------------------


def test_a_screen_with_a_button_and_reload_goes_on_by_itself(running: Server, any_tab: Page) -> None:
    begin(any_tab, running, "background/your_turn.yml")
    any_tab.get_by_label("Topic", exact=True).select_option(label="Repairs")
    with tasks_held(running):
        go_on(any_tab)
        see(any_tab, "All advisers are talking to somebody")
    see(any_tab, "Ms. Novak has time for you")
    assert "You wanted to talk about this: Repairs." in text_of(any_tab)


def test_somebody_who_does_not_want_to_wait_goes_another_way(running: Server, any_tab: Page) -> None:
    begin(any_tab, running, "background/your_turn.yml")
    any_tab.get_by_label("Topic", exact=True).select_option(label="Repairs")
    with tasks_held(running):
        go_on(any_tab)
        press(any_tab, "Call me back instead")
        fill(any_tab, "Phone number", "(802) 555-0142")
        go_on(any_tab)
        see(any_tab, "We call you at (802) 555-0142")


# --- waiting in the same request -------------------------------------------------------------------------------------


def test_a_value_can_be_waited_for_in_the_same_request(running: Server, any_tab: Page) -> None:
    begin(any_tab, running, "background/filing_fee.yml")
    any_tab.get_by_label("Paper", exact=True).select_option(label="Appeal")
    go_on(any_tab)
    see(any_tab, "Filing your appeal costs $295.50")


def test_a_value_that_takes_too_long_is_waited_for_by_a_screen(running: Server, any_tab: Page) -> None:
    begin(any_tab, running, "background/filing_fee.yml")
    any_tab.get_by_label("Paper", exact=True).select_option(label="Appeal")
    with tasks_held(running):
        go_on(any_tab)
        see(any_tab, "One moment, please")
    see(any_tab, "Filing your appeal costs $295.50")


# --- who is there ----------------------------------------------------------------------------------------------------


def test_a_task_knows_for_whom_it_works(running: Server, tab: Page) -> None:
    begin(tab, running, "background/on_whose_behalf.yml")
    fill(tab, "Note for your file", "Call back *soon*")
    go_on(tab)
    see(tab, "The note is in your file")
    shown = text_of(tab)
    for line in (
        "It was written for somebody who hasn’t signed in.",
        "Call back *soon*",
        "A member of staff: no",
        "The same session as this page: yes",
        "The interview: background/on_whose_behalf.yml",
        "Written by: the worker",
    ):
        assert line in shown


# --- what only a person can answer -----------------------------------------------------------------------------------


def test_what_a_task_lacks_is_asked_and_the_task_begins_again(running: Server, tab: Page) -> None:
    begin(tab, running, "background/what_only_you_know.yml")
    fill(tab, "Name", "Ada")
    go_on(tab)
    see(tab, "To whom do you want to write?")
    fill(tab, "Name of the landlord", "Mr. Hill")
    go_on(tab)
    see(tab, "How much rent is due?")
    fill(tab, "Rent", "900")
    go_on(tab)
    see(tab, "Your letter is ready")
    letter = "Dear Mr. Hill, the heating of my flat is broken. I will pay $900.00 when it works. Ada"
    assert letter in text_of(tab)
    load_until_nothing_is_due(tab)
    assert letter in text_of(tab)
    press(tab, "Another letter")
    see(tab, "What is your name?")


def ended(running: Server) -> int:
    """How many tasks have come to an end."""
    return running.log.count('action="task_ended"')


# --- documents -------------------------------------------------------------------------------------------------------


def test_papers_are_written_in_the_background_and_can_be_downloaded(running: Server, any_tab: Page) -> None:
    begin(any_tab, running, "background/papers.yml")
    fill(any_tab, "Tenant", "Ada King")
    fill(any_tab, "Landlord", "Bob Stone")
    with tasks_held(running):
        go_on(any_tab)
        see(any_tab, "We are writing your papers")
    see(any_tab, "Your papers are ready")
    for name, read in (("Download PDF", _text_of_pdf), ("Download Word", _text_of_word)):
        with any_tab.expect_download() as download:
            any_tab.get_by_role("link", name=name).click()
        text = " ".join(read(download.value.path()).split())
        assert "Dear Bob Stone," in text
        assert "Ada King" in text


def _text_of_pdf(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def _text_of_word(path: Path) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)
