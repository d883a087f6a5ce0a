"""Pictures of telephones."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from docassemble_lite.formats import heic
from docassemble_lite.formats.heic import as_jpeg
from docassemble_lite.formats.pictures import BrokenPicture
from tests.unit.formats.hostile import HEIC


def test_a_photo_becomes_an_upright_jpeg_without_notes() -> None:
    made = as_jpeg(HEIC)
    assert b"SECRETCAMERA" in HEIC
    assert b"SECRETCAMERA" not in made
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (48, 64))
        (red, *_), (*_, blue) = picture.getpixel((20, 5)), picture.getpixel((20, 60))  # type: ignore[misc]
        assert min(red, blue) > 200


@pytest.mark.parametrize("content", [HEIC[:300], HEIC[:32] + bytes(600), b"", b"\0\0\0\x1cftypheic"])
def test_what_is_broken_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenPicture):
        as_jpeg(content)


def test_what_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heic, "SECONDS", 0.001)
    with pytest.raises(BrokenPicture):
        as_jpeg(HEIC)
