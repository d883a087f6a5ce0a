"""Numbers that interviews keep beside the answers: going back, and whatever isn't saved, leaves them as they are."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from sqlalchemy import Engine, Insert, bindparam, select, update

from docassemble_lite.store.tables import counters
from docassemble_lite.store.writing import Writing

_number = select(counters.c.number).where(counters.c.what_digest == bindparam("what"))
_taking = (
    update(counters)
    .where(counters.c.what_digest == bindparam("what"), counters.c.number > 0)
    .values(number=counters.c.number - 1)
)


class Counters:
    """Counters by what they count, a few words. One that belongs to a session goes with it."""

    def __init__(self, engine: Engine, writing: Writing) -> None:
        self._engine = engine
        self._writing = writing

    def number(self, *what: str) -> int:
        """Where the counter stands; 0 if it was never counted."""
        with self._engine.connect() as connection:
            return connection.scalar(_number, {"what": _digest(what)}) or 0

    def count(self, *what: str, session_id: str | None = None) -> None:
        """Add one, whoever else does at the same time."""
        self._write(_adding(self._engine.dialect.name), what, session_id, 1)

    def put(self, *what: str, number: int, session_id: str | None = None) -> None:
        """Let the counter stand there."""
        self._write(_putting(self._engine.dialect.name), what, session_id, number)

    def take(self, *what: str) -> bool:
        """Take one away; False if there is none."""
        values = {"what": _digest(what)}
        with self._engine.connect() as connection:
            if not connection.scalar(_number, values):
                return False
        with self._writing.begin() as connection:
            return connection.execute(_taking, values).rowcount > 0

    def _write(self, statement: Insert, what: tuple[str, ...], session_id: str | None, number: int) -> None:
        values = {"what": _digest(what), "session": session_id, "count": number}
        with self._writing.begin() as connection:
            connection.execute(statement, values)


def _digest(what: tuple[str, ...]) -> str:
    """Words of any length and content as a key that tells little of them."""
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()


@cache
def _adding(dialect: str) -> Insert:
    statement = _insert(dialect)
    return statement.on_conflict_do_update(
        index_elements=[counters.c.what_digest], set_={"number": counters.c.number + statement.excluded.number}
    )


@cache
def _putting(dialect: str) -> Insert:
    statement = _insert(dialect)
    return statement.on_conflict_do_update(index_elements=[counters.c.what_digest], set_={"number": statement.excluded.number})


def _insert(dialect: str):  # type: ignore[no-untyped-def]
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    return insert(counters).values(what_digest=bindparam("what"), session_id=bindparam("session"), number=bindparam("count"))
