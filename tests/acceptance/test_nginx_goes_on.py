"""When a web server ends, nginx goes on to another one, unless the first may have done already what was asked of it."""

from __future__ import annotations

import http.client
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.composed import filled_in, nginx_program, read_compose
from tests.conftest import PATIENCE, eventually
from tests.ports import free_port

# as Docker gives the name `web` to all web servers, this does to two
MAIN = """\
daemon off;
worker_processes 1;
pid nginx.pid;
events {{}}
http {{
    upstream web {{ {servers} }}
    include conf.d/*.conf;
}}
"""


class _Dying(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        taken_in = b""
        while b"\r\n\r\n" not in taken_in and (more := self.request.recv(65536)):
            taken_in += more
        self.server.lines.append(taken_in.partition(b"\r\n")[0].decode())  # type: ignore[attr-defined]


@contextmanager
def dying() -> Iterator[tuple[int, list[str]]]:
    """A web server that takes requests in and ends before it answers any: its port, and the first lines of the requests."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Dying) as server:
        server.lines = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1], server.lines  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Nginx:
    """nginx in front of web servers."""

    port: int

    def status(self, method: str, path: str, body: str | None = None) -> int:
        """The status of the answer to a request."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, body)
            return connection.getresponse().status

    def answers(self) -> bool:
        """Whether it listens."""
        try:
            self.status("GET", "/unknown")
        except ConnectionRefusedError:
            return False
        return True


@contextmanager
def in_front_of(folder: Path, *ports: int) -> Iterator[Nginx]:
    """nginx as `docker/compose.yml` has it, in front of the web servers at these ports."""
    program = nginx_program()
    if not program:
        pytest.skip("there is no nginx: sudo apt-get install nginx-light")
    port = free_port()
    (folder / "conf.d").mkdir()
    for name, content in filled_in(read_compose()["services"]["nginx"], {"WEB": "web", "RESOLVER": "127.0.0.1"}).items():
        (folder / "conf.d" / name).write_text(content.replace("listen 8080", f"listen 127.0.0.1:{port}"))
    servers = " ".join(f"server 127.0.0.1:{number} max_fails=0;" for number in ports)
    (folder / "nginx.conf").write_text(MAIN.format(servers=servers))
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"])
    nginx = Nginx(port)
    try:
        eventually(nginx.answers, "nginx listens")
        yield nginx
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_what_a_web_server_may_have_done_is_asked_of_no_other_one(tmp_path: Path) -> None:
    with dying() as (first, one), dying() as (second, other), in_front_of(tmp_path, first, second) as nginx:
        for method, path, body in (
            ("POST", "/interview?i=a.yml", "name=Bob"),
            ("GET", "/interview?i=a.yml&action=add", None),
            ("POST", "/interview?i=a.yml&action=add", "name=Bob"),
        ):
            one.clear(), other.clear()
            assert nginx.status(method, path, body) == 502
            assert one + other == [f"{method} {path} HTTP/1.1"]


def test_a_page_that_is_only_shown_is_asked_of_another_one(tmp_path: Path) -> None:
    with dying() as (first, one), dying() as (second, other), in_front_of(tmp_path, first, second) as nginx:
        one.clear(), other.clear()
        assert nginx.status("GET", "/interview?i=a.yml") == 502
        assert len(one) == len(other) == 1


def test_an_action_is_asked_of_another_one_if_the_first_was_sent_nothing(tmp_path: Path) -> None:
    """P39: it is just being replaced, and refuses."""
    with dying() as (port, lines), in_front_of(tmp_path, free_port(), port) as nginx:
        lines.clear()
        for _ in range(4):
            assert nginx.status("GET", "/interview?i=a.yml&action=add") == 502
            assert nginx.status("POST", "/interview?i=a.yml&action=add", "name=Bob") == 502
        assert sorted(line.partition(" ")[0] for line in lines) == ["GET"] * 4 + ["POST"] * 4


def test_who_finds_no_web_server_is_told_so(tmp_path: Path) -> None:
    with in_front_of(tmp_path, free_port(), free_port()) as nginx:
        for path in ("/interview?i=a.yml", "/interview?i=a.yml&action=add"):
            assert nginx.status("GET", path) == 502
