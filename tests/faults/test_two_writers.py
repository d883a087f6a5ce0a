"""Two browsers change the answers of one session at the same time."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from docassemble_lite.errors import SavedByAnother
from docassemble_lite.store.database import open_store
from tests.faults.shared_words import INTERVIEW, NAME, InBackground, Table, add, words_on

# far less than the work takes, so that every visit comes to go ahead without the lock
SHORT_WAIT = 0.2


def pid_of(running: Any, word: str, eventually: Callable[..., Any]) -> int:
    """The process that is adding the word."""
    marker = running.folder / f"begun-{word}"
    return int(eventually(lambda: marker.exists() and marker.read_text(), f"“{word}” is being added"))


def test_p1_p3_who_waited_long_enough_goes_ahead_and_both_answers_are_kept(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Callable[..., Any]
) -> None:
    """P1, P3: one writer goes ahead of another that holds the lock; that one then runs again on the fresh answers."""
    running = server({NAME: INTERVIEW}, concurrency_lock_timeout=SHORT_WAIT, **stored)
    table = Table(running)
    alice, bob = table.join(), table.join()
    slow = InBackground(lambda: add(alice, "alpha", until="go-on"))
    pid_of(running, "alpha", eventually)
    assert add(bob, "beta").status == 200
    assert slow.going_on
    (running.folder / "go-on").touch()
    assert slow.result().status == 200
    assert table.words() == ["beta", "alpha"]


def test_p1_a_holder_that_was_stopped_overwrites_nothing(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Callable[..., Any], long_form: bool
) -> None:
    """P1: SIGSTOP of the process that holds the lock, SIGCONT after others have saved."""
    running = server({NAME: INTERVIEW}, concurrency_lock_timeout=SHORT_WAIT, web_processes=2, **stored)
    table = Table(running)
    alice, bob = table.join(), table.join()
    slow = InBackground(lambda: add(alice, "alpha", until="go-on"))
    holder = pid_of(running, "alpha", eventually)
    os.kill(holder, signal.SIGSTOP)
    try:
        assert add(bob, "beta").status == 200
        time.sleep(60 if long_form else 1)
        (running.folder / "go-on").touch()
    finally:
        os.kill(holder, signal.SIGCONT)
    assert slow.result().status == 200
    assert table.words() == ["beta", "alpha"]


def test_p1_every_acknowledged_answer_of_many_writers_is_there_once(
    server: Callable[..., Any], stored: dict[str, Any], long_form: bool, measured: Callable[..., None]
) -> None:
    """P1: several browsers, work longer and shorter than the wait for the lock; what wasn't acknowledged isn't there."""
    running = server({NAME: INTERVIEW}, concurrency_lock_timeout=SHORT_WAIT, web_processes=2, **stored)
    table = Table(running)
    rounds, longest = (3, 60.0) if long_form else (4, 0.5)
    acknowledged: list[str] = []

    def add_words(name: str) -> int:
        visitor, chance = table.join(), random.Random(name)
        statuses = []
        for number in range(rounds):
            word = f"{name}{number}"
            statuses.append(add(visitor, word, seconds=chance.choice((0, chance.random() * longest))).status)
            if statuses[-1] == 200:
                acknowledged.append(word)
        assert set(statuses) <= {200, 409}
        return statuses.count(409)

    writers = [InBackground(lambda name=name: add_words(name)) for name in ("a", "b", "c", "d")]
    conflicts = sum(writer.result() for writer in writers)
    words = table.words()
    measured("P1", acknowledged=len(acknowledged), lost=len(set(acknowledged) - set(words)), conflict_pages=conflicts)
    assert sorted(words) == sorted(acknowledged)
    assert acknowledged


# --- a session that is saved all the time ----------------------------------------------------------------------------


@contextmanager
def saved_all_the_time(running: Any, stored: dict[str, Any], session: str) -> Iterator[None]:
    """While this lasts, another process (this one) saves the session over and over, unchanged."""
    store = open_store(running.settings)
    over, saved = threading.Event(), threading.Event()

    def save() -> int:
        while not over.is_set():
            loaded = store.sessions.load_plain(session)
            try:
                store.sessions.save(loaded, loaded.answers, loaded.extra)
                saved.set()
            except SavedByAnother:
                continue
        return 0

    saver = InBackground(save)
    saved.wait(60)
    try:
        yield
    finally:
        over.set()
        saver.result()
        store.close()


def test_p3_after_repeated_conflicts_what_was_typed_is_kept_and_can_be_sent_again(
    server: Callable[..., Any], stored: dict[str, Any]
) -> None:
    """P3: 409 after the visit ran three times more; the form has everything, and is accepted once the others are done."""
    running = server({NAME: INTERVIEW}, concurrency_lock_timeout=SHORT_WAIT, **stored)
    table = Table(running, slow="1.5")
    page = table.first.show(NAME)
    with saved_all_the_time(running, stored, table.session):
        conflict = table.first.answer(page, entry='R&D"s')
    assert conflict.status == 409
    assert conflict.heading == "Your answers are being saved by another window"
    assert 'R&D"s' in conflict.words
    assert table.words() == []
    again = table.first.post(f"/interview?i={NAME}", conflict.form)
    assert again.status == 200
    assert words_on(again) == ['R&D"s']


def test_p3_a_page_that_only_shows_is_not_kept_from_showing(server: Callable[..., Any]) -> None:
    running = server({NAME: INTERVIEW}, concurrency_lock_timeout=SHORT_WAIT)
    table = Table(running)
    with saved_all_the_time(running, {}, table.session):
        assert table.first.show(NAME).status == 200


# --- the same form several times -------------------------------------------------------------------------------------


@pytest.mark.parametrize("wait", [4.0, 0.0], ids=["with the lock", "without waiting for it"])
def test_p14_the_same_form_posted_1_to_20_times_at_once_is_one_change(
    server: Callable[..., Any], stored: dict[str, Any], wait: float, measured: Callable[..., None]
) -> None:
    """P14: one of the posts is accepted, and all others are told that their page was out of date, or of the conflict."""
    running = server({NAME: INTERVIEW}, concurrency_lock_timeout=wait, web_processes=2, **stored)
    table = Table(running)
    posts = 0
    for number, times in enumerate((1, 2, 5, 20), 1):
        page = table.first.show(NAME)
        at_once = threading.Barrier(times)

        def post(page: Any = page, at_once: threading.Barrier = at_once, word: str = f"w{number}") -> int:
            at_once.wait(60)
            return int(table.first.answer(page, entry=word).status)

        statuses = [sent.result() for sent in [InBackground(post) for _ in range(times)]]
        posts += times
        assert statuses.count(200) == 1
        assert statuses.count(409) == times - 1
        assert table.words() == [f"w{made}" for made in range(1, number + 1)]
    measured("P14", posts=posts, changes=len(table.words()))
