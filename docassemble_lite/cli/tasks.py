"""`tasks`: what background tasks there are and how they stand; running them again; revoking them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from docassemble_lite.cli.arguments import Arguments
from docassemble_lite.cli.opened import opened_store
from docassemble_lite.cli.table import plain, print_table
from docassemble_lite.errors import LiteError
from docassemble_lite.language.durations import short_duration
from docassemble_lite.settings import Settings

if TYPE_CHECKING:
    from docassemble_lite.store.tasks import Listed, State, Tasks

_HEADS = ("interview", "action", "state", "waited", "ran", "attempt", "error", "id")


class NoSuchTask(LiteError):
    """There is no such task."""


class NotDone(LiteError):
    """Nothing was changed."""


def manage_tasks(settings: Settings, arguments: Arguments) -> int:
    """Carry out what `arguments.deed` says."""
    with opened_store(settings) as store:
        match arguments.deed:
            case "run-again":
                return _run_again(store.tasks, settings, arguments.task)
            case "revoke":
                return _revoke(store.tasks, settings, arguments.task)
            case _:
                return _list(store.tasks, arguments)


def _list(tasks: Tasks, arguments: Arguments) -> int:
    found = tasks.listing(cast("State | None", arguments.state), most=arguments.most)
    counts = tasks.counts()
    if not found:
        print(f"There is no task that is {arguments.state}." if arguments.state else "There are no background tasks.")
        return 0
    print_table(_HEADS, [_row(task) for task in found])
    there = counts.get(arguments.state, 0) if arguments.state else sum(counts.values())
    if there > len(found):
        print(f"These are {len(found)} of {there}; --most shows more.")
    return 0


def _row(task: Listed) -> tuple[str, ...]:
    return (
        task.interview,
        task.action,
        task.state,
        _duration(task.waited),
        _duration(task.ran),
        str(task.attempt),
        task.error_type,
        task.id,
    )


def _duration(seconds: float | None) -> str:
    return "" if seconds is None else short_duration(seconds)


def _run_again(tasks: Tasks, settings: Settings, start: str) -> int:
    from docassemble_lite.broker import Broker

    task = _only(tasks, start)
    if not tasks.run_again(task.id):
        reason = "the key to its session isn't kept any more" if task.state == "failed" else f"it is {task.state}, not failed"
        raise NotDone(f"{_named(task)} can't be run again: {reason}.")
    if Broker(settings).send(task.id):
        print(f"{_named(task)} waits to be run again.")
    else:
        print(f"{_named(task)} waits to be run again. The broker can't be reached, so that may take a while.")
    return 0


def _revoke(tasks: Tasks, settings: Settings, start: str) -> int:
    from docassemble_lite.pokes import open_pokes

    task = _only(tasks, start)
    if not tasks.revoke(task.id, task.session_id):
        raise NotDone(f"{_named(task)} can't be revoked: it is {task.state}.")
    open_pokes(settings).send(task.session_id)
    print(f"{_named(task)} is revoked.")
    return 0


def _only(tasks: Tasks, start: str) -> Listed:
    """The task whose id begins so. Raises `NoSuchTask` if there is none or more than one."""
    found = tasks.beginning_with(start)
    if not found:
        raise NoSuchTask(f"There is no task whose id begins with {start!a}.")
    if len(found) > 1 and found[0].id != start:
        raise NoSuchTask(f"There are several tasks whose id begins with {start!a}: write more of it.")
    return found[0]


def _named(task: Listed) -> str:
    return plain(f"The task {task.id} ({task.action} of {task.interview})")
