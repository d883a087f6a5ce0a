"""DOCX files from anywhere: whether they can be opened without harm, and what is in them."""

from __future__ import annotations

import io
import zipfile

from docassemble_lite.errors import DocumentError
from docassemble_lite.formats.office import MOST_RATIO_OF_AUTHORS, is_harmless_package


def check_package(content: bytes) -> None:
    """Raise `DocumentError` unless the content is a DOCX file that is neither broken nor locked nor a bomb.

    What somebody has sent was looked at more strictly when it came.
    """
    if not is_harmless_package(content, "docx", most_ratio=MOST_RATIO_OF_AUTHORS):
        raise DocumentError("It isn't a DOCX file, or it is broken, locked, or far too large when it is unpacked.")


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
