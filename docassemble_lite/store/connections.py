"""How PostgreSQL is connected to, so that neither side waits for hours for another one that has lost its power."""

from __future__ import annotations

from typing import Any

from docassemble_lite.settings import Settings

# seconds, how many times, and milliseconds, until the other side counts as away that doesn't answer any more
_IDLE, _INTERVAL, _COUNT, _UNANSWERED = 10, 5, 3, 15_000
# seconds that making a connection may take
_CONNECT = 5
_KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": _IDLE,
    "keepalives_interval": _INTERVAL,
    "keepalives_count": _COUNT,
    "connect_timeout": _CONNECT,
    "tcp_user_timeout": _UNANSWERED,
}
#: The same for PostgreSQL, which would keep the locks of a machine that is gone for two hours: name → value.
KEEPALIVES_OF_SERVER = {
    "tcp_keepalives_idle": _IDLE,
    "tcp_keepalives_interval": _INTERVAL,
    "tcp_keepalives_count": _COUNT,
    "tcp_user_timeout": _UNANSWERED,
}


def connect_args(settings: Settings) -> dict[str, Any]:
    """What `create_engine` is to be given as its `connect_args`."""
    return {} if settings.embedded else dict(_KEEPALIVES)


def set_all(values: dict[str, int]) -> str:
    """The SQL that sets these for a connection to PostgreSQL."""
    return "; ".join(f"SET {name} = {value}" for name, value in values.items())
