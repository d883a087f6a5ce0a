"""P27: nothing that is typed becomes markup or code, at any place.

What an HTML parser finds in a page is compared with what it finds in the same page with harmless answers.
`DAL_FORGERIES` says how many payloads are typed (the long form: 10000).
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Dialog, Page, Route

from docassemble_lite.emails import Email
from docassemble_lite.engine.typed import strip_html
from tests.acceptance.in_process import Client, application
from tests.acceptance.visitor import interview_path
from tests.browsing import open_tab
from tests.faults.active_nodes import Nodes, active, nodes_of_page
from tests.faults.payloads import HAND_MADE, LONGEST, Payload, payloads
from tests.faults.typed_documents import ANSWERS, DOCUMENT, contents, found_in
from tests.faults.typed_places import ELSEWHERE, FIELDS, IN_TEXT, KEYS, SCRIPTS, WAYS, Shown, interview
from tests.unit.engine.interviewing import interview as interview_in_memory

COUNT = int(os.environ.get("DAL_FORGERIES", "250"))
SEED = 27
# words of all shapes: whatever depends on their shape counts as harmless
HARMLESS = (
    Payload("Harmless words ", "without end, and no end of them in sight"),
    Payload("", ""),
    Payload("Harmless", ""),
    Payload("", "Two\nlines"),
    Payload("example.com", ""),
    Payload("https://example.com/a?b=c", ""),
    Payload("//example.com/a", ""),
    Payload("[x", "y"),
    Payload("![x", "y"),
    Payload("[", "^1]"),
    Payload("x", ")"),
    # in square brackets of the author's
    Payload("TARGET place", ""),
)
PATH = interview_path("typed.yml")


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """The error pages that are asked for would fill the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    interviews = {"typed.yml": interview(), "documents.yml": DOCUMENT}
    with application(tmp_path_factory.mktemp("typed"), interviews, debug=True) as made:
        yield made


def shown_by(app: Flask, payload: Payload, way: int) -> tuple[Shown, dict[str, Nodes]]:
    """Somebody who typed it, and what each of the places consists of."""
    shown = Shown(Client(app), PATH, payload.first, payload.second, way)
    return shown, {place: nodes(shown) for place, nodes in ELSEWHERE.items()}


def harmless(app: Flask, way: int) -> dict[str, Nodes]:
    """What each of the places has at most with harmless answers."""
    most: dict[str, Nodes] = {place: Counter() for place in ELSEWHERE}
    for payload in HARMLESS:
        for place, nodes in shown_by(app, payload, way)[1].items():
            most[place] |= nodes
    return most


def test_payloads_are_many_and_different() -> None:
    made = list(payloads(SEED, 1000))
    assert len(set(made)) == 1000
    assert made == list(payloads(SEED, 1000))
    assert len(set(HAND_MADE)) == len(HAND_MADE) >= 150
    assert max(len(payload.whole) for payload in made) <= LONGEST


@pytest.mark.parametrize(
    "evil",
    [
        "<p onclick=\"say('x'+alert(1))\">a</p>",
        '<script>x = "";alert(1)//";</script>',
        '<script nonce="x">x = "Ann";</script>',
        '<a href=" java\tscript:x">y</a>',
        "<img src=x onerror=alert(1)>",
        "<svg onload=a>",
        '<p style="x;background:url(y)">',
        '<iframe srcdoc="<script>alert(1)</script>">',
        "<form><input name=x>",
        "<meta http-equiv=refresh content=0>",
    ],
)
def test_the_judge_finds_what_acts(evil: str) -> None:
    harmless = "<p onclick=\"say('x')\">a</p><script>x = \"Ann\";</script><a href='/x'>y</a><p style='color: x'>"
    assert active(nodes_of_page(harmless + evil), nodes_of_page(harmless) + nodes_of_page("<script>x = 1</script><a href=x>"))


def test_p27_nothing_typed_is_active_at_any_place(app: Flask, measured: Callable[..., None]) -> None:
    expected = [harmless(app, way) for way in range(len(WAYS))]
    found: list[str] = []
    for number, payload in enumerate(payloads(SEED, COUNT)):
        way = number % len(WAYS)
        shown, places = shown_by(app, payload, way)
        for place, nodes in places.items():
            beyond = active(nodes, expected[way][place])
            if beyond:
                found.append(f"{payload} {list(WAYS)[way]}, {place}: {dict(beyond)}")
        assert script_values(shown.page.text) == [strip_html(payload.first).strip() + strip_html(payload.second).strip()] * 2
    on_screen = len(IN_TEXT) + len(SCRIPTS) + len(KEYS) + len(FIELDS)
    measured("P27", payloads=COUNT, ways=len(WAYS), places=on_screen + len(ELSEWHERE) - 1, active_nodes=len(found))
    assert found == [], "\n".join(found[:20])


def script_values(page: str) -> list[str]:
    """What the scripts of the page are given as JSON."""
    return [json.loads(text) for text in re.findall(r"window\.whole = (.*);", page)]


# --- documents -----------------------------------------------------------------------------------------------------------


def document_of(app: Flask, texts: list[str]) -> dict[str, Counter[tuple[str, ...]]]:
    """What is active in each format of a document with these texts, and in the screen that shows it."""
    client = Client(app)
    page = client.get(interview_path("documents.yml", new_session=1))
    page = client.answer(page, **dict(zip(ANSWERS, texts, strict=True)))
    assert page.status == 200, page.words
    return found_in(page, contents(client, page))


def harmless_document(app: Flask) -> dict[str, Counter[tuple[str, ...]]]:
    """What documents have at most with harmless answers: a link of the author's may be broken over lines, or lead elsewhere."""
    most: dict[str, Counter[tuple[str, ...]]] = {}
    for text in ("Harmless words without end " * 12, "Harmless" * 12, "//example.com/a"):
        for format, nodes in document_of(app, [text] * len(ANSWERS)).items():
            most[format] = most.get(format, Counter()) | nodes
    return most


def test_p27_nothing_typed_is_active_in_a_document(app: Flask, measured: Callable[..., None]) -> None:
    expected = harmless_document(app)
    made = [payload.whole for payload in payloads(SEED, max(2 * len(ANSWERS), COUNT // 10))]
    # from all over the list
    made.sort(key=lambda text: text[::-1])
    rounds = [made[start : start + len(ANSWERS)] for start in range(0, len(made) - len(ANSWERS) + 1, len(ANSWERS))]
    found = []
    for texts in rounds:
        for format, nodes in document_of(app, texts).items():
            if beyond := active(nodes, expected[format]):
                found.append(f"{format}: {dict(beyond)} of {texts}")
    measured(
        "P27", documents=len(rounds), payloads=len(rounds) * len(ANSWERS), formats=len(expected) - 1, active_nodes=len(found)
    )
    assert found == [], "\n".join(found[:5])


# --- e-mails -------------------------------------------------------------------------------------------------------------

LETTER = """
mandatory: True
code: |
  send_email(to='ann@example.com', template=letter)
---
mandatory: True
question: Sent
---
question: What?
fields:
  - One: one
    required: False
  - Two: two
    input type: area
    required: False
---
template: letter
subject: About ${ one }
content: |
  Dear ${ one }, **${ two }** and [${ one }](https://example.com/${ two })

  * ${ one }
  * <b>${ two }</b>
"""


def letter_with(payload: Payload) -> Email:
    """The e-mail that goes to somebody about what was typed."""
    session = interview_in_memory(LETTER)
    session.answer(one=payload.first, two=payload.second)
    ((email, _),) = session.host.emails
    return email


def test_p27_nothing_typed_is_active_in_an_email(measured: Callable[..., None]) -> None:
    expected: Nodes = Counter()
    for payload in HARMLESS:
        expected |= nodes_of_page(letter_with(payload).html)
    found = []
    for payload in payloads(SEED, COUNT):
        email = letter_with(payload)
        assert "\n" not in email.subject
        if beyond := active(nodes_of_page(email.html), expected):
            found.append(f"{payload}: {dict(beyond)}")
    measured("P27", emails=COUNT, active_nodes=len(found))
    assert found == [], "\n".join(found[:10])


# --- a real browser ------------------------------------------------------------------------------------------------------

POKE = """() => {
    for (const node of document.querySelectorAll("main *"))
        for (const name of ["mouseover", "pointerover", "focus", "error", "load", "toggle", "begin"])
            node.dispatchEvent(new Event(name));
    return [window.canary, window.whole];
}"""


@pytest.fixture
def unguarded(browser: Browser, server: Callable[..., Any]) -> Iterator[tuple[Page, str]]:
    """A tab in which no policy keeps a script from running, and the address of the server."""
    running = server({"typed.yml": interview()})

    def only_here(route: Route) -> None:
        (route.continue_ if route.request.url.startswith(running.url) else route.abort)()

    with open_tab(browser, bypass_csp=True) as tab:
        tab.route("**/*", only_here)
        tab.add_init_script("window.say = () => {}")
        yield tab, running.url


@pytest.mark.browser
def test_p27_no_payload_runs_in_a_browser(unguarded: tuple[Page, str], measured: Callable[..., None]) -> None:
    tab, url = unguarded
    said: list[str] = []

    def note(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    tab.on("dialog", note)
    sample = HAND_MADE[:: max(1, len(HAND_MADE) * 25 // COUNT)]
    for number, text in enumerate(sample):
        tab.goto(f"{url}{PATH}&new_session=1")
        tab.get_by_label("One").fill(text)
        tab.get_by_label("Way").fill(str(number % len(WAYS)))
        tab.get_by_role("button", name="Continue").click()
        tab.locator("[name=_tracker]").first.wait_for(state="attached")
        tab.locator(".datarget").first.wait_for(state="attached")
        control = tab.get_by_role("textbox").first
        control.fill(text)
        with tab.expect_response("**/checkin?**"):
            control.press("Tab")
        canary, whole = tab.evaluate(POKE)
        assert (said, canary) == ([], None), text
        assert whole == strip_html(text).strip(), text
    measured("P27", in_a_browser=len(sample), dialogs=len(said))
