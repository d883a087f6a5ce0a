"""Lets waitress hand over the connection of a request, after the head of its answer, to be held by somebody else.

It also sends the head of an answer and what comes with it in one piece: half of what a small answer costs is sending it.
"""

from __future__ import annotations

import os
import socket
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import WSGITask

from docassemble_lite.web.held import HOLD, Held, HeldConnections


def let_hold(server: Any, connections: HeldConnections) -> None:
    """From now on the requests to a waitress server can have their connections held."""
    server.held_connections = connections
    server.channel_class = Channel


class Task(WSGITask):
    """One request."""

    _held: Held | None = None

    def get_environment(self) -> dict[str, Any]:
        environment = dict(super().get_environment())
        environment[HOLD] = self._hold
        return environment

    def service(self) -> None:
        try:
            super().service()
        except BaseException:
            self._give_back()
            raise

    def write(self, data: bytes) -> None:
        if data and self.complete and self.has_body and not self.wrote_header:  # type: ignore[has-type]
            self.channel.head = self.build_response_header()
            self.wrote_header = True
        super().write(data)
        if self.channel.head:
            # more was given than the head says that there is, namely nothing
            self.channel.write_soon(b"")

    def finish(self) -> None:
        # what couldn't be sent at once would be sent by waitress, among what is sent on the held connection
        if self._held is None or not self.wrote_header or self.channel.total_outbufs_len or not self.status.startswith("200"):
            self._give_back()
            super().finish()
            return
        # waitress closes its own descriptor of the connection, which ends nothing as long as there is another
        copy = socket.socket(fileno=os.dup(self.channel.socket.fileno()))
        self._connections.attach(self._held, copy, chunked=self.chunked_response)
        self.close_on_finish = True

    @property
    def _connections(self) -> HeldConnections:
        connections: HeldConnections = self.channel.server.held_connections
        return connections

    def _hold(self, session_id: str, who: str) -> bool:
        self._held = self._connections.reserve(session_id, who)
        return self._held is not None

    def _give_back(self) -> None:
        if self._held is not None:
            self._connections.give_back(self._held)


class Channel(HTTPChannel):
    """One connection."""

    task_class = Task
    # what is to be sent before what comes next
    head = b""

    def write_soon(self, data: Any) -> int:
        head, self.head = self.head, b""
        return int(super().write_soon(head + data if head else data))
