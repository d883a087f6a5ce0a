"""Sees to tasks that nobody runs: wakes those whose message was lost, ends those whose worker died."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from docassemble_lite.broker import Broker
from docassemble_lite.pokes import Pokes, open_pokes
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store

log = logging.getLogger(__name__)

_DAY = 86400.0
# seconds between two looks for keys that aren't needed any more
_FORGET_KEYS_EVERY = 3600.0


class Sweeper:
    """Sweeps at intervals, in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store: Store = open_store(settings)
        self.broker = Broker(settings)
        self.pokes: Pokes = open_pokes(settings)
        # the process that runs error actions of lost tasks, as author's code has no business in this one
        self._ending: subprocess.Popen[bytes] | None = None
        self._forget_keys_at = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sweep_at_intervals, name="sweeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(timeout=5)
        self.store.close()

    def sweep(self) -> None:
        """One sweep."""
        for task_id in self.store.tasks.overdue(self.settings.task_sweep):
            log.info('action="task_woken" task=%s', task_id)
            self.broker.wake(task_id)
        for _, session_id in self.store.tasks.end_lost():
            self.pokes.send(session_id)
        if self.store.tasks.has_lost():
            self._run_error_actions()
        self._forget_keys()

    def _run_error_actions(self) -> None:
        if self._ending is not None and self._ending.poll() is None:
            return
        self._ending = subprocess.Popen([sys.executable, "-m", "docassemble_lite.worker.ending"], stdin=subprocess.PIPE)
        assert self._ending.stdin
        with self._ending.stdin as settings:
            pickle.dump(self.settings, settings)

    def _forget_keys(self) -> None:
        if time.monotonic() < self._forget_keys_at:
            return
        self._forget_keys_at = time.monotonic() + _FORGET_KEYS_EVERY
        self.store.tasks.forget_keys(self.settings.task_retry_days * _DAY)

    def _sweep_at_intervals(self) -> None:
        while not self._over.wait(self.settings.task_sweep):
            try:
                self.sweep()
            except SQLAlchemyError:
                # the store may be away for a while; the next sweep tries again
                log.exception('action="sweep_failed"')
