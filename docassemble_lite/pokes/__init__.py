"""Pokes: what tells the web processes that a session has something new, so that its pages look at once.

A poke is a session's id and nothing else. One that gets lost costs a few seconds: pages look from time to time anyway.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Protocol

from docassemble_lite.pokes.sockets import SocketPokes
from docassemble_lite.settings import Settings

__all__ = ["Pokes", "open_pokes"]


class Pokes(Protocol):
    """The way from whoever changed something to the web processes."""

    def send(self, session_id: str) -> None:
        """Poke the pages of a session, if there are any. Never fails and never waits for long."""
        ...

    def heard(self, over: threading.Event) -> Iterator[str]:
        """The ids of the sessions that are poked from now on, as they come, until soon after `over` is set."""
        ...

    def close(self) -> None:
        """Let go of what sending keeps open; sending opens it again."""
        ...


def open_pokes(settings: Settings) -> Pokes:
    """The pokes of this server: through Redis where that is the broker, and else through sockets in the data folder."""
    if settings.broker.partition(":")[0] in ("redis", "rediss"):
        # importing it takes a tenth of a second, which a server without Redis can do without
        from docassemble_lite.pokes.redis_channel import RedisPokes

        return RedisPokes(settings.broker)
    return SocketPokes(settings.data / "pokes")
