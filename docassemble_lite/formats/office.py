"""Packages of office programs (DOCX, ODT …), which are ZIP files: whether they can be opened without harm.

No other archive is ever opened.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any, BinaryIO, cast

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
#: Bytes of the directory, which is in memory: a few hundred for each entry.
_MOST_OF_DIRECTORY = 1024 * 1024


def is_harmless_package(content: bytes | BinaryIO, extension: str, *, most_ratio: int = MOST_RATIO) -> bool:
    """Whether a package has what makes it one, and is neither a bomb nor locked.

    A package of an author may be unpacked to more than one that somebody has sent: drawings are packed very densely. Only
    its directory is read. Whoever reads an entry by Python's library gets no more than the directory says.
    """
    opened = io.BytesIO(content) if isinstance(content, bytes) else content
    size = opened.seek(0, io.SEEK_END)
    try:
        with zipfile.ZipFile(cast(BinaryIO, _Sparing(opened, size))) as package:
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


class _Sparing:
    """An open file that refuses to be read in large pieces: a directory may claim any size."""

    def __init__(self, opened: BinaryIO, size: int) -> None:
        self._opened = opened
        self._size = size

    def read(self, size: int = -1) -> bytes:
        left = self._size - self._opened.tell()
        if (left if size < 0 else min(size, left)) > _MOST_OF_DIRECTORY:
            raise ValueError("The directory of the package is too large.")
        return self._opened.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opened, name)


def _is_odd(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    return bool(entry.flag_bits & _ENCRYPTED) or ".." in parts or parts[0] == "" or ":" in parts[0]
