"""Turns of waitress's loop that ask only those connections what they want on which something is going on.

Its own loop asks all of them whenever anything happens, so that each open page makes every answer dearer.
"""

from __future__ import annotations

import select
import time
from collections.abc import Mapping
from typing import Any

from waitress import wasyncore

# seconds between two looks at all connections: waitress marks those as to be closed that were not used for long
_LOOK_AT_ALL = 5.0
_INPUT = select.POLLIN | select.POLLPRI


class Turns:
    """The connections of a server, by the numbers of their files; waitress adds and removes them."""

    def __init__(self, connections: Mapping[int, Any]) -> None:
        self._connections = connections
        self._poller = select.poll()
        # what each of them waits for
        self._waits_for: dict[int, int] = {}
        # those on which something may change without anything coming in
        self._lively: set[int] = set()
        self._next_look_at_all = 0.0

    def take(self, seconds: float, *, at_all: bool = False) -> None:
        """Wait so long at most for something to happen, and handle it. `at_all`: something was changed on any of them."""
        now = time.monotonic()
        if at_all or now >= self._next_look_at_all or self._waits_for.keys() != self._connections.keys():
            self._next_look_at_all = now + _LOOK_AT_ALL
            self._lively.update(self._waits_for, self._connections)
        for number in list(self._lively):
            self._look_at(number)
        for number, happened in self._poller.poll(int(seconds * 1000)):
            connection = self._connections.get(number)
            if connection is not None:
                self._lively.add(number)
                wasyncore.readwrite(connection, happened)

    def _look_at(self, number: int) -> None:
        connection = self._connections.get(number)
        if connection is None:
            self._lively.discard(number)
            if self._waits_for.pop(number, 0):
                self._poller.unregister(number)
            return
        wanted = _INPUT if connection.readable() else 0
        # a socket that takes new connections is never written to
        if connection.writable() and not connection.accepting:
            wanted |= select.POLLOUT
        before = self._waits_for.get(number, 0)
        self._waits_for[number] = wanted
        if wanted != before:
            if wanted:
                self._poller.register(number, wanted)
            else:
                self._poller.unregister(number)
        if wanted == _INPUT and not getattr(connection, "requests", True):
            self._lively.discard(number)
        else:
            self._lively.add(number)
