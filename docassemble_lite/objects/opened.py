"""Files that author code works on under a path.

What is stored is encrypted, so code that wants a path gets a copy in a private folder, which goes with the evaluation.
What it changed there becomes the file's content when the evaluation ends well.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from docassemble_lite.host import Current, current

if TYPE_CHECKING:
    from docassemble_lite.objects.stored_file import StoredFile


@dataclass
class _Opened:
    """A file that is open under a path; `mark` tells one state of what lies there from another."""

    file: StoredFile
    path: Path
    mark: tuple[int, int, int]


class OpenedFiles:
    """What one evaluation has open."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dal-files-"))
        # even if the evaluation is given up, it goes at the latest with the process
        self._removal = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._files: dict[int, _Opened] = {}
        self._made = 0

    def path_of(self, file: StoredFile, open_content: Callable[[], BinaryIO]) -> Path:
        """Where code finds the file; `open_content` opens what it has so far."""
        opened = self._files.get(id(file))
        if opened is None:
            path = self._folder / f"{len(self._files) + 1}.{file.extension}"
            path.touch(mode=0o600)
            with open_content() as content, path.open("wb") as out:
                shutil.copyfileobj(content, out)
            # the object is kept, so that its identity stays its own
            opened = self._files[id(file)] = _Opened(file, path, _mark(path))
        return opened.path

    def changed_path(self, file: StoredFile) -> Path | None:
        """The file's path, if code has written something there since this was last asked."""
        opened = self._files.get(id(file))
        if opened is None or not opened.path.is_file() or _mark(opened.path) == opened.mark:
            return None
        opened.mark = _mark(opened.path)
        return opened.path

    def replaced(self, file: StoredFile, content: bytes) -> None:
        """The file has another content now."""
        opened = self._files.get(id(file))
        if opened is not None:
            opened.path.write_bytes(content)
            opened.mark = _mark(opened.path)

    def new_path(self, extension: str) -> Path:
        """A path for a file that goes with the evaluation."""
        self._made += 1
        return self._folder / f"made-{self._made}.{extension}"

    def holds(self, path: Path) -> bool:
        """Whether a path is one of a file that is open or was made here."""
        return path.is_absolute() and path.resolve().is_relative_to(self._folder.resolve()) and path.is_file()

    def commit(self) -> None:
        """Keep what code has written."""
        for opened in self._files.values():
            opened.file.commit()

    def close(self) -> None:
        """Remove all copies."""
        self._removal()


def _mark(path: Path) -> tuple[int, int, int]:
    found = os.stat(path)
    return found.st_mtime_ns, found.st_size, found.st_ino


def opened_files() -> OpenedFiles:
    """What the current evaluation has open."""
    state = current()
    if state.opened is None:
        state.opened = OpenedFiles()
    opened: OpenedFiles = state.opened
    return opened


def commit_opened(state: Current) -> None:
    """Keep what code of an evaluation has written to files that it has open."""
    if state.opened is not None:
        state.opened.commit()


def close_opened(state: Current) -> None:
    """Remove the copies of files that an evaluation has open."""
    if state.opened is not None:
        state.opened.close()
        state.opened = None
