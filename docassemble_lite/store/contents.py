"""Where the contents of files lie: under keys, outside of the database.

What is written here is encrypted already, and a key says nothing of what it stands for.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from docassemble_lite.errors import StoreAway

# keys are spread over so many folders that none of them becomes slow
_FOLDER_LETTERS = 2
_NEW_ONLY = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class Contents(Protocol):
    """Bytes under keys (lower-case hexadecimal digits, at least three). What was written once never changes.

    Every method raises `StoreAway` when the place can't be reached, is full, or refuses what is asked of it.
    """

    def write(self, key: str, pieces: Iterable[bytes]) -> None:
        """Keep the bytes; when this returns, they outlast a loss of power. Raises `FileExistsError` for a key in use.

        Whoever reads meanwhile finds all of it or nothing. The pieces are taken one by one, and what taking one raises is raised.
        """
        ...

    def read(self, key: str) -> bytes:
        """The bytes. Raises `FileNotFoundError`."""
        ...

    def read_part(self, key: str, start: int, length: int) -> bytes:
        """So many of the bytes (1 or more), fewer where they end before. Raises `FileNotFoundError`."""
        ...

    def remove(self, keys: Iterable[str]) -> None:
        """Forget what lies under these keys; those under which there is nothing are passed over."""
        ...


class FolderContents:
    """Contents as files of a folder of this machine, or of one that several machines share."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder

    def write(self, key: str, pieces: Iterable[bytes]) -> None:
        """See `Contents.write`."""
        path = self._path(key)
        if path.exists():
            raise FileExistsError(path)
        with _away_if_it_fails():
            self._write(path, pieces)

    def _write(self, path: Path, pieces: Iterable[bytes]) -> None:
        self._make_folder(path.parent)
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            with open(os.open(unfinished, _NEW_ONLY, 0o600), "wb") as out:
                for piece in pieces:
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def read(self, key: str) -> bytes:
        """See `Contents.read`."""
        with _away_if_it_fails():
            return self._path(key).read_bytes()

    def read_part(self, key: str, start: int, length: int) -> bytes:
        """See `Contents.read_part`."""
        with _away_if_it_fails(), self._path(key).open("rb", buffering=0) as content:
            return os.pread(content.fileno(), length, start)

    def remove(self, keys: Iterable[str]) -> None:
        """See `Contents.remove`."""
        with _away_if_it_fails():
            for key in keys:
                self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / key[:_FOLDER_LETTERS] / key

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(exist_ok=True, mode=0o700)
            _sync_folder(self._folder)


@contextmanager
def _away_if_it_fails() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreAway from error


def _sync_folder(folder: Path) -> None:
    """See to it that the names in a folder outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
