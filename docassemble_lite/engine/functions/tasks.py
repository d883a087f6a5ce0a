"""Background tasks as interviews see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from docassemble_lite.engine.markup import shown, to_raw_html, to_script
from docassemble_lite.engine.screen import TaskAction, TaskResponse
from docassemble_lite.engine.steering import EndWith
from docassemble_lite.errors import LiteError
from docassemble_lite.host import TaskReport, current

__all__ = [
    "BackgroundTask",
    "background_action",
    "background_error_action",
    "background_response",
    "background_response_action",
]

#: What can become of a task's value on the screen of the person who started it.
MODES = ("flash", "refresh", "javascript", "fields", "backgroundresponse")
#: The states of tasks under the names that Celery gives them.
_CELERY_STATES = {"waiting": "PENDING", "running": "STARTED", "done": "SUCCESS", "failed": "FAILURE", "revoked": "REVOKED"}


class TaskNotOver(LiteError):
    """The task that the code waits for hasn't ended. Code that waits for long should be outside of background tasks."""


@dataclass
class TaskResult:
    """How a task ended. The texts are empty, and `variables` too, when it ended well.

    `variables` are the names that were being sought when it failed, most recent first.
    """

    value: Any = None
    error_type: str = ""
    error_message: str = ""
    error_trace: str = ""
    variables: list[str] = field(default_factory=list)


class BackgroundTask:
    """A task that runs outside of the screens. It is stored as its id; how it stands is looked up each time."""

    def __init__(self, task_id: str) -> None:
        self.id = task_id

    def ready(self) -> bool:
        """Whether the task has ended, in whatever way."""
        return self._report().over

    def failed(self) -> bool:
        """Whether the task ended with an error, or was revoked."""
        return self._report().state in ("failed", "revoked")

    def wait(self) -> bool:
        """Wait for the end of the task; True."""
        self._ended()
        return True

    def get(self) -> Any:
        """The value of the task, waiting for its end; None if it has none."""
        return self._ended().result

    def result(self) -> TaskResult:
        """How the task ended, waiting for its end."""
        report = self._ended()
        return TaskResult(report.result, report.error_type, report.error_message, report.error_trace, list(report.variables))

    def revoke(self, terminate: bool = True) -> None:
        """Take the task from the queue; with `terminate`, stop it where it runs. A task that is over stays as it is."""
        current().host.revoke_task(self.id, terminate=terminate)

    def state(self) -> str:
        """How the task stands: PENDING, STARTED, SUCCESS, FAILURE or REVOKED."""
        return _CELERY_STATES[self._report().state]

    status = state

    def date_done(self) -> datetime | None:
        """When the task ended, in UTC; None while it hasn't."""
        return self._report().ended

    def _report(self) -> TaskReport:
        return current().host.task(self.id)

    def _ended(self) -> TaskReport:
        report = current().host.wait_for_task(self.id)
        if not report.over:
            if current().request.interface in ("worker", "cron", "mail"):
                raise TaskNotOver
            current().evaluation.tasks.come_back_later()
        return report

    def __repr__(self) -> str:
        return f"BackgroundTask({self.id!r})"

    __str__ = __repr__


def background_action(_action: str, _mode: str | None = None, /, **arguments: Any) -> BackgroundTask:
    """Have an action of this interview run in the background, once the answers of this screen are saved.

    `_mode` says how the screen is told of the result; the keyword arguments go to the action.
    """
    _require_name("background_action", _action)
    if _mode is not None and _mode not in MODES:
        raise ValueError(f"background_action() can tell the screen by {', '.join(MODES)} or None, not by {_mode!r}.")
    return BackgroundTask(current().evaluation.tasks.start(_action, arguments, _mode))


def background_response(*values: Any, **named: Any) -> NoReturn:
    """End the task with a value: the one argument, a list of several, or a dictionary of the named ones.

    With two arguments the second can say what becomes of the first on the screen: "flash", "refresh", "javascript", "fields".
    Dictionaries with "target" and "content" are HTML for places in the screen. What people typed is harmless in either.
    """
    if values == ("refresh",) and not named:
        raise EndWith(TaskResponse("refresh", "refresh"))
    if len(values) == 2 and not named and values[1] in MODES:
        value, mode = values
        raise EndWith(TaskResponse(_harmless(value, mode), mode))
    raise EndWith(TaskResponse(_harmless(_value_of(values, named), None)))


def background_response_action(_action: str, /, **arguments: Any) -> NoReturn:
    """End the task and have an action, whose changes of the answers are saved, go on with what it found."""
    _require_name("background_response_action", _action)
    raise EndWith(TaskAction(_action, arguments))


def background_error_action(_action: str, /, **arguments: Any) -> None:
    """Should the task fail from here on, have an action run whose changes of the answers are saved.

    It also gets the arguments error_type, error_message, error_trace and variables.
    """
    _require_name("background_error_action", _action)
    current().host.note_error_action(_action, arguments)


def _require_name(function: str, action: Any) -> None:
    if not isinstance(action, str):
        raise TypeError(f"{function}() takes the name of an action, not {action!r}.")


def _harmless(value: Any, mode: str | None) -> Any:
    """The value, in which what people typed can't act when a page takes it; a task's starter may have said how it does."""
    if value is not None and "javascript" in (mode, current().request.task_mode):
        return to_script(shown(value))
    return _with_harmless_parts(value)


def _with_harmless_parts(value: Any) -> Any:
    """The value, in which the HTML for places in the screen is such as can be shown."""
    if isinstance(value, (list, tuple)) and value and all(_is_part(item) for item in value):
        return [_with_harmless_parts(item) for item in value]
    if _is_part(value):
        return {**value, "content": to_raw_html(shown(value["content"]))}
    return value


def _is_part(value: Any) -> bool:
    return isinstance(value, Mapping) and "target" in value and "content" in value


def _value_of(values: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
    if len(values) == 1 and not named:
        return values[0]
    if values:
        return [*values, dict(named)] if named else list(values)
    return dict(named) or None
