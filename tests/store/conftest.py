"""Every test that asks for `settings` or `store` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from docassemble_lite import clock
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.schema import migrate
from docassemble_lite.store.tables import db, privileges, users
from tests import databases
from tests.s3 import Storage

# the one on whose behalf scheduled tasks run is there from the start
_NOT_CRON = {"users": users.c.email_key != "cron", "privileges": privileges.c.name != "cron"}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def new_postgresql_database() -> Iterator[Callable[[], str]]:
    """Makes empty databases, and removes them in the end."""
    with ExitStack() as made:
        yield lambda: made.enter_context(databases.new_database())


@pytest.fixture(scope="session")
def postgresql_database(new_postgresql_database: Callable[[], str]) -> str:
    """A database with the tables of the store, which tests share one after the other."""
    url = new_postgresql_database()
    with tempfile.TemporaryDirectory() as folder:
        migrate(Settings(data=Path(folder), database=url))
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings that name a database without any tables."""
    url = request.getfixturevalue("new_postgresql_database")() if request.param == "postgresql" else ""
    return Settings(data=tmp_path / "data", database=url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings that name a database with empty tables. With "s3" it is SQLite, and files are in a storage."""
    if request.param == "s3":
        storage: Storage = request.getfixturevalue("storage")
        place = storage.new_place()
        # so that objects lie, as files, where they would be without the storage
        stored = Settings(data=storage.folder_of(place).parent, files=place, file_storage_options=storage.options)
        migrate(stored)
        return stored
    if request.param == "postgresql":
        return Settings(data=tmp_path / "data", database=request.getfixturevalue("postgresql_database"), task_retry_days=0.0)
    made = Settings(data=tmp_path / "data", task_retry_days=0.0)
    migrate(made)
    return made


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """An open store without sessions."""
    opened = open_store(settings)
    yield opened
    with opened.engine.begin() as connection:
        for table in reversed(db.metadata.sorted_tables):
            connection.execute(table.delete().where(_NOT_CRON[table.name]) if table.name in _NOT_CRON else table.delete())
    opened.close()


@pytest.fixture
def alice() -> bytes:
    """The secret of a person who has sessions."""
    return b"alice's secret, 32 bytes of luck"


@pytest.fixture
def bob() -> bytes:
    """The secret of another person."""
    return b"bob's secret"


@pytest.fixture
def move_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock by so many seconds; it stands still otherwise."""
    moment = [datetime(2026, 5, 4, 12, 0, tzinfo=UTC)]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def move(seconds: float) -> None:
        moment[0] += timedelta(seconds=seconds)

    return move


class Broken(Exception):
    """What `break_at` raises inside of a save."""


@pytest.fixture
def break_at(store: Store) -> Callable[[int | None], None]:
    """Lets the k-th statement from now on (from 1) fail; None: none any more."""
    left: list[int | None] = [None]

    def count(*_: Any) -> None:
        if left[0] is not None:
            left[0] -= 1
            if left[0] == 0:
                raise Broken

    event.listen(store.engine, "before_cursor_execute", count)

    def arm(statement: int | None) -> None:
        left[0] = statement

    arm.Broken = Broken  # type: ignore[attr-defined]
    return arm


class Process:
    """Another process that has the same store open; see `actor.py` for what it understands."""

    def __init__(self, settings: Settings) -> None:
        self._child = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("actor.py")), str(settings.data), settings.database],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        """Wait until it listens, so that what it is told next happens at once."""
        self.ask("release")

    def tell(self, command: str, **arguments: Any) -> None:
        """Send a command without waiting for its answer."""
        assert self._child.stdin
        self._child.stdin.write(json.dumps({"command": command, **arguments}) + "\n")
        self._child.stdin.flush()

    def answer(self) -> Any:
        """Wait for the answer to the oldest command that wasn't answered yet."""
        assert self._child.stdout
        line = self._child.stdout.readline()
        assert line, "the process ended"
        return json.loads(line)

    def ask(self, command: str, **arguments: Any) -> Any:
        """Send a command and wait for its answer."""
        self.tell(command, **arguments)
        return self.answer()

    def kill(self) -> None:
        """End it at once, as the kernel does."""
        self._child.kill()
        self._child.wait()

    def stop(self) -> None:
        """Freeze it where it is."""
        self._child.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._child.pid, os.WSTOPPED | os.WNOWAIT)

    def go_on(self) -> None:
        """Let it run again."""
        self._child.send_signal(signal.SIGCONT)

    def wait_for_its_end(self) -> int:
        """Wait until it ended by itself."""
        return self._child.wait()

    def close(self) -> None:
        """End it, whatever it does, and forget it."""
        self.kill()
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdout.close()
        try:
            self._child.stdin.close()
        except BrokenPipeError:
            pass


@pytest.fixture
def new_process() -> Iterator[Callable[[Settings], Process]]:
    """Starts other processes, and ends them after the test."""
    started: list[Process] = []

    def start(settings: Settings) -> Process:
        started.append(Process(settings))
        return started[-1]

    yield start
    for process in started:
        process.close()
