"""Pokes through sockets and through a real Redis server, and somebody who hears them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from docassemble_lite.pokes import Pokes, open_pokes
from docassemble_lite.settings import Settings


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
