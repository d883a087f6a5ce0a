"""After the fire: whether every part still does what it is there for."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import RowMapping, select, text
from sqlalchemy.exc import OperationalError

from docassemble_lite.store.tables import tasks
from docassemble_lite.store.tasks import OVER
from docassemble_lite.visit.addresses import encoded_action
from fire.crontab import read_record
from fire.kinds import KINDS
from fire.orders import MEETING
from fire.parts import Part
from fire.people import NAME, Book, Ledger, session_on
from fire.place import Place
from fire.waiting import comes_true
from tests.acceptance.visitor import Visitor

# tasks that are started through a web process in order to see whether their messages arrive
_MESSAGES = 10
# times that tasks may try to meet: on a busy machine they may be late
_MEETINGS = 5
#: What a worker has to be able to do by itself: also to end a task whose process is gone, and run its error action.
_ALONE = ("plain", "acting", "failing", "leaving", "starting", "chaining")


@dataclass
class Recovery:
    """What doesn't work any more, and through which web process how many messages arrived without the sweeper's help."""

    failures: list[str] = field(default_factory=list)
    arrived: dict[str, str] = field(default_factory=dict)


def examine(place: Place, ledger: Ledger) -> Recovery:
    """Have every part do its work while the others can't help it."""
    recovery = Recovery()
    for worker in place.workers:
        if not comes_true(lambda worker=worker: len(worker.task_processes()) == MEETING):
            recovery.failures.append(f"{worker.name} has {len(worker.task_processes())} of {MEETING} processes for tasks")
    for web, address in zip(place.webs, place.web_addresses, strict=True):
        recovery.failures += _messages_arrive(place, ledger, web, address, recovery.arrived)
    for worker in place.workers:
        with _alone(place, worker):
            with ThreadPoolExecutor(len(_ALONE)) as pool:
                results = pool.map(lambda kind: _Client(place, ledger, place.web_addresses[0]).try_out(kind), _ALONE)
            recovery.failures += [f"{worker.name} alone: {found}" for found in results if found]
            if not any(
                _Client(place, ledger, place.web_addresses[1]).try_out("meeting", MEETING) == "" for _ in range(_MEETINGS)
            ):
                recovery.failures.append(f"{worker.name} doesn't run {MEETING} tasks at a time")
    if place.machines:
        recovery.failures += _front_leads_on(place) + _schedule_goes_on(place) + _locks_are_let_go(place)
    recovery.failures += [
        f"{worker.name} writes no worker.log" for worker in place.workers if not _logs(worker.data / "worker.log")
    ]
    return recovery


def _messages_arrive(place: Place, ledger: Ledger, web: Part, address: str, arrived: dict[str, str]) -> list[str]:
    """What is wrong with the messages of a web process. How many arrive depends on the machine, but some have to."""
    client = _Client(place, ledger, address)
    failures = [f"{web.name}: {found}" for _ in range(_MESSAGES) if (found := client.try_out("plain"))]
    woken = "".join((worker.data / "worker.log").read_text(errors="replace") for worker in place.workers)
    count = sum(f'action="task_woken" task={task_id}' not in woken for task_id in client.ids)
    arrived[web.name] = f"{count} of {_MESSAGES}"
    return failures if count else [*failures, f"no message of {web.name} arrives"]


def _front_leads_on(place: Place) -> list[str]:
    pages = [Visitor(place.addresses[0]).show(NAME) for _ in place.webs]
    return [f"nginx leads to {page.status} “{page.heading}”" for page in pages if page.status != 200]


def _schedule_goes_on(place: Place) -> list[str]:
    def slots_over() -> int:
        return sum(slot.over for slot in read_record(place.cron.folder))

    before = slots_over()
    return [] if comes_true(lambda: slots_over() > before) else ["no scheduled task is run any more"]


def _locks_are_let_go(place: Place) -> list[str]:
    """Also those that were held where there is no power any more."""

    def held() -> int:
        with place.store.engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")) or 0)

    return [] if comes_true(lambda: not held()) else [f"{held()} locks are held by nobody"]


@contextmanager
def _alone(place: Place, worker: Part) -> Iterator[None]:
    """While this lasts, the other workers are stopped."""
    others = [other for other in place.workers if other is not worker]
    while not _stopped(place, others):
        pass
    try:
        yield
    finally:
        for other in others:
            other.signal_all(signal.SIGCONT)


def _stopped(place: Place, workers: list[Part]) -> bool:
    """Stop the workers; False, and they go on, if one of them was just writing to the database."""
    for worker in workers:
        worker.signal_all(signal.SIGSTOP)
    try:
        # it finds nothing, but it takes part in writing
        place.store.tasks.forget_keys(1e9)
    except OperationalError:
        for worker in workers:
            worker.signal_all(signal.SIGCONT)
        return False
    return True


def _logs(path: Path) -> bool:
    text = path.read_text(errors="replace") if path.exists() else ""
    return 'action="task_ended"' in text


class _Client:
    """Somebody who starts one task after the other in a session of their own, and waits for each."""

    def __init__(self, place: Place, ledger: Ledger, address: str) -> None:
        self._place = place
        self._ledger = ledger
        self._visitor = Visitor(address)
        page = self._visitor.show(NAME)
        self._book = Book(session_on(page), shared=False, visitors=[self._visitor])
        ledger.begin(self._book)
        self.ids: list[str] = []

    def try_out(self, kind: str, count: int = 1) -> str:
        """Start a task, or several, and wait for them; what is wrong, empty: nothing."""
        for _ in range(count):
            number = f"{self._book.session[:8]}-{len(self._book.words)}"
            page = self._visitor.show(NAME, action=encoded_action("add", {"word": number, "kind": kind}))
            if page.status != 200:
                return f"{kind} can't be started: {page.status} “{page.heading}”"
            self._ledger.write(self._book, number, kind, "accepted")
        known = set(self.ids)
        if not comes_true(lambda: all(row["state"] in OVER for row in self._rows())):
            return f"{kind} isn't over"
        new = [row for row in self._rows() if row["id"] not in known]
        self.ids += [row["id"] for row in new]
        return "" if all(_as_expected(row) for row in new) else f"{kind} ended as {[_told(row) for row in new]}"

    def _rows(self) -> list[RowMapping]:
        with self._place.store.engine.connect() as connection:
            return list(connection.execute(select(tasks).where(tasks.c.session_id == self._book.session)).mappings())


def _as_expected(row: RowMapping) -> bool:
    error = KINDS[row["action"]].error
    expected = ("failed", error) if error else ("done", "")
    return (row["state"], row["error_type"]) == expected


def _told(row: RowMapping) -> str:
    return f"{row['action']} {row['state']} {row['error_type'] or ''}".strip()
