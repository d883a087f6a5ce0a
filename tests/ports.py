"""Ports for servers that are told where to listen."""

from __future__ import annotations

import random
import socket
from pathlib import Path

_GIVEN_BY_SYSTEM = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 10_000


def free_port() -> int:
    """A port that nobody listens on just now.

    It is none of those that the system gives to outgoing connections, which may take one before the server listens there.
    """
    end = int(_GIVEN_BY_SYSTEM.read_text().split()[0]) if _GIVEN_BY_SYSTEM.is_file() else 2 * _LOWEST
    while end > _LOWEST:
        port = random.SystemRandom().randrange(_LOWEST, end)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            # somebody does
            continue
        return port
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
