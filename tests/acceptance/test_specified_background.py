"""The examples of the specification of background tasks, unchanged, gone through in a real browser to their ends.

Where the specification shows a part of an interview, the test adds the blocks that are left out there, and nothing else. What
another example has is taken from that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.acceptance.playing import (
    begin,
    confirmed,
    fill,
    go_on,
    load_until_nothing_is_due,
    see,
    see_message,
    see_text,
    tasks_held,
    text_of,
    told,
)
from tests.acceptance.specification import examples, needs_specification, whole
from tests.acceptance.test_documents import links
from tests.acceptance.visitor import Page as Answered
from tests.acceptance.visitor import Visitor
from tests.conftest import Server
from tests.unit.documents.reopened import texts

pytestmark = [pytest.mark.browser, needs_specification]

#: The examples in the order of the text.
NAMES = (
    "complete",
    "start",
    "action",
    "question",
    "response action and screen",
    "response action",
    "error action",
    "error action with details",
    "flash",
    "flash by a response action",
    "refresh",
    "javascript",
    "fields",
    "document",
    "class in use",
    "class",
)
EVERY_FORMAT = "document in every format"
# --- what the text leaves out ----------------------------------------------------------------------------------------

QUESTION = """\
question: Which number?
fields:
  - Number: value_to_add
    datatype: integer
"""
WAITING = """\
mandatory: True
code: |
  if the_task.ready():
    final_screen
  else:
    one_moment
---
event: one_moment
question: One moment
"""
END = """\
event: final_screen
question: It is ${ the_task.get() }
"""
END_WITH_ANSWER = """\
event: final_screen
question: It is ${ answer }
"""
NOT_WAITING = """\
mandatory: True
code: |
  the_task
  food
---
question: What do you eat?
subquestion: |
  % if defined('answer'):
  The answer is ${ answer }.
  % endif
fields:
  - Food: food
---
mandatory: True
question: Enjoy your ${ food }
"""
FORM = """\
mandatory: True
code: |
  the_task
  the_number
---
question: What is it together?
fields:
  - Number: the_number
    datatype: integer
---
mandatory: True
question: It is ${ the_number }
"""
MODULE = "modules:\n  - specified_class\n"
IMPORTS = """\
from docassemble_lite.engine.functions.steering import command, set_save_status
from docassemble_lite.engine.functions.tasks import background_action
from docassemble_lite.objects import DAObject

"""


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    """A server with all examples, made whole; it doesn't sweep while the tests hold up its worker."""
    found = examples("Background processes ", "Comparison with scheduled tasks", NAMES)
    start, action = found["start"], found["action"]
    interviews = {
        "complete": found["complete"],
        "start": whole(start, QUESTION, action, WAITING, END),
        "action": whole(action, QUESTION, start, WAITING, END),
        # the line that says when the block is shown
        "question": whole("event: final_screen\n" + found["question"], QUESTION, start, action, WAITING),
        "response action and screen": whole(found["response action and screen"], QUESTION, start, WAITING),
        "response action": whole(found["response action"], QUESTION, start, WAITING, END_WITH_ANSWER),
        "error action": found["error action"],
        "error action with details": found["error action with details"],
        "flash": whole(found["flash"], NOT_WAITING),
        "flash by a response action": whole(found["flash by a response action"], NOT_WAITING),
        "refresh": whole(found["refresh"], NOT_WAITING),
        "javascript": whole(found["javascript"], NOT_WAITING),
        "fields": whole(found["fields"], FORM),
        "document": found["document"],
        "class in use": found["class in use"],
        "class": whole(MODULE, found["class in use"]),
    }
    assert set(interviews) == set(NAMES)
    every = "  filename: letter\n  valid formats: [pdf, docx, rtf, html, md]\n"
    interviews[EVERY_FORMAT] = found["document"].replace("  filename: letter\n", every)
    server: Server = shared_server({f"{name}.yml": text for name, text in interviews.items()}, task_sweep=3600)
    (server.folder / "specified_class.py").write_text(IMPORTS + found["class"] + "\n", encoding="utf-8")
    return server


def answer(tab: Page, running: Server, name: str) -> None:
    """Come to an example, and have 2 added."""
    begin(tab, running, f"{name}.yml")
    fill(tab, "Number", "2")
    go_on(tab)


# --- values and variables --------------------------------------------------------------------------------------------


def test_the_first_example_comes_to_its_answer(running: Server, any_tab: Page) -> None:
    with tasks_held(running):
        answer(any_tab, running, "complete")
        see(any_tab, "Hang tight. Still waiting for an answer.")
    see(any_tab, "The answer is 555.")


@pytest.mark.parametrize("name", ["start", "action", "response action"])
def test_a_part_that_has_no_last_screen_comes_to_its_answer(running: Server, tab: Page, name: str) -> None:
    answer(tab, running, name)
    see(tab, "It is 555")


@pytest.mark.parametrize("name", ["question", "response action and screen"])
def test_a_part_that_has_a_last_screen_comes_to_it(running: Server, tab: Page, name: str) -> None:
    answer(tab, running, name)
    see(tab, "The answer is 555.")


# --- error actions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("divisor", "outcome"), [("4", "The result was 2.5."), ("0", "There was an error.")])
def test_an_error_action_sets_what_the_last_screen_shows(running: Server, tab: Page, divisor: str, outcome: str) -> None:
    begin(tab, running, "error action.yml")
    fill(tab, "Numerator", "10")
    fill(tab, "Denominator", divisor)
    with tasks_held(running):
        go_on(tab)
        see(tab, "Waiting for result...")
    see(tab, "Result of task")
    see_text(tab, outcome)


def test_an_error_screen_knows_all_of_the_error(running: Server, tab: Page) -> None:
    answer(tab, running, "error action with details")
    see(tab, "There was an error.")
    shown = text_of(tab)
    assert "The saved error message was Failure at the calculation stage due to a ZeroDivisionError error." in shown
    assert "The value was handled_error." in shown
    assert "The error was ZeroDivisionError. The trace was" in shown
    assert "The message was division by zero The variables were" in shown


# --- telling the browser ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["flash", "flash by a response action"])
def test_a_message_is_flashed_once(running: Server, tab: Page, name: str) -> None:
    with confirmed(tab):
        with tasks_held(running):
            answer(tab, running, name)
            see(tab, "What do you eat?")
        see_message(tab, "The answer is 555.")
    load_until_nothing_is_due(tab)
    fill(tab, "Food", "bread")
    go_on(tab)
    see(tab, "Enjoy your bread")
    assert told(tab) == ["The answer is 555."]


def test_the_screen_is_shown_again(running: Server, tab: Page) -> None:
    with tasks_held(running):
        answer(tab, running, "refresh")
        see(tab, "What do you eat?")
        fill(tab, "Food", "bread")
    see_text(tab, "The answer is 555.")
    go_on(tab)
    see(tab, "Enjoy your bread")


def test_the_script_says_the_answer_once(running: Server, tab: Page) -> None:
    said: list[str] = []

    def hear(dialog: Any) -> None:
        said.append(dialog.message)
        dialog.accept()

    tab.on("dialog", hear)
    with tab.expect_event("dialog"), tasks_held(running):
        answer(tab, running, "javascript")
        see(tab, "What do you eat?")
    load_until_nothing_is_due(tab)
    fill(tab, "Food", "bread")
    go_on(tab)
    see(tab, "Enjoy your bread")
    assert said == ["The answer is 555."]


def test_the_field_is_filled_in(running: Server, tab: Page) -> None:
    with tasks_held(running):
        answer(tab, running, "fields")
        see(tab, "What is it together?")
    tab.wait_for_function("() => document.querySelector('#daform input:not([type=hidden])').value === '555'")
    go_on(tab)
    see(tab, "It is 555")


# --- a document ------------------------------------------------------------------------------------------------------


def test_a_document_is_assembled_while_the_person_waits(running: Server, tab: Page) -> None:
    begin(tab, running, "document.yml")
    fill(tab, "Name", "Olive")
    with tasks_held(running):
        go_on(tab)
        see(tab, "Please wait...")
    see(tab, "Document created")
    tab.get_by_text("Preview", exact=True).click()
    see_text(tab, "Olive, will you marry me?")
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download PDF").click()
    assert "Olive, will you" in " ".join(PdfReader(download.value.path()).pages[0].extract_text().split())


def test_a_document_is_assembled_in_every_format(running: Server, eventually: Callable[..., Any]) -> None:
    person = Visitor(running.url)
    person.answer(person.show(f"{EVERY_FORMAT}.yml"), sweetheart="Olíve Oil")

    def created() -> Answered | None:
        page = person.show(f"{EVERY_FORMAT}.yml")
        return page if page.heading == "Document created" else None

    addresses = links(eventually(created, "the document is assembled"))
    assert list(addresses) == ["pdf", "docx", "rtf", "html", "md"]
    for extension, text in texts({name: person.get(address).body for name, address in addresses.items()}).items():
        assert "Olíve Oil, will you marry me?" in " ".join(text.split()), extension


# --- BackgroundAction ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["class in use", "class"])
def test_code_that_runs_a_background_action_comes_to_its_answer(running: Server, any_tab: Page, name: str) -> None:
    with tasks_held(running):
        answer(any_tab, running, name)
        see(any_tab, "One moment, please")
    see(any_tab, "The answer is 555.")
