"""Has waitress answer some requests in threads of their own, so that they are answered while all others wait for something."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from waitress.task import ThreadedTaskDispatcher

_THREADS = 2


def answer_apart(server: Any, paths: Collection[str]) -> None:
    """From now on requests for these paths have threads of their own."""
    apart = ThreadedTaskDispatcher()
    apart.set_thread_count(_THREADS)
    usual = server.add_task

    def add_task(channel: Any) -> None:
        if channel.requests[0].path in paths:
            apart.add_task(channel)
        else:
            usual(channel)

    server.add_task = add_task
