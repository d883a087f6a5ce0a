"""Fills a store with sessions as many as wanted, as large as real ones and soon: the database itself writes most of it.

Their answers are bytes that nobody can read, and nobody is to; the keys to them are none.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, DateTime, Integer, MetaData, String, Table, false, insert, literal, select, true

from docassemble_lite.clock import naive_utc
from docassemble_lite.store.database import Store
from docassemble_lite.store.sessions import new_session_id
from docassemble_lite.store.tables import SESSION_ID_LENGTH, session_keys, session_people, sessions, steps, tasks

# rows that are written together, many of them where the database writes them, and bytes of a step that nobody reads
BATCH, LARGE_BATCH = 5000, 250_000
OF_A_STEP = 1500
# the latest change of a session was at most so many days ago, and of one interview, which keeps its sessions, so many times that
DAYS, KEPT, LONGER = 80, "interview_0.yml", 10
# one of so many sessions had a task, one of so many was somebody's who had signed in, one of so many is plain
WITH_TASK, WITH_PERSON, PLAIN = 5, 10, 20
INTERVIEWS = 20
MANY = 1_000_000

_new = Table(
    "new_sessions",
    MetaData(),
    Column("id", String(SESSION_ID_LENGTH)),
    Column("number", Integer),
    Column("interview", String),
    Column("moment", DateTime),
    prefixes=["TEMPORARY"],
)


def store_sessions(store: Store, number: int, owner_id: int | None = None, secret: bytes = b"") -> None:
    """Write private sessions of one interview, changed just now; `secret` would open them, but for their answers."""
    holder = store.vault.holder_of(secret) if secret else ""
    for amount in _batches(number, BATCH):
        ids = [new_session_id() for _ in range(amount)]
        now = naive_utc()
        common = {"interview": "other.yml", "title": "Another one", "created": now, "modified": now, "version": 1, "step": 1}
        keys = [{"session_id": name, "holder": holder or secrets.token_hex(32), "wrapped": b"\1" * 60} for name in ids]
        content = secrets.token_bytes(OF_A_STEP)
        with store.engine.begin() as connection:
            connection.execute(insert(sessions), [{"id": name, **common, "owner_id": owner_id} for name in ids])
            connection.execute(insert(session_keys), keys)
            connection.execute(
                insert(steps), [{"session_id": name, "number": 1, "answers": content, "created": now} for name in ids]
            )


def store_mixture(store: Store, number: int) -> None:
    """Write sessions of many interviews, changed in the last months, some of them with tasks, plain, or of people."""
    now = naive_utc()
    with store.engine.connect() as connection:
        _new.create(connection)
        connection.commit()
        if connection.dialect.name == "sqlite":
            # a gigabyte, in which all that is touched has room until it is written
            connection.exec_driver_sql("PRAGMA cache_size = -1000000")
        for amount in _batches(number, LARGE_BATCH):
            # as long as real ones, and made sooner; in their order, so that each page is written once
            ids = sorted(secrets.token_hex(SESSION_ID_LENGTH // 2) for _ in range(amount))
            connection.execute(insert(_new), [_new_row(name, each, now) for each, name in enumerate(ids)])
            _write_from_new(connection)
            connection.execute(_new.delete())
            connection.commit()
        _new.drop(connection)
        connection.commit()


def _new_row(name: str, number: int, now: datetime) -> dict[str, Any]:
    interview = f"interview_{number % INTERVIEWS}.yml"
    longest = timedelta(days=DAYS * (LONGER if interview == KEPT else 1))
    age = longest * (secrets.randbelow(MANY) / MANY)
    return {"id": name, "number": number, "interview": interview, "moment": now - age}


def _batches(number: int, most: int) -> Iterator[int]:
    for start in range(0, number, most):
        yield min(most, number - start)


def _write_from_new(connection: Connection) -> None:
    plain, content = _new.c.number % PLAIN == 0, literal(secrets.token_bytes(OF_A_STEP))
    common = {"version": literal(1), "step": literal(1), "title": literal("Another one")}
    row = {"id": _new.c.id, "interview": _new.c.interview, "created": _new.c.moment, "modified": _new.c.moment, **common}
    _copy(connection, sessions, row | {"multi_user": false()}, ~plain)
    _copy(connection, sessions, row | {"multi_user": true(), "sealed_key": literal(b"\1" * 60)}, plain)
    # what the key is looked up by is as long as a real one
    key = {"session_id": _new.c.id, "holder": _new.c.id + _new.c.id, "wrapped": literal(b"\1" * 60)}
    _copy(connection, session_keys, key, ~plain)
    _copy(
        connection, steps, {"session_id": _new.c.id, "number": literal(1), "answers": content, "created": _new.c.moment}, true()
    )
    who = {"session_id": _new.c.id, "user_id": MANY + _new.c.number % 100_000, "last_access": _new.c.moment}
    _copy(connection, session_people, who, _new.c.number % WITH_PERSON == 1)
    _copy(connection, tasks, _task("done"), _new.c.number % WITH_TASK == 2)
    # a few failed, and one can't be run again any more
    _copy(connection, tasks, _task("failed"), _new.c.number % (WITH_TASK * 20) == 3)


def _task(state: str) -> dict[str, Any]:
    moments = dict.fromkeys(("woken", "created", "started", "ended"), _new.c.moment)
    texts = {"action": literal("work"), "starter": literal("x" * 40), "error_type": literal("")}
    content = {"payload": literal(b"\1" * 100), "result": literal(b"\1" * 100)}
    common = {"session_id": _new.c.id, "interview": _new.c.interview, "mode": literal("refresh"), "told": true()}
    return {"id": literal("t") + _new.c.id, "state": literal(state), "attempt": literal(1)} | common | content | texts | moments


def _copy(connection: Connection, table: Table, row: dict[str, Any], condition: Any) -> None:
    chosen = select(*(value.label(name) for name, value in row.items())).where(condition)
    connection.execute(insert(table).from_select(list(row), chosen))
