"""Background tasks as interviews see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docassemble_lite.engine.screen import TaskResponse
from docassemble_lite.engine.steering import EndWith
from docassemble_lite.host import TaskReport, current

__all__ = ["BackgroundTask", "background_action", "background_response"]

#: Seconds that `get()` and `wait()` stay with a task that doesn't end.
PATIENCE = 60.0


class BackgroundTask:
    """A task that runs outside of the screens. It is stored as its id; how it stands is looked up each time."""

    def __init__(self, task_id: str) -> None:
        self.id = task_id

    def _report(self) -> TaskReport:
        return current().host.task(self.id)

    def ready(self) -> bool:
        """Whether the task has ended, in whatever way."""
        return self._report().over

    def failed(self) -> bool:
        """Whether the task ended with an error."""
        return self._report().state == "failed"

    def get(self) -> Any:
        """The value of the task, waiting for its end; None if it has none."""
        return current().host.wait_for_task(self.id, PATIENCE).result

    def __repr__(self) -> str:
        return f"BackgroundTask({self.id!r})"

    __str__ = __repr__


def background_action(_action: str, _mode: str | None = None, /, **arguments: Any) -> BackgroundTask:
    """Have an action of this interview run in the background, once the answers of this screen are saved.

    `_mode` says how the screen is told of the result; the keyword arguments go to the action.
    """
    if not isinstance(_action, str):
        raise TypeError(f"background_action() takes the name of an action, not {_action!r}.")
    return BackgroundTask(current().evaluation.tasks.start(_action, arguments, _mode))


def background_response(*values: Any, **named: Any) -> None:
    """End the task with a value: the one argument, a list of several, or a dictionary of the named ones."""
    raise EndWith(TaskResponse(_value_of(values, named)))


def _value_of(values: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
    if len(values) == 1:
        return values[0]
    if values:
        return list(values)
    return dict(named) or None
