"""Pokes on one machine: every listening process has a datagram socket in a folder."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)

_SUFFIX = ".socket"
# bytes of a poke; a session's id has 32
_LARGEST = 64
# seconds that a listener has to make room for one more poke: the system keeps only a few for it
_PATIENCE = 0.25
# seconds between two looks whether to go on listening
_GLANCE = 0.5


class SocketPokes:
    """Pokes through the sockets in `folder`. A socket that nobody listens on any more is removed by whoever finds it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, session_id: str) -> None:
        """See `Pokes.send`."""
        try:
            names = [entry.name for entry in os.scandir(self._folder) if entry.name.endswith(_SUFFIX)]
        except FileNotFoundError:
            return
        if not names:
            return
        with _reachable(self._folder) as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.settimeout(_PATIENCE)
            for name in names:
                self._send_to(sender, folder, name, session_id.encode())

    def _send_to(self, sender: socket.socket, folder: str, name: str, poke: bytes) -> None:
        try:
            sender.sendto(poke, f"{folder}/{name}")
        except ConnectionRefusedError:
            # its process died
            (self._folder / name).unlink(missing_ok=True)
        except (TimeoutError, FileNotFoundError):
            # that process has more to do than it can take, or has just ended
            log.warning('action="poke_lost" listener=%s', name)

    def heard(self, over: threading.Event) -> Iterator[str]:
        """See `Pokes.heard`."""
        with self._listening() as listening:
            while not over.is_set():
                try:
                    yield listening.recv(_LARGEST).decode("ascii", "replace")
                except TimeoutError:
                    continue

    def close(self) -> None:
        """See `Pokes.close`."""

    @contextmanager
    def _listening(self) -> Iterator[socket.socket]:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
            listening.settimeout(_GLANCE)
            with _reachable(self._folder) as folder:
                listening.bind(f"{folder}/{name}")
            try:
                yield listening
            finally:
                (self._folder / name).unlink(missing_ok=True)


@contextmanager
def _reachable(folder: Path) -> Iterator[str]:
    """A name for the folder that is short enough: the path of a socket may have a hundred bytes only."""
    if not sys.platform.startswith("linux"):
        yield str(folder)
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
