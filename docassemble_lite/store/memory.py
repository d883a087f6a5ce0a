"""What interviews keep beside the answers, for all sessions: Redis, or what a server without it has in its place."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from docassemble_lite.settings import Settings
from docassemble_lite.store.small_redis import SmallRedis

# seconds that making a connection may take, and an answer; a limit of time that Redis itself is asked to wait must be shorter
_CONNECT, _ANSWER = 2, 30


def open_memory(settings: Settings) -> Any:
    """A client with the methods of `redis.Redis`; fit for several threads, and for processes that are forked."""
    url = settings.redis or (settings.broker if settings.broker.partition(":")[0] in ("redis", "rediss") else "")
    return _client(url) if url else SmallRedis(settings.data / "redis.sqlite3")


@lru_cache(maxsize=8)
def _client(url: str) -> Any:
    # a server whose interviews don't ask for it can do without it
    from redis import Redis

    # one that has lost its power doesn't even hang up
    return Redis.from_url(url, socket_connect_timeout=_CONNECT, socket_timeout=_ANSWER, health_check_interval=_ANSWER)
