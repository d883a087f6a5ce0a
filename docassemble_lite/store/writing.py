"""How the store reads and writes: single statements without a transaction, and writers by turns where only one may write."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import Connection, Engine


def for_single_reads(engine: Engine) -> Engine:
    """The engine for statements that read and stand alone: PostgreSQL isn't asked to begin and to end a transaction for them."""
    # SQLite begins none for what only reads
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="AUTOCOMMIT")


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
