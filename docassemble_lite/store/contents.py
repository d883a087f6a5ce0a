"""Where the contents of files lie: under keys, outside of the database.

What is written here is encrypted already, and a key says nothing of what it stands for.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

# keys are spread over so many folders that none of them becomes slow
_FOLDER_LETTERS = 2
_NEW_ONLY = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class Contents(Protocol):
    """Bytes under keys (lower-case hexadecimal digits, at least three). What was written once never changes."""

    def write(self, key: str, content: bytes) -> None:
        """Keep the bytes; when this returns, they outlast a loss of power. Raises `FileExistsError` for a key in use."""
        ...

    def read(self, key: str) -> bytes:
        """The bytes. Raises `FileNotFoundError`."""
        ...

    def remove(self, keys: Iterable[str]) -> None:
        """Forget what lies under these keys; those under which there is nothing are passed over."""
        ...


class FolderContents:
    """Contents as files of a folder of this machine, or of one that several machines share."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder

    def write(self, key: str, content: bytes) -> None:
        """See `Contents.write`. Whoever looks finds all of it or nothing."""
        path = self._path(key)
        if path.exists():
            raise FileExistsError(path)
        self._make_folder(path.parent)
        unfinished = path.with_name(f".{key}.{secrets.token_hex(8)}")
        try:
            with open(os.open(unfinished, _NEW_ONLY, 0o600), "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def read(self, key: str) -> bytes:
        """See `Contents.read`."""
        return self._path(key).read_bytes()

    def remove(self, keys: Iterable[str]) -> None:
        """See `Contents.remove`."""
        for key in keys:
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / key[:_FOLDER_LETTERS] / key

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(exist_ok=True, mode=0o700)
            _sync_folder(self._folder)


def _sync_folder(folder: Path) -> None:
    """See to it that the names in a folder outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
