"""Background tasks. A row is the order, the lease and the result in one.

`Sessions.save` writes a task together with the answers. A worker takes it with `claim`, keeps it with `renew`, and ends
it with `finish`, or with `Sessions.save(…, finish=…)` when its end changes the answers. Taking a task raises its attempt
number, and only the latest attempt may report.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Column, ColumnElement, Connection, Engine, RowMapping, bindparam, select, update

from docassemble_lite.clock import naive_utc
from docassemble_lite.errors import AnswersTampered, LiteError
from docassemble_lite.store.tables import tasks
from docassemble_lite.store.vault import Vault
from docassemble_lite.store.writing import Writing

EndState = Literal["done", "failed", "revoked"]
State = Literal["waiting", "running", "done", "failed", "revoked"]

log = logging.getLogger(__name__)


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


@dataclass(frozen=True)
class Claimed:
    """A running task that is ours as long as nobody else takes it."""

    id: str
    session_id: str
    interview: str
    action: str
    mode: str | None
    attempt: int
    arguments: bytes = field(repr=False)
    # of its session
    data_key: bytes = field(repr=False)

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


_ENDED = {"sealed_key": None, "lease_until": None}

_claim = (
    update(tasks)
    .where(tasks.c.id == bindparam("task_id"), tasks.c.state == "waiting")
    .values(state="running", attempt=tasks.c.attempt + 1, started=bindparam("now"), lease_until=bindparam("until"))
    .returning(*tasks.c)
)
_renew = (
    update(tasks)
    .where(tasks.c.id == bindparam("task_id"), tasks.c.attempt == bindparam("ours"), tasks.c.state == "running")
    .values(lease_until=bindparam("until"))
)
_finish = (
    update(tasks)
    .where(tasks.c.id == bindparam("task_id"), tasks.c.attempt == bindparam("ours"), tasks.c.state == "running")
    .values(
        state=bindparam("end_state"),
        result=bindparam("outcome"),
        error_type=bindparam("error"),
        ended=bindparam("now"),
        **_ENDED,
    )
)
_revoke = (
    update(tasks)
    .where(
        tasks.c.id == bindparam("task_id"),
        tasks.c.session_id == bindparam("of_session"),
        tasks.c.state.in_(["waiting", "running"]),
    )
    .values(state="revoked", ended=bindparam("now"), **_ENDED)
)
_report = select(tasks).where(tasks.c.id == bindparam("task_id"), tasks.c.session_id == bindparam("of_session"))


def _some(*condition: ColumnElement[bool], oldest: Column[Any]) -> ColumnElement[bool]:
    """At most `most` of the rows, the oldest first; those that another sweeper is looking at are left to it."""
    chosen = select(tasks.c.id).where(*condition).order_by(oldest).limit(bindparam("most")).with_for_update(skip_locked=True)
    # in an expression of its own, as PostgreSQL may run a subquery more than once
    return tasks.c.id.in_(select(chosen.cte("chosen").c.id))


_wake = (
    update(tasks)
    .where(_some(tasks.c.state == "waiting", tasks.c.woken <= bindparam("before"), oldest=tasks.c.woken))
    .values(woken=bindparam("now"))
    .returning(tasks.c.id)
)
_take_over = (
    update(tasks)
    .where(_some(tasks.c.state == "running", tasks.c.lease_until <= bindparam("now"), oldest=tasks.c.lease_until))
    .values(attempt=tasks.c.attempt + 1, lease_until=bindparam("until"))
    .returning(*tasks.c)
)


class Tasks:
    """The background tasks of all sessions."""

    def __init__(self, engine: Engine, vault: Vault, writing: Writing) -> None:
        self._engine = engine
        self._writing = writing
        self._vault = vault

    def claim(self, task_id: str, lease: float) -> Claimed | None:
        """Take a waiting task for `lease` seconds; None when it isn't waiting any more.

        Raises `AnswersTampered` when this server didn't write the task; its lease then runs out.
        """
        with self._writing.begin() as connection:
            values = {"task_id": task_id, "now": naive_utc(), "until": _from_now(lease)}
            row = connection.execute(_claim, values).mappings().first()
        return self._claimed(row) if row else None

    def renew(self, task_id: str, attempt: int, lease: float) -> bool:
        """Keep a task for `lease` more seconds from now; False when it is no longer ours."""
        with self._writing.begin() as connection:
            values = {"task_id": task_id, "ours": attempt, "until": _from_now(lease)}
            return connection.execute(_renew, values).rowcount == 1

    def finish(self, finished: FinishedTask) -> bool:
        """Write how a task ended; False, and nothing is changed, when it is no longer ours."""
        try:
            with self._writing.begin() as connection:
                write_end(connection, self._vault, finished)
        except LateReport:
            return False
        return True

    def report(self, task_id: str, session_id: str, data_key: bytes) -> Report | None:
        """How a task of this session stands; None when the session has no such task.

        Raises `AnswersTampered` when the result isn't one that this server wrote.
        """
        with self._engine.connect() as connection:
            row = connection.execute(_report, {"task_id": task_id, "of_session": session_id}).mappings().first()
        return self._reported(row, data_key) if row else None

    def overdue(self, seconds: float, most: int = 100) -> list[str]:
        """The ids, at most `most`, of tasks that nobody took for `seconds` since the last message about them.

        The caller sends a message for each; they are marked, so that nobody else does it at the same time.
        """
        values = {"before": _from_now(-seconds), "now": naive_utc(), "most": most}
        with self._writing.begin() as connection:
            return list(connection.execute(_wake, values).scalars())

    def lost(self, lease: float, most: int = 100) -> list[Claimed]:
        """Take over, for `lease` seconds, the tasks whose worker gave no sign of life until its lease ended.

        From then on nothing that the worker reports counts. The caller must end them (`finished("failed", None,
        "WorkerLost")`) together with what their failure does to the answers; if it dies before, they are lost again.
        A task whose key isn't one that this server wrote is ended here, as failed with "AnswersTampered".
        """
        values = {"now": naive_utc(), "until": _from_now(lease), "most": most}
        with self._writing.begin() as connection:
            rows = connection.execute(_take_over, values).mappings().all()
        return [claimed for row in rows if (claimed := self._claimed_or_ended(row))]

    def revoke(self, task_id: str, session_id: str) -> bool:
        """End a waiting or running task of this session as revoked; False when it was over or there is none.

        Nothing that a running attempt reports counts any more; stopping it is up to the caller.
        """
        with self._writing.begin() as connection:
            values = {"task_id": task_id, "of_session": session_id, "now": naive_utc()}
            return connection.execute(_revoke, values).rowcount == 1

    def _claimed(self, row: RowMapping) -> Claimed:
        data_key = self._vault.unseal(row["sealed_key"] or b"", "task", row["id"])
        arguments = self._vault.decrypt(data_key, row["payload"], session=row["session_id"], part=_part(row["id"], "payload"))
        columns = {name: row[name] for name in ("id", "session_id", "interview", "action", "mode", "attempt")}
        return Claimed(**columns, arguments=arguments, data_key=data_key)

    def _claimed_or_ended(self, row: RowMapping) -> Claimed | None:
        try:
            return self._claimed(row)
        except AnswersTampered as error:
            log.error("task %s: %s", row["id"], error)
            with self._writing.begin() as connection:
                connection.execute(_finish, _end_values(row["id"], row["attempt"], "failed", None, "AnswersTampered"))
            return None

    def _reported(self, row: RowMapping, data_key: bytes) -> Report:
        result = row["result"]
        if result is not None:
            result = self._vault.decrypt(data_key, result, session=row["session_id"], part=_part(row["id"], "result"))
        names = ("id", "action", "mode", "state", "attempt", "created", "started", "ended", "error_type")
        return Report(**{name: row[name] for name in names}, result=result)


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
            "payload": vault.encrypt(data_key, task.arguments, session=session_id, part=_part(task.id, "payload")),
            "sealed_key": vault.seal(data_key, "task", task.id),
            "state": "waiting",
            "woken": now,
            "created": now,
        }
        for task in wanted
    ]


def write_end(connection: Connection, vault: Vault, finished: FinishedTask) -> None:
    """Write how a task ended, within somebody's transaction. Raises `LateReport` when the task was taken away."""
    claimed, result = finished.claimed, finished.result
    if result is not None:
        result = vault.encrypt(claimed.data_key, result, session=claimed.session_id, part=_part(claimed.id, "result"))
    values = _end_values(claimed.id, claimed.attempt, finished.state, result, finished.error_type)
    if connection.execute(_finish, values).rowcount != 1:
        log.warning("late_report of task %s, attempt %d", claimed.id, claimed.attempt)
        raise LateReport


def _end_values(task_id: str, attempt: int, state: EndState, result: bytes | None, error_type: str) -> dict[str, Any]:
    return {
        "task_id": task_id,
        "ours": attempt,
        "end_state": state,
        "outcome": result,
        "error": error_type,
        "now": naive_utc(),
    }


def _part(task_id: str, which: str) -> str:
    return f"task:{task_id}:{which}"


def _from_now(seconds: float) -> datetime:
    return naive_utc() + timedelta(seconds=seconds)
