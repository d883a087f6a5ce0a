"""Runs one task: claim the row, watch over it, evaluate, write how it ended, poke the pages that wait."""

from __future__ import annotations

import logging
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from docassemble_lite.broker import Broker
from docassemble_lite.engine.program import Programs
from docassemble_lite.engine.source import Sources
from docassemble_lite.errors import AnswersTampered
from docassemble_lite.logs import about
from docassemble_lite.metrics import observe, show
from docassemble_lite.pokes import open_pokes
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import open_store
from docassemble_lite.store.tasks import Claimed, LateReport
from docassemble_lite.visit import Surroundings
from docassemble_lite.visit.task_run import Failure, Stopped, TaskRun
from docassemble_lite.worker.watch import Watch

log = logging.getLogger(__name__)

_MEGABYTE = 2**20
#: For Prometheus: the state of a task that was revoked or taken over.
STOPPED = "stopped"


def open_surroundings(settings: Settings) -> Surroundings:
    """What tasks need of a process. To be made after the process was forked, and before it runs any author's code."""
    programs = Programs(Sources(settings.interviews, settings.packages))
    return Surroundings(open_store(settings), programs, settings, Broker(settings), open_pokes(settings))


def bound_memory(megabytes: int) -> None:
    """From now on this process can't take more; code that tries gets a MemoryError. 0: no bound."""
    if megabytes > 0:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = megabytes * _MEGABYTE
        resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


class Runner:
    """Runs tasks in this process, in its main thread."""

    def __init__(self, settings: Settings) -> None:
        bound_memory(settings.task_memory)
        self.settings = settings
        self.surroundings = open_surroundings(settings)

    def run(self, task_id: str) -> None:
        """Run the task, if it is still waiting; whoever comes second finds it taken."""
        try:
            claimed = self.surroundings.store.tasks.claim(task_id, self.settings.task_lease)
        except AnswersTampered as error:
            log.error('action="task_tampered" task=%s %s', task_id, error)
            return
        if claimed is None:
            log.info('action="task_not_waiting" task=%s', task_id)
            return
        log.info(
            'action="task_started" task=%s interview=%s attempt=%d',
            claimed.id,
            claimed.interview,
            claimed.attempt,
        )
        self._end(claimed, TaskRun.run)

    def end_lost(self) -> int:
        """Run the error action of a task whose worker is gone, and end the task; how many there were."""
        # one at a time: nobody would give signs of life for those that wait their turn
        lost = self.surroundings.store.tasks.lost(self.settings.task_lease, most=1)
        for claimed in lost:
            self._end(claimed, TaskRun.end_lost)
        return len(lost)

    def _end(self, claimed: Claimed, carry_out: Callable[[TaskRun], str]) -> None:
        with (
            about(task=claimed.id, session=claimed.session_id, interview=claimed.interview),
            self._measured(claimed) as note_state,
        ):
            note_state(self._ended(claimed, carry_out))

    @contextmanager
    def _measured(self, claimed: Claimed) -> Iterator[Callable[[str], None]]:
        """Give Prometheus how the task ended, which is to be told, and how long it ran."""
        began, states = time.monotonic(), [STOPPED]
        show("running_tasks", 1)
        try:
            yield states.append
        finally:
            show("running_tasks", 0)
            observe(
                "task_duration_seconds",
                time.monotonic() - began,
                interview=claimed.interview,
                action=self._known_action(claimed),
                state=states[-1],
            )

    def _known_action(self, claimed: Claimed) -> str:
        return self.surroundings.programs.known_action(claimed.interview, claimed.action)

    def _ended(self, claimed: Claimed, carry_out: Callable[[TaskRun], str]) -> str:
        """How it ended; `STOPPED` where that isn't for this attempt to say."""
        with Watch(self.surroundings.store, self.settings, claimed) as watch:
            run = TaskRun(self.surroundings, claimed, watch.limit)
            try:
                state = self._carried_out(run, carry_out)
            except LateReport:
                log.warning('action="late_report" task=%s attempt=%d', claimed.id, claimed.attempt)
                return STOPPED
            except Stopped:
                self._tell_why_stopped(claimed)
                return STOPPED
        log.info('action="task_ended" task=%s name=%s state=%s', claimed.id, self._known_action(claimed), state)
        self.surroundings.pokes.send(claimed.session_id)
        return state

    def _tell_why_stopped(self, claimed: Claimed) -> None:
        listed = self.surroundings.store.tasks.listed(claimed.id)
        action = "task_stopped" if listed is not None and listed.state == "revoked" else "late_report"
        log.warning('action="%s" task=%s attempt=%d', action, claimed.id, claimed.attempt)

    def _carried_out(self, run: TaskRun, carry_out: Callable[[TaskRun], str]) -> str:
        """How the task ended. Whatever goes wrong ends the task, and never the worker."""
        try:
            return carry_out(run)
        except LateReport:
            raise
        except Exception as error:
            log.exception('action="task_error" task=%s', run.claimed.id)
            return run.fail(Failure(type(error).__name__, str(error)))
