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

    class Task(WSGITask):
        held: Held | None = None

        def get_environment(self) -> dict[str, Any]:
            environment = dict(super().get_environment())
            environment[HOLD] = self.hold
            return environment

        def hold(self, session_id: str, who: str) -> bool:
            self.held = connections.reserve(session_id, who)
            return self.held is not None

        def service(self) -> None:
            try:
                super().service()
            except BaseException:
                self.give_back()
                raise

        def write(self, data: bytes) -> None:
            if data and self.complete and self.has_body and not self.wrote_header:  # type: ignore[has-type]
                self.channel.head = self.build_response_header()
                self.wrote_header = True
            super().write(data)

        def finish(self) -> None:
            # what couldn't be sent at once would be sent by waitress, among what is sent on the held connection
            if self.held is None or not self.wrote_header or self.channel.total_outbufs_len or not self.status.startswith("200"):
                self.give_back()
                super().finish()
                return
            # waitress closes its own descriptor of the connection, which ends nothing as long as there is another
            copy = socket.socket(fileno=os.dup(self.channel.socket.fileno()))
            connections.attach(self.held, copy, chunked=self.chunked_response)
            self.close_on_finish = True

        def give_back(self) -> None:
            if self.held is not None:
                connections.give_back(self.held)

    class Channel(HTTPChannel):
        task_class = Task
        # what is to be sent before what comes next
        head = b""

        def write_soon(self, data: Any) -> int:
            head, self.head = self.head, b""
            return int(super().write_soon(head + data if head else data))

    server.channel_class = Channel
