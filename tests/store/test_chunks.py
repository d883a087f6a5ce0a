"""Contents in chunks: read from any place, a few at a time, and what was done to them is noticed."""

from __future__ import annotations

import io
import os
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from docassemble_lite.errors import AnswersTampered
from docassemble_lite.store.chunks import AT_ONCE, CHUNK, locked_chunks, open_chunks
from docassemble_lite.store.contents import FolderContents

KEY = bytes(range(32))
TAG = 16
HEADER = 17
MEGABYTE = 1024 * 1024


def _locked(content: bytes, number: int = 7) -> bytes:
    return b"".join(locked_chunks(KEY, number, len(content), io.BytesIO(content)))


def _fetching(locked: bytes) -> Callable[[int, int], bytes]:
    return lambda start, length: locked[start : start + length]


def _read(locked: bytes, size: int, number: int = 7, key: bytes = KEY) -> bytes:
    return open_chunks(key, number, size, _fetching(locked)).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, AT_ONCE * CHUNK, AT_ONCE * CHUNK + CHUNK + 5])
def test_what_was_written_is_read(size: int) -> None:
    content = os.urandom(size)
    locked = _locked(content)
    assert content[:1000] not in locked or size < 9
    assert _read(locked, size) == content


def test_it_is_read_from_any_place() -> None:
    content = os.urandom(20 * CHUNK + 99)
    opened = open_chunks(KEY, 7, len(content), _fetching(_locked(content)))
    for place in (5, len(content) - 3, 3 * CHUNK - 1, 0, 19 * CHUNK, CHUNK):
        opened.seek(place)
        assert opened.read(CHUNK + 7) == content[place : place + CHUNK + 7]
        assert opened.tell() == min(place + CHUNK + 7, len(content))
    assert opened.seek(0, io.SEEK_END) == len(content)
    assert opened.read() == b""


def test_the_same_content_twice_looks_different() -> None:
    assert _locked(b"some text")[HEADER:] != _locked(b"some text")[HEADER:]


def _chunk(locked: bytes, place: int) -> slice:
    start = HEADER + place * (CHUNK + TAG)
    return slice(start, start + CHUNK + TAG)


def _tampered(locked: bytes) -> Iterator[tuple[str, bytes]]:
    one, two = locked[_chunk(locked, 1)], locked[_chunk(locked, 2)]
    first, last = locked[: _chunk(locked, 1).start], locked[_chunk(locked, 3).start :]
    yield "in another order", first + two + one + last
    yield "one twice", first + one + one + last
    yield "one left out", first + two + last
    yield "cut off after a chunk", first + one + two
    yield "cut off", locked[:-1]
    yield "longer", locked + b"x"
    yield "more chunks", locked + one
    yield "another beginning", b"\x01" + locked[1:]
    yield "another salt", locked[:3] + bytes([locked[3] ^ 1]) + locked[4:]
    yield "another byte", locked[:-20] + bytes([locked[-20] ^ 1]) + locked[-19:]
    yield "nothing", b""


def test_whatever_was_done_to_it_is_noticed() -> None:
    content = os.urandom(3 * CHUNK + 100)
    locked = _locked(content)
    unnoticed = []
    for how, changed in _tampered(locked):
        try:
            _read(changed, len(content))
            unnoticed.append(how)
        except AnswersTampered:
            pass
    assert unnoticed == []


@pytest.mark.parametrize("size", [3 * CHUNK, 2 * CHUNK + 100, 3 * CHUNK + 99, 4 * CHUNK])
def test_another_size_is_noticed_with_any_chunk(size: int) -> None:
    """What is said of a file beside it can't make it shorter or longer."""
    with pytest.raises(AnswersTampered):
        open_chunks(KEY, 7, size, _fetching(_locked(os.urandom(3 * CHUNK + 100))))


def test_another_file_and_another_key_are_noticed() -> None:
    locked = _locked(b"some text")
    for number, key in ((8, KEY), (7, bytes(32))):
        with pytest.raises(AnswersTampered):
            _read(locked, 9, number, key)


def test_a_source_that_ends_too_soon_makes_no_content() -> None:
    with pytest.raises(ValueError, match="ended"):
        list(locked_chunks(KEY, 7, 10, io.BytesIO(b"short")))


def test_a_large_content_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    """64 MB go in and out while less than 4 MB are taken, and a megabyte of them costs little more than a megabyte."""
    size = 64 * MEGABYTE
    given, contents, fetched = tmp_path / "given", FolderContents(tmp_path / "files"), []

    def fetch(start: int, length: int) -> bytes:
        fetched.append(length)
        return contents.read_part("abc123", start, length)

    with given.open("wb") as out:
        out.truncate(size)
    tracemalloc.start()
    try:
        with given.open("rb") as source:
            contents.write("abc123", locked_chunks(KEY, 7, size, source))
        opened = open_chunks(KEY, 7, size, fetch)
        opened.seek(size // 2 + 1000)
        for _ in range(16):
            assert len(opened.read(CHUNK)) == CHUNK
        of_a_megabyte = sum(fetched)
        while opened.read(CHUNK):
            pass
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4 * MEGABYTE
    assert of_a_megabyte < 2 * MEGABYTE
