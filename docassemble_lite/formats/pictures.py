"""Pictures from outside: decoded to see that they are ones, turned upright, scaled, without what cameras note beside them."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL import Image

#: Pixels that a picture may have.
MOST_PIXELS = 50_000_000
_FORMATS = {"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP", "bmp": "BMP", "tiff": "TIFF"}
#: What pictures can be turned into.
WRITTEN = ("png", "jpeg", "bmp", "gif", "webp", "tiff")
_QUALITY = 90
_ORIENTATION = 0x0112
# what Pillow raises for contents that are broken in one way or another
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, ArithmeticError, struct.error, NotImplementedError)


class BrokenPicture(Exception):
    """The content can't be decoded."""


class TooManyPixels(Exception):
    """The picture is larger than this server decodes."""


def checked(content: bytes | BinaryIO, family: str) -> Image.Image:
    """The first frame of a picture of that family. Raises `BrokenPicture` and `TooManyPixels`, before it is decoded."""
    from PIL import Image

    try:
        picture: Image.Image = Image.open(_open(content), formats=[_FORMATS[family]])
        if picture.width * picture.height > MOST_PIXELS:
            raise TooManyPixels
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except _BROKEN as error:
        raise BrokenPicture from error
    return picture


def cleaned(content: bytes, family: str, *, longest: int | None = None, wanted: str = "") -> tuple[bytes, str]:
    """A picture as it is kept, and its family: upright, no longer or wider than `longest` pixels, of the `wanted` family.

    What was noted beside the picture, e.g. where it was taken, is gone. One that needs no change loses nothing else.
    """
    from PIL import ImageOps

    picture = checked(content, family)
    target = wanted or family
    turned = picture.getexif().get(_ORIENTATION, 1) != 1
    scaled = longest is not None and max(picture.size) > longest
    if not (turned or scaled or target != family):
        if family == "jpeg":
            return _without_notes(content), family
        if family not in ("png", "webp", "tiff") or not _has_notes(picture):
            return content, family
    upright = ImageOps.exif_transpose(picture) if turned else picture
    if scaled and longest is not None:
        upright.thumbnail((longest, longest))
    return encoded(upright, target), target


def encoded(picture: Image.Image, family: str) -> bytes:
    """A picture as a file of that family, without notes."""
    from PIL import Image

    profile = picture.info.get("icc_profile")
    if family in ("jpeg", "bmp"):
        picture = _flat(picture)
    elif picture.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
        picture = picture.convert("RGBA" if "A" in picture.mode else "RGB")
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    if picture.mode == "P":
        bare.putpalette(picture.getpalette() or [])
        if "transparency" in picture.info:
            bare.info["transparency"] = picture.info["transparency"]
    out = io.BytesIO()
    options = {"quality": _QUALITY} if family in ("jpeg", "webp") else {}
    keeps_colours = profile and picture.mode in ("RGB", "RGBA") and family in ("jpeg", "png", "webp", "tiff")
    bare.save(out, _FORMATS[family], **options, **({"icc_profile": profile} if keeps_colours else {}))
    return out.getvalue()


def preview(content: bytes | BinaryIO, family: str, longest: int) -> bytes:
    """A small PNG of a picture."""
    picture = checked(content, family)
    if picture.mode not in ("L", "RGB", "RGBA"):
        picture = picture.convert("RGBA")
    picture.thumbnail((longest, longest))
    return encoded(picture, "png")


def pages(content: bytes, family: str) -> list[bytes]:
    """The pages of a picture, each as a picture: a TIFF may have several. Raises `BrokenPicture` and `TooManyPixels`."""
    from PIL import ImageSequence

    picture = checked(content, family)
    if family != "tiff" or getattr(picture, "n_frames", 1) == 1:
        return [content]
    try:
        return [_page(frame) for frame in ImageSequence.Iterator(picture)]
    except _BROKEN as error:
        raise BrokenPicture from error


def _page(frame: Image.Image) -> bytes:
    if frame.width * frame.height > MOST_PIXELS:
        raise TooManyPixels
    return encoded(frame, "png")


def _open(content: bytes | BinaryIO) -> BinaryIO:
    return io.BytesIO(content) if isinstance(content, bytes) else content


def _flat(picture: Image.Image) -> Image.Image:
    """Without transparency: on white."""
    from PIL import Image

    if picture.mode in ("LA", "RGBA", "PA") or "transparency" in picture.info:
        shown = picture.convert("RGBA")
        ground = Image.new("RGB", shown.size, "white")
        ground.paste(shown, mask=shown.getchannel("A"))
        return ground
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


def _has_notes(picture: Image.Image) -> bool:
    noted = {"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop"}
    exif = picture.getexif()
    # a TIFF consists of such entries; those that tell of place, camera and time are in directories of their own
    private = {0x8825, 0x8769, 0x02BC, 0x83BB}
    return bool(noted & picture.info.keys()) if picture.format != "TIFF" else bool(private & set(exif))


def _without_notes(content: bytes) -> bytes:
    """A JPEG without the segments of EXIF, XMP, IPTC and comments; the picture itself isn't touched."""
    kept = bytearray(content[:2])
    position = 2
    while position + 4 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker == 0xDA:
            return bytes(kept) + content[position : _end_of_picture(content)]
        if marker == 0xFF:
            # a marker may have fill bytes before it
            position += 1
            continue
        length = int.from_bytes(content[position + 2 : position + 4], "big") + 2
        if marker not in (0xE1, 0xED, 0xFE):
            kept += content[position : position + length]
        position += length
    return bytes(kept) + content[position:]


def _end_of_picture(content: bytes) -> int:
    """Where the picture ends: behind it phones put a second one, or a film, with notes of its own."""
    position = 2
    while position + 4 <= len(content):
        if content[position] != 0xFF:
            position += 1
            continue
        marker = content[position + 1]
        if marker == 0xD9:
            return position + 2
        if marker == 0x00 or marker == 0xFF or 0xD0 <= marker <= 0xD7:
            # coded picture data
            position += 2 if marker != 0xFF else 1
            continue
        position += int.from_bytes(content[position + 2 : position + 4], "big") + 2
    return len(content)
