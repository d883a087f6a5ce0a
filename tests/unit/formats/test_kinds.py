"""What a name promises and what a content shows."""

from __future__ import annotations

import pytest

from docassemble_lite.formats.kinds import KINDS, bears_out, family_of, usual_extension
from tests.unit.formats.hostile import HEIC, package, picture


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("png", picture("PNG")),
        ("jpg", picture("JPEG")),
        ("gif", picture("GIF")),
        ("webp", picture("WEBP")),
        ("bmp", picture("BMP")),
        ("heic", HEIC),
        ("tiff", picture("TIFF")),
        ("pdf", b"%PDF-1.7\n"),
        ("pdf", b"\xef\xbb\xbf\n%PDF-1.7\n"),
        ("rtf", b"{\\rtf1 a}"),
        ("txt", "Grüße an MZ\tund PK".encode()),
        ("txt", "Grüße".encode("utf-16")),
        ("txt", "Grüße".encode("latin-1")),
        ("txt", b"MZ is where I live"),
        ("csv", b"BM,1\n"),
        ("svg", b"<svg/>"),
        ("docx", package()),
        ("doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..."),
        ("mp3", b"ID3\x04..."),
        ("mp3", b"\xff\xfb\x90\x00"),
        ("wav", b"RIFF\0\0\0\0WAVEfmt "),
        ("mp4", b"\0\0\0\x20ftypisom"),
        ("webm", b"\x1a\x45\xdf\xa3..."),
    ],
)
def test_what_programs_write_is_what_its_name_says(name: str, content: bytes) -> None:
    assert bears_out(content, KINDS[name])


@pytest.mark.parametrize("family", sorted({kind.family for kind in KINDS.values()} - {"text", "bmp"}))
def test_no_text_passes_for_anything_else(family: str) -> None:
    kind = next(kind for kind in KINDS.values() if kind.family == family)
    assert not bears_out(b"<script>alert(1)</script>", kind)


def test_a_type_is_never_html_or_svg_for_a_picture() -> None:
    assert all(kind.mimetype.startswith("image/") for kind in KINDS.values() if kind.family in ("png", "jpeg", "gif", "webp"))


def test_the_extension_is_known_where_the_looks_leave_no_doubt() -> None:
    assert usual_extension(picture("JPEG")) == "jpg"
    assert usual_extension(b"%PDF-1.4") == "pdf"
    assert usual_extension(package()) == usual_extension(b"text") == ""


def test_nothing_looks_like_nothing() -> None:
    assert family_of(b"") == ""
