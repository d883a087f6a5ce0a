"""What large files take of a web process's memory, on their way in and out.

`python tests/benchmarks/large_files.py` starts a server with one web process, uploads a file of 200 MB to it, reads it whole and
a megabyte of its middle, and says by how much the process was larger at most while it did that than before. `--s3` has the files
in a storage (`rclone serve s3`, with 32 MB).
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
from person import Person, read_form
from serving import Serving, name_of

from tests.acceptance.visitor import control
from tests.s3 import Storage

HERE = Path(__file__).resolve().parent
INTERVIEW = HERE / "large_files.yml"
MEGABYTE = 1024 * 1024
BOUNDARY = "a-line-between-parts"
#: Less than this is what any request may take.
AIM = "<= 32 MB"


def say(name: str, value: str, aim: str = "") -> None:
    """Print a figure and what it should be."""
    print(f"{name:58} {value:>12}   {aim}", flush=True)


class Browser:
    """Somebody who sends and gets large files, of which only pieces are in memory."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._person = Person(*address, INTERVIEW.name)
        self._person.begin()

    def upload(self, size: int) -> int:
        """Answer the screen with a file of so many bytes; its number."""
        form = read_form(self._person.page)
        fields = b"".join(_field(name, value) for name, value in form.filled if name != control("recording"))
        beginning = fields + _head(f'name="{control("recording")}"; filename="a.zip"') + b"PK\x03\x04"
        end = f"\r\n--{BOUNDARY}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Content-Length": str(len(beginning) + size - 4 + len(end)),
        }
        answer, connection = self._ask("POST", form.action, headers, _pieces(beginning, size - 4, end))
        page = answer.read().decode()
        connection.close()
        found = re.search(r"number=(\d+)", page)
        assert found, page
        return int(found[1])

    def read(self, number: int, asked: str = "") -> int:
        """Read a file, or the range that is asked for; how many bytes came."""
        answer, connection = self._ask("GET", f"/uploadedfile/{number}.zip", {"Range": asked} if asked else {})
        count = 0
        while piece := answer.read(64 * 1024):
            count += len(piece)
        connection.close()
        return count

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: Iterator[bytes] | None = None
    ) -> tuple[http.client.HTTPResponse, http.client.HTTPConnection]:
        connection = http.client.HTTPConnection(*self._address, timeout=300)
        cookies = "; ".join(f"{name}={value}" for name, value in self._person.cookies.items())
        connection.request(method, path, body, {**headers, "Cookie": cookies})
        return connection.getresponse(), connection


def _field(name: str, value: str) -> bytes:
    return _head(f'name="{name}"') + value.encode() + b"\r\n"


def _head(what: str) -> bytes:
    return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {what}\r\n\r\n".encode()


def _pieces(beginning: bytes, size: int, end: bytes) -> Iterator[bytes]:
    yield beginning
    piece = os.urandom(MEGABYTE)
    for start in range(0, size, MEGABYTE):
        yield piece[: min(MEGABYTE, size - start)]
    yield end


def growth(process: psutil.Process, work: Callable[[], object]) -> float:
    """How many megabytes larger the process was at most during the work than before it."""
    before = process.memory_info().rss
    # so that the most that it has had counts from now on
    Path(f"/proc/{process.pid}/clear_refs").write_text("5")
    work()
    status = Path(f"/proc/{process.pid}/status").read_text()
    most = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert most
    return max(0.0, (int(most[1]) * 1024 - before) / 1e6)


def measure(serving: Serving, size: int) -> None:
    """Print the figures."""
    serving.wait_for(f"/interview?i={INTERVIEW.name}")
    (process,) = (found for found in serving.family() if name_of(found) == "web")
    browser = Browser(serving.address)
    # what is loaded with the first file
    browser.read(Browser(serving.address).upload(MEGABYTE))
    sent: list[int] = []
    say(f"uploading {size // MEGABYTE} MB", f"{growth(process, lambda: sent.append(browser.upload(size))):.1f} MB", AIM)
    got: list[int] = []
    say("reading it", f"{growth(process, lambda: got.append(browser.read(sent[0]))):.1f} MB", AIM)
    middle = f"bytes={size // 2}-{size // 2 + MEGABYTE - 1}"
    say("reading a megabyte of it", f"{growth(process, lambda: got.append(browser.read(sent[0], middle))):.1f} MB", AIM)
    assert got == [size, MEGABYTE]


def main() -> None:
    """Start what is needed, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="only see that it works")
    parser.add_argument("--s3", action="store_true", help="with the files in a storage")
    parser.add_argument("--megabytes", type=int, default=0, help="how large the file is, 200 if nothing is said")
    given = parser.parse_args()
    # this storage reads all of an object for every question about it
    usual = 8 if given.short else 32 if given.s3 else 200
    size = (given.megabytes or usual) * MEGABYTE
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        more: dict[str, Any] = {"web_processes": 1, "maximum_content_length": 2 * size, "file_quota": 4 * size}
        if given.s3:
            (folder / "storage").mkdir()
            storage = Storage(folder / "storage")
            stack.callback(storage.stop)
            more |= {"files": storage.new_place(), "file_storage_options": storage_directives(storage)}
        serving = Serving(folder, INTERVIEW, **more)
        stack.callback(serving.stop)
        measure(serving, size)


def storage_directives(storage: Storage) -> dict[str, str]:
    """How the configuration names a storage."""
    options = storage.options
    secret = bytes(options.secret_access_key).decode()
    return {
        "endpoint": options.endpoint,
        "region": options.region,
        "access key id": options.access_key_id,
        "secret access key": secret,
    }


if __name__ == "__main__":
    main()
