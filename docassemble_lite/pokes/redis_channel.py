"""Pokes between machines: a channel of a Redis server."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

_CHANNEL = "docassemble_lite:pokes"
# seconds that a server which isn't there may take, and between two tries to reach it
_PATIENCE = 1.0
_TRY_AGAIN = 2.0
# seconds between two looks whether to go on listening
_GLANCE = 0.5


class RedisPokes:
    """Pokes through the Redis server at `url`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._sender: redis.Redis | None = None
        # the moment (of time.monotonic) before which it isn't tried again
        self._quiet_until = 0.0

    def send(self, session_id: str) -> None:
        """See `Pokes.send`."""
        if time.monotonic() < self._quiet_until:
            return
        if self._sender is None:
            self._sender = self._client()
        try:
            self._sender.publish(_CHANNEL, session_id)
        except (redis.RedisError, OSError) as error:
            self._quiet_until = time.monotonic() + _TRY_AGAIN
            log.warning('action="poke_lost" %s', error)

    def heard(self, over: threading.Event) -> Iterator[str]:
        """See `Pokes.heard`."""
        while not over.is_set():
            try:
                yield from self._heard_until_it_breaks(over)
            except (redis.RedisError, OSError) as error:
                log.warning('action="pokes_away" %s', error)
                over.wait(_TRY_AGAIN)

    def close(self) -> None:
        """See `Pokes.close`."""
        if self._sender is not None:
            self._sender.close()
            self._sender = None

    def _heard_until_it_breaks(self, over: threading.Event) -> Iterator[str]:
        with self._client() as client, client.pubsub(ignore_subscribe_messages=True) as subscription:
            subscription.subscribe(_CHANNEL)
            while not over.is_set():
                message = subscription.get_message(timeout=_GLANCE)
                if message is not None:
                    yield message["data"].decode("ascii", "replace")

    def _client(self) -> redis.Redis:
        once = Retry(NoBackoff(), 0)
        return redis.Redis.from_url(self._url, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE, retry=once)
