"""For which slots of time scheduled tasks were run, as a whole and in each session.

A slot is a text, and a later one is a larger text. So a clock that is set back has nothing run twice.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Engine, Table, bindparam, select
from sqlalchemy.sql.dml import Insert

from docassemble_lite.clock import naive_utc
from docassemble_lite.store.tables import cron_claims, cron_runs
from docassemble_lite.store.writing import Writing

_latest = select(cron_runs.c.slot).where(cron_runs.c.event == bindparam("wanted"))


class CronSlots:
    """The slots of all scheduled tasks."""

    def __init__(self, engine: Engine, writing: Writing) -> None:
        self._engine = engine
        self._writing = writing

    def latest(self, event: str) -> str:
        """The latest slot for which the task was run to its end; empty: it never was."""
        with self._engine.connect() as connection:
            return connection.scalar(_latest, {"wanted": event}) or ""

    def claim(self, session_id: str, event: str, slot: str) -> bool:
        """Have the task be begun in a session for the slot; False if that was done already, for it or a later one."""
        row = {"session_id": session_id, "event": event, "slot": slot}
        with self._writing.begin() as connection:
            return connection.execute(_later(cron_claims, connection.dialect.name), row).rowcount == 1

    def note_end(self, event: str, slot: str) -> None:
        """The task was run for the slot, in all sessions."""
        row = {"event": event, "slot": slot, "ended": naive_utc()}
        with self._writing.begin() as connection:
            connection.execute(_later(cron_runs, connection.dialect.name), row)


@cache
def _later(table: Table, dialect: str) -> Insert:
    """The statement that writes a row unless there is one for the same or a later slot, as each database says it."""
    insert: Any
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert
    statement = insert(table)
    changed = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    later: Insert = statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_=changed, where=table.c.slot < statement.excluded.slot
    )
    return later
