"""Sees to tasks that nobody runs: wakes those whose message was lost, ends those whose worker died.

A task that waits because all workers are busy has its message in the broker. Sending it again at every look would pile up
messages faster than workers take them, so only as many are sent as are missing.
"""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from docassemble_lite.broker import Broker
from docassemble_lite.metrics import count
from docassemble_lite.pokes import Pokes, open_pokes
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.worker.forking import undisturbed
from docassemble_lite.worker.watch import LOOK

log = logging.getLogger(__name__)

_DAY = 86400.0
# seconds between two looks for keys that aren't needed any more
_FORGET_KEYS_EVERY = 3600.0
# messages that one look sends at most
_MOST_MESSAGES = 100


class Sweeper:
    """Looks at intervals, in two threads: a broker that doesn't answer must not keep lost tasks from being ended."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store: Store = open_store(settings)
        self.broker = Broker(settings)
        self.pokes: Pokes = open_pokes(settings)
        # the process that runs error actions of lost tasks, as author's code has no business in this one
        self._ending: subprocess.Popen[bytes] | None = None
        self._forget_keys_at = 0.0
        # the moment (of time.monotonic) since which the store has been there; None: it wasn't at the last look
        self._there_since: float | None = None
        # when the store and the broker were last reached; a worker that has come so far has reached them
        self._reached = dict.fromkeys(("store", "broker"), time.monotonic())
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._at_intervals, args=(look,), name=name, daemon=True)
            for name, look in (("sweeper", self.end_lost), ("waker", self.wake_missed))
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def runs_error_action(self) -> bool:
        """Whether there is a process that runs error actions."""
        return self._ending is not None and self._ending.poll() is None

    def signs_of_life(self) -> dict[str, float]:
        """For how many seconds the "store" and the "broker" haven't been reached. It is tried at each look."""
        now = time.monotonic()
        return {part: now - moment for part, moment in self._reached.items()}

    def finish(self) -> None:
        """Begin nothing more. The error action that is running may go on to its end."""
        self._over.set()
        if self._ending is not None:
            self._ending.terminate()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self.store.close()

    def wake_missed(self) -> None:
        """Tell the workers again of tasks that wait, if there are fewer messages than such tasks."""
        unread = self.broker.unread()
        if unread is None:
            return
        self._reached["broker"] = time.monotonic()
        with undisturbed():
            missing = self.store.tasks.waiting() - unread
            overdue = self.store.tasks.overdue(self.settings.task_sweep, min(missing, _MOST_MESSAGES)) if missing > 0 else []
        for task_id in overdue:
            log.info('action="task_woken" task=%s', task_id)
            count("tasks_woken")
            if not self.broker.send(task_id):
                return

    @undisturbed()
    def end_lost(self) -> None:
        """End the tasks whose worker died, and run their error actions."""
        try:
            if not self._workers_can_tell():
                return
            for _, session_id in self.store.tasks.end_lost():
                count("tasks_lost")
                self.pokes.send(session_id)
            if self.store.tasks.has_lost():
                self._run_error_actions()
            self._forget_keys()
        except SQLAlchemyError:
            self._there_since = None
            raise

    def _workers_can_tell(self) -> bool:
        """Whether the store has been there long enough for signs of life, which nobody could give while it was away."""
        self.store.tasks.has_lost()
        now = self._reached["store"] = time.monotonic()
        if self._there_since is None:
            self._there_since = now
        # a sign of life that is due comes at the next look of its worker, which may just have looked in vain
        return now - self._there_since >= self.settings.task_heartbeat + 2 * LOOK

    def _run_error_actions(self) -> None:
        if self.runs_error_action or self._over.is_set():
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

    def _at_intervals(self, look: Callable[[], None]) -> None:
        while not self._over.wait(self.settings.task_sweep):
            result = "failed"
            try:
                look()
                result = "done"
            except Exception:
                # the store may be away for a while, or the machine have no memory left; the next look tries again
                log.exception('action="sweep_failed"')
            count("sweeps", look=look.__name__, result=result)
