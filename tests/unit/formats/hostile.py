"""Files from people who mean harm, and from programs that don't know better. Each is made here; none is stored."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib

from PIL import Image

#: A photo of a telephone that was held upright: 48 by 64 pixels, red above and blue below, by a SECRETCAMERA.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERA"
    "AAIAAQAAAAAB7AABAAAAAAAAAGoAAgAAAAACVgABAAAAAAAAAD4AAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQAC"
    "AABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAA"
    "AAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaA"
    "AAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AwAA"
    "ABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAALBtZGF0AAAAZigBrxOA+BDhp//8TSj/+nXPD9PMiYn/+tNS"
    "R/hUO//WicPySkWzrHl9nv8H4h1KpEq3xpK+HfM2sf+d4tvFAhneIy6JZXLEP+zlxMa+qdw77mN6fapRbf83mqG4xuGn3Gx6O58SuAAAAAZFeGlmAABN"
    "TQAqAAAACAACAQ8AAgAAAA0AAAAmARIAAwAAAAEABgAAAAAAAFNFQ1JFVENBTUVSQQAA"
)
PNG = b"\x89PNG\r\n\x1a\n"


def picture(family: str = "PNG", size: tuple[int, int] = (30, 20), mode: str = "RGB", **more: object) -> bytes:
    """A harmless picture; its left half is red and its right half is blue."""
    made = Image.new(mode, size, "blue")
    made.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    made.save(out, family, **more)
    return out.getvalue()


def from_a_phone(family: str = "JPEG", orientation: int = 1) -> bytes:
    """A photo with what phones note: how it was held, by which camera, where."""
    notes = Image.Exif()
    notes[0x0112], notes[0x010F] = orientation, "SECRETCAMERA"
    notes[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 29: "SECRETPLACE"}
    return picture(family, exif=notes)


def package(entries: dict[str, bytes] | None = None, extension: str = "docx") -> bytes:
    """A ZIP file with what makes it a document."""
    main = {"docx": "word/document.xml", "odt": "content.xml", "xlsx": "xl/workbook.xml"}.get(extension, "a.txt")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in {main: b"<a/>", **(entries or {})}.items():
            made.writestr(name, content)
    return out.getvalue()


def pixel_flood(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def overlapping_bomb() -> bytes:
    """A ZIP file all entries of whose directory are one and the same few bytes."""
    given = bytearray(package({f"a{number}.xml": b"x" for number in range(40)}))
    end = given.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", given[end + 16 : end + 20])[0]
    position = start
    while given[position : position + 4] == b"PK\x01\x02":
        lengths = struct.unpack("<HHH", given[position + 28 : position + 34])
        given[position + 20 : position + 28] = struct.pack("<II", 2_000, 20_000)
        position += 46 + sum(lengths)
    return bytes(given)


def lying_entry() -> bytes:
    """A ZIP file that says an entry is smaller than it is."""
    given = bytearray(package({"big.xml": b"x" * 3_000_000}))
    position = given.index(b"PK\x01\x02", given.index(b"PK\x01\x02") + 4)
    given[position + 24 : position + 28] = struct.pack("<I", 10)
    return bytes(given)


#: (what it is, name, content) of files that are refused wherever any kind of file is taken.
REFUSED = [
    ("a page as a picture", "photo.png", b"<html><script>alert(1)</script></html>"),
    ("a program as a picture", "photo.jpg", b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 100),
    ("a program", "setup.exe", b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 100),
    ("a program of Linux without an extension", "run", b"\x7fELF\x02\x01\x01" + b"\0" * 100),
    ("an archive as a text", "notes.txt", package()),
    ("a picture as a text", "notes.txt", picture()),
    ("a picture as a document", "letter.pdf", picture()),
    ("a JPEG as a PNG", "photo.png", picture("JPEG")),
    ("a text as a document", "letter.docx", b"Dear Ann"),
    ("a ZIP file as a document", "letter.docx", package(extension="zip")),
    ("an archive with another name", "data.bin", package()),
    ("bytes as a text", "a.csv", b"a,b\n\x00\x01"),
    ("nothing but a beginning of a PNG", "photo.png", PNG),
    ("half a picture", "photo.png", picture(size=(300, 300))[:200]),
    ("a flood of pixels", "photo.png", pixel_flood()),
    ("a bomb", "letter.docx", package({"bomb.xml": b"\0" * 30_000_000})),
    ("too many entries", "letter.docx", package({f"{number}": b"" for number in range(2_001)})),
    ("an entry that climbs out", "letter.docx", package({"../../etc/passwd": b"x"})),
    ("an entry from the root", "letter.docx", package({"/etc/passwd": b"x"})),
    ("an entry on a drive", "letter.docx", package({"C:\\a": b"x"})),
    ("entries on top of each other", "letter.docx", overlapping_bomb()),
    ("a broken package", "letter.docx", package()[:60]),
    ("nothing", "nothing.txt", b""),
    ("a second name", "photo.png.html.jpg", b"<script>alert(1)</script>"),
]
