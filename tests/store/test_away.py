"""The database goes away in the middle of something."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from docassemble_lite.store.database import Store

GONE = [
    psycopg2.DatabaseError("server closed the connection unexpectedly"),
    psycopg2.InterfaceError("connection already closed"),
    psycopg2.OperationalError("server closed the connection unexpectedly"),
]


@pytest.mark.parametrize("gone", GONE, ids=lambda gone: type(gone).__name__)
def test_p40_whatever_the_driver_calls_it_a_lost_connection_is_an_operational_error(
    store: Store, alice: bytes, gone: psycopg2.Error
) -> None:
    """P40: it is what pages show as “can't be saved just now”, and what tasks wait out."""
    if store.engine.dialect.name != "postgresql":
        pytest.skip("there is no connection to SQLite that could be lost")

    session = store.sessions.create("a.yml", alice, {})

    def lose_connection(*_: Any) -> None:
        raise gone

    event.listen(store.engine, "do_execute", lose_connection)
    with pytest.raises(OperationalError) as caught:
        store.sessions.peek(session.session_id)
    assert caught.value.connection_invalidated
    event.remove(store.engine, "do_execute", lose_connection)
    assert store.sessions.peek(session.session_id).session_id == session.session_id


def test_p40_a_connection_that_is_lost_after_a_read_costs_nothing(store: Store, alice: bytes) -> None:
    """P40: the answer is there; an error of the driver itself would end a task, and show people a page for mistakes."""
    if store.engine.dialect.name != "postgresql":
        pytest.skip("there is no connection to SQLite that could be lost")
    session = store.sessions.create("a.yml", alice, {})
    # a connection that has served before
    store.sessions.peek(session.session_id)
    cut_off: list[int] = []

    def cut(connection: Connection, *_: Any) -> None:
        pid = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
        if not cut_off:
            cut_off.append(pid)
            with store.engine.connect() as another:
                another.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})

    event.listen(store.engine, "after_cursor_execute", cut)
    for _ in range(2):
        assert store.sessions.peek(session.session_id).session_id == session.session_id
    event.remove(store.engine, "after_cursor_execute", cut)
    assert cut_off


def test_a_read_that_stands_alone_changes_nothing_for_the_transaction_that_follows(store: Store, alice: bytes) -> None:
    """It would be committed statement by statement: whatever failed in the middle would leave a half behind."""
    session = store.sessions.create("a.yml", alice, {})
    for _ in range(2 * store.engine.pool.size()):  # type: ignore[attr-defined]
        assert store.sessions.peek(session.session_id).session_id == session.session_id
        with store.engine.connect() as connection:
            connection.execute(text("DELETE FROM sessions"))
    assert store.sessions.peek(session.session_id).session_id == session.session_id


class _TimeIsUp(BaseException):
    """What ends code from outside."""


def test_what_ends_code_in_the_middle_of_a_statement_isnt_taken_for_a_store_that_is_away(store: Store) -> None:
    """P37: else a task whose time is up would try again."""

    def end(*_: Any) -> None:
        raise _TimeIsUp

    event.listen(store.engine, "after_cursor_execute", end)
    with pytest.raises(_TimeIsUp), store.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    event.remove(store.engine, "after_cursor_execute", end)
    with store.engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
