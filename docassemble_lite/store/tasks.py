"""Background tasks. A row is the order, the lease and the result in one.

`Sessions.save` writes a task together with the answers. A worker takes it with `claim`, keeps it with `renew`, and ends
it with `finish`, or with `Sessions.save(…, finish=…)` when its end changes the answers. Taking a task raises its attempt
number, and only the latest attempt may report.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Engine, RowMapping

from docassemble_lite.clock import naive_utc
from docassemble_lite.errors import AnswersTampered, LiteError
from docassemble_lite.store import task_queries as queries
from docassemble_lite.store.ids import is_id
from docassemble_lite.store.vault import Vault
from docassemble_lite.store.writing import SingleReads, Writing

EndState = Literal["done", "failed", "revoked"]
State = Literal["waiting", "running", "done", "failed", "revoked"]
#: States in which nothing more happens to a task.
OVER = ("done", "failed", "revoked")
#: The error type of a task whose worker died.
WORKER_LOST = "WorkerLost"

log = logging.getLogger(__name__)

# seconds after which what was handed to a page that didn't confirm it is handed out again
_UNCONFIRMED = 10.0


class LateReport(LiteError):
    """The task was taken away from this attempt, which reported too late. Nothing was changed."""


@dataclass(frozen=True)
class NewTask:
    """A task to be written together with the answers. `id` is up to 64 characters, unique and not to be guessed."""

    id: str
    action: str
    arguments: bytes = field(repr=False)
    # what becomes of its result on the screen, as `background_action` was told
    mode: str | None = None
    # the browser to tell of its end, empty: none
    starter: str = ""


@dataclass(frozen=True)
class Claimed:
    """A running task that is ours as long as nobody else takes it."""

    id: str
    session_id: str
    interview: str
    action: str
    mode: str | None
    starter: str
    attempt: int
    arguments: bytes = field(repr=False)
    # of its session
    data_key: bytes = field(repr=False)
    # of a task that was lost: why, and what its code had named to be run then
    cause: str = ""
    error_action: bytes | None = field(default=None, repr=False)

    def finished(self, state: EndState, result: bytes | None = None, error_type: str = "") -> FinishedTask:
        """How this attempt ended."""
        return FinishedTask(self, state, result, error_type)


@dataclass(frozen=True)
class FinishedTask:
    """How an attempt ended: to be passed to `Tasks.finish` or `Sessions.save`."""

    claimed: Claimed
    state: EndState
    result: bytes | None = field(default=None, repr=False)
    error_type: str = ""


@dataclass(frozen=True)
class Report:
    """How a task stands. Moments are naive UTC."""

    id: str
    action: str
    mode: str | None
    state: State
    attempt: int
    created: datetime
    started: datetime | None
    ended: datetime | None
    result: bytes | None = field(repr=False)
    error_type: str = ""


@dataclass(frozen=True)
class Due:
    """A task that is over and that a browser is now to be told of."""

    id: str
    mode: str
    state: State
    result: bytes | None = field(repr=False)


@dataclass(frozen=True)
class News:
    """What a page that waits is to know. `due` is handed out once, until a page confirms it or is silent for ten seconds."""

    due: tuple[Due, ...] = ()
    # whether there is something to tell later
    pending: bool = False
    # of the tasks that the page waits for: id → state; one that is missing is gone
    states: Mapping[str, State] = field(default_factory=dict)


@dataclass(frozen=True)
class Listed:
    """A task as those see it who run the server: nothing of its arguments, its result or the answers."""

    id: str
    session_id: str
    interview: str
    action: str
    mode: str | None
    state: State
    attempt: int
    created: datetime
    started: datetime | None
    ended: datetime | None
    error_type: str
    has_key: bool

    @property
    def can_run_again(self) -> bool:
        """Whether `Tasks.run_again` would do it."""
        return self.state == "failed" and self.has_key

    @property
    def can_be_revoked(self) -> bool:
        """Whether it isn't over."""
        return self.state not in OVER

    @property
    def waited(self) -> float | None:
        """Seconds from the order to the start of the latest attempt; None if it hasn't started."""
        return (self.started - self.created).total_seconds() if self.started else None

    @property
    def ran(self) -> float | None:
        """Seconds from that start to the end, or until now; None if it hasn't started."""
        if self.started is None:
            return None
        return ((self.ended or naive_utc()) - self.started).total_seconds()


class Tasks:
    """The background tasks of all sessions. `keeps_failed` says whether a failed task keeps what it takes to run it again."""

    def __init__(self, engine: Engine, vault: Vault, writing: Writing, *, keeps_failed: bool = False) -> None:
        self._engine = engine
        self._single_reads = SingleReads(engine)
        self._writing = writing
        self._vault = vault
        self._keeps_failed = keeps_failed

    # --- running -----------------------------------------------------------------------------------------------------

    def claim(self, task_id: str, lease: float) -> Claimed | None:
        """Take a waiting task for `lease` seconds; None when it isn't waiting any more.

        Raises `AnswersTampered` when this server didn't write the task; its lease then runs out.
        """
        with self._writing.begin() as connection:
            values = {"task_id": task_id, "now": naive_utc(), "until": _from_now(lease)}
            row = connection.execute(queries.claim, values).mappings().first()
        return self._claimed(row) if row else None

    def renew(self, claimed: Claimed, lease: float) -> bool:
        """Keep a task for `lease` more seconds from now; False when it is no longer ours."""
        with self._writing.begin() as connection:
            return connection.execute(queries.renew, {**_ours(claimed), "until": _from_now(lease)}).rowcount == 1

    def is_ours(self, claimed: Claimed) -> bool:
        """Whether the task is still ours: neither revoked nor taken over."""
        with self._engine.connect() as connection:
            return bool(connection.scalar(queries.is_ours, _ours(claimed)))

    def keep_error_action(self, claimed: Claimed, error_action: bytes) -> None:
        """Remember what is to be run if the task fails, even if its worker dies. Raises `LateReport`."""
        part = _part(claimed.id, "error action")
        encrypted = self._vault.encrypt(claimed.data_key, error_action, session=claimed.session_id, part=part)
        with self._writing.begin() as connection:
            if connection.execute(queries.keep_error_action, {**_ours(claimed), "encrypted": encrypted}).rowcount != 1:
                raise LateReport

    def start(self, claimed: Claimed, wanted: Iterable[NewTask]) -> None:
        """Write tasks that a running task starts. Raises `LateReport`, and none is written, when that one isn't ours."""
        rows = new_rows(self._vault, claimed.session_id, claimed.interview, claimed.data_key, tuple(wanted))
        with self._writing.begin() as connection:
            if connection.execute(queries.lock_ours, _ours(claimed)).first() is None:
                raise LateReport
            connection.execute(queries.insert_tasks, rows)

    def finish(self, finished: FinishedTask) -> bool:
        """Write how a task ended; False, and nothing is changed, when it is no longer ours."""
        try:
            with self._writing.begin() as connection:
                self.write_end(connection, finished)
        except LateReport:
            return False
        return True

    def write_end(self, connection: Connection, finished: FinishedTask) -> None:
        """Write how a task ended, within somebody's transaction. Raises `LateReport` when the task was taken away."""
        claimed, result = finished.claimed, finished.result
        if result is not None:
            part = _part(claimed.id, "result")
            result = self._vault.encrypt(claimed.data_key, result, session=claimed.session_id, part=part)
        values = self._end_values(claimed.id, claimed.attempt, finished.state, result, finished.error_type)
        if connection.execute(queries.finish, values).rowcount != 1:
            log.warning('action="late_report" task=%s attempt=%d', claimed.id, claimed.attempt)
            raise LateReport

    def give_up(self, claimed: Claimed, cause: str) -> bool:
        """Leave a task that can't be stopped otherwise to a sweeper, at once; `cause` becomes its error type."""
        with self._writing.begin() as connection:
            values = {**_ours(claimed), "now": naive_utc(), "error": cause}
            return connection.execute(queries.give_up, values).rowcount == 1

    def revoke(self, task_id: str, session_id: str, *, running: bool = True) -> bool:
        """End a waiting or (with `running`) running task of this session as revoked; False when there was none.

        Nothing that a running attempt reports counts any more; its worker stops it when it finds that out.
        """
        statement = queries.revoke if running else queries.revoke_waiting
        with self._writing.begin() as connection:
            values = {"task_id": task_id, "of_session": session_id, "now": naive_utc()}
            return connection.execute(statement, values).rowcount == 1

    # --- sweeping ----------------------------------------------------------------------------------------------------

    def waiting(self) -> int:
        """How many tasks nobody has taken yet."""
        with self._engine.connect() as connection:
            return int(connection.scalar(queries.count_waiting) or 0)

    def overdue(self, seconds: float, most: int = 100) -> list[str]:
        """The ids, at most `most`, of tasks that nobody took for `seconds` since the last message about them.

        The caller sends a message for each; they are marked, so that nobody else does it at the same time.
        """
        values = {"before": _from_now(-seconds), "now": naive_utc(), "most": most}
        with self._writing.begin() as connection:
            return list(connection.execute(queries.wake, values).scalars())

    def end_lost(self, most: int = 100) -> list[tuple[str, str]]:
        """End as failed the tasks whose worker gave no sign of life until its lease ended, if nothing is to be run then.

        From then on nothing that the worker reports counts. Returns (id, session's id) of each.
        """
        values = {"now": naive_utc(), "most": most, "cause": WORKER_LOST, "keeps_key": self._keeps_failed}
        with self._writing.begin() as connection:
            rows = connection.execute(queries.end_lost, values).all()
        for row in rows:
            log.warning('action="task_lost" task=%s', row.id)
        return [(row.id, row.session_id) for row in rows]

    def has_lost(self) -> bool:
        """Whether there are lost tasks for which something is to be run."""
        with self._engine.connect() as connection:
            return connection.execute(queries.find_lost, {"now": naive_utc(), "most": 1}).first() is not None

    def lost(self, lease: float, most: int = 100) -> list[Claimed]:
        """Take over, for `lease` seconds, the lost tasks for which something is to be run: their error action.

        The caller must run that and end them; if it dies before, `end_lost` ends them without. A task whose key isn't one
        that this server wrote is ended here, as failed with "AnswersTampered".
        """
        taken = []
        with self._writing.begin() as connection:
            for row in connection.execute(queries.find_lost, {"now": naive_utc(), "most": most}).mappings().all():
                cause = row["error_type"] or WORKER_LOST
                until = _from_now(lease)
                values = {"task_id": row["id"], "ours": row["attempt"], "until": until, "error": cause}
                connection.execute(queries.take_over, values)
                taken.append({**row, "attempt": row["attempt"] + 1, "error_type": cause})
        for taken_row in taken:
            log.warning('action="task_lost" task=%s', taken_row["id"])
        return [claimed for row in taken if (claimed := self._claimed_or_ended(row))]

    def forget_keys(self, seconds: float) -> int:
        """Tasks that failed longer ago than `seconds` can't be run again from now on; how many these are."""
        with self._writing.begin() as connection:
            return connection.execute(queries.forget_keys, {"before": _from_now(-seconds)}).rowcount

    # --- looking -----------------------------------------------------------------------------------------------------

    def report(self, task_id: str, session_id: str, data_key: bytes) -> Report | None:
        """How a task of this session stands; None when the session has no such task.

        Raises `AnswersTampered` when the result isn't one that this server wrote.
        """
        with self._engine.connect() as connection:
            row = connection.execute(queries.report, {"task_id": task_id, "of_session": session_id}).mappings().first()
        if row is None:
            return None
        names = ("id", "action", "mode", "state", "attempt", "created", "started", "ended", "error_type")
        result = self.opened_result(row["id"], session_id, data_key, row["result"])
        return Report(**{name: row[name] for name in names}, result=result)

    def opened_result(self, task_id: str, session_id: str, data_key: bytes, result: bytes | None) -> bytes | None:
        """A result as its task gave it. Raises `AnswersTampered` when it isn't one that this server wrote."""
        if result is None:
            return None
        return self._vault.decrypt(data_key, result, session=session_id, part=_part(task_id, "result"))

    def open_ids(self, session_id: str, most: int = 100) -> list[str]:
        """The ids of the tasks of a session that aren't over."""
        with self._engine.connect() as connection:
            return list(connection.execute(queries.open_ids, {"of_session": session_id, "most": most}).scalars())

    def news(self, session_id: str, who: str, awaited: Collection[str]) -> News:
        """What a page of the browser `who` is to know that waits for the tasks `awaited`. Results are still encrypted."""
        values = {"of_session": session_id, "who": who, "awaited": list(filter(is_id, awaited))}
        with self._single_reads.connect() as connection:
            rows = connection.execute(queries.news, values).mappings().all()
        untold = [row for row in rows if row["to_be_told"]]
        due = tuple(
            Due(row["id"], row["mode"], row["state"], row["result"])
            for row in untold
            if row["state"] in OVER and self._handed_out(row["id"])
        )
        states = {row["id"]: row["state"] for row in rows if row["id"] in awaited}
        return News(due, bool(untold), states)

    def take_due(self, session_id: str, who: str, mode: str) -> list[Due]:
        """Of one mode, what the browser `who` is to be told now; it counts as told."""
        with self._writing.begin() as connection:
            rows = connection.execute(queries.take_due, {"of_session": session_id, "who": who, "of_mode": mode}).all()
        return [Due(row.id, mode, row.state, row.result) for row in rows]

    def _handed_out(self, task_id: str) -> bool:
        """Whether it is ours to tell: of two pages that ask at the same time one gets it."""
        values = {"task_id": task_id, "now": naive_utc(), "before": _from_now(-_UNCONFIRMED)}
        with self._writing.begin() as connection:
            return connection.execute(queries.hand_out, values).rowcount == 1

    def confirm(self, session_id: str, who: str, told: Collection[str]) -> None:
        """The browser `who` has shown these: they aren't handed out any more."""
        with self._writing.begin() as connection:
            connection.execute(queries.confirm, {"of_session": session_id, "who": who, "told_ids": list(filter(is_id, told))})

    # --- for those who run the server --------------------------------------------------------------------------------

    def listing(self, state: State | None = None, *, most: int = 100, skipped: int = 0) -> list[Listed]:
        """Tasks of all sessions, the latest first; of one state only if there is one."""
        values: dict[str, Any] = {"most": most, "skipped": skipped}
        statement = queries.listing
        if state is not None:
            statement, values = queries.listing_of_state, {**values, "of_state": state}
        with self._engine.connect() as connection:
            return [Listed(**row) for row in connection.execute(statement, values).mappings()]

    def listed(self, task_id: str) -> Listed | None:
        """One task of any session; None if there is none of that id."""
        if not is_id(task_id):
            return None
        with self._engine.connect() as connection:
            row = connection.execute(queries.listed, {"task_id": task_id}).mappings().first()
        return Listed(**row) if row else None

    def beginning_with(self, start: str, most: int = 2) -> list[Listed]:
        """Tasks of any session whose id begins so, at most `most`; none for a beginning that no id has."""
        if not start or not start.isprintable():
            return []
        values = {"start": start, "length": len(start), "most": most}
        with self._engine.connect() as connection:
            return [Listed(**row) for row in connection.execute(queries.beginning_with, values).mappings()]

    def counts(self) -> dict[str, int]:
        """state → how many tasks are in it. All of them are counted, which takes the longer the more there are."""
        with self._engine.connect() as connection:
            return {state: number for state, number in connection.execute(queries.count)}

    def counts_up_to(self, most: int) -> dict[State, int]:
        """Each state → how many tasks are in it; `most` stands for as many and for more."""
        with self._engine.connect() as connection:
            return {
                state: connection.scalar(queries.count_some, {"of_state": state, "most": most}) or 0 for state in get_args(State)
            }

    def run_again(self, task_id: str) -> bool:
        """Have a failed task run once more; False if it hasn't failed or is too old. The caller wakes the workers."""
        with self._writing.begin() as connection:
            return connection.execute(queries.run_again, {"task_id": task_id, "now": naive_utc()}).rowcount == 1

    # --- inside ------------------------------------------------------------------------------------------------------

    def _claimed(self, row: RowMapping | Mapping[str, Any]) -> Claimed:
        task_id, session_id = row["id"], row["session_id"]
        data_key = self._vault.unseal(row["sealed_key"] or b"", "task", task_id)
        arguments = self._vault.decrypt(data_key, row["payload"], session=session_id, part=_part(task_id, "payload"))
        error_action = row["error_action"]
        if error_action is not None:
            error_action = self._vault.decrypt(data_key, error_action, session=session_id, part=_part(task_id, "error action"))
        columns = {name: row[name] for name in ("id", "session_id", "interview", "action", "mode", "starter", "attempt")}
        return Claimed(**columns, arguments=arguments, data_key=data_key, cause=row["error_type"], error_action=error_action)

    def _claimed_or_ended(self, row: Mapping[str, Any]) -> Claimed | None:
        try:
            return self._claimed(row)
        except AnswersTampered as error:
            log.error("task %s: %s", row["id"], error)
            with self._writing.begin() as connection:
                values = self._end_values(row["id"], row["attempt"], "failed", None, "AnswersTampered")
                connection.execute(queries.finish, values)
            return None

    def _end_values(self, task_id: str, attempt: int, state: EndState, result: bytes | None, error_type: str) -> dict[str, Any]:
        return {
            "task_id": task_id,
            "ours": attempt,
            "end_state": state,
            "outcome": result,
            "error": error_type,
            "keeps_key": self._keeps_failed and state == "failed",
            "now": naive_utc(),
        }


def new_rows(
    vault: Vault, session_id: str, interview: str, data_key: bytes, wanted: tuple[NewTask, ...]
) -> list[Mapping[str, Any]]:
    """The rows of tasks that are about to be written with the answers of their session."""
    now = naive_utc()
    return [
        {
            "id": task.id,
            "session_id": session_id,
            "interview": interview,
            "action": task.action,
            "mode": task.mode,
            "starter": task.starter,
            "payload": vault.encrypt(data_key, task.arguments, session=session_id, part=_part(task.id, "payload")),
            "sealed_key": vault.seal(data_key, "task", task.id),
            "state": "waiting",
            "woken": now,
            "created": now,
        }
        for task in wanted
    ]


def _ours(claimed: Claimed) -> dict[str, Any]:
    return {"task_id": claimed.id, "ours": claimed.attempt}


def _part(task_id: str, which: str) -> str:
    return f"task:{task_id}:{which}"


def _from_now(seconds: float) -> datetime:
    return naive_utc() + timedelta(seconds=seconds)
