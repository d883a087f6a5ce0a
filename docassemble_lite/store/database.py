"""Opening the store."""

from __future__ import annotations

import hmac
import sqlite3
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, ExceptionContext, event
from sqlalchemy.exc import OperationalError

from docassemble_lite.settings import S3, FileStorage, Settings
from docassemble_lite.store.attempts import Attempts
from docassemble_lite.store.connections import KEEPALIVES_OF_SERVER, connect_args, set_all
from docassemble_lite.store.contents import Contents, FolderContents
from docassemble_lite.store.counters import Counters
from docassemble_lite.store.cron import CronSlots
from docassemble_lite.store.files import Files
from docassemble_lite.store.locks import AdvisoryLocks, FileLocks, Locks
from docassemble_lite.store.mailboxes import Mailboxes
from docassemble_lite.store.people import People
from docassemble_lite.store.resealing import Resealing
from docassemble_lite.store.server_keys import server_keys
from docassemble_lite.store.sessions import Sessions
from docassemble_lite.store.tables import db
from docassemble_lite.store.tasks import Tasks
from docassemble_lite.store.tickets import Tickets
from docassemble_lite.store.vault import Vault
from docassemble_lite.store.writing import Writing

# seconds that opening a database may take which others are opening, and between two tries
_WAL_PATIENCE = 10.0
_WAL_PAUSE = 0.01
# milliseconds after which PostgreSQL cuts off a process that stalls in the middle of a save
_STALLED_SAVE = 10_000


@dataclass(frozen=True)
class Store:
    """An open store; to be opened in each process, after it was forked, and safe between its threads."""

    app: Flask = field(repr=False)
    engine: Engine = field(repr=False)
    vault: Vault
    sessions: Sessions = field(repr=False)
    tasks: Tasks = field(repr=False)
    locks: Locks = field(repr=False)
    people: People = field(repr=False)
    tickets: Tickets = field(repr=False)
    attempts: Attempts = field(repr=False)
    files: Files = field(repr=False)
    resealing: Resealing = field(repr=False)
    counters: Counters = field(repr=False)
    cron: CronSlots = field(repr=False)
    mailboxes: Mailboxes = field(repr=False)

    def close(self) -> None:
        """Close all connections to the database."""
        self.engine.dispose()


def open_store(settings: Settings, app: Flask | None = None) -> Store:
    """Open the store that the settings name; `schema.migrate` must have made its tables.

    `app` becomes the application of `tables.db`; without one there is a bare one.
    """
    app = app or Flask("docassemble_lite.store")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "connect", _prepare_connection(engine.dialect.name))
    event.listen(engine, "handle_error", _tell_that_it_is_away)
    keys = server_keys(settings.data)
    vault = Vault(keys)
    locks = AdvisoryLocks(engine) if engine.dialect.name == "postgresql" else FileLocks(settings.data / "locks")
    writing = Writing(engine)
    tasks = Tasks(engine, vault, writing, keeps_failed=settings.task_retry_days > 0)
    files = Files(engine, vault, writing, _contents(settings))
    return Store(
        app,
        engine,
        vault,
        Sessions(engine, vault, writing, tasks, files),
        tasks,
        locks,
        People(engine, writing, vault),
        Tickets(engine, writing),
        Attempts(engine, writing, hmac.digest(keys.read()[0], b"attempts", "sha256")),
        files,
        Resealing(engine, writing, vault),
        Counters(engine, writing),
        CronSlots(engine, writing),
        Mailboxes(engine, vault, writing, files),
    )


def _contents(settings: Settings) -> Contents:
    if settings.files.startswith(S3):
        from docassemble_lite.store.s3_contents import S3Contents

        return S3Contents(settings.files, settings.file_storage_options or FileStorage())
    return FolderContents(Path(settings.files) if settings.files else settings.data / "files")


def _engine_options(settings: Settings) -> dict[str, Any]:
    # on PostgreSQL a visit uses a second connection for its lock
    connections = settings.web_threads + 4
    options: dict[str, Any] = {"pool_size": connections, "max_overflow": connections, "pool_timeout": 10}
    options["connect_args"] = connect_args(settings)
    # what is written must not get into logs with the text of an error
    options["hide_parameters"] = True
    options["pool_pre_ping"] = not settings.embedded
    return options


def _prepare_connection(dialect: str) -> Any:
    def prepare_sqlite(connection: Any, _record: object) -> None:
        # whoever is going to write waits at the beginning, where waiting works
        connection.isolation_level = "IMMEDIATE"
        connection.execute("PRAGMA busy_timeout=10000")
        _use_wal(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    def prepare_postgresql(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(set_all({"idle_in_transaction_session_timeout": _STALLED_SAVE, **KEEPALIVES_OF_SERVER}))
        connection.commit()

    return {"sqlite": prepare_sqlite, "postgresql": prepare_postgresql}[dialect]


def _use_wal(connection: Any) -> None:
    """Have readers and a writer not wait for each other. While another connection does the same, SQLite itself doesn't wait."""
    end = time.monotonic() + _WAL_PATIENCE
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
            if mode != "wal":
                connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(_WAL_PAUSE)


def _tell_that_it_is_away(context: ExceptionContext) -> None:
    """Raise `OperationalError`, and nothing else, when the connection is gone.

    When PostgreSQL ends in the middle of a statement, psycopg2 calls that a `DatabaseError` or an `InterfaceError`, too. What
    ends whoever waits for a statement, e.g. because their time is up, also costs the connection, and goes on as it is.
    """
    error = context.original_exception
    if context.is_disconnect and isinstance(error, Exception) and not isinstance(context.sqlalchemy_exception, OperationalError):
        raise OperationalError(
            context.statement, context.parameters, error, hide_parameters=True, connection_invalidated=True
        ) from error
