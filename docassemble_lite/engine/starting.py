"""Starting background tasks: a block that runs again within one evaluation doesn't start its task twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from docassemble_lite.host import Host


class StartedTasks:
    """The tasks that one evaluation has started, by the run of the block that started them.

    A block runs again from its beginning whenever it turns out to need a variable. What it started the first time is
    recognised by the action, its arguments and how many like it the run had started before.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self._runs: list[tuple[int, str]] = [(-1, "")]
        self._ids: dict[tuple[Any, ...], str] = {}
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
