"""Packages of office programs (DOCX, ODT …), which are ZIP files: whether they can be opened without harm.

No other archive is ever opened.
"""

from __future__ import annotations

import io
import zipfile
from typing import BinaryIO

#: Extensions of such packages, and what each of them has in it.
PACKAGES = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "pptx": "ppt/presentation.xml",
    "odt": "content.xml",
    "ods": "content.xml",
}
MOST_ENTRIES = 2_000
#: Bytes of all entries together, once they are unpacked.
MOST_BYTES = 200 * 1024 * 1024
#: How many times larger they may become by being unpacked.
MOST_RATIO = 100
MOST_RATIO_OF_AUTHORS = 1000
_ENCRYPTED = 0x1


def is_harmless_package(content: bytes | BinaryIO, extension: str, *, most_ratio: int = MOST_RATIO) -> bool:
    """Whether a package has what makes it one, and is neither a bomb nor locked.

    A package of an author may be unpacked to more than one that somebody has sent: drawings are packed very densely. Only
    its directory is read. Whoever reads an entry by Python's library gets no more than the directory says.
    """
    opened = io.BytesIO(content) if isinstance(content, bytes) else content
    size = opened.seek(0, io.SEEK_END)
    try:
        with zipfile.ZipFile(opened) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, OverflowError):
        return False
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    return (
        len(entries) <= MOST_ENTRIES
        and unpacked <= MOST_BYTES
        # entries that lie on top of each other have more than there is
        and packed <= size
        and unpacked <= most_ratio * max(packed, 1)
        and PACKAGES[extension] in {entry.filename for entry in entries}
        and not any(_is_odd(entry) for entry in entries)
    )


def _is_odd(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    return bool(entry.flag_bits & _ENCRYPTED) or ".." in parts or parts[0] == "" or ":" in parts[0]
