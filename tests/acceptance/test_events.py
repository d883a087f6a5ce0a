"""Pages that wait are told when to look, and what they then learn."""

from __future__ import annotations

import json
import re
import secrets
import socket
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.visitor import Page, Visitor, value_of
from tests.conftest import eventually

#: `until` is the name of a file that the task waits for; empty: it doesn't wait.
INTERVIEW = """\
mandatory: True
code: |
  if the_task.ready():
    the_end
  else:
    please_wait
---
code: |
  the_task = background_action('work', mode or None, until=until)
---
question: Until when?
fields:
  - File: until
    required: False
  - Mode: mode
    required: False
---
event: work
code: |
  import os, time
  while action_argument('until') and not os.path.exists(action_argument('until')):
    time.sleep(0.01)
  background_response('worked')
---
event: please_wait
question: A moment
---
event: the_end
question: Done
"""
NAME = "work.yml"
PATIENCE = 30.0


class Stream:
    """A browser's connection to `/events`."""

    def __init__(self, visitor: Visitor, session: str, interview: str = NAME) -> None:
        where = urllib.parse.urlsplit(visitor.url)
        self.connection = socket.create_connection((where.hostname, where.port), timeout=PATIENCE)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)
        path = "/events?" + urllib.parse.urlencode({"i": interview, "session": session})
        self.connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {cookies}\r\n\r\n".encode())
        self.received = b""
        head, _, self.received = self.read_until(b"\r\n\r\n").partition(b"\r\n\r\n")
        self.status = int(head.split()[1])
        self.head = head.decode().lower()

    def read_until(self, mark: bytes) -> bytes:
        """What came so far, once the mark is in it; the test fails when the connection ends first."""
        while mark not in self.received:
            more = self.connection.recv(4096)
            assert more, f"the connection ended: {self.received!r}"
            self.received += more
        return self.received

    def is_closed(self) -> bool:
        """Whether the server closes it, sooner or later."""
        while True:
            if not self.connection.recv(4096):
                return True

    def close(self) -> None:
        """Leave."""
        self.connection.close()


@pytest.fixture
def stream() -> Iterator[Callable[..., Stream]]:
    """`stream(visitor, page)` connects, and is closed in the end."""
    opened: list[Stream] = []

    def connect(visitor: Visitor, page: Page | None = None, session: str = "", interview: str = NAME) -> Stream:
        opened.append(Stream(visitor, session or (value_of(page.form, "_session") if page else ""), interview))
        return opened[-1]

    yield connect
    for item in opened:
        item.close()


@pytest.fixture(scope="module")
def shared(shared_server: Callable[..., Any]) -> Any:
    """A server with one web process."""
    return shared_server({NAME: INTERVIEW}, web_processes=1)


#: Files for which tasks wait.
_waited_for: list[Path] = []


@pytest.fixture(autouse=True)
def tasks_that_end(server: Callable[..., Any]) -> Iterator[None]:
    """No task outlives its test: the next one needs the worker, and a server of a test's own, which ends later, waits for it."""
    yield
    while _waited_for:
        path = _waited_for.pop()
        if path.parent.is_dir():
            path.touch()


def begun(running: Any, until: str = "", mode: str = "") -> tuple[Visitor, Page]:
    """A person whose page waits for a task, until there is a file of that name or the test is over."""
    visitor = Visitor(running.url)
    until = until or secrets.token_hex(8)
    _waited_for.append(running.folder / until)
    page = visitor.answer(visitor.show(NAME), until=until, mode=mode)
    assert page.heading == "A moment"
    return visitor, page


def check_in(visitor: Visitor, page: Page, **more: str) -> dict[str, Any]:
    """What the page learns."""
    known = {name: value_of(page.form, name) for name in ("_session", "_tracker", "csrf_token")}
    posted = [*known.items(), ("action", "checkin"), ("checkinCode", "17"), *more.items()]
    answer = visitor.post(f"/checkin?i={NAME}", posted)
    assert answer.status == 200
    return dict(json.loads(answer.text))


def awaited(page: Page) -> str:
    """The ids of the tasks that the page waits for."""
    return page.text.partition('data-awaits="')[2].partition('"')[0]


def test_a_page_that_waits_is_told_when_its_task_is_over(shared: Any, stream: Callable[..., Stream]) -> None:
    visitor, page = begun(shared, until="over-1")
    connection = stream(visitor, page)
    assert connection.status == 200
    assert "content-type: text/event-stream" in connection.head
    assert "cache-control: no-store" in connection.head
    assert not check_in(visitor, page, awaits=awaited(page))["over"]
    (shared.folder / "over-1").touch()
    told = connection.read_until(b"event: look")
    assert b"worked" not in told
    assert awaited(page).encode() not in told
    assert check_in(visitor, page, awaits=awaited(page))["over"]


def test_the_event_says_nothing_but_that_there_is_something(shared: Any, stream: Callable[..., Stream]) -> None:
    visitor, page = begun(shared, until="over-2", mode="flash")
    connection = stream(visitor, page)
    (shared.folder / "over-2").touch()
    told = connection.read_until(b"event: look\ndata: \n\n")
    # a chunk begins with its length
    # signs of life may have come in between
    chunk = told.replace(b"4\r\n: \n\n\r\n", b"").partition(b"retry: 3000\n\n\r\n")[2].partition(b"\r\n")[2]
    assert chunk.removesuffix(b"\r\n") == b"event: look\ndata: \n\n"
    found = check_in(visitor, page)
    assert [(command["extra"], command["value"]) for command in found["commands"]] == [("flash", "worked")]
    assert found["checkin_code"] == "17"


def test_p31_nobody_is_told_of_the_sessions_of_others(shared: Any, stream: Callable[..., Stream]) -> None:
    """P31: a foreign session and one that there is not are answered alike."""
    _, page = begun(shared)
    stranger = Visitor(shared.url)
    stranger.show(NAME)
    session = value_of(page.form, "_session")
    assert [stream(stranger, session=name).status for name in (session, "x" * 32)] == [204, 204]
    mine = stranger.show(NAME)
    forged = [("_session", session), ("csrf_token", value_of(mine.form, "csrf_token")), ("awaits", awaited(page))]
    assert json.loads(stranger.post(f"/checkin?i={NAME}", forged).text) == {"success": False}


def test_p29_a_check_in_from_another_site_is_refused(shared: Any) -> None:
    """P29."""
    visitor, page = begun(shared)
    assert visitor.post(f"/checkin?i={NAME}", [("_session", value_of(page.form, "_session"))]).status == 403


def test_pages_that_wait_take_no_thread(server: Callable[..., Any], stream: Callable[..., Stream]) -> None:
    """P41: with two threads and twelve waiting pages, another person is served."""
    running = server({NAME: INTERVIEW}, web_threads=2)
    for _ in range(12):
        assert stream(*begun(running)).status == 200
    assert begun(running)[1].status == 200


def test_a_browser_can_have_some_pages_that_wait_and_the_others_look_from_time_to_time(
    shared: Any, stream: Callable[..., Stream]
) -> None:
    """It makes six connections to a server at a time, for all its pages."""
    visitor, page = begun(shared)
    statuses = [stream(visitor, page).status for _ in range(6)]
    assert statuses == [200] * 4 + [204] * 2
    assert stream(*begun(shared)).status == 200


def test_past_its_limit_a_process_says_so_and_a_page_that_leaves_makes_room(
    server: Callable[..., Any], stream: Callable[..., Stream]
) -> None:
    running = server({NAME: INTERVIEW}, event_connections=2)
    waiting = [begun(running) for _ in range(3)]
    first, second, third = [stream(*one) for one in waiting]
    assert [first.status, second.status, third.status] == [200, 200, 204]
    first.close()
    eventually(lambda: stream(*waiting[2]).status == 200, "there is room for another")


def test_a_page_that_leaves_in_the_middle_disturbs_nobody(shared: Any, stream: Callable[..., Stream]) -> None:
    visitor, page = begun(shared, until="over-3")
    for _ in range(30):
        stream(visitor, page).close()
    last = eventually(lambda: (one := stream(visitor, page)).status == 200 and one, "the places are free again")
    (shared.folder / "over-3").touch()
    last.read_until(b"event: look")


def test_a_server_that_stops_lets_go_of_the_pages_that_wait(server: Callable[..., Any], stream: Callable[..., Stream]) -> None:
    """P39: it doesn't wait for them."""
    running = server({NAME: INTERVIEW})
    visitor, page = begun(running)
    connection = stream(visitor, page)
    _waited_for.pop().touch()
    running.stop()
    assert connection.is_closed()


def test_a_page_learns_of_a_task_that_another_process_of_the_web_started(
    server: Callable[..., Any], stream: Callable[..., Stream]
) -> None:
    running = server({NAME: INTERVIEW}, web_processes=2)
    eventually(lambda: len(list((running.data / "pokes").glob("*.socket"))) == 2, "both processes listen")
    streams = [stream(*begun(running, until="go")) for _ in range(6)]
    assert [one.status for one in streams] == [200] * 6
    (running.folder / "go").touch()
    for one in streams:
        one.read_until(b"event: look")


def test_a_server_of_http_1_0_is_spoken_to_without_chunks(shared: Any) -> None:
    visitor, page = begun(shared, until="over-4")
    where = urllib.parse.urlsplit(visitor.url)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)
    with socket.create_connection((where.hostname, where.port), timeout=PATIENCE) as connection:
        path = f"/events?i={NAME}&session={value_of(page.form, '_session')}"
        connection.sendall(f"GET {path} HTTP/1.0\r\nCookie: {cookies}\r\n\r\n".encode())
        received = b""
        while b"retry: 3000\n\n" not in received:
            received += connection.recv(4096)
        (shared.folder / "over-4").touch()
        while b"event: look\ndata: \n\n" not in received:
            received += connection.recv(4096)
    assert b"chunked" not in received.lower()
    # signs of life may have come in between
    assert re.search(rb"retry: 3000\n\n(: \n\n)*event: look\ndata: \n\n\Z", received)
