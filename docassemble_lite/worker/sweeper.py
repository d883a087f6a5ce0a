"""Sees to tasks that nobody runs: wakes those whose message was lost, ends those whose worker died."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from docassemble_lite.broker import Broker
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store

log = logging.getLogger(__name__)


class Sweeper:
    """Sweeps at intervals, in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store: Store = open_store(settings)
        self.broker = Broker(settings)
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
        self.store.tasks.end_lost()

    def _sweep_at_intervals(self) -> None:
        while not self._over.wait(self.settings.task_sweep):
            try:
                self.sweep()
            except SQLAlchemyError:
                # the store may be away for a while; the next sweep tries again
                log.exception('action="sweep_failed"')
