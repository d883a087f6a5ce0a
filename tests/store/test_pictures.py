"""Pictures of files that are kept: when they are drawn anew, for whom, and how many there are."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from docassemble_lite.settings import Secret
from docassemble_lite.store import pictures
from docassemble_lite.store.files import StoredFile
from docassemble_lite.store.pictures import Pictures
from docassemble_lite.store.vault import Vault

KEY, OTHER = Secret(os.urandom(32)), Secret(os.urandom(32))
FILE = StoredFile(7, "session", "paper.pdf", "pdf", "application/pdf", 1, datetime(2026, 1, 1), KEY)


class Drawing:
    """What draws, and how often it did."""

    def __init__(self) -> None:
        self.drawn: list[bytes] = []

    def of(self, content: bytes) -> Callable[[], bytes]:
        def draw() -> bytes:
            self.drawn.append(content)
            return content

        return draw


@pytest.fixture
def drawing() -> Drawing:
    return Drawing()


def kept(most_bytes: int = 1000) -> Pictures:
    return Pictures(Vault(os.urandom(32)), most_bytes)


def test_a_picture_is_drawn_once_for_each_file_and_each_part_of_it(drawing: Drawing) -> None:
    known = kept()
    for _ in range(2):
        assert known.get(FILE, "page 1", drawing.of(b"one")) == b"one"
        assert known.get(FILE, "page 2", drawing.of(b"two")) == b"two"
        assert known.get(replace(FILE, number=8), "page 1", drawing.of(b"other")) == b"other"
    assert drawing.drawn == [b"one", b"two", b"other"]


def test_only_the_key_of_the_file_opens_a_picture_that_is_kept(drawing: Drawing) -> None:
    known = kept()
    known.get(FILE, "page 1", drawing.of(b"secret"))
    assert known.get(replace(FILE, opener=OTHER), "page 1", drawing.of(b"drawn anew")) == b"drawn anew"
    assert known.get(replace(FILE, number=8, opener=OTHER), "page 1", drawing.of(b"theirs")) == b"theirs"
    assert not any(b"secret" in locked for locked in known._kept.values())


def test_the_pictures_that_nobody_wanted_for_longest_make_room(drawing: Drawing) -> None:
    known = kept(most_bytes=400)
    for what in ("1", "2", "1", "3", "1", "2"):
        known.get(FILE, what, drawing.of(what.encode() * 150))
    assert [content[:1] for content in drawing.drawn] == [b"1", b"2", b"3", b"2"]


def test_a_large_picture_is_not_kept(drawing: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LARGEST", 10)
    known = kept()
    for _ in range(2):
        assert known.get(FILE, "page 1", drawing.of(b"x" * 11)) == b"x" * 11
    assert len(drawing.drawn) == 2


def test_what_can_not_be_drawn_is_told_each_time(drawing: Drawing) -> None:
    def fail() -> bytes:
        raise ValueError("broken")

    known = kept()
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            known.get(FILE, "page 1", fail)
    assert known.get(FILE, "page 1", drawing.of(b"one")) == b"one"
