"""Watches over one task while its code runs: signs of life, whether it is still wanted, and how long it takes.

The code runs in the main thread of its process, where a signal can end it even in the middle of a system call.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.tasks import Claimed
from docassemble_lite.visit.limits import TooLong
from docassemble_lite.visit.task_run import Stopped

log = logging.getLogger(__name__)

#: Seconds between two looks.
LOOK = 0.5
# seconds that code which was told to end has before its process is killed
_GRACE = 5.0
# seconds beyond its lease after which a process that doesn't respond at all ends itself
_UNRESPONSIVE = 30.0


class Watch:
    """`with Watch(…) as watch:` around the task, and `with watch.limit(seconds):` around its code."""

    def __init__(self, store: Store, settings: Settings, claimed: Claimed) -> None:
        self._store = store
        self._settings = settings
        self._claimed = claimed
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"watch {claimed.id[:8]}", daemon=True)
        self._main = threading.main_thread().ident or 0
        # while code runs: the moment (of time.monotonic) at which its time is up
        self._deadline: float | None = None
        # why it is to end, and since when
        self._reason: type[BaseException] | None = None
        self._told_at = 0.0
        self._next_beat = 0.0

    def __enter__(self) -> Self:
        signal.signal(signal.SIGUSR2, self._end_code)
        self._next_beat = time.monotonic() + self._settings.task_heartbeat
        self._thread.start()
        self._arm()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        faulthandler.cancel_dump_traceback_later()
        self._over.set()
        self._thread.join()

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Raises `TooLong` in the code when its time is up, `Stopped` when the task isn't ours any more."""
        self._reason = None
        self._deadline = time.monotonic() + seconds
        try:
            yield
        finally:
            self._deadline = None

    # --- in the main thread ----------------------------------------------------------------------------------------------

    def _end_code(self, _number: int, _frame: FrameType | None) -> None:
        # a signal may come when the code has just ended by itself
        if self._deadline is not None and self._reason is not None:
            raise self._reason

    # --- in the thread of the watch --------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while not self._over.wait(LOOK):
            try:
                self._beat()
            except SQLAlchemyError as error:
                # the store may be away for a while
                log.warning('action="heartbeat_failed" task=%s %s', self._claimed.id, type(error).__name__)
            self._end_if_due()

    def _beat(self) -> None:
        if time.monotonic() >= self._next_beat:
            self._arm()
            ours = self._store.tasks.renew(self._claimed, self._settings.task_lease)
            self._next_beat = time.monotonic() + self._settings.task_heartbeat
        else:
            ours = self._store.tasks.is_ours(self._claimed)
        if not ours:
            self._tell(Stopped)

    def _end_if_due(self) -> None:
        deadline = self._deadline
        if deadline is not None and time.monotonic() >= deadline:
            self._tell(TooLong)
        if self._reason is None or deadline is None:
            return
        if time.monotonic() - self._told_at > _GRACE:
            self._kill(self._reason)
        signal.pthread_kill(self._main, signal.SIGUSR2)

    def _tell(self, reason: type[BaseException]) -> None:
        if self._reason is None and self._deadline is not None:
            self._reason = reason
            self._told_at = time.monotonic()

    def _kill(self, reason: type[BaseException]) -> None:
        """The code doesn't end: its process has to."""
        log.error('action="task_killed" task=%s %s', self._claimed.id, reason.__name__)
        if reason is TooLong:
            self._store.tasks.give_up(self._claimed, "TooLong")
        logging.shutdown()
        os.kill(os.getpid(), signal.SIGKILL)

    def _arm(self) -> None:
        """End the process if this thread can't run for long, because native code holds the interpreter."""
        faulthandler.dump_traceback_later(self._settings.task_lease + _UNRESPONSIVE, exit=True)
