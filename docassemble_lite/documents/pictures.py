"""Pictures for documents: checked, in a format that every program reads, and without empty edges where that is wanted."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from docassemble_lite.errors import DocumentError

if TYPE_CHECKING:
    from PIL import Image

#: Pixels that a picture may have.
MOST_PIXELS = 50_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
# what word processors and Typst both read; everything else becomes a PNG
_KEPT = ("PNG", "JPEG")


def picture(content: bytes) -> bytes:
    """The picture as PNG or JPEG. Raises `DocumentError`."""
    opened = _opened(content)
    return content if opened.format in _KEPT else _png(opened)


def trimmed(content: bytes) -> bytes:
    """The picture as PNG or JPEG without the empty edges around what is drawn. Raises `DocumentError`."""
    opened = _opened(content)
    box = _drawn(opened)
    return picture(content) if box is None or box == (0, 0, *opened.size) else _png(opened.convert("RGBA").crop(box))


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
    from PIL import Image

    try:
        with warnings.catch_warnings():
            # we have a bound of our own
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content), formats=_FORMATS)
            if opened.width * opened.height > MOST_PIXELS:
                raise DocumentError("A picture in it is too large.")
            opened.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DocumentError("A picture in it can't be read.") from error
    return opened


def _png(opened: Image.Image) -> bytes:
    out = io.BytesIO()
    opened.convert("RGBA").save(out, "PNG")
    return out.getvalue()
