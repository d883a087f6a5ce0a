"""A server of names, as Docker has one: to the name of a service it tells the addresses of all its containers, in any order."""

from __future__ import annotations

import random
import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

# flags of an answer without an error; the kind of question for an IPv4 address; seconds for which an answer is valid
_ANSWERED, _ADDRESS, _VALID = 0x8180, 1, 5


class _Names(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        question, answers_to = self.request
        labels, place = [], 12
        while length := question[place]:
            labels.append(question[place + 1 : place + 1 + length].decode())
            place += 1 + length
        kind = int.from_bytes(question[place + 1 : place + 3], "big")
        server: Any = self.server
        known = list(server.names.get(".".join(labels), ())) if kind == _ADDRESS else []
        random.shuffle(known)
        counts = b"".join(number.to_bytes(2, "big") for number in (_ANSWERED, 1, len(known), 0, 0))
        found = b"".join(
            b"\xc0\x0c\x00\x01\x00\x01" + _VALID.to_bytes(4, "big") + b"\x00\x04" + socket.inet_aton(item) for item in known
        )
        answers_to.sendto(question[:2] + counts + question[12 : place + 5] + found, self.client_address)


@contextmanager
def server_of_names(names: Mapping[str, Sequence[str]], host: str = "127.0.0.1") -> Iterator[str]:
    """Where it listens (host:port). `names`: each → its addresses; what they are may change."""
    with socketserver.ThreadingUDPServer((host, 0), _Names) as server:
        server.names = names  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, name="names", daemon=True)
        thread.start()
        try:
            yield f"{host}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
