"""The processes of the server, and the keeper that starts each again when it has died, as a service manager does."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil

from fire.network import Machine

# seconds between two looks, before a dead part is started again, and before one that died at once is
_GLANCE = 0.05
_PAUSE, _LONG_PAUSE = 0.2, 1.0
_AT_ONCE = 3.0
# seconds that a part has to end after SIGTERM
_GRACE = 30.0


@dataclass(frozen=True)
class Death:
    """The end of a part. `code` is its exit code, or minus the signal that killed it."""

    name: str
    code: int
    told_to: bool


class Part:
    """One command of the server. Its process leads a group of processes: all that belong to it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        environment: dict[str, str],
        *,
        machine: Machine | None = None,
        takes_lifeline: bool = True,
    ) -> None:
        """`machine`: where it runs (None: on this one); `takes_lifeline`: whether the command has an option for it."""
        self.name = name
        self.folder = folder
        self.machine = machine
        self.log = folder / f"{name}.log"
        self.told_to_end = False
        self._command = list(command)
        self._environment = environment
        self._takes_lifeline = takes_lifeline
        # while it is held, it isn't started again
        self._held = False
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    @property
    def pid(self) -> int | None:
        """The main process; None if there is none."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def data(self) -> Path:
        """The data folder of its machine."""
        return self.folder / "data"

    def start(self, lifeline: int) -> None:
        """Start it, unless it is held. `lifeline` is a file that is open as long as the program that wants it lives."""
        with self._starting:
            if not self._held:
                self._start(lifeline)

    def hold(self) -> None:
        """Let nobody start it again until it is let go."""
        with self._starting:
            self._held = True

    def let_go(self) -> None:
        """Let it be started again."""
        with self._starting:
            self._held = False

    @property
    def is_held(self) -> bool:
        """Whether it can't be started now."""
        return self._held

    def _start(self, lifeline: int) -> None:
        self.told_to_end = False
        self._started = time.monotonic()
        before = self.machine.prefix if self.machine else []
        option = ["--lifeline-fd", str(lifeline)] if self._takes_lifeline else []
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*before, *self._command, *option],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lifeline,),
                process_group=0,
            )

    def death(self) -> Death | None:
        """How it ended, if it did since it was asked last; what belonged to it is ended, too."""
        if self._process is None or (code := self._process.poll()) is None:
            return None
        _signal_group(self._process.pid, signal.SIGKILL)
        self._process = None
        return Death(self.name, code, self.told_to_end or code == -signal.SIGKILL)

    @property
    def restart_at(self) -> float:
        """The moment (of time.monotonic) at which it is to be started again if it has just died."""
        now = time.monotonic()
        return now + (_LONG_PAUSE if now - self._started < _AT_ONCE else _PAUSE)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to its main process."""
        if self._process is not None:
            self._process.send_signal(number)

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to all its processes."""
        if (pid := self.pid) is not None:
            _signal_group(pid, number)

    def tell_to_end(self) -> None:
        """Have it finish what it does."""
        self.told_to_end = True
        self.signal(signal.SIGTERM)

    def task_processes(self) -> list[psutil.Process]:
        """Of a worker: the processes that run tasks."""
        if (pid := self.pid) is None:
            return []
        try:
            children = psutil.Process(pid).children()
        except psutil.NoSuchProcess:
            return []
        return [child for child in children if _runs_tasks(child)]

    def end(self) -> bool:
        """End all of it; whether it ended when it was told to."""
        process = self._process
        if process is None:
            return True
        self.signal_all(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        ended = True
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            ended = False
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()
        return ended


def _runs_tasks(process: psutil.Process) -> bool:
    # the other processes that a worker starts run error actions, and have a command of their own
    try:
        return process.status() != psutil.STATUS_ZOMBIE and "ending" not in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def _signal_group(leader: int, number: signal.Signals) -> None:
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        pass  # nobody of the group is left


class Keeper:
    """Starts the parts, and each of them again when it has died, in a thread."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = list(parts)
        self.deaths: list[Death] = []
        self._lifeline, self._held_end = os.pipe()
        self._restarts: dict[str, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def start(self) -> None:
        """Start all parts."""
        for part in self.parts:
            part.start(self._lifeline)
        self._thread.start()

    def stop(self) -> list[str]:
        """End all parts; the names of those that had to be killed."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        with ThreadPoolExecutor(len(self.parts)) as pool:
            ended = list(pool.map(Part.end, self.parts))
        os.close(self._held_end)
        os.close(self._lifeline)
        return [part.name for part, well in zip(self.parts, ended, strict=True) if not well]

    def _keep(self) -> None:
        while not self._over.wait(_GLANCE):
            for part in self.parts:
                if (death := part.death()) is not None:
                    self.deaths.append(death)
                    self._restarts[part.name] = part.restart_at
                if not part.is_held and self._restarts.get(part.name, float("inf")) <= time.monotonic():
                    del self._restarts[part.name]
                    part.start(self._lifeline)
