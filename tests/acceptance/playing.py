"""People who go through interviews in a real browser, and background tasks that don't begin before the test lets them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.acceptance.visitor import interview_path
from tests.conftest import Server, eventually

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

#: Milliseconds after which what doesn't come up is taken for something that never will.
PATIENCE = 90_000
# remembers, however often the page is loaded again, each message that came up above the screen, and each heading
RECORDER = """(() => {
    const keep = (name, text) => {
        const kept = JSON.parse(sessionStorage.getItem(name) || "[]");
        sessionStorage.setItem(name, JSON.stringify([...kept, text]));
    };
    const known = new WeakSet();
    let heading = "";
    const look = () => {
        // half a message would be taken for a whole one
        if (document.readyState === "loading") return;
        for (const notice of document.querySelectorAll(".da-notice")) {
            if (!known.has(notice)) keep("test-notices", notice.innerText);
            known.add(notice);
        }
        const now = document.querySelector("h1")?.innerText || heading;
        if (now !== heading) keep("test-headings", now);
        heading = now;
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true });
    document.addEventListener("DOMContentLoaded", look);
})()"""


def record(tab: Page) -> None:
    """From now on remember what is told in this tab, for `told` and `headings`."""
    tab.set_default_timeout(PATIENCE)
    tab.add_init_script(RECORDER)


def told(tab: Page) -> list[str]:
    """The messages that came up above the screens of this tab, in their order, each as often as it came."""
    return json.loads(tab.evaluate("sessionStorage.getItem('test-notices')") or "[]")


def headings(tab: Page) -> list[str]:
    """The headings of the screens that this tab has shown, in their order."""
    return json.loads(tab.evaluate("sessionStorage.getItem('test-headings')") or "[]")


def begin(tab: Page, running: Server, interview: str) -> None:
    """Come to an interview."""
    tab.goto(running.url + interview_path(interview))


def fill(tab: Page, label: str, text: str) -> None:
    """Type into the field of that label."""
    tab.get_by_label(label, exact=True).fill(text)


def press(tab: Page, name: str) -> None:
    """Press a button."""
    tab.get_by_role("button", name=name, exact=True).click()


def go_on(tab: Page) -> None:
    """Press Continue."""
    press(tab, "Continue")


def see(tab: Page, heading: str) -> None:
    """Be on the screen of that heading, or come to it without doing anything."""
    tab.get_by_role("heading", level=1, name=heading, exact=True).wait_for()
    # all of it, with its scripts: what is read or typed before isn't there yet, or unnoticed
    tab.wait_for_load_state("domcontentloaded")


def text_of(tab: Page) -> str:
    """What can be read on the screen, without its line ends."""
    return " ".join(tab.locator("#daquestion").inner_text().split())


def see_text(tab: Page, text: str) -> None:
    """Read something on the screen, now or without doing anything."""
    tab.locator("#daquestion").get_by_text(text).wait_for()


def see_message(tab: Page, text: str) -> None:
    """Be told something above the screen, now or without doing anything."""
    tab.get_by_role("status").get_by_text(text).wait_for()


@contextmanager
def confirmed(*tabs: Page) -> Iterator[None]:
    """In the end, wait until one of the pages has told the server that it has shown a message: others would show it, too."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if "/checkin?" in request.url and re.search(r"\btold=[^&]", request.post_data or ""):
            seen.append(request.url)

    for tab in tabs:
        tab.on("requestfinished", note)
    yield
    end = time.monotonic() + PATIENCE / 1000
    while not seen and time.monotonic() < end:
        tabs[0].wait_for_timeout(20)
    for tab in tabs:
        tab.remove_listener("requestfinished", note)
    assert seen, "No page has confirmed a message."


def load_until_nothing_is_due(tab: Page) -> None:
    """Load the page again, until the server has nothing more to tell it."""

    def nothing_is_due() -> bool:
        tab.reload()
        return tab.locator("#daquestion:not([data-news])").count() == 1

    eventually(nothing_is_due, "the server has nothing more to tell the page")


@contextmanager
def tasks_held(running: Server) -> Iterator[None]:
    """No background task begins in here; those that were started begin afterwards.

    The server must not sweep: the worker is stopped wherever it is, and would keep others from writing.
    """
    worker = eventually(lambda: running.child("worker"), "there is a worker")
    eventually(lambda: "celery.apps.worker" in running.log, "the worker is ready")
    worker.suspend()
    try:
        yield
    finally:
        worker.resume()
