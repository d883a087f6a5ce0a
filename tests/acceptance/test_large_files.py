"""Large files on their way in and out: only pieces of them are ever in memory, and a range costs what it is long."""

from __future__ import annotations

import filecmp
import os
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from docassemble_lite.store.contents import FolderContents
from docassemble_lite.store.tables import files
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import control

MEGABYTE = 1024 * 1024
SIZE = 32 * MEGABYTE
INTERVIEW = """\
mandatory: True
question: A recording
fields:
  - Recording: recording
    datatype: file
---
mandatory: True
question: ${ recording.number_of_it }
---
code: |
  recording.number_of_it = recording[0].number
"""


@dataclass
class Place:
    """A server with a large file that a browser sent it."""

    browser: FlaskClient
    recording: Path
    address: str = ""
    # the most memory, in bytes, that taking the file took at a time
    took: list[int] = field(default_factory=list)
    # the number of bytes of each piece that was fetched of what is stored
    fetched: list[int] = field(default_factory=list)

    def part(self, start: int, length: int) -> bytes:
        """What the file has there."""
        with self.recording.open("rb") as content:
            content.seek(start)
            return content.read(length)


@contextmanager
def measured(took: list[int]) -> Iterator[None]:
    """Add the most memory that what is done inside takes at a time, in bytes."""
    tracemalloc.start()
    try:
        yield
        took.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("large")
    recording = folder / "a.zip"
    with recording.open("wb") as out:
        out.write(b"PK\x03\x04")
        piece = os.urandom(MEGABYTE)
        for _ in range(SIZE // MEGABYTE):
            out.write(piece)
    limits = {"maximum_content_length": 2 * SIZE, "file_quota": 4 * SIZE}
    with application(folder, {"large.yml": INTERVIEW}, **limits) as app, pytest.MonkeyPatch.context() as patch:
        made = Place(app.test_client(), recording)
        read_part = FolderContents.read_part

        def noted(self: FolderContents, key: str, start: int, length: int) -> bytes:
            made.fetched.append(length)
            return read_part(self, key, start, length)

        patch.setattr(FolderContents, "read_part", noted)
        browser = Client(app)
        made.browser = browser.flask
        page = browser.get("/interview?i=large.yml&new_session=1")
        with recording.open("rb") as opened, measured(made.took):
            posted = {**dict(page.form), control("recording"): (opened, "a.zip")}
            browser.flask.post(page.url, data=posted, follow_redirects=True).close()
        (made.address,) = (f"/uploadedfile/{number}.zip" for number in _numbers(app))
        yield made


def _numbers(app: Flask) -> list[int]:
    with store_of(app).engine.connect() as connection:
        return list(connection.scalars(select(files.c.id)))


def test_a_file_is_taken_without_being_in_memory_as_a_whole(place: Place) -> None:
    assert place.took[0] < 8 * MEGABYTE


def test_a_file_is_given_without_being_in_memory_as_a_whole(place: Place, tmp_path: Path) -> None:
    took: list[int] = []
    with measured(took), (tmp_path / "got").open("wb") as out:
        answer = place.browser.get(place.address)
        for piece in answer.response:
            out.write(piece)  # type: ignore[arg-type]
        answer.close()
    assert answer.headers["Content-Length"] == str(SIZE + 4)
    assert took[0] < 8 * MEGABYTE
    assert filecmp.cmp(place.recording, tmp_path / "got", shallow=False)


@pytest.mark.parametrize(
    ("asked", "start", "length"),
    [
        (f"bytes={20 * MEGABYTE + 5}-{21 * MEGABYTE + 4}", 20 * MEGABYTE + 5, MEGABYTE),
        ("bytes=-10", SIZE - 6, 10),
        (f"bytes={SIZE}-", SIZE, 4),
        ("bytes=0-0", 0, 1),
    ],
)
def test_a_range_costs_what_it_is_long(place: Place, asked: str, start: int, length: int) -> None:
    place.fetched.clear()
    with place.browser.get(place.address, headers={"Range": asked}) as answer:
        assert (answer.status_code, answer.headers["Content-Range"]) == (206, f"bytes {start}-{start + length - 1}/{SIZE + 4}")
        assert answer.data == place.part(start, length)
    assert sum(place.fetched) < 2 * length + 10 * 64 * 1024


@pytest.mark.parametrize("asked", [f"bytes={SIZE + 4}-", "bytes=0-1,5-6", "bytes=9-3", "x"])
def test_a_range_that_there_is_not_is_refused(place: Place, asked: str) -> None:
    with place.browser.get(place.address, headers={"Range": asked}) as answer:
        assert answer.status_code == 416


def test_what_a_browser_has_and_what_it_only_asks_about_costs_next_to_nothing(place: Place) -> None:
    place.fetched.clear()
    with place.browser.head(place.address) as answer:
        assert (answer.status_code, answer.headers["Content-Length"], answer.data) == (200, str(SIZE + 4), b"")
        etag = answer.headers["ETag"]
    with place.browser.get(place.address, headers={"If-None-Match": etag}) as answer:
        assert answer.status_code == 304
    assert sum(place.fetched) < 3 * 64 * 1024


def test_an_archive_is_made_without_being_in_memory_as_a_whole(place: Place) -> None:
    took: list[int] = []
    number = place.address.partition("file/")[2].partition(".")[0]
    with measured(took):
        answer = place.browser.get(f"/uploadedfiles/all.zip?file={number}")
        assert sum(map(len, answer.response)) == int(answer.headers["Content-Length"]) > SIZE
        answer.close()
    assert took[0] < 8 * MEGABYTE
