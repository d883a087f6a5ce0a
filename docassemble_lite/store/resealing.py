"""Which rows need which of the server's keys, and sealing them anew with the current one, while the server runs.

A row is replaced only where it is still the one that was read, so nothing that is saved meanwhile is lost. Answers of
private sessions need none of these keys, and are never touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Engine, Table, and_, func, select, tuple_, update
from sqlalchemy.sql import ColumnElement

from docassemble_lite.errors import AnswersTampered
from docassemble_lite.store.tables import files, sessions, steps, tasks
from docassemble_lite.store.vault import FORMAT, KEY_ID_BYTES, Vault
from docassemble_lite.store.writing import Writing

_BATCH = 200


@dataclass(frozen=True)
class _Place:
    """A column whose rows name one of the server's keys."""

    what: str
    key: tuple[Column[Any], ...]
    column: Column[Any]
    rows: ColumnElement[bool]
    # the same content under the current key, from the row's key and its content
    anew: Callable[[Vault, tuple[Any, ...], bytes], bytes]

    @property
    def table(self) -> Table:
        return self.column.table


def _sealed_anew(purpose: str) -> Callable[[Vault, tuple[Any, ...], bytes], bytes]:
    return lambda vault, key, row: vault.seal(vault.unseal(row, purpose, str(key[0])), purpose, str(key[0]))


def _signed_anew(vault: Vault, key: tuple[Any, ...], row: bytes) -> bytes:
    session_id, number = key
    part = f"step:{number}"
    return vault.sign(vault.verify(row, session=session_id, part=part), session=session_id, part=part)


_is_plain_step = select(sessions.c.id).where(sessions.c.id == steps.c.session_id, sessions.c.multi_user).exists()
_PLACES = (
    _Place("sessions", (sessions.c.id,), sessions.c.sealed_key, sessions.c.sealed_key.is_not(None), _sealed_anew("session")),
    _Place("steps", (steps.c.session_id, steps.c.number), steps.c.answers, _is_plain_step, _signed_anew),
    _Place("files", (files.c.id,), files.c.sealed_key, files.c.sealed_key.is_not(None), _sealed_anew("file")),
    _Place("tasks", (tasks.c.id,), tasks.c.sealed_key, tasks.c.sealed_key.is_not(None), _sealed_anew("task")),
)


class Resealing:
    """The rows of all sessions, files and tasks, by the keys of the server that they need."""

    def __init__(self, engine: Engine, writing: Writing, vault: Vault) -> None:
        self._engine = engine
        self._writing = writing
        self._vault = vault

    def counts(self) -> dict[bytes, Counter[str]]:
        """How many "sessions", "steps", "files" and "tasks" need each key, by the key's id."""
        found: dict[bytes, Counter[str]] = {}
        for place in _PLACES:
            named = func.substr(place.column, 2, KEY_ID_BYTES)
            with self._engine.connect() as connection:
                for key_id, number in connection.execute(select(named, func.count()).where(place.rows).group_by(named)):
                    found.setdefault(bytes(key_id), Counter())[place.what] += number
        return found

    def sessions_needing(self, key_ids: set[bytes]) -> Iterator[tuple[str, str]]:
        """The plain sessions that need one of these keys: id and interview."""
        named = func.substr(sessions.c.sealed_key, 2, KEY_ID_BYTES)
        wanted = select(sessions.c.id, sessions.c.interview).where(sessions.c.sealed_key.is_not(None), named.in_(key_ids))
        with self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=_BATCH).execute(wanted.order_by(sessions.c.id)):
                yield row.id, row.interview

    def run(self) -> tuple[int, int]:
        """Seal anew what needs an earlier key that is still there: how many rows that were, and how many couldn't be read."""
        done = unreadable = 0
        for place in _PLACES:
            for rows in self._batches(place):
                for *key, row in rows:
                    try:
                        done += self._replace(place, tuple(key), bytes(row))
                    except AnswersTampered:
                        unreadable += 1
        return done, unreadable

    def _batches(self, place: _Place) -> Iterator[Any]:
        """The rows that don't name the current key, in batches; each is read when the one before is done."""
        header = bytes([FORMAT]) + self._vault.key_ids()[0]
        others = and_(place.rows, func.substr(place.column, 1, len(header)) != header)
        position = tuple_(*place.key)
        wanted = select(*place.key, place.column).where(others).order_by(*place.key).limit(_BATCH)
        after: tuple[Any, ...] | None = None
        while True:
            statement = wanted if after is None else wanted.where(position > after)
            with self._engine.connect() as connection:
                rows = connection.execute(statement).all()
            if not rows:
                return
            yield rows
            after = tuple(rows[-1][:-1])

    def _replace(self, place: _Place, key: tuple[Any, ...], row: bytes) -> int:
        anew = place.anew(self._vault, key, row)
        same = and_(*(column == value for column, value in zip(place.key, key, strict=True)), place.column == row)
        with self._writing.begin() as connection:
            return connection.execute(update(place.table).where(same).values({place.column.name: anew})).rowcount
