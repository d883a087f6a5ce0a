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
from tests.names import server_of_names
from tests.ports import free_port

# the addresses of two web servers; as in Docker, both have the same name and port
FIRST, SECOND = "127.0.0.1", "127.0.0.2"
MAIN = """\
daemon off;
worker_processes 1;
pid nginx.pid;
events {}
http {
    include conf.d/*.conf;
}
"""
# larger than what comes with the head of a request
LARGE = "name=" + 50_000 * "x"


class _Web(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        lines = []
        while (line := self.rfile.readline().decode()).strip():
            lines.append(line.strip())
        length = next((int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length:")), 0)
        self.server.asked.append((lines[0], len(self.rfile.read(length))))  # type: ignore[attr-defined]
        if self.server.answers:  # type: ignore[attr-defined]
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


@contextmanager
def web_server(host: str, port: int, *, answers: bool) -> Iterator[list[tuple[str, int]]]:
    """A web server that takes requests in and answers them, or ends before; the first line and the length of each."""
    with _Server((host, port), _Web) as server:
        server.asked, server.answers = [], answers  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.asked  # type: ignore[attr-defined]
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
def in_front_of(folder: Path, web: int, *more: str) -> Iterator[Nginx]:
    """nginx as `docker/compose.yml` has it, in front of two web servers at this port, or as if there were `more`."""
    program = nginx_program()
    if not program:
        pytest.skip("there is no nginx: sudo apt-get install nginx-light")
    port = free_port()
    (folder / "conf.d").mkdir()
    with server_of_names({"web": (FIRST, SECOND, *more)}) as names:
        for name, content in filled_in(read_compose()["services"]["nginx"], {"WEB": f"web:{web}", "RESOLVER": names}).items():
            (folder / "conf.d" / name).write_text(content.replace("listen 8080", f"listen 127.0.0.1:{port}"))
        (folder / "nginx.conf").write_text(MAIN)
        process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"])
        nginx = Nginx(port)
        try:
            eventually(nginx.answers, "nginx listens")
            yield nginx
        finally:
            process.terminate()
            process.wait(PATIENCE)


def test_what_a_web_server_may_have_done_is_asked_of_no_other_one(tmp_path: Path) -> None:
    web = free_port()
    with (
        web_server(FIRST, web, answers=False) as one,
        web_server(SECOND, web, answers=False) as other,
        in_front_of(tmp_path, web) as nginx,
    ):
        for method, path, body, status in (
            ("POST", "/interview?i=a.yml", "name=Bob", 502),
            ("GET", "/interview?i=a.yml&action=add", None, 503),
            ("POST", "/interview?i=a.yml&action=add", "name=Bob", 502),
        ):
            one.clear(), other.clear()
            assert nginx.status(method, path, body) == status
            assert one + other == [(f"{method} {path} HTTP/1.1", len(body or ""))]


def test_a_page_that_is_only_shown_is_asked_of_another_one(tmp_path: Path) -> None:
    web = free_port()
    with (
        web_server(FIRST, web, answers=False) as one,
        web_server(SECOND, web, answers=False) as other,
        in_front_of(tmp_path, web) as nginx,
    ):
        one.clear(), other.clear()
        assert nginx.status("GET", "/interview?i=a.yml") == 502
        assert len(one) == len(other) == 1


def test_what_the_first_one_refuses_is_asked_of_another_one(tmp_path: Path) -> None:
    """P39: the first is just being replaced."""
    web = free_port()
    # of four, the one that refuses hardly is the first to be asked eight times on end
    with web_server(SECOND, web, answers=True) as asked, in_front_of(tmp_path, web, SECOND, SECOND) as nginx:
        asked.clear()
        for path in ("/interview?i=a.yml", "/interview?i=a.yml&action=add"):
            for method, body in (("GET", None), ("POST", "name=Bob"), ("POST", LARGE)):
                assert [nginx.status(method, path, body) for _ in range(10)] == [200] * 10
        assert [length for _, length in asked] == 2 * (10 * [0] + 10 * [len("name=Bob")] + 10 * [len(LARGE)])


def test_who_finds_no_web_server_is_told_so(tmp_path: Path) -> None:
    with in_front_of(tmp_path, free_port()) as nginx:
        assert nginx.status("GET", "/interview?i=a.yml") == 502
        assert nginx.status("POST", "/interview?i=a.yml&action=add", LARGE) == 502
        assert nginx.status("GET", "/interview?i=a.yml&action=add") == 503
