"""Counting attempts: as many as allowed and no more, over restarts, and for everybody apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from docassemble_lite.settings import Settings
from docassemble_lite.store.attempts import Attempts
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.tables import attempts
from docassemble_lite.store.writing import Writing

Clock = Callable[[float], None]
HOSTILE = ["", "%", "_", "\0", "\ud800", "' OR 1=1 --", "x" * 100_000]


def _try(store: Store, *what: str) -> float:
    return store.attempts.seconds_to_wait(*what, most=3, seconds=60)


def _rows(store: Store) -> list[Any]:
    with store.engine.connect() as connection:
        return list(connection.execute(select(attempts)))


def test_as_many_as_are_allowed_need_not_wait(store: Store, move_clock: Clock) -> None:
    assert [_try(store, "ada") for _ in range(5)] == [0.0, 0.0, 0.0, 60.0, 60.0]


def test_the_time_runs_from_the_first_and_trying_does_not_lengthen_it(store: Store, move_clock: Clock) -> None:
    for _ in range(3):
        _try(store, "ada")
    for left in (50.0, 40.0, 30.0, 20.0, 10.0):
        move_clock(10)
        assert _try(store, "ada") == left
    move_clock(10)
    assert [_try(store, "ada") for _ in range(4)] == [0.0, 0.0, 0.0, 60.0]


def test_p35_what_others_try_is_counted_apart(store: Store, move_clock: Clock) -> None:
    """P35: nobody is locked out by what is tried from another network."""
    for _ in range(9):
        _try(store, "sign in", "ada", "203.0.113.0/24")
    for other in (("sign in", "ada", "192.0.2.0/24"), ("sign in", "ben", "203.0.113.0/24"), ("sign in", "ada203.0.113.0/24")):
        assert _try(store, *other) == 0.0
    assert _try(store, "sign in", "ada", "203.0.113.0/24") == 60.0


def test_p35_a_restart_forgets_nothing(store: Store, settings: Settings, move_clock: Clock) -> None:
    """P35: another process, and the one after it, count on."""
    for _ in range(3):
        reopened = open_store(settings)
        assert _try(reopened, "ada") == 0.0
        reopened.close()
    assert _try(store, "ada") == 60.0


def test_a_good_attempt_begins_anew(store: Store, move_clock: Clock) -> None:
    for _ in range(5):
        _try(store, "ada")
    store.attempts.forget("ada")
    assert [_try(store, "ada") for _ in range(4)] == [0.0, 0.0, 0.0, 60.0]


def test_a_clock_that_is_set_back_locks_nobody_out(store: Store, move_clock: Clock) -> None:
    """P42."""
    for _ in range(5):
        _try(store, "ada")
    move_clock(-3600)
    assert _try(store, "ada") == 0.0


def test_what_is_over_is_cleared_away(store: Store, move_clock: Clock) -> None:
    for number in range(5):
        _try(store, str(number))
    move_clock(60)
    _try(store, "ada")
    assert len(_rows(store)) == 1


@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_was_tried_is_counted_by_itself(store: Store, what: str, move_clock: Clock) -> None:
    assert [_try(store, what) for _ in range(4)] == [0.0, 0.0, 0.0, 60.0]
    assert [_try(store, other) for other in HOSTILE if other != what] == [0.0] * (len(HOSTILE) - 1)


def test_p36_what_was_tried_cannot_be_read_or_guessed_from_the_table(store: Store) -> None:
    """P36: people type passwords where an address is asked for. With another server's key the digest is another one."""
    elsewhere = Attempts(store.engine, Writing(store.engine), b"the key of another server")
    for counting in (store.attempts, elsewhere):
        counting.seconds_to_wait("kanarienvogel", most=3, seconds=60)
    ours, theirs = _rows(store)
    assert ours.what_digest != theirs.what_digest
    assert "kanarienvogel" not in repr((ours, theirs))


def test_of_many_at_the_same_time_no_more_are_let_in_than_allowed(
    store: Store, settings: Settings, new_process: Callable[[Settings], Any]
) -> None:
    others = [new_process(settings) for _ in range(3)]
    for other in others:
        other.wait_until_ready()
    for other in others:
        other.tell("try_often", what="ada", times=20, most=7)
    assert sum(other.answer() for other in others) == 7
