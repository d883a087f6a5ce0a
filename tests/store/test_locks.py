"""One visit at a time, and what becomes of a lock when its holder dies or stands still."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from docassemble_lite.errors import SavedByAnother
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.locks import FileLocks

NewProcess = Callable[[Settings], Any]
# far longer than anything here takes: a test that waits so long has failed
LONG = 30.0


def test_a_lock_is_free_again_after_its_release(store: Store) -> None:
    for _ in range(3):
        with store.locks.hold("s", 0) as got:
            assert got


def test_whoever_waited_in_vain_goes_ahead_without_the_lock(store: Store) -> None:
    """P3: the second one is told that it has no lock, and runs."""
    for seconds in (0, 0.05):
        with store.locks.hold("s", 0) as first, store.locks.hold("s", seconds) as second:
            assert (first, second) == (True, False)
    with store.locks.hold("s", 0) as again:
        assert again


def test_the_locks_of_two_sessions_are_independent(store: Store) -> None:
    with store.locks.hold("s", 0) as first, store.locks.hold("t", 0) as second:
        assert (first, second) == (True, True)


def test_an_error_in_a_visit_releases_its_lock(store: Store) -> None:
    with pytest.raises(SavedByAnother), store.locks.hold("s", 0):
        raise SavedByAnother
    with store.locks.hold("s", 0) as got:
        assert got


def test_whoever_waits_gets_the_lock_when_it_is_released(store: Store) -> None:
    holding, release, got = threading.Event(), threading.Event(), []

    def hold() -> None:
        with store.locks.hold("s", 0):
            holding.set()
            release.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    holding.wait()
    threading.Timer(0.1, release.set).start()
    with store.locks.hold("s", LONG) as mine:
        got.append((mine, release.is_set()))
    holder.join()
    assert got == [(True, True)]


def test_never_do_two_threads_hold_one_lock(store: Store) -> None:
    inside, most = [], []

    def enter() -> None:
        for _ in range(20):
            with store.locks.hold("s", LONG) as got:
                assert got
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=enter) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (max(most), len(most)) == (1, 120)


def test_lock_files_do_not_pile_up(tmp_path: Path) -> None:
    with FileLocks(tmp_path).hold("../../etc/passwd", 0):
        assert [path.parent for path in tmp_path.rglob("*")] == [tmp_path]
    assert list(tmp_path.iterdir()) == []


def test_after_the_death_of_a_holder_the_next_one_enters(
    store: Store, settings: Settings, alice: bytes, new_process: NewProcess
) -> None:
    """P2: kill -9 of a holder frees its lock, and the next one sees the last answers that were saved."""
    made = store.sessions.create("a.yml", alice, {"x": 0})
    other = new_process(settings)
    assert other.ask("hold", session=made.session_id, seconds=0) is True
    other.ask("load", session=made.session_id, secret=alice.decode())
    other.ask("save", answers={"x": 1})
    with store.locks.hold(made.session_id, 0) as early:
        assert not early
    other.kill()
    with store.locks.hold(made.session_id, LONG) as got:
        assert got
        assert store.sessions.load(made.session_id, alice).answers == {"x": 1}


def test_a_holder_that_stood_still_cannot_save_over_others(
    store: Store, settings: Settings, alice: bytes, new_process: NewProcess
) -> None:
    """P1, P3: a stopped holder keeps nobody from saving; when it goes on, its own save is refused."""
    made = store.sessions.create("a.yml", alice, {"x": 0})
    other = new_process(settings)
    other.ask("hold", session=made.session_id, seconds=0)
    other.ask("load", session=made.session_id, secret=alice.decode())
    other.stop()
    with store.locks.hold(made.session_id, 0.2) as got:
        assert not got
        store.sessions.save(store.sessions.load(made.session_id, alice), {"x": "ours"})
    other.go_on()
    assert other.ask("save", answers={"x": "stale"}) == "SavedByAnother"
    other.ask("release")
    assert store.sessions.load(made.session_id, alice).answers == {"x": "ours"}


def test_no_count_is_lost_between_processes_without_locks(
    store: Store, settings: Settings, alice: bytes, new_process: NewProcess
) -> None:
    """P1: 3 processes count to 20 each in one session; the version alone keeps the sum right."""
    made = store.sessions.create("a.yml", alice, {"n": 0})
    others = [new_process(settings) for _ in range(3)]
    for other in others:
        other.wait_until_ready()
    for other in others:
        other.tell("count", session=made.session_id, secret=alice.decode(), times=20)
    assert [other.answer() for other in others] == [True, True, True]
    loaded = store.sessions.load(made.session_id, alice)
    assert (loaded.answers, loaded.version) == ({"n": 60}, 61)


@pytest.mark.parametrize("statement", [1, 2])
def test_a_process_that_dies_while_saving_saves_nothing(
    store: Store, settings: Settings, alice: bytes, new_process: NewProcess, statement: int
) -> None:
    """P2: kill -9 within the transaction of a save leaves the last answers, open to the next save."""
    made = store.sessions.create("a.yml", alice, {"x": 0})
    other = new_process(settings)
    other.ask("load", session=made.session_id, secret=alice.decode())
    other.ask("die_at", statement=statement)
    other.tell("save", answers={"x": 1})
    other.wait_for_its_end()
    loaded = store.sessions.load(made.session_id, alice)
    assert (loaded.answers, loaded.version) == ({"x": 0}, 1)
    assert store.sessions.save(loaded, {"x": 2}).version == 2


@pytest.mark.postgresql
@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_postgresql_cuts_off_a_save_that_stalls_but_not_a_lock(store: Store) -> None:
    """P1: a process stopped between the statements of a save doesn't block the row; one stopped in a visit keeps its lock."""
    with store.engine.connect() as connection:
        assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "10s"
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND query LIKE 'SET LOCAL idle%= 0'"
        )
        with store.locks.hold("s", 1):
            assert connection.scalar(waiting) == 1


def test_a_lock_on_a_file_that_was_just_removed_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P1: the former holder removes its file just after we opened it."""
    locks, flock, late = FileLocks(tmp_path), fcntl.flock, [True]

    def removed_before(descriptor: int, operation: int) -> None:
        if late:
            late.clear()
            next(tmp_path.iterdir()).unlink()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", removed_before)
    with locks.hold("s", LONG) as first, locks.hold("s", 0) as second:
        assert (first, second) == (True, False)
