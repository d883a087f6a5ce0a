"""`BackgroundAction`: an object by which code has something done in the background as if it waited for it."""

from __future__ import annotations

from typing import Any

from docassemble_lite.engine.functions.steering import command, set_save_status
from docassemble_lite.engine.functions.tasks import BackgroundTask, TaskResult, background_action
from docassemble_lite.objects import DAObject


class BackgroundAction(DAObject):
    """Starts a task at the first call of `run()`, and gives its value at the first call after the task has ended.

    In between, each call ends the evaluation with a page that waits, so nothing blocks. A subclass may say otherwise how
    to wait and what to make of the result.
    """

    # seconds after which the page asks again
    refresh_seconds: float
    bg_action: BackgroundTask

    def init(self, *positional: Any, **attributes: Any) -> None:
        self._running = False
        self.refresh_seconds = 4
        super().init(*positional, **attributes)

    def run(self, action: str, /, *positional: Any, **arguments: Any) -> Any:
        """The value of the action; takes what `background_action()` takes. The next call starts a new task."""
        if not self._running:
            self.bg_action = background_action(action, *positional, **arguments)
            self._running = True
            self.initial_wait()
        if not self.bg_action.ready():
            self.wait()
        result, failed = self.bg_action.result(), self.bg_action.failed()
        del self.bg_action
        self._running = False
        return self.on_failure(result) if failed else self.process_response(result)

    def initial_wait(self) -> None:
        """Called when the task was started: the answers are saved, and the page waits."""
        command("wait", sleep=self.refresh_seconds)

    def wait(self) -> None:
        """Called while the task hasn't ended: the page goes on waiting, and nothing is saved."""
        set_save_status("ignore")
        command("wait", sleep=self.refresh_seconds)

    def process_response(self, result: TaskResult) -> Any:
        """What `run()` gives of a task that ended well."""
        return result.value

    def on_failure(self, result: TaskResult) -> Any:
        """What `run()` gives of a task that failed."""
        return result.value

    def running(self) -> bool:
        """Whether a task was started whose value hasn't been given yet."""
        return self._running

    def ready(self) -> bool | None:
        """Whether that task has ended; None if there is none."""
        return self.bg_action.ready() if self._running else None
