"""A server to measure: `python -m docassemble_lite run` on a free port, with a data folder of its own."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import yaml

# the folder of the repository: this is imported by programs that are started by their path
sys.path.append(str(Path(__file__).resolve().parents[2]))

import docassemble_lite
from docassemble_lite.settings import Settings
from tests.ports import free_port

# seconds between two tries to connect, and after which a server that doesn't answer is taken for broken
GLANCE = 0.005
PATIENCE = 240.0
# seconds of processor time within a second that are nothing
IDLE = 0.05


@dataclass(frozen=True)
class Memory:
    """What a process takes, in megabytes (of 10⁶ bytes): resident, and its share where pages are shared."""

    name: str
    rss: float
    pss: float


class Serving:
    """A server that runs in `folder`; `database` is a URL of SQLAlchemy, empty for SQLite; `more` are other directives."""

    def __init__(self, folder: Path, interview: Path, database: str = "", **more: Any) -> None:
        self.settings = Settings(data=folder / "data", interviews=folder / "interviews", database=database)
        self.address = ("127.0.0.1", free_port())
        self.settings.interviews.mkdir(parents=True)
        self.add(interview)
        directives = {"data": "data", "interviews": "interviews", **({"database": database} if database else {})}
        directives |= {name.replace("_", " "): value for name, value in more.items()}
        (folder / "config.yml").write_text(yaml.safe_dump(directives))
        source = str(Path(docassemble_lite.__file__).parents[1])
        self._log = folder / "log.txt"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "docassemble_lite", "run", "--port", str(self.address[1])],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": source},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
            )

    def add(self, interview: Path) -> None:
        """Have it serve another interview as well."""
        shutil.copy(interview, self.settings.interviews)

    def wait_for(self, path: str) -> None:
        """Wait until `path` is answered with 200."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                status = self._status_of(path)
            except ConnectionError:
                time.sleep(GLANCE)
                continue
            if status == 200:
                return
            raise RuntimeError(f"{path}: {status}\n{self._log.read_text()}")
        raise RuntimeError(f"The server doesn't answer.\n{self._log.read_text()}")

    def wait_until_idle(self) -> None:
        """Wait until the processes that are started after the first page have used hardly any processor time for a second."""
        used = -1.0
        while (now := sum(_cpu_seconds(process) for process in self.family())) - used > IDLE:
            used = now
            time.sleep(1.0)

    def family(self) -> list[psutil.Process]:
        """The supervisor and all processes that come from it."""
        supervisor = psutil.Process(self._process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def web_cpu_seconds(self) -> float:
        """What the web processes have used of the processor so far."""
        return sum(_cpu_seconds(process) for process in self.family() if name_of(process) == "web")

    def worker_cpu_seconds(self) -> float:
        """What the worker and its copies have used of the processor so far, those included that have ended."""
        return sum(_cpu_seconds_with_ended(process) for process in self.family() if name_of(process).startswith("worker"))

    def memory(self) -> list[Memory]:
        """What each process takes now."""
        return [found for process in self.family() if (found := _memory_of(process)) is not None]

    def stop(self) -> None:
        """Stop the server and wait until it has ended."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        self._process.wait(PATIENCE)

    def _status_of(self, path: str) -> int:
        connection = http.client.HTTPConnection(*self.address, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()


def _memory_of(process: psutil.Process) -> Memory | None:
    """None: it has just ended."""
    try:
        found = process.memory_full_info()
    except psutil.NoSuchProcess:
        return None
    return Memory(name_of(process), found.rss / 1e6, found.pss / 1e6)


def name_of(process: psutil.Process) -> str:
    """The command that the process carries out, or its parent if it is a copy of that; empty: it has just ended."""
    try:
        command = process.cmdline()
        if "docassemble_lite" not in command:
            return process.name()
        name = command[command.index("docassemble_lite") + 1]
        parent = process.parent()
        return f"{name} (copy)" if parent is not None and parent.cmdline() == command else name
    except psutil.NoSuchProcess:
        return ""


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _cpu_seconds_with_ended(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
