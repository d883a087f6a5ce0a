"""One visit to a session at a time, as long as everybody behaves.

A lock spares visits from colliding; it doesn't keep the answers right, the version of the session does. So whoever
waited long enough goes ahead without it. A lock ends with the process that holds it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

_FIRST_PAUSE = 0.005
_LONGEST_PAUSE = 0.05
# PostgreSQL's code for "gave up waiting for a lock"
_LOCK_NOT_AVAILABLE = "55P03"


class Locks(Protocol):
    """Locks on sessions, by their id."""

    def hold(self, session_id: str, seconds: float) -> AbstractContextManager[bool]:
        """`with hold(id, seconds) as got:` waits at most so long; `got` is False when somebody else still has it."""
        ...


class FileLocks:
    """Locks of processes on one machine: a file each in `folder`, there only while it is held."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    @contextmanager
    def hold(self, session_id: str, seconds: float) -> Iterator[bool]:
        """See `Locks.hold`."""
        path = self._folder / _digest(session_id).hex()
        descriptor = _wait_for_file(path, time.monotonic() + seconds)
        try:
            yield descriptor is not None
        finally:
            if descriptor is not None:
                path.unlink(missing_ok=True)
                os.close(descriptor)


def _wait_for_file(path: Path, deadline: float) -> int | None:
    pause = _FIRST_PAUSE
    while True:
        descriptor = _try_file(path)
        if descriptor is not None:
            return descriptor
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def _try_file(path: Path) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    # between opening and locking, the former holder may have removed the file that we opened
    if _is_same_file(descriptor, path):
        return descriptor
    os.close(descriptor)
    return None


def _is_same_file(descriptor: int, path: Path) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    ours = os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


class AdvisoryLocks:
    """Locks of processes on any machine, kept by PostgreSQL.

    They are advisory and not locks on rows: a stopped holder must not keep others from saving.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def hold(self, session_id: str, seconds: float) -> Iterator[bool]:
        """See `Locks.hold`."""
        key = int.from_bytes(_digest(session_id)[:8], "big", signed=True)
        with self._engine.connect() as connection:
            got = _wait_for_advisory(connection, key, seconds)
            if not got:
                connection.close()
            try:
                yield got
            finally:
                # the end of the transaction is the end of the lock
                connection.close()


def _wait_for_advisory(connection: Connection, key: int, seconds: float) -> bool:
    if seconds <= 0:
        got = bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key}))
        _stay_idle(connection)
        return got
    milliseconds = max(1, round(seconds * 1000))
    try:
        connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
        _stay_idle(connection)
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) != _LOCK_NOT_AVAILABLE:
            raise
        connection.rollback()
        return False
    return True


def _stay_idle(connection: Connection) -> None:
    # transactions that save are cut off when their process stalls; this one waits on purpose
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def _digest(session_id: str) -> bytes:
    return hashlib.sha256(session_id.encode()).digest()[:16]
