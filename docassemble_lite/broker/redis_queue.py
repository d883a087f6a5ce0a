"""A Redis server as the broker."""

from __future__ import annotations

import logging
from queue import Empty
from typing import Any

from kombu.transport import redis

from docassemble_lite.broker.messages import UNREADABLE, OnlyWakeUps

log = logging.getLogger(__name__)


class RedisChannel(redis.Channel):
    """Redis, where what can't be read doesn't end the worker."""

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)
        except UNREADABLE:
            log.warning('action="message_refused"', exc_info=True)
            raise Empty from None


class RedisTransport(OnlyWakeUps, redis.Transport):
    """A Redis server as the broker."""

    Channel = RedisChannel
