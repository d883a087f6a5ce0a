"""Whether the database answers, and what stands in it, for whoever only looks: nothing is made, and nobody waits for long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, func, inspect, make_url, select, text
from sqlalchemy.engine import URL

from docassemble_lite.settings import Settings
from docassemble_lite.store.tables import cron_runs, tasks

# seconds that the database has for each step
_STEP = 2
#: All states of tasks.
STATES = ("waiting", "running", "done", "failed", "revoked")


def tables_version(settings: Settings) -> str | None:
    """The version of the tables, None if there are none. Raises `SQLAlchemyError` where the database can't be reached."""
    if _is_file_missing(make_url(settings.database_url)):
        return None
    with _connected(settings) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def latest_slot(settings: Settings, event: str) -> str:
    """The latest slot for which a scheduled task was run to its end, empty if it never was. Raises as `tables_version` does."""
    with _connected(settings) as connection:
        return connection.scalar(select(cron_runs.c.slot).where(cron_runs.c.event == event)) or ""


def time_of_database(settings: Settings) -> datetime:
    """What the clock of the database says, in UTC without a time zone. Raises as `tables_version` does."""
    with _connected(settings) as connection:
        if connection.dialect.name == "sqlite":
            found = connection.scalar(text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')"))
            return datetime.fromisoformat(str(found))
        moment: datetime = connection.scalar(text("SELECT clock_timestamp() AT TIME ZONE 'UTC'"))
        return moment


def tasks_by_state(settings: Settings) -> dict[str, int]:
    """How many background tasks there are in each state. Raises as `tables_version` does."""
    with _connected(settings) as connection:
        found = connection.execute(select(tasks.c.state, func.count()).group_by(tasks.c.state))
        return dict.fromkeys(STATES, 0) | {state: number for state, number in found}


def ends_of_cron_runs(settings: Settings) -> dict[str, datetime]:
    """When each scheduled task was last run to its end, in UTC without a time zone. Raises as `tables_version` does."""
    with _connected(settings) as connection:
        return {event: ended for event, ended in connection.execute(select(cron_runs.c.event, cron_runs.c.ended))}


@contextmanager
def _connected(settings: Settings) -> Iterator[Connection]:
    url = make_url(settings.database_url)
    engine = create_engine(url, poolclass=NullPool, connect_args=_patience(url), hide_parameters=True)
    with engine.connect() as connection:
        yield connection


def _patience(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"timeout": _STEP}
    return {"connect_timeout": _STEP, "options": f"-c statement_timeout={_STEP * 1000}"}


def _is_file_missing(url: URL) -> bool:
    """Whether it is a file that isn't there: connecting would make it."""
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file()
