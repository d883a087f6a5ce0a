"""Pokes: from whoever changed something to the processes that hold the connections of waiting pages."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docassemble_lite.pokes import Pokes, redis_channel, sockets

Hearing = Callable[[Pokes], list[str]]
Eventually = Callable[..., Any]
Opened = Callable[..., Pokes]


def poke_until_heard(pokes: Pokes, session_id: str, heard: list[str], eventually: Eventually) -> None:
    """Poke again and again: whoever has just begun to listen may have missed the first."""
    eventually(lambda: pokes.send(session_id) or session_id in heard, f"{session_id} is heard")


def test_every_listener_hears_a_poke(pokes: Pokes, hearing: Hearing, eventually: Eventually) -> None:
    listeners = [hearing(pokes) for _ in range(3)]
    for heard in listeners:
        poke_until_heard(pokes, "first", heard, eventually)
    pokes.send("second")
    for heard in listeners:
        eventually(lambda heard=heard: heard[-1] == "second", "the second is heard")


def test_a_poke_that_nobody_hears_is_no_fault(pokes: Pokes) -> None:
    pokes.send("nobody")


def test_many_pokes_at_once_are_all_heard(
    pokes: Pokes, hearing: Hearing, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a machine that has much else to do may leave a listener without a turn for longer than a page waits
    monkeypatch.setattr(sockets, "_PATIENCE", 60.0)
    monkeypatch.setattr(redis_channel, "_PATIENCE", 60.0)
    heard = hearing(pokes)
    poke_until_heard(pokes, "ready", heard, eventually)
    wanted = [f"session {number}" for number in range(300)]
    for session_id in wanted:
        pokes.send(session_id)
    eventually(lambda: heard[-1] == wanted[-1], "the last is heard")
    assert [session_id for session_id in heard if session_id != "ready"] == wanted


def test_whoever_stops_listening_is_forgotten(opened: Opened, tmp_path: Path, eventually: Eventually) -> None:
    pokes = opened(data=tmp_path)
    over = threading.Event()
    thread = threading.Thread(target=lambda: list(pokes.heard(over)))
    thread.start()
    eventually(lambda: list((tmp_path / "pokes").glob("*.socket")), "it listens")
    over.set()
    thread.join(30)
    assert list((tmp_path / "pokes").iterdir()) == []


def test_the_socket_of_a_process_that_died_is_removed(
    opened: Opened, tmp_path: Path, hearing: Hearing, eventually: Eventually
) -> None:
    folder = tmp_path / "pokes"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left:
        left.bind(str(folder / "1-dead.socket"))
    pokes = opened(data=tmp_path)
    heard = hearing(pokes)
    poke_until_heard(pokes, "someone", heard, eventually)
    assert [path.name for path in folder.iterdir() if "dead" in path.name] == []


def test_a_data_folder_with_a_long_name_will_do(opened: Opened, tmp_path: Path, hearing: Hearing, eventually: Eventually) -> None:
    """The path of a socket may have a hundred bytes only."""
    pokes = opened(data=tmp_path / ("long" * 40))
    poke_until_heard(pokes, "someone", hearing(pokes), eventually)


def test_redis_may_go_away_and_come_back(
    redis_server: Any, opened: Opened, hearing: Hearing, eventually: Eventually, caplog: pytest.LogCaptureFixture
) -> None:
    """P6: whoever pokes meanwhile isn't held up, and those who listen hear again afterwards."""
    pokes = opened(redis_server.url)
    heard = hearing(pokes)
    poke_until_heard(pokes, "before", heard, eventually)
    redis_server.stop()
    pokes.send("lost")
    assert "poke_lost" in caplog.text
    redis_server.start()
    poke_until_heard(pokes, "after", heard, eventually)


def test_without_redis_from_the_start_nothing_fails(
    redis_server: Any, opened: Opened, hearing: Hearing, eventually: Eventually
) -> None:
    redis_server.stop()
    pokes = opened(redis_server.url)
    heard = hearing(pokes)
    pokes.send("lost")
    redis_server.start()
    poke_until_heard(pokes, "after", heard, eventually)
