"""DOCX files from anywhere: whether they can be opened without harm, and what is in them."""

from __future__ import annotations

import io
import zipfile

from docassemble_lite.errors import DocumentError

#: How many files a package may hold.
MOST_ENTRIES = 2_000
#: Bytes of all files of a package together, once they are unpacked.
MOST_BYTES = 200 * 1024 * 1024
#: How many times larger a package may become by being unpacked.
MOST_RATIO = 100
_MAIN = "word/document.xml"
_ENCRYPTED = 0x1


def check_package(content: bytes) -> None:
    """Raise `DocumentError` unless the content is a DOCX file that is neither broken nor locked nor a bomb."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, OverflowError) as error:
        raise DocumentError("It isn't a DOCX file, or it is broken.") from error
    if _MAIN not in {entry.filename for entry in entries}:
        raise DocumentError("It isn't a DOCX file.")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise DocumentError("It is protected by a password.")
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    # entries that lie on top of each other have more than there is
    if len(entries) > MOST_ENTRIES or unpacked > MOST_BYTES or unpacked > MOST_RATIO * max(packed, 1) or packed > len(content):
        raise DocumentError("It becomes too large when it is unpacked.")


def parts_of(content: bytes) -> dict[str, bytes]:
    """The files of a package: name → content. Raises `DocumentError`."""
    check_package(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return {name: package.read(name) for name in package.namelist() if not name.endswith("/")}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise DocumentError("It isn't a DOCX file, or it is broken.") from error


def packed(parts: dict[str, bytes]) -> bytes:
    """A package with these files. The same files make the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return out.getvalue()
