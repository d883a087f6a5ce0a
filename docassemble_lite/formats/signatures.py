"""Signatures: what was drawn, checked."""

from __future__ import annotations

from docassemble_lite.formats.pictures import checked, encoded

_MOST_PIXELS = 4_000_000


class NoSignature(Exception):
    """Nothing was drawn."""


def drawn(content: bytes) -> bytes:
    """What was drawn as a transparent PNG. Raises `NoSignature`, `BrokenPicture` and `TooManyPixels`."""
    picture = checked(content, "png")
    if picture.width * picture.height > _MOST_PIXELS:
        raise NoSignature
    picture = picture.convert("RGBA")
    if picture.getchannel("A").getbbox() is None:
        raise NoSignature
    return encoded(picture, "png")
