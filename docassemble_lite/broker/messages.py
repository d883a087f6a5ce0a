"""Wake-up messages: nothing but the id of a task comes through, whatever lies in the broker.

Celery's own transports give each message to the worker as it is, and one that is none, or half of one, ends the worker.
Here a message is reduced to the id that it names and made anew; what names none is dropped.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import uuid
from typing import Any

log = logging.getLogger(__name__)

#: The name of the only task that workers know, and the queue of the messages about it.
RUN_TASK = "docassemble_lite.run"
QUEUE = "docassemble_lite"
#: What a worker is asked by whoever wants to know whether it is well.
SIGNS_OF_LIFE = "docassemble_lite_signs_of_life"
#: What reading a message that is none may raise.
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
# characters of a task's id; ours have 32
_LONGEST_ID = 64


def task_named_in(message: Any) -> str | None:
    """The id of the task that a message names; None for a message that no server of ours sent."""
    match message:
        case {"content-type": "application/json", "headers": {"task": "docassemble_lite.run"}, "body": str(body)}:
            try:
                content = json.loads(base64.b64decode(body, validate=True))
            except (binascii.Error, ValueError, RecursionError):
                return None
        case _:
            return None
    match content:
        case [[], {"task": str(task_id), **rest}, dict()] if not rest and len(task_id) <= _LONGEST_ID:
            return task_id
    return None


def message_about(task_id: str) -> dict[str, Any]:
    """The message of that task as Celery expects it."""
    number = str(uuid.uuid4())
    body = json.dumps([[], {"task": task_id}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}])
    return {
        "body": base64.b64encode(body.encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {
            "lang": "py",
            "task": RUN_TASK,
            "id": number,
            "root_id": number,
            "parent_id": None,
            "group": None,
            "retries": 0,
            "eta": None,
            "expires": None,
            "timelimit": [None, None],
            "argsrepr": "()",
            "kwargsrepr": "{}",
        },
        "properties": {
            "correlation_id": number,
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": QUEUE},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": str(uuid.uuid4()),
        },
    }


class OnlyWakeUps:
    """Of the messages in our queue, delivers those that name a task."""

    def _deliver(self, message: Any, queue: str) -> None:
        if queue == QUEUE:
            task_id = task_named_in(message)
            if task_id is None:
                log.warning('action="message_refused"')
                return
            message = message_about(task_id)
        super()._deliver(message, queue)  # type: ignore[misc]
