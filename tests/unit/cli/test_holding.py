from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import waitress
from waitress import wasyncore

from docassemble_lite.cli.holding import let_hold
from docassemble_lite.pokes import open_pokes
from docassemble_lite.settings import Settings
from docassemble_lite.web.held import HeldConnections

ANSWERS = {"/small": [b"small"], "/empty": [], "/pieces": [b"one", b"two"], "/too-much": [b"x"]}


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    pieces = ANSWERS[environ["PATH_INFO"]]
    length = 0 if environ["PATH_INFO"] == "/too-much" else sum(map(len, pieces))
    start_response("200 OK", [("Content-Length", str(length))])
    return pieces


@pytest.fixture
def sent(tmp_path) -> Iterator[tuple[int, list[bytes]]]:
    """The port of a server, and what it sends, a piece for each time."""
    pieces: list[bytes] = []
    connections: dict[int, Any] = {}
    server: Any = waitress.create_server(app, host="127.0.0.1", port=0, threads=1, map=connections)
    let_hold(server, HeldConnections(open_pokes(Settings(data=tmp_path)), 1, 1))

    class Channel(server.channel_class):
        def send(self, data: bytes, do_close: bool = True) -> int:
            pieces.append(bytes(data))
            return int(super().send(data, do_close=do_close))

    server.channel_class = Channel
    stopping = threading.Event()

    def serve() -> None:
        while not stopping.is_set():
            wasyncore.loop(timeout=1.0, map=connections, count=1)

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.effective_port, pieces
    stopping.set()
    server.pull_trigger()
    thread.join()
    server.close()
    wasyncore.close_all(connections)


def ask(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse().read()
    connection.close()
    return answer


def test_the_head_of_an_answer_is_sent_together_with_what_it_heads(sent):
    port, pieces = sent
    assert ask(port, "/small") == b"small"
    assert len(pieces) == 1
    assert pieces[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert pieces[0].endswith(b"\r\n\r\nsmall")


def test_what_comes_later_is_not_waited_for(sent):
    port, pieces = sent
    assert ask(port, "/pieces") == b"onetwo"
    assert pieces[0].endswith(b"\r\n\r\none")
    assert pieces[1:] == [b"two"]


def test_an_answer_without_anything_is_its_head(sent):
    port, pieces = sent
    assert ask(port, "/empty") == b""
    assert len(pieces) == 1


def test_an_answer_that_has_more_than_its_head_says_is_its_head(sent):
    port, pieces = sent
    assert ask(port, "/too-much") == b""
    assert len(pieces) == 1
