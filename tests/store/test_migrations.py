"""Bringing the tables up, and the rows of earlier versions."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alembic.command
import alembic.op
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import column, create_engine, insert, inspect, text
from sqlalchemy import table as named_table

from docassemble_lite.settings import Settings
from docassemble_lite.store import schema
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.missing import MissingClass
from docassemble_lite.store.schema import is_current, migrate
from docassemble_lite.store.tables import db

ROWS = sorted((Path(__file__).parents[1] / "migrations" / "rows").glob("*.json"))
VERSIONS = sorted((Path(__file__).parents[2] / "migrations" / "versions").glob("*.py"))


def test_a_migration_makes_the_tables_that_the_program_knows(empty_settings: Settings) -> None:
    migrate(empty_settings)
    engine = create_engine(empty_settings.database_url)
    with engine.connect() as connection:
        # SQLite doesn't give defaults back as they were written
        context = MigrationContext.configure(connection, opts={"compare_server_default": engine.dialect.name == "postgresql"})
        assert compare_metadata(context, db.metadata) == []
    engine.dispose()


def test_a_store_is_current_after_its_migration_only(empty_settings: Settings) -> None:
    assert not is_current(empty_settings)
    migrate(empty_settings)
    assert is_current(empty_settings)


def test_a_second_migration_changes_nothing(settings: Settings, store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 1})
    migrate(settings)
    assert store.sessions.load(made.session_id, alice).answers == {"x": 1}


def test_migrations_at_the_same_time_do_not_collide(empty_settings: Settings, new_process: Callable[[Settings], Any]) -> None:
    """P39: machines that start together."""
    others = [new_process(empty_settings) for _ in range(3)]
    for other in others:
        other.wait_until_ready()
    for other in others:
        other.tell("migrate")
    assert [other.answer() for other in others] == [True, True, True]
    assert is_current(empty_settings)


def test_a_migration_that_breaks_off_leaves_nothing(empty_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """P39: the tables come all at once or not at all."""
    create, made = alembic.op.create_table, []

    def create_two(*args: Any, **options: Any) -> Any:
        made.append(args)
        if len(made) > 2:
            raise KeyError("broken off")
        return create(*args, **options)

    with monkeypatch.context() as patched:
        patched.setattr("alembic.op.create_table", create_two)
        with pytest.raises(KeyError, match="broken off"):
            migrate(empty_settings)
    engine = create_engine(empty_settings.database_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    migrate(empty_settings)
    assert is_current(empty_settings)


def test_every_migration_says_whether_it_runs_before_or_after_the_new_version() -> None:
    assert VERSIONS
    assert [path.name for path in VERSIONS if path.name.split("_")[1] not in ("pre", "post")] == []


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_sqlite_is_set_up_to_lose_nothing(store: Store) -> None:
    with store.engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        assert [connection.scalar(text(f"PRAGMA {name}")) for name in pragmas] == ["wal", 2, 1, 10000]


@pytest.mark.parametrize("path", ROWS, ids=[path.stem for path in ROWS])
def test_rows_of_every_released_version_open(
    path: Path, settings: Settings, alice: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P23: sessions, keys, steps and tasks as that version wrote them."""
    kept = json.loads(path.read_text(), object_hook=_from_json)
    monkeypatch.setenv("DAL_SERVER_KEY", kept["server_key"])
    store = open_store(settings)
    with store.engine.begin() as connection:
        for table in db.metadata.sorted_tables:
            rows = kept["tables"].get(table.name)
            if rows:
                # as that version did, which knew nothing of the columns that came later
                columns = [column(name, table.c[name].type) for name in rows[0]]
                connection.execute(insert(named_table(table.name, *columns)), rows)
    try:
        for session in kept["tables"]["sessions"]:
            _assert_opens(store, session["id"], kept["secret"])
        claimed = store.tasks.claim("waiting-task", 30)
        assert claimed
        assert claimed.arguments == b'{"number": 5}'
        report = store.tasks.report("done-task", claimed.session_id, claimed.data_key)
        assert report
        assert (report.state, report.result) == ("done", b"42")
    finally:
        with store.engine.begin() as connection:
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(table.delete())
        store.close()


def _assert_opens(store: Store, session_id: str, secret: bytes) -> None:
    loaded = store.sessions.load(session_id, secret)
    assert loaded.answers["name"] == "Änne"
    assert loaded.answers["born"] == datetime.date(1984, 2, 29)
    assert loaded.answers["numbers"] == [1, 2.5, {"a": (None, True)}]
    assert loaded.answers["long"] == "lorem ipsum " * 500
    assert isinstance(loaded.answers["pet"], MissingClass)
    assert loaded.extra == {"asked": ["name"]}
    previous = store.sessions.load_previous(loaded)
    assert previous
    assert previous.answers == {"name": "Änne"}


def _from_json(value: dict[str, Any]) -> Any:
    if value.keys() == {"hex"}:
        return bytes.fromhex(value["hex"])
    if value.keys() == {"moment"}:
        return datetime.datetime.fromisoformat(value["moment"])
    return value


def test_files_and_their_emails_stay_when_files_get_keys_of_their_own(empty_settings: Settings) -> None:
    """P23: SQLite makes a table anew to have one of its columns be empty."""
    migrate_to(empty_settings, "0010")
    engine = create_engine(empty_settings.database_url)
    with engine.begin() as connection:
        for statement in BEFORE_KEYS:
            connection.execute(text(statement), {"now": datetime.datetime(2026, 5, 4), "bytes": b"x"})
    migrate(empty_settings)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM files")).mappings().one()
        assert (row["id"], row["session_id"], bytes(row["name"]), row["size"]) == (7, "s", b"x", 1)
        assert (row["wrapped_key"], row["origin"], bool(row["private"]), bool(row["persistent"])) == (None, None, True, False)
        assert connection.execute(text("SELECT file_id FROM emails")).scalars().all() == [7]
        targets = {key["referred_table"] for key in inspect(connection).get_foreign_keys("emails")}
    assert targets == {"files", "mailboxes"}
    engine.dispose()


# what an earlier version wrote: a session with an e-mail
BEFORE_KEYS = [
    "INSERT INTO sessions (id, interview, created, modified, version, step) VALUES ('s', 'a.yml', :now, :now, 1, 1)",
    "INSERT INTO files (id, session_id, name, extension, mimetype, size, created) VALUES (7, 's', :bytes, '', '', 1, :now)",
    "INSERT INTO mailboxes (local_part, session_id, label, owner, slot, opener, created)"
    " VALUES ('box', 's', :bytes, :bytes, :bytes, :bytes, :now)",
    "INSERT INTO emails (file_id, local_part, message_digest, received) VALUES (7, 'box', 'd', :now)",
]


def migrate_to(settings: Settings, version: str) -> None:
    """Bring the tables to a version, also an earlier one."""
    with schema._connected(settings) as connection:
        alembic.command.upgrade(schema._alembic_config(connection), version)
        connection.commit()
