"""How the store reads and writes: single statements without a transaction, and writers by turns where only one may write."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, event


class SingleReads:
    """Connects for statements that read and stand alone: PostgreSQL isn't asked to begin and to end a transaction for them.

    The driver itself is told, not SQLAlchemy by an isolation level: that one is set back by a statement, which takes a round
    trip more, and whose error is no error of SQLAlchemy's if PostgreSQL ends just then.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # SQLite begins none for what only reads
        self._begins = engine.dialect.name != "sqlite"
        if self._begins:
            # once for an engine, however many read
            event.listen(engine, "checkin", _begin_again)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """`with connect() as connection:` is as long as the connection is in use."""
        with self._engine.connect() as connection:
            if self._begins:
                _set_autocommit(connection.connection.dbapi_connection, True)
            yield connection


def _begin_again(dbapi_connection: Any, _record: object) -> None:
    """Have transactions begun for whoever gets the connection next. None: it is lost."""
    if dbapi_connection is not None:
        _set_autocommit(dbapi_connection, False)


def _set_autocommit(dbapi_connection: Any, wanted: bool) -> None:
    """Have psycopg2 begin no transactions, or begin them again. Nothing is sent; no error if the connection is gone."""
    if not dbapi_connection.closed and dbapi_connection.autocommit != wanted:
        dbapi_connection.autocommit = wanted


class Writing:
    """Begins transactions that write; one object for each engine.

    SQLite lets a writer who finds another one sleep, longer and longer, while those who come later get in first: with many
    threads some wait for half a second. So the threads of a process queue here; between processes SQLite's way remains.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn: AbstractContextManager[object] = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """`with begin() as connection:` is one transaction: committed at the end, rolled back by an exception."""
        with self._turn, self._engine.begin() as connection:
            yield connection
