"""What is done again and again reads no whole table, however large the store is: the plans say so, no clock."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.schema import migrate
from tests.benchmarks.plans import full_scans, noted

SECRET = b"alice's secret, 32 bytes of luck"
ID = "a" * 32
MOMENT = datetime(2026, 5, 4)

WORKS: dict[str, Callable[[Store], Any]] = {
    "a person's sessions": lambda store: store.sessions.listing(1, SECRET, most=50),
    "one of a person's sessions": lambda store: store.sessions.listing(1, SECRET, most=1, session_id=ID),
    "everybody's sessions": lambda store: store.sessions.listing(None, None, most=50),
    "one of everybody's sessions": lambda store: store.sessions.listing(None, None, most=1, session_id=ID),
    "the sessions of an interview": lambda store: store.sessions.listing(None, None, most=50, interview="a.yml"),
    "the sessions that a secret opens": lambda store: store.sessions.held_by(SECRET),
    "handing sessions over": lambda store: store.sessions.hand_over(SECRET, b"another one", 1),
    "a person's access": lambda store: store.sessions.note_person_access(ID, 1),
    "interviews with scheduled tasks": lambda store: store.sessions.interviews_allowing_cron(),
    "counting sessions with scheduled tasks": lambda store: store.sessions.count_allowing_cron(["a.yml", "b.yml"]),
    "sessions with scheduled tasks": lambda store: store.sessions.ids_allowing_cron("a.yml", "b", 200),
    "interviews that have sessions": lambda store: store.sessions.interviews(),
    "sessions to be deleted": lambda store: store.sessions.unsaved_since("a.yml", MOMENT, 200),
    "counting sessions to be deleted": lambda store: store.sessions.count_unsaved_since("a.yml", MOMENT),
    "tasks of a session": lambda store: store.tasks.news(ID, "me", ()),
    "waiting tasks": lambda store: store.tasks.waiting(),
    "tasks to be told of again": lambda store: store.tasks.overdue(15.0),
    "ending lost tasks": lambda store: store.tasks.end_lost(),
    "lost tasks": lambda store: store.tasks.has_lost(),
    "keys of failed tasks": lambda store: store.tasks.forget_keys(60.0),
    "the latest tasks": lambda store: store.tasks.listing(most=50),
    "how many tasks there are": lambda store: store.tasks.counts_up_to(10_000),
    "the latest tasks of a state": lambda store: store.tasks.listing("failed", most=50),
}


@pytest.fixture(scope="module")
def postgresql_database(new_postgresql_database: Callable[[], str]) -> str:
    """A database that no other test has written to: what was counted in its tables meanwhile would change the plans."""
    url = new_postgresql_database()
    with tempfile.TemporaryDirectory() as folder:
        migrate(Settings(data=Path(folder), database=url))
    return url


@pytest.mark.parametrize("work", WORKS.values(), ids=list(WORKS))
def test_what_is_done_again_and_again_reads_no_whole_table(store: Store, work: Callable[[Store], Any]) -> None:
    with noted(store.engine) as statements:
        work(store)
    assert statements
    assert _full_scans(store, statements) == []


def test_a_session_is_opened_without_reading_a_whole_table(store: Store) -> None:
    with noted(store.engine) as statements:
        made = store.sessions.create("a.yml", SECRET, {"x": 1})
        loaded = store.sessions.load(made.session_id, SECRET)
        store.sessions.delete(store.sessions.save(loaded, {"x": 2}, new_step=True))
    assert statements
    assert _full_scans(store, statements) == []


# what is looked up in an index, however many rows would have to be read in the order of another one until some are found
LOOKED_UP = {
    "one of everybody's sessions": "sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)",
    "the sessions of an interview": "sessions USING INDEX ix_sessions_interview_modified (interview=?)",
    "sessions with scheduled tasks": "sessions USING INDEX ix_sessions_allowing_cron (interview=? AND id>?)",
    "sessions to be deleted": "sessions USING INDEX ix_sessions_interview_modified (interview=? AND modified<?)",
    "keys of failed tasks": "tasks USING INDEX ix_tasks_kept_keys (state=? AND ended<?)",
    "the latest tasks of a state": "tasks USING INDEX ix_tasks_state_created (state=?)",
}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", LOOKED_UP)
def test_what_is_wanted_is_looked_up_in_the_index_that_has_nothing_else(store: Store, name: str) -> None:
    with noted(store.engine) as statements:
        WORKS[name](store)
    with store.engine.connect() as connection:
        plans = [
            row.detail
            for statement, parameters in statements.items()
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert f"SEARCH {LOOKED_UP[name]}" in plans


def test_a_whole_table_that_is_read_is_found(store: Store) -> None:
    with noted(store.engine) as statements, store.engine.connect() as connection:
        connection.exec_driver_sql("SELECT title FROM sessions WHERE title = 'x' ORDER BY version LIMIT 1")
    assert len(_full_scans(store, statements)) == 1


def _full_scans(store: Store, statements: dict[str, Any]) -> list[str]:
    with store.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # it would read an empty table whole although there is an index for what is wanted
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return full_scans(connection, statements)
