"""The statements of the tasks, built once, so that SQLAlchemy compiles each of them once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, and_, bindparam, case, exists, false, func, insert, null, or_, select, update

from docassemble_lite.store.tables import tasks

_wanted = tasks.c.id == bindparam("task_id")
_of_session = tasks.c.session_id == bindparam("of_session")
_open = tasks.c.state.in_(["waiting", "running"])
#: The task is still that of the attempt which asks.
_ours = and_(_wanted, tasks.c.attempt == bindparam("ours"), tasks.c.state == "running")
_lease_over = and_(tasks.c.state == "running", tasks.c.lease_until <= bindparam("now"))
_ended: dict[str, Any] = {"lease_until": None, "error_action": None, "ended": bindparam("now")}
_ended_without_key = {**_ended, "sealed_key": None}


def _some(*condition: ColumnElement[bool], oldest: Column[Any]) -> ColumnElement[bool]:
    """At most `most` of the rows, the oldest first; those that another sweeper is looking at are left to it."""
    chosen = select(tasks.c.id).where(*condition).order_by(oldest).limit(bindparam("most")).with_for_update(skip_locked=True)
    # in an expression of its own, as PostgreSQL may run a subquery more than once
    return tasks.c.id.in_(select(chosen.cte("chosen").c.id))


# --- running ---------------------------------------------------------------------------------------------------------

insert_tasks = insert(tasks)
claim = (
    update(tasks)
    .where(_wanted, tasks.c.state == "waiting")
    .values(
        state="running",
        attempt=tasks.c.attempt + 1,
        started=bindparam("now"),
        lease_until=bindparam("until"),
        error_type="",
        error_action=None,
    )
    .returning(*tasks.c)
)
renew = update(tasks).where(_ours).values(lease_until=bindparam("until"))
is_ours = select(exists().where(_ours))
# it also keeps others from ending the task before the transaction is over
lock_ours = select(tasks.c.id).where(_ours).with_for_update()
keep_error_action = update(tasks).where(_ours).values(error_action=bindparam("encrypted"))
give_up = update(tasks).where(_ours).values(lease_until=bindparam("now"), error_type=bindparam("error"))
finish = (
    update(tasks)
    .where(_ours)
    .values(
        state=bindparam("end_state"),
        result=bindparam("outcome"),
        error_type=bindparam("error"),
        sealed_key=case((bindparam("keeps_key"), tasks.c.sealed_key), else_=null()),
        **_ended,
    )
)
revoke_waiting = (
    update(tasks).where(_wanted, _of_session, tasks.c.state == "waiting").values(state="revoked", **_ended_without_key)
)
revoke = update(tasks).where(_wanted, _of_session, _open).values(state="revoked", **_ended_without_key)

# --- sweeping --------------------------------------------------------------------------------------------------------

count_waiting = select(func.count()).select_from(tasks).where(tasks.c.state == "waiting")
wake = (
    update(tasks)
    .where(_some(tasks.c.state == "waiting", tasks.c.woken <= bindparam("before"), oldest=tasks.c.woken))
    .values(woken=bindparam("now"))
    .returning(tasks.c.id)
)
end_lost = (
    update(tasks)
    .where(_some(_lease_over, tasks.c.error_action.is_(None), oldest=tasks.c.lease_until))
    .values(
        state="failed",
        attempt=tasks.c.attempt + 1,
        error_type=case((tasks.c.error_type == "", bindparam("cause")), else_=tasks.c.error_type),
        sealed_key=case((bindparam("keeps_key"), tasks.c.sealed_key), else_=null()),
        **_ended,
    )
    .returning(tasks.c.id, tasks.c.session_id)
)
find_lost = (
    select(tasks)
    .where(_lease_over, tasks.c.error_action.is_not(None))
    .order_by(tasks.c.lease_until)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
# whoever finds it lost once more has no error action to run
take_over = (
    update(tasks)
    .where(_ours)
    .values(attempt=tasks.c.attempt + 1, lease_until=bindparam("until"), error_type=bindparam("error"), error_action=None)
)
forget_keys = (
    update(tasks)
    .where(tasks.c.state == "failed", tasks.c.sealed_key.is_not(None), tasks.c.ended <= bindparam("before"))
    .values(sealed_key=None)
)

# --- looking ---------------------------------------------------------------------------------------------------------

report = select(tasks).where(_wanted, _of_session)
_waits_to_be_told = and_(tasks.c.mode.is_not(None), tasks.c.told == false(), tasks.c.starter != "")
#: Whether somebody waits to be told of a task of the session that this statement is about.
has_news = exists().where(_waits_to_be_told)
#: Whether there are tasks of that session that aren't over.
has_open = exists().where(_open)
open_ids = select(tasks.c.id).where(_of_session, _open).order_by(tasks.c.created).limit(bindparam("most"))
news = select(
    tasks.c.id,
    tasks.c.mode,
    tasks.c.state,
    case((_waits_to_be_told, tasks.c.result), else_=null()).label("result"),
    and_(_waits_to_be_told, tasks.c.starter == bindparam("who")).label("to_be_told"),
).where(
    _of_session,
    or_(tasks.c.id.in_(bindparam("awaited", expanding=True)), and_(_waits_to_be_told, tasks.c.starter == bindparam("who"))),
)
hand_out = (
    update(tasks)
    .where(_wanted, _waits_to_be_told, or_(tasks.c.handed_out.is_(None), tasks.c.handed_out <= bindparam("before")))
    .values(handed_out=bindparam("now"))
)
take_due = (
    update(tasks)
    .where(
        _of_session,
        _waits_to_be_told,
        tasks.c.starter == bindparam("who"),
        tasks.c.mode == bindparam("of_mode"),
        tasks.c.state.not_in(["waiting", "running"]),
    )
    .values(told=True)
    .returning(tasks.c.id, tasks.c.state, tasks.c.result)
)
confirm = (
    update(tasks)
    .where(_of_session, tasks.c.starter == bindparam("who"), tasks.c.id.in_(bindparam("told_ids", expanding=True)))
    .values(told=True)
)
_shown = ("id", "session_id", "interview", "action", "mode", "state", "attempt", "created", "started", "ended", "error_type")
listing = (
    select(*(tasks.c[name] for name in _shown), tasks.c.sealed_key.is_not(None).label("has_key"))
    .order_by(tasks.c.created.desc(), tasks.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
listing_of_state = listing.where(tasks.c.state == bindparam("of_state"))
listed = select(*(tasks.c[name] for name in _shown), tasks.c.sealed_key.is_not(None).label("has_key")).where(_wanted)
beginning_with = (
    select(*(tasks.c[name] for name in _shown), tasks.c.sealed_key.is_not(None).label("has_key"))
    # what LIKE takes for the same letter differs from one database to the other
    .where(func.substr(tasks.c.id, 1, bindparam("length")) == bindparam("start"))
    # one that is no longer than its beginning comes first
    .order_by(func.length(tasks.c.id), tasks.c.id)
    .limit(bindparam("most"))
)
count = select(tasks.c.state, func.count()).group_by(tasks.c.state)
_some_of_state = select(tasks.c.state).where(tasks.c.state == bindparam("of_state")).limit(bindparam("most"))
count_some = select(func.count()).select_from(_some_of_state.subquery())
run_again = (
    update(tasks)
    .where(_wanted, tasks.c.state == "failed", tasks.c.sealed_key.is_not(None))
    .values(
        state="waiting",
        woken=bindparam("now"),
        started=None,
        ended=None,
        result=None,
        error_type="",
        told=False,
        handed_out=None,
    )
)
