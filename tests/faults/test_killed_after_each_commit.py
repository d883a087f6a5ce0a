"""P25, P26: whatever gives a session another key is killed right after each of its commits, and nobody is shut out.

The copy that is killed has written what it wrote, and no answer ever reaches the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from docassemble_lite import clock
from docassemble_lite.host import Person
from docassemble_lite.store import passwords
from docassemble_lite.store.people import SignIn
from docassemble_lite.store.tickets import HANDED_OVER
from docassemble_lite.web.services import EXTENSION
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import Page, Posted, filled, value_of
from tests.faults.dying import QUICK, Dying
from tests.faults.shared_words import words_on

NAME, NEW = "kept.yml", "another password"
INTERVIEW = """\
mandatory: True
code: |
  words = []
---
mandatory: True
code: |
  words.append(entry)
  if entry in ('share', 'unshare'):
    multi_user = entry == 'share'
  del entry
  entry
---
question: Word ${ len(words) + 1 }
subquestion: |
  BEGIN ${ ' '.join(words) } END
fields:
  - Word: entry
"""


@dataclass
class Somebody:
    """A person with a browser, which is in a session and has a page of it open in a tab."""

    app: Flask
    person: Person
    browser: Client
    tab: Page

    @property
    def session(self) -> str:
        return value_of(self.tab.form, "_session")

    @property
    def path(self) -> str:
        return f"/interview?i={NAME}&session={self.session}"

    def cookies(self) -> dict[str, str]:
        found = {name: self.browser.flask.get_cookie(name) for name in ("da_session", "secret")}
        return {name: cookie.value for name, cookie in found.items() if cookie}

    def opens(self) -> str:
        """The password that signs this person in; there is exactly one."""
        found = [password for password in (PASSWORD, NEW) if store_of(self.app).people.check(self.person.email, password)]
        assert len(found) == 1
        return found[0]

    def elsewhere(self) -> Page:
        """The session in another browser, with whatever password is good."""
        return Client(self.app).sign_in(self.person.email, self.opens()).get(self.path)


@dataclass
class Place:
    """An application, and what does things to its store and is killed."""

    app: Flask
    dying: Dying

    def somebody(self, number: int, *, signed_in: bool = True) -> Somebody:
        person = store_of(self.app).people.add(f"p{number}@example.com", PASSWORD)
        browser = Client(self.app)
        if signed_in:
            browser.sign_in(person.email)
        page = browser.answer(browser.get(f"/interview?i={NAME}"), entry="first")
        return Somebody(self.app, person, browser, page)

    def killed(self, who: Somebody, after: int, path: str, form: Posted) -> bool:
        return self._killed(after, cookies=who.cookies(), post=(path, form))

    def killed_command(self, after: int, *words: str) -> bool:
        return self._killed(after, command=words)

    def _killed(self, after: int, **deed: Any) -> bool:
        return self.dying.is_killed(self.app.extensions[EXTENSION].settings, after, **deed)


@pytest.fixture(scope="module")
def dying() -> Iterator[Dying]:
    program = Dying()
    yield program
    program.close()


@pytest.fixture
def place(tmp_path: Path, stored: dict[str, Any], dying: Dying, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr(passwords, "EFFORT", QUICK)
    with application(tmp_path, {NAME: INTERVIEW}, **stored) as app:
        yield Place(app, dying)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """`with later():` it is five minutes later, and nothing is on its way any more."""

    @contextmanager
    def moved() -> Iterator[None]:
        now = clock.now
        with monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda: now() + timedelta(minutes=5))
            yield

    return moved


def account_form(browser: Client, **values: str) -> Posted:
    return [("csrf_token", browser.token()), *values.items()]


def test_p25_signing_in_within_a_session(place: Place, later: Callable[[], Any], measured: Callable[..., None]) -> None:
    for point in count(1):
        ada = place.somebody(point, signed_in=False)
        form = account_form(ada.browser, email=ada.person.email, password=PASSWORD)
        if not place.killed(ada, point, "/user/sign-in", form):
            break
        # the browser was never told that it is signed in, and its other tab goes on
        assert words_on(ada.browser.answer(ada.tab, entry="tab")) == ["first", "tab"]
        with later():
            ada.browser.sign_in(ada.person.email)
            assert words_on(ada.browser.get(ada.path)) == ["first", "tab"]
            assert words_on(ada.elsewhere()) == ["first", "tab"]
            assert Client(place.app).get(ada.path).status == 404
    measured("P25", killed_while_signing_in=point - 1)
    assert point > 3


def test_p25_changing_the_password(place: Place, later: Callable[[], Any], measured: Callable[..., None]) -> None:
    good = []
    for point in count(1):
        ada = place.somebody(point)
        form = account_form(ada.browser, old=PASSWORD, password=NEW, again=NEW)
        if not place.killed(ada, point, "/user/change-password", form):
            break
        good.append(ada.opens())
        _goes_on_with_a_good_password(ada)
        with later():
            assert words_on(ada.elsewhere()) == ["first", "tab"]
    measured("P25", killed_while_changing_the_password=len(good), new_password_good=good.count(NEW))
    assert set(good) == {PASSWORD, NEW}


def test_p25_another_password_with_the_recovery_code(
    place: Place, later: Callable[[], Any], measured: Callable[..., None]
) -> None:
    store, good = store_of(place.app), []
    for point in count(1):
        ada = place.somebody(point)
        code = store.people.new_code(SignIn(ada.person, store.people.unlock(ada.person, PASSWORD)))
        path = f"/user/reset-password/{store.tickets.make('reset', HANDED_OVER, user_id=ada.person.id)}"
        form = account_form(ada.browser, password=NEW, again=NEW, code=code)
        if not place.killed(ada, point, path, form):
            break
        good.append(ada.opens())
        # the link is used up by what it was for, and by nothing else
        assert (ada.browser.get(path).status == 410) == (good[-1] == NEW)
        _goes_on_with_a_good_password(ada)
        with later():
            assert words_on(ada.elsewhere()) == ["first", "tab"]
            assert store.people.recovered(ada.person, code)
    measured("P25", killed_while_recovering=len(good), new_password_good=good.count(NEW))
    assert set(good) == {PASSWORD, NEW}


def _goes_on_with_a_good_password(ada: Somebody) -> None:
    """The page in the other tab can be sent: at once, or, where everybody was signed out, after signing in again."""
    if ada.opens() == NEW:
        assert ada.browser.get("/user/profile").heading == "Sign in"
        ada.browser.sign_in(ada.person.email, NEW)
    assert words_on(ada.browser.answer(ada.tab, entry="tab")) == ["first", "tab"]


@pytest.mark.parametrize("word", ["share", "unshare"])
def test_p25_a_session_becomes_shared_and_private_again(
    place: Place, word: str, measured: Callable[..., None], later: Callable[[], Any]
) -> None:
    saved = []
    for point in count(1):
        ada = place.somebody(point)
        if word == "unshare":
            ada.tab = ada.browser.answer(ada.tab, entry="share")
        before = words_on(ada.tab)
        if not place.killed(ada, point, ada.tab.url, filled(ada.tab, entry=word)):
            break
        with later():
            page = ada.browser.get(ada.path)
            saved.append(words_on(page) == [*before, word])
            assert saved[-1] or words_on(page) == before
            # what is shared others open, and what is private nobody but its owner
            is_shared = (word == "share") == saved[-1]
            assert Client(place.app).get(ada.path).status == (200 if is_shared else 404)
            assert words_on(ada.elsewhere()) == words_on(page)
            # all steps are readable, and it goes on
            page = ada.browser.answer(page, entry="tab")
            while "dabackform" in page.forms:
                page = ada.browser.back(page)
            assert words_on(page) == []
    measured("P25", killed_while_converting=len(saved), saved=sum(saved))
    assert any(saved)


def test_p26_another_key_of_the_server(place: Place, measured: Callable[..., None]) -> None:
    store = store_of(place.app)
    ada, bea = place.somebody(1), place.somebody(2)
    for entry in ("share", "again"):
        bea.tab = bea.browser.answer(bea.tab, entry=entry)
    seen = {ada.session: words_on(ada.tab), bea.session: words_on(bea.tab)}
    # the key, the sealed key of the shared session, its steps
    for point in range(1, 6):
        assert place.killed_command(point, "keys", "rotate")
        for who in (ada, bea):
            page = who.browser.answer(who.browser.get(who.path), entry=f"w{point}")
            seen[who.session].append(f"w{point}")
            assert words_on(page) == seen[who.session]
            assert words_on(who.elsewhere()) == seen[who.session]
        # so that the next one has as much to do
        assert not place.killed_command(1000, "keys", "reseal")
        assert list(store.resealing.counts()) == [store.vault.key_ids()[0]]
    measured("P26", killed_while_rotating=point)
