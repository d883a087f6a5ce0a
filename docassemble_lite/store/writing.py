"""Transactions that write take turns where the database lets only one write at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import Connection, Engine


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
