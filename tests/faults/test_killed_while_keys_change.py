"""P25: web processes are killed while people sign in in the middle of an interview, and while they change the password."""

from __future__ import annotations

import http.client
import random
import time
import urllib.error
from collections.abc import Callable
from typing import Any

import psutil

from tests.acceptance.accounts import PASSWORD, add_person, send
from tests.acceptance.visitor import Page, Visitor, value_of
from tests.faults.shared_words import InBackground, words_on
from tests.faults.test_changed_keys import INTERVIEW, NAME, begun

EMAIL = "ada{}@example.com"
NEW = "another password"
_BROKEN_OFF = (urllib.error.URLError, OSError, http.client.HTTPException)


def tab_of(browser: Visitor) -> Visitor:
    """Another tab of the same browser."""
    tab = Visitor(browser.url)
    for cookie in browser.cookies:
        tab.cookies.set_cookie(cookie)
    return tab


def kill_web(running: Any) -> None:
    """Kill the web process; the supervisor starts another one."""
    web = running.child("web")
    if web is not None:
        try:
            web.kill()
        except psutil.NoSuchProcess:
            return


def patiently(ask: Callable[[], Page], eventually: Callable[..., Any]) -> Page:
    """The page that comes once the server is back."""

    def page() -> Page | None:
        try:
            return ask()
        except _BROKEN_OFF:
            return None

    found: Page = eventually(page, "the server is back")
    return found


def add_words(tab: Visitor, session: str, accepted: list[str]) -> None:
    """Add words in another tab until the server is gone, or the session is another one's."""
    try:
        page = tab.show(NAME)
        for number in range(1000):
            page = tab.answer(page, entry=f"w{number}")
            if page.status != 200 or value_of(page.form, "_session") != session:
                return
            accepted.append(f"w{number}")
    except _BROKEN_OFF:
        return


def opened(running: Any, browser: Visitor, email: str, session: str, eventually: Callable[..., Any]) -> tuple[str, list[str]]:
    """What opens the session now, and the words in it: the browser as it is, the old password, or the new one."""
    path = f"/interview?i={NAME}&session={session}"
    page = patiently(lambda: browser.get(path), eventually)
    if page.status == 200:
        return "browser", words_on(page)
    for password in (PASSWORD, NEW):
        other = Visitor(running.url)
        patiently(lambda other=other, password=password: other.sign_in(email, password), eventually)  # type: ignore[misc]
        page = patiently(lambda other=other: other.get(path), eventually)  # type: ignore[misc]
        if page.status == 200:
            return password, words_on(page)
    raise AssertionError(f"Nothing opens the session any more: {page.status} {page.words[:300]}")


def killed_while(
    running: Any,
    eventually: Callable[..., Any],
    chance: random.Random,
    number: int,
    signed_in: bool,
    do: Callable[[Visitor, str], Page],
) -> tuple[str, int]:
    """One kill at a moment of chance; what opens the session afterwards, and how many words were accepted meanwhile."""
    email, browser = EMAIL.format(number), Visitor(running.url)
    add_person(running, email)
    if signed_in:
        patiently(lambda: browser.sign_in(email, PASSWORD), eventually)
    session = begun(browser, "private")
    before = browser.answer(browser.show(NAME), entry="first")
    assert words_on(before) == ["first"]
    tab, accepted = tab_of(browser), list[str]()
    posting = InBackground(lambda: add_words(tab, session, accepted))
    changing = InBackground(lambda: _broken_off(lambda: do(browser, email)))
    time.sleep(chance.random() * 1.5)
    kill_web(running)
    changing.result()
    posting.result()
    by, words = opened(running, browser, email, session, eventually)
    assert words[: 1 + len(accepted)] == ["first", *accepted]
    assert len(words) <= len(accepted) + 2
    return by, len(accepted)


def _broken_off(ask: Callable[[], Page]) -> None:
    try:
        ask()
    except _BROKEN_OFF:
        return


def sign_in(browser: Visitor, email: str) -> Page:
    return browser.sign_in(email, PASSWORD)


def change_password(browser: Visitor, email: str) -> Page:
    page = browser.get("/user/change-password")
    return send(browser, page, "da-password", "/user/change-password", old=PASSWORD, password=NEW, again=NEW)


def test_p25_whenever_the_web_process_is_killed_the_session_opens_with_the_old_or_the_new_secret(
    server: Callable[..., Any],
    stored: dict[str, Any],
    eventually: Callable[..., Any],
    long_form: bool,
    measured: Callable[..., None],
) -> None:
    """P25: signing in and another password, with posts in another tab; what these were told is kept is there."""
    running = server({NAME: INTERVIEW}, **stored)
    running.stored = stored
    chance, kills, accepted = random.Random(25), 40 if long_form else 1, 0
    by: list[str] = []
    for _ in range(kills):
        for signed_in, do in ((False, sign_in), (True, change_password)):
            opener, words = killed_while(running, eventually, chance, len(by), signed_in, do)
            by.append(opener)
            accepted += words
    assert "Traceback" not in running.log
    counts = {f"opened_by_{name.replace(' ', '_')}": by.count(name) for name in ("browser", PASSWORD, NEW)}
    measured("P25", kills=len(by), words_accepted=accepted, lost=0, never_opened=0, **counts)
