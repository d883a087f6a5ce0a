"""P26: another key in the place of the server's own while people go on, and a server that has the wrong one."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from docassemble_lite.store.database import open_store
from docassemble_lite.store.server_keys import key_file
from docassemble_lite.store.tables import db
from tests.acceptance.accounts import PASSWORD, add_person
from tests.acceptance.test_command_line import run
from tests.acceptance.visitor import Page, Visitor, value_of
from tests.conftest import Server
from tests.faults.shared_words import InBackground, words_on

NAME = "kept.yml"
INTERVIEW = """\
mandatory: True
code: |
  multi_user = kept == 'shared'
  words = []
---
mandatory: True
code: |
  words.append(entry)
  del entry
  entry
---
question: Kept how?
fields:
  - How: kept
---
question: Word ${ len(words) + 1 }
subquestion: |
  BEGIN ${ ' '.join(words) } END
fields:
  - Word: entry
"""


class Clicker:
    """Somebody who adds words to a session, one after the other."""

    def __init__(self, browser: Visitor, name: str, session: str) -> None:
        self.browser, self.name, self.session = browser, name, session
        self.added: list[str] = []
        # what came that was neither the next screen nor the notice that somebody else was first
        self.odd: list[Page] = []

    def add(self) -> None:
        """Look at the session and add a word."""
        page = self.browser.show(NAME)
        word = f"{self.name}{len(self.added)}"
        if page.status == 200 and "BEGIN" in page.words:
            page = self.browser.answer(page, entry=word)
        if page.status == 200 and word in words_on(page):
            self.added.append(word)
        elif page.status != 409:
            self.odd.append(page)

    def go_on_until(self, over: threading.Event) -> None:
        while not over.is_set():
            self.add()


def begun(browser: Visitor, kept: str) -> str:
    """The id of a session that this browser has begun."""
    return value_of(browser.answer(browser.show(NAME), kept=kept).form, "_session")


def clickers(running: Any, stored: dict[str, Any]) -> list[Clicker]:
    """Two with private sessions, of whom one is signed in, and two who share one."""
    add_person(running, "ada@example.com")
    ada, ben, cleo, dora = (Visitor(running.url) for _ in range(4))
    ada.sign_in("ada@example.com", PASSWORD)
    cleo.sign_in("ada@example.com", PASSWORD)
    shared = begun(cleo, "shared")
    assert dora.show(NAME, session=shared).status == 200
    return [
        *(Clicker(ada, "a", begun(ada, "private")), Clicker(ben, "b", begun(ben, "private"))),
        *(Clicker(cleo, "c", shared), Clicker(dora, "d", shared)),
    ]


def assert_all_is_well(people: list[Clicker]) -> None:
    """Nobody is signed out, and every word that was accepted is there once."""
    for person in people:
        assert [(page.status, page.words[:300]) for page in person.odd] == []
        here = [other for other in people if other.session == person.session]
        page = person.browser.show(NAME)
        assert page.status == 200
        assert sorted(words_on(page)) == sorted(word for other in here for word in other.added)
    for person in (people[0], people[2]):
        assert "ada@example.com" in person.browser.get("/user/profile").words


def test_p26_another_key_while_people_go_on_signs_nobody_out_and_loses_nothing(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Callable[..., Any], measured: Callable[..., None]
) -> None:
    """P26: a new key, its rows sealed anew, the old one forgotten; people click all the time."""
    running = server({NAME: INTERVIEW}, web_processes=2, **stored)
    people, over = clickers(running, stored), threading.Event()

    def added() -> int:
        return sum(len(person.added) for person in people)

    def have_gone_on(since: int) -> Callable[[], bool]:
        return lambda: added() >= since + 8 or any(person.odd for person in people)

    going = [InBackground(lambda person=person: person.go_on_until(over)) for person in people]
    try:
        eventually(have_gone_on(0), "people have begun")
        rotated = run("keys", "rotate", folder=running.folder)
        assert rotated.returncode == 0, rotated.stdout + rotated.stderr
        eventually(have_gone_on(added()), "people have gone on with the new key")
        sealed = run("keys", "reseal", folder=running.folder)
        assert sealed.returncode == 0, sealed.stdout + sealed.stderr
        found = re.search(r"keys forget ([0-9a-f]+)", rotated.stdout + sealed.stdout)
        assert found, rotated.stdout + sealed.stdout
        forgotten = run("keys", "forget", found[1], folder=running.folder)
        assert forgotten.returncode == 0, forgotten.stdout + forgotten.stderr
        eventually(have_gone_on(added()), "people have gone on without the old key")
    finally:
        over.set()
        for one in going:
            one.result()
    assert_all_is_well(people)
    assert "Traceback" not in running.log
    measured("P26", words=added(), lost=0, signed_out=0, server_errors=0)


def rows(running: Any, stored: dict[str, Any]) -> dict[str, int]:
    """How many rows are in each table that holds what people did."""
    store = open_store(running.settings)
    try:
        with store.engine.connect() as connection:
            tables = [table for table in db.metadata.sorted_tables if table.name not in ("attempts", "cron_runs")]
            return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    finally:
        store.close()


def test_p26_a_server_with_the_wrong_key_says_so_and_deletes_nothing(server: Callable[..., Any], stored: dict[str, Any]) -> None:
    """P26: it starts, says what is wrong with which sessions, and with the right key all is as it was."""
    running = server({NAME: INTERVIEW}, **stored)
    people = clickers(running, stored)
    for person in people:
        person.add()
    shared = people[2].session
    before, key = rows(running, stored), key_file(running.data)
    right = key.read_bytes()
    running.stop()
    key.write_bytes(secrets.token_bytes(32))
    wrong = Server(running.folder)
    try:
        page = Visitor(wrong.url).show(NAME, session=shared)
        assert page.status == 500
        assert page.heading == "These answers can't be opened"
        assert "a key of the server that isn't there" in page.words
        assert "Nothing has been deleted" in page.words
        affected = run("keys", "affected", folder=wrong.folder)
        assert shared in affected.stdout
        assert people[0].session not in affected.stdout
        assert run("keys", folder=wrong.folder).stdout.count("missing") >= 1
        assert "Traceback" not in wrong.log
    finally:
        wrong.stop()
    assert rows(running, stored) == before
    key.write_bytes(right)
    again = Server(running.folder)
    try:
        for person in people:
            person.browser.url = again.url
        assert_all_is_well(people)
    finally:
        again.clear_away()


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_p26_a_key_that_is_none_keeps_the_server_from_starting_and_says_why(tmp_path: Path, content: bytes) -> None:
    """P26: a new key in its place would be the loss of all that was sealed with the right one."""
    (tmp_path / "data").mkdir()
    key_file(tmp_path / "data").write_bytes(content)
    failed = run("web", folder=tmp_path)
    assert failed.returncode != 0
    assert "restore it from a backup" in failed.stderr + failed.stdout
    assert key_file(tmp_path / "data").read_bytes() == content
