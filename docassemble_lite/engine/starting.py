"""Starting background tasks: a block that runs again doesn't start its task twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from docassemble_lite.engine.screen import Wait
from docassemble_lite.engine.steering import EndWith
from docassemble_lite.host import Host

# under this name `_internal` holds, until the next request, what a run that was broken off had started
_KEPT = "started_tasks"
#: Seconds after which a page comes back that waits for a task by `get()`.
COME_BACK = 4.0

_Run = tuple[int, str]


class StartedTasks:
    """The tasks that one evaluation has started, by the run of the block that started them.

    A block runs again from its beginning whenever it turns out to need a variable. What it started the first time is
    recognised by the action, its arguments and how many like it the run had started before.
    """

    def __init__(self, host: Host, internal: dict[str, Any]) -> None:
        self.host = host
        self._internal = internal
        self._runs: list[_Run] = [(-1, "")]
        # (run, action, arguments, mode, how many before) → id
        self._ids: dict[tuple[Any, ...], str] = dict(internal.pop(_KEPT, {}))
        self._counts: dict[tuple[Any, ...], int] = {}

    @contextmanager
    def running(self, block_number: int, name: str) -> Iterator[None]:
        """While the block runs, in order to define `name`."""
        run = (block_number, name)
        self._counts = {key: count for key, count in self._counts.items() if key[0] != run}
        self._runs.append(run)
        try:
            yield
        finally:
            self._runs.pop()

    def start(self, action: str, arguments: Mapping[str, Any], mode: str | None) -> str:
        """The id of the task: a new one, or that which this run of the block started before it ran again."""
        kind = (self._runs[-1], action, repr(sorted(arguments.items())), mode)
        count = self._counts.get(kind, 0)
        self._counts[kind] = count + 1
        key = (*kind, count)
        if key not in self._ids:
            self._ids[key] = self.host.start_task(action, arguments, mode)
        return self._ids[key]

    def come_back_later(self) -> NoReturn:
        """End the evaluation with a page that waits. The code that waits runs again then, with the same tasks."""
        self._internal[_KEPT] = {key: task_id for key, task_id in self._ids.items() if key[0] in self._runs}
        raise EndWith(Wait(COME_BACK))
