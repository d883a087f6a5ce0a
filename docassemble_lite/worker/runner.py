"""Runs one task: claim the row, keep the lease alive, evaluate, write how it ended."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from docassemble_lite.broker import Broker
from docassemble_lite.engine.program import Programs
from docassemble_lite.engine.source import Sources
from docassemble_lite.errors import AnswersNotStorable, LiteError
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.tasks import Claimed, FinishedTask
from docassemble_lite.visit import Visits

log = logging.getLogger(__name__)


class Runner:
    """Runs tasks in this process. To be made after the process was forked."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store: Store = open_store(settings)
        programs = Programs(Sources(settings.interviews, settings.packages))
        self.visits = Visits(self.store, programs, settings, Broker(settings))

    def run(self, task_id: str) -> None:
        """Run the task, if it is still waiting; whoever comes second finds it taken."""
        claimed = self.store.tasks.claim(task_id, self.settings.task_lease)
        if claimed is None:
            log.info('action="task_not_waiting" task=%s', task_id)
            return
        log.info('action="task_started" task=%s name=%s attempt=%d', claimed.id, claimed.action, claimed.attempt)
        with self._heartbeat(claimed):
            finished = self._finished(claimed)
        if not self._write(finished):
            log.warning('action="late_report" task=%s attempt=%d', claimed.id, claimed.attempt)
            return
        log.info('action="task_ended" task=%s state=%s', claimed.id, finished.state)

    def _finished(self, claimed: Claimed) -> FinishedTask:
        """How the task ended. Whatever an author's code raises ends the task, and never the worker."""
        try:
            return self.visits.run_task(claimed)
        except LiteError as error:
            return claimed.finished("failed", None, type(error).__name__)
        except Exception as error:
            log.exception('action="task_error" task=%s', claimed.id)
            return claimed.finished("failed", None, type(error).__name__)

    def _write(self, finished: FinishedTask) -> bool:
        try:
            return self.store.tasks.finish(finished)
        except AnswersNotStorable:
            log.exception('action="task_result_not_storable" task=%s', finished.claimed.id)
            return self.store.tasks.finish(finished.claimed.finished("failed", None, "AnswersNotStorable"))

    @contextmanager
    def _heartbeat(self, claimed: Claimed) -> Iterator[None]:
        """While the task runs, its lease is renewed."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(self.settings.task_heartbeat):
                if not self.store.tasks.renew(claimed, self.settings.task_lease):
                    return

        thread = threading.Thread(target=beat, name=f"heartbeat {claimed.id[:8]}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
