"""One run of a scheduled task: in every session that it is for, a few at a time, each at most once for a slot of time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from typing import Literal

from docassemble_lite.broker import Broker
from docassemble_lite.clock import naive_utc
from docassemble_lite.engine.program import Programs
from docassemble_lite.engine.source import Sources
from docassemble_lite.errors import AuthorError, EvaluationError, InterviewNotFound, SavedByAnother, StoreAway
from docassemble_lite.logs import about, log_to_stderr, session_shown
from docassemble_lite.pokes import open_pokes
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import open_store
from docassemble_lite.visit import Surroundings
from docassemble_lite.visit.scheduled import IN_BACKGROUND, ScheduledVisits

log = logging.getLogger(__name__)

#: The task that also deletes what nobody has used for long.
DAILY = "cron_daily"
#: Seconds that a session may be somebody else's before it is left for the end, and seconds then.
PATIENCE = 5.0
LAST_PATIENCE = 30.0
_BATCH = 200
How = Literal["ran", "deleted", "busy", "gone", "failed"]


@dataclass
class Tally:
    """How many sessions there were, by how it went; `deleted` also counts those that nobody has used for long."""

    ran: int = 0
    failed: int = 0
    busy: int = 0
    deleted: int = 0

    @property
    def all_well(self) -> bool:
        """Whether nothing was left undone."""
        return not self.failed and not self.busy


@dataclass(frozen=True)
class Done:
    """How it went in one session; `text` is what its interview said."""

    session_id: str
    how: How
    text: str = ""


class Worker:
    """Runs the task in sessions, in one process, for one slot of time after the other."""

    def __init__(self, settings: Settings, event: str, slot: str) -> None:
        self.surroundings = surroundings_of(settings)
        self._event = event
        self.slot = slot
        self._visits = ScheduledVisits(self.surroundings, self.surroundings.store.people.cron())

    def run(self, session_id: str, patience: float) -> Done:
        """Run it in a session; whatever goes wrong there is logged, and no reason to leave the others alone."""
        slots = self.surroundings.store.cron

        def claim() -> bool:
            return slots.claim(session_id, self._event, self.slot)

        try:
            with about(session=session_id):
                ran = self._visits.run(session_id, self._event, patience=patience, claim=claim)
        except Exception as error:
            log.error(
                'action="cron_failed" event=%s session=%s interview=%s %s',
                self._event,
                session_shown(session_id),
                self.surroundings.store.sessions.interview_of(session_id),
                self._told(error),
                exc_info=None if isinstance(error, AuthorError) else error,
            )
            return Done(session_id, "failed")
        if ran.how == "deleted":
            log.info('action="cron_deleted" event=%s session=%s', self._event, session_shown(session_id))
        return Done(session_id, ran.how, ran.text)

    def _told(self, error: Exception) -> str:
        if isinstance(error, EvaluationError) and self.surroundings.settings.debug:
            return f"{error}\n{error.trace}"
        return error.without_answers() if isinstance(error, AuthorError) else type(error).__name__


def begin_log(settings: Settings, *, everything: bool = False) -> None:
    """A failure is told by the log; what isn't of interest in a crontab's mail isn't, unless `everything` is wanted."""
    log_to_stderr(debug=settings.debug, form=settings.log_format)
    if everything:
        return
    logging.getLogger("docassemble_lite").setLevel(logging.DEBUG if settings.debug else logging.WARNING)


def surroundings_of(settings: Settings) -> Surroundings:
    """What visits need, for a process that is no web server."""
    programs = Programs(Sources(settings.interviews, settings.packages))
    return Surroundings(open_store(settings), programs, settings, Broker(settings), open_pokes(settings))


# --- which sessions --------------------------------------------------------------------------------------------------


def interviews_for(surroundings: Surroundings, event: str) -> list[str]:
    """The interviews that answer a scheduled task, of those whose sessions allow any."""
    return [name for name in surroundings.store.sessions.interviews_allowing_cron() if _answers(surroundings, name, event)]


def _answers(surroundings: Surroundings, interview: str, event: str) -> bool:
    try:
        program = surroundings.programs.get(interview)
    except (AuthorError, InterviewNotFound) as error:
        log.error('action="cron_interview_unusable" event=%s interview=%s %s', event, interview, error)
        return False
    return program.has_blocks_for(event) or program.has_blocks_for(event + IN_BACKGROUND)


def sessions_for(surroundings: Surroundings, event: str) -> Iterator[str]:
    """The ids of the sessions that a task is for. Nothing of them is opened, and few ids are in memory."""
    for interview in interviews_for(surroundings, event):
        after = ""
        while ids := surroundings.store.sessions.ids_allowing_cron(interview, after, _BATCH):
            yield from ids
            after = ids[-1]


def count_sessions_for(surroundings: Surroundings, event: str) -> int:
    """How many they are."""
    return surroundings.store.sessions.count_allowing_cron(interviews_for(surroundings, event))


# --- running ---------------------------------------------------------------------------------------------------------


def run_here(worker: Worker, ids: Iterator[str], tally: Tally, report: Callable[[Done], None]) -> None:
    """Run the task in the sessions, one after the other, in this process."""
    busy: list[str] = []
    for session_id in ids:
        _count(worker.run(session_id, PATIENCE), tally, report, busy)
    for session_id in busy:
        _count(worker.run(session_id, LAST_PATIENCE), tally, report, None)


def run_beside(
    settings: Settings, event: str, slot: str, workers: int, ids: Iterator[str], tally: Tally, report: Callable[[Done], None]
) -> None:
    """Run the task in so many sessions at a time, each in another process. One that dies is a session that failed."""
    busy: list[str] = []
    _in_pools(settings, event, slot, workers, ids, PATIENCE, lambda done: _count(done, tally, report, busy))
    _in_pools(settings, event, slot, workers, iter(busy), LAST_PATIENCE, lambda done: _count(done, tally, report, None))


def _count(done: Done, tally: Tally, report: Callable[[Done], None], busy: list[str] | None) -> None:
    if done.how == "busy" and busy is not None:
        busy.append(done.session_id)
        return
    if done.how in ("ran", "failed", "busy", "deleted"):
        setattr(tally, done.how, getattr(tally, done.how) + 1)
        if done.how == "deleted":
            tally.ran += 1
    report(done)


def _in_pools(
    settings: Settings,
    event: str,
    slot: str,
    workers: int,
    ids: Iterator[str],
    patience: float,
    take: Callable[[Done], None],
) -> None:
    """Each process has a pool of its own and one session at a time, so that its death is the failure of that session alone."""

    def new_pool() -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, get_context("spawn"), _begin_worker, (settings, event, slot))

    idle = [new_pool() for _ in range(workers)]
    running: dict[Future[Done], tuple[ProcessPoolExecutor, str]] = {}
    try:
        while True:
            while idle and (session_id := next(ids, None)) is not None:
                pool = idle.pop()
                running[pool.submit(_run_in_worker, session_id, patience)] = (pool, session_id)
            if not running:
                return
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                pool, session_id = running.pop(future)
                try:
                    take(future.result())
                except BrokenProcessPool:
                    log.error('action="cron_process_died" session=%s', session_shown(session_id))
                    take(Done(session_id, "failed"))
                    pool.shutdown()
                    pool = new_pool()
                idle.append(pool)
    finally:
        for pool in (*idle, *(pool for pool, _ in running.values())):
            pool.shutdown()


_workers: list[Worker] = []


def _begin_worker(settings: Settings, event: str, slot: str) -> None:
    begin_log(settings)
    _workers[:] = [Worker(settings, event, slot)]


def _run_in_worker(session_id: str, patience: float) -> Done:
    return _workers[0].run(session_id, patience)


# --- deleting --------------------------------------------------------------------------------------------------------


def delete_unused(surroundings: Surroundings, *, dry_run: bool = False) -> int:
    """Delete the sessions that weren't saved for as long as the configuration says; how many they are."""
    settings, number = surroundings.settings, 0
    for interview in surroundings.store.sessions.interviews():
        days = settings.interview_delete_days_by_filename.get(interview, settings.interview_delete_days)
        number += _delete_older(surroundings, interview, days, dry_run) if days else 0
    return number


def clear_up_files(surroundings: Surroundings) -> None:
    """Remove contents of files that were left behind; if their place is away, the next run does it."""
    try:
        number = surroundings.store.files.clear_up()
    except StoreAway as error:
        log.error('action="contents_left" %s', error.__cause__)
        return
    if number:
        log.info('action="contents_cleared_up" number=%d', number)


def _delete_older(surroundings: Surroundings, interview: str, days: int, dry_run: bool) -> int:
    sessions, number = surroundings.store.sessions, 0
    moment = naive_utc() - timedelta(days=days)
    if dry_run:
        return sessions.count_unsaved_since(interview, moment)
    while found := sessions.unsaved_since(interview, moment, _BATCH):
        for seen in found:
            try:
                sessions.delete(seen)
            except SavedByAnother:
                continue
            number += 1
            log.info('action="unused_session_deleted" session=%s interview=%s', session_shown(seen.session_id), seen.interview)
    return number
