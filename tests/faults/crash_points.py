"""Points of a process at which it can be made to die, or its store to fail: before and after every call of the store.

A call is a statement or a commit of the database, or the writing or removing of a file's content.
"""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from docassemble_lite.errors import StoreAway
from docassemble_lite.store.contents import FolderContents

#: "dies": nothing of the process reaches the store any more. "fails": that one call raises what a store raises that is away.
How = Literal["dies", "fails"]


class Died(BaseException):
    """The end of the process. No `Exception`, so that nobody goes on after it."""


class CrashPoints:
    """Counts the points that are passed, from 1, and crashes at the one that is wanted."""

    def __init__(self, engine: Engine) -> None:
        self._how: How = "dies"
        self._wanted = 0
        self._armed = False
        #: How many points were passed since the latest block began, and what is to be said of the one that crashed.
        self.passed = 0
        self.told = ""
        event.listen(engine, "before_cursor_execute", lambda _, __, text, *___: self._pass_by(f"before {text}", _database_away))
        event.listen(engine, "after_cursor_execute", lambda _, __, text, *___: self._pass_by(f"after {text}", _database_away))
        engine.dialect.do_commit = self._around("commit", engine.dialect.do_commit, _database_away)  # type: ignore[method-assign]

    @contextmanager
    def crash(self, point: int, how: How) -> Iterator[None]:
        """`with crash(3, "dies"):` whatever calls the store for the third point in this block, crashes there."""
        self._how, self._wanted, self.passed, self.told = how, point, 0, "no point"
        write, remove = FolderContents.write, FolderContents.remove
        FolderContents.write = self._around("write", write, _contents_away)  # type: ignore[method-assign]
        FolderContents.remove = self._around("remove", remove, _contents_away)  # type: ignore[method-assign]
        self._armed = True
        try:
            yield
        except Died as died:
            # a statement that is still known would hold its connection, and with it what that has locked
            traceback.clear_frames(died.__traceback__)
        finally:
            self._armed = False
            FolderContents.write, FolderContents.remove = write, remove  # type: ignore[method-assign]

    def _around(self, name: str, call: Callable[..., Any], failure: Callable[[], Exception]) -> Callable[..., Any]:
        def called(*arguments: Any) -> Any:
            self._pass_by(f"before {name}", failure)
            result = call(*arguments)
            self._pass_by(f"after {name}", failure)
            return result

        return called

    def _pass_by(self, point: str, failure: Callable[[], Exception]) -> None:
        if not self._armed:
            return
        self.passed += 1
        if self.passed == self._wanted:
            self.told = f"point {self.passed}, {' '.join(point.split())[:90]}"
        if self._how == "dies" and self.passed >= self._wanted:
            raise Died
        if self._how == "fails" and self.passed == self._wanted:
            raise failure()


def _database_away() -> Exception:
    return OperationalError(None, None, sqlite3.OperationalError("away"))


def _contents_away() -> Exception:
    return StoreAway()
