"""Pictures for documents: in a format that every program reads, and without empty edges where that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docassemble_lite.errors import DocumentError
from docassemble_lite.formats.kinds import PICTURES, family_of
from docassemble_lite.formats.pictures import BrokenPicture, TooManyPixels, checked, cleaned, encoded

if TYPE_CHECKING:
    from PIL import Image

# what word processors and Typst both read
_KEPT = ("png", "jpeg")


def picture(content: bytes) -> bytes:
    """The picture as PNG or JPEG. Raises `DocumentError`."""
    family = _family(content)
    try:
        return cleaned(content, family, wanted="" if family in _KEPT else "png")[0]
    except (BrokenPicture, TooManyPixels) as error:
        raise DocumentError("A picture in it can't be read, or is too large.") from error


def trimmed(content: bytes) -> bytes:
    """The picture as PNG or JPEG without the empty edges around what is drawn. Raises `DocumentError`."""
    opened = _opened(content)
    box = _drawn(opened)
    return picture(content) if box is None or box == (0, 0, *opened.size) else encoded(opened.convert("RGBA").crop(box), "png")


def size(content: bytes) -> tuple[int, int]:
    """Width and height of a picture in pixels. Raises `DocumentError`."""
    return _opened(content).size


def _drawn(opened: Image.Image) -> tuple[int, int, int, int] | None:
    """The box around everything that is neither transparent nor white; None if there is nothing."""
    from PIL import Image, ImageChops

    colors = opened.convert("RGBA")
    paper = Image.new("RGBA", colors.size, "white")
    paper.alpha_composite(colors)
    flat = paper.convert("RGB")
    return ImageChops.difference(flat, Image.new("RGB", flat.size, "white")).getbbox()


def _opened(content: bytes) -> Image.Image:
    try:
        return checked(content, _family(content))
    except (BrokenPicture, TooManyPixels) as error:
        raise DocumentError("A picture in it can't be read, or is too large.") from error


def _family(content: bytes) -> str:
    family = family_of(content)
    if family not in PICTURES:
        raise DocumentError("A picture in it can't be read.")
    return family
