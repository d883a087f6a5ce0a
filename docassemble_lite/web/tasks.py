"""`/tasks`: how background tasks stand, for those who run the server. Nothing of answers, arguments or results is here."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, get_flashed_messages, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.clock import naive_utc
from docassemble_lite.language.durations import short_duration
from docassemble_lite.language.words import word
from docassemble_lite.language.zones import zone_called
from docassemble_lite.store.tasks import Listed, State
from docassemble_lite.web.page import Notice
from docassemble_lite.web.pages import page_context
from docassemble_lite.web.plain_pages import TaskFilter, TaskPage, TaskRow
from docassemble_lite.web.services import services
from docassemble_lite.web.signed_in import RUNS_THE_SERVER, only_for, person

log = logging.getLogger(__name__)
blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")

_STATES: tuple[State, ...] = get_args(State)
_ON_A_PAGE = 50
_LAST_PAGE = 10_000
# tasks of a state that are counted; what they are of more has no meaning for anybody
_COUNTED = 10_000
_LABELS = {"": "All", "waiting": "Waiting", "running": "Running", "done": "Done", "failed": "Failed", "revoked": "Revoked"}
_WAITS_AGAIN = "“{action}” of {interview} waits to be run again."
_WAITS_LONGER = "“{action}” of {interview} waits to be run again. The broker can't be reached, so that may take a while."
_NOT_AGAIN = "“{action}” of {interview} can't be run again: it hasn't failed, or the key to its session isn't kept any more."
_REVOKED = "“{action}” of {interview} is revoked."
_NOT_REVOKED = "“{action}” of {interview} can't be revoked: it is over."


@blueprint.before_request
def let_in() -> Response | None:
    return only_for(RUNS_THE_SERVER, home=url_for("tasks.index"))


@blueprint.get("")
def index() -> str:
    """Tasks of all interviews, the newest first."""
    messages = get_flashed_messages(with_categories=True)
    notice = Notice(messages[-1][1], messages[-1][0]) if messages else None
    return render_template("tasks.html", shown=_page(_state(), _number()), page=page_context(notice=notice))


@blueprint.post("/<task_id>/run-again")
def run_again(task_id: str) -> Response:
    task = _wanted(task_id)
    if not services().store.tasks.run_again(task.id):
        return _back(task, _NOT_AGAIN, "warning")
    log.info('action="task_run_again" task=%s user=%s', task.id, person().id)
    woken = services().surroundings.broker.send(task.id)
    return _back(task, _WAITS_AGAIN if woken else _WAITS_LONGER, "success")


@blueprint.post("/<task_id>/revoke")
def revoke(task_id: str) -> Response:
    task = _wanted(task_id)
    if not services().store.tasks.revoke(task.id, task.session_id):
        return _back(task, _NOT_REVOKED, "warning")
    log.info('action="task_revoked" task=%s user=%s', task.id, person().id)
    services().surroundings.pokes.send(task.session_id)
    return _back(task, _REVOKED, "success")


def _wanted(task_id: str) -> Listed:
    task = services().store.tasks.listed(task_id)
    if task is None:
        abort(404)
    return task


def _back(task: Listed, text: str, kind: str) -> Response:
    """To the page from which the form came, which says what happened."""
    flash(word(text).format(action=task.action, interview=task.interview), kind)
    return redirect(_address(_state(), _number()), 303)


# --- which page it is ------------------------------------------------------------------------------------------------


def _state() -> State | None:
    """The state that is asked for; None for all, and for one that there isn't."""
    wanted = request.values.get("state", "")
    return next((state for state in _STATES if state == wanted), None)


def _number() -> int:
    """The number of the page that is asked for, from 1."""
    return min(max(request.values.get("page", 1, type=int), 1), _LAST_PAGE)


def _address(state: State | None, number: int = 1) -> str:
    return url_for(".index", state=state, page=number if number > 1 else None)


# --- what is on it ---------------------------------------------------------------------------------------------------


def _page(state: State | None, number: int) -> TaskPage:
    tasks = services().store.tasks
    # one more than is shown says whether there are more
    found = tasks.listing(state, most=_ON_A_PAGE + 1, skipped=(number - 1) * _ON_A_PAGE)
    zone = zone_called(person().timezone or services().settings.timezone)
    return TaskPage(
        tasks=tuple(_row(task, zone) for task in found[:_ON_A_PAGE]),
        filters=_filters(state, tasks.counts_up_to(_COUNTED)),
        state=state or "",
        number=number,
        moment=_local(naive_utc(), zone).strftime("%H:%M:%S"),
        timezone=zone.key,
        refresh_url=_address(state, number),
        newer_url=_address(state, number - 1) if number > 1 else "",
        older_url=_address(state, number + 1) if len(found) > _ON_A_PAGE else "",
    )


def _filters(chosen: State | None, counts: dict[State, int]) -> tuple[TaskFilter, ...]:
    numbers: dict[State | None, int] = {None: min(sum(counts.values()), _COUNTED)}
    numbers |= {state: counts[state] for state in _STATES}
    return tuple(
        TaskFilter(state or "", word(_LABELS[state or ""]), _counted(number), _address(state), chosen=state == chosen)
        for state, number in numbers.items()
    )


def _counted(number: int) -> str:
    return f"{number}+" if number == _COUNTED else str(number)


def _row(task: Listed, zone: ZoneInfo) -> TaskRow:
    ordered = _local(task.created, zone)
    return TaskRow(
        id=task.id,
        interview=task.interview,
        action=task.action,
        state=task.state,
        state_label=word(_LABELS[task.state]),
        ordered=ordered.strftime("%Y-%m-%d %H:%M:%S"),
        ordered_iso=ordered.isoformat(timespec="seconds"),
        waited=_duration(task.waited),
        ran=_duration(task.ran),
        attempt=task.attempt,
        error=task.error_type,
        run_again_url=url_for(".run_again", task_id=task.id) if task.can_run_again else "",
        revoke_url=url_for(".revoke", task_id=task.id) if task.can_be_revoked else "",
    )


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(zone)


def _duration(seconds: float | None) -> str:
    return "" if seconds is None else short_duration(seconds)
