"""The broker in the data folder: each message is a file."""

from __future__ import annotations

import json
import logging
import os
import time
import uuid
from collections import defaultdict
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem

from docassemble_lite.broker.messages import OnlyWakeUps

log = logging.getLogger(__name__)

# bytes of a message; ours have some 1,200
_LARGEST = 10_000


class FileChannel(filesystem.Channel):
    """Files in a folder. A message appears in it whole: one that is still being written isn't seen by anybody.

    The folder is looked through once for all messages that are in it; looking for each anew, a worker would take longer
    the more of them wait.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # queue → names of files that were there, the oldest last
        self._seen: dict[str, list[str]] = defaultdict(list)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        try:
            super()._queue_bind(exchange, routing_key, pattern, queue)
        except ValueError:
            # the process that was writing the file was killed; every worker that starts adds its own queues to it
            log.warning('action="exchange_repaired" exchange=%s', exchange)
            (Path(self.control_folder) / f"{exchange}.exchange").unlink(missing_ok=True)
            super()._queue_bind(exchange, routing_key, pattern, queue)

    def get_table(self, exchange: str) -> Any:
        try:
            return super().get_table(exchange)
        except ValueError:
            return []

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        # somebody may have cleared away too much
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        aside = folder / f".{name}.new"
        aside.write_text(json.dumps(payload), encoding="utf-8")
        aside.rename(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        seen = self._seen[queue]
        if not seen:
            seen += sorted(self._messages(queue), reverse=True)
        while seen:
            content = _take(folder / seen.pop())
            if content is None:
                continue
            try:
                return json.loads(content)
            except (ValueError, RecursionError):
                log.warning('action="message_refused"')
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._messages(queue))

    def _messages(self, queue: str) -> list[str]:
        try:
            names = os.listdir(self.data_folder_in)
        except FileNotFoundError:
            return []
        return [name for name in names if name.endswith(f".{queue}.msg") and not name.startswith(".")]


def _take(path: Path) -> bytes | None:
    """What is in the file, which is gone then; None if somebody else was faster or it isn't a file."""
    if path.is_symlink() or not path.is_file():
        return None
    taken = path.with_name(f".{path.name}.taken")
    try:
        path.rename(taken)
        with taken.open("rb") as file:
            content = file.read(_LARGEST + 1)
        taken.unlink()
    except FileNotFoundError:
        return None
    return content if len(content) <= _LARGEST else b""


class FileTransport(OnlyWakeUps, filesystem.Transport):
    """The broker in the data folder, for workers with an event loop.

    Celery's own transport of files makes workers do without one. Their processes then wait for work at one pipe with a
    lock, and when the one that has the lock is killed, all others wait for ever.
    """

    Channel = FileChannel
    implements = filesystem.Transport.implements.extend(asynchronous=True)

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        """Have a worker look for messages at intervals."""
        loop.call_repeatedly(self.polling_interval, self._deliver_all, connection)

    def _deliver_all(self, connection: Any) -> None:
        while True:
            try:
                self.drain_events(connection, timeout=0)
            except TimeoutError:
                # there is no more, or the worker has as much as it can take
                return
