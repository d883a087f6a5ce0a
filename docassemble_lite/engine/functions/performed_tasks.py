"""Which tasks of an interview, such as a reminder that has to be sent, were performed, and how often.

The answers count them, so that going back takes it back. With `persistent` they are counted beside the answers, at once: True
or "session" for this session, "interview" for all sessions of the interview, "user" for all of the person, "global" for all of
the server, any other text for all that name the same.
"""

from __future__ import annotations

from typing import Any

from docassemble_lite.host import current

__all__ = [
    "mark_task_as_performed",
    "set_task_counter",
    "task_not_yet_performed",
    "task_performed",
    "times_task_performed",
]


def task_performed(task: str, persistent: bool | str = False) -> bool:
    """Whether the task was performed at least once."""
    return times_task_performed(task, persistent) > 0


def task_not_yet_performed(task: str, persistent: bool | str = False) -> bool:
    """Whether the task was never performed."""
    return not task_performed(task, persistent)


def times_task_performed(task: str, persistent: bool | str = False) -> int:
    """How often the task was performed."""
    name, base = _named(task), _base(persistent)
    return current().host.times_performed(name, base) if base else _in_answers().get(name, 0)


def mark_task_as_performed(task: str, persistent: bool | str = False) -> int:
    """The task was performed once more; how often it was."""
    name, base = _named(task), _base(persistent)
    if base:
        current().host.set_times_performed(name, base, None)
    else:
        _in_answers()[name] = _in_answers().get(name, 0) + 1
    return times_task_performed(task, persistent)


def set_task_counter(task: str, times: int, persistent: bool | str = False) -> None:
    """Say how often the task was performed; 0: never."""
    name, base = _named(task), _base(persistent)
    if isinstance(times, bool) or not isinstance(times, int) or times < 0:
        raise ValueError(f"A task was performed 0 times or more, not {times!r} times.")
    if base:
        current().host.set_times_performed(name, base, times)
    else:
        _in_answers()[name] = times


def _in_answers() -> dict[str, int]:
    tasks: dict[str, int] = current().evaluation.internal["tasks"]
    return tasks


def _named(task: Any) -> str:
    if not isinstance(task, str) or not task:
        raise TypeError(f"A task has a name, which is a text, not {task!r}.")
    return task


def _base(persistent: Any) -> str:
    """For whom the task is counted beside the answers; empty: the answers count it."""
    if not persistent:
        return ""
    if persistent is True:
        return "session"
    if not isinstance(persistent, str):
        raise TypeError(f"“persistent” is True, False or a text, not {persistent!r}.")
    return persistent
