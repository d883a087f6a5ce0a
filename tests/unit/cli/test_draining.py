"""What a web server that is told to end does with connections that were made just before."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from docassemble_lite.cli import web_process
from docassemble_lite.cli.listening import listen
from docassemble_lite.cli.web_process import DrainingServer
from docassemble_lite.settings import Settings


def application(_environment: Any, start_response: Callable[..., Any]) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Length", "5")])
    yield b"Hello"


def test_who_has_just_connected_may_still_ask(
    tmp_path: Path, eventually: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """P39: for a moment; nginx connects and asks in one go."""
    monkeypatch.setattr(web_process, "OPENING", 60.0)
    (tmp_path / "data").mkdir()
    listener = listen("127.0.0.1", 0)
    address = listener.getsockname()
    server = DrainingServer(application, listener, Settings(data=tmp_path / "data"))
    with closing(http.client.HTTPConnection(*address, timeout=60)) as connection:
        connection.connect()
        running = threading.Thread(target=server.run)
        running.start()
        server.stop()
        eventually(lambda: refuses(address), "nobody else is let in")
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"Hello"
    running.join(60)
    assert not running.is_alive()


def refuses(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=5).close()
    except (ConnectionRefusedError, ConnectionResetError):
        # who comes in the moment of its end is cut off
        return True
    return False
