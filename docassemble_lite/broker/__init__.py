"""The way from whoever starts a background task to the workers: one small message that says which row to look at.

The row in the store is the task. A message is only a wake-up, so one that is lost is sent again by the sweeper.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docassemble_lite.broker.messages import QUEUE, RUN_TASK, SIGNS_OF_LIFE
from docassemble_lite.settings import Settings

if TYPE_CHECKING:
    from celery import Celery

log = logging.getLogger(__name__)

_GLANCE = 0.02
# seconds that the broker has for each step when somebody asks whether it is well, and otherwise
_STEP = 2
_LONGEST_STEP = 5

#: scheme of the broker's URL → the transport that lets nothing but wake-ups through
_TRANSPORTS = {
    "filesystem": "docassemble_lite.broker.files:FileTransport",
    "redis": "docassemble_lite.broker.redis_queue:RedisTransport",
    "rediss": "docassemble_lite.broker.redis_queue:RedisTransport",
}

# without these, whoever tells or asks a Redis whose machine loses its power at that moment waits for ever
_PATIENCE_WITH_REDIS = {
    "socket_connect_timeout": _STEP,
    "socket_timeout": _LONGEST_STEP,
    # seconds of silence after which a worker that waits for messages asks whether there still is somebody
    "health_check_interval": _LONGEST_STEP,
}


def make_celery(settings: Settings) -> Celery:
    """The Celery application of this server; in the data folder unless the settings name a broker."""
    # it takes a tenth of a second and 5 MB, which a server without background tasks, and every start, can do without
    from celery import Celery

    url = settings.broker or "filesystem://localhost//"
    app = Celery("docassemble_lite", broker=url, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_default_queue=QUEUE,
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=2,
        task_publish_retry=False,
        # how a task ended stands in the store, so nothing is to be waited for from a process that died
        worker_lost_wait=0.1,
    )
    app.conf.broker_transport = _TRANSPORTS.get(url.partition(":")[0])
    if not settings.broker:
        app.conf.broker_transport_options = _folders(settings)
    elif is_redis(url):
        app.conf.broker_transport_options = _PATIENCE_WITH_REDIS
    return app


def is_redis(url: str) -> bool:
    """Whether a broker's URL names a Redis server."""
    return url.partition(":")[0] in ("redis", "rediss")


def _folders(settings: Settings) -> dict[str, Any]:
    folder = settings.data / "broker"
    for name in ("messages", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.02,
    }


class Broker:
    """Sends wake-up messages."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._celery: Celery | None = None
        self._to_send: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._sender: threading.Thread | None = None
        self._lock = threading.Lock()
        self._unsent = 0

    @property
    def celery(self) -> Celery:
        """The Celery application, made when it is first needed."""
        if self._celery is None:
            self._celery = make_celery(self._settings)
        return self._celery

    def wake(self, task_id: str) -> None:
        """Have the workers told of a task soon. Whoever calls this never waits for a broker that is away."""
        with self._lock:
            self._unsent += 1
            self._to_send.put(task_id)
            if self._sender is None:
                self._sender = threading.Thread(target=self._send_all, name="sender", daemon=True)
                self._sender.start()

    def flush(self, seconds: float) -> None:
        """Wait until all that `wake` was told has been sent, but not longer than so many seconds."""
        end = time.monotonic() + seconds
        while self._unsent and time.monotonic() < end:
            time.sleep(_GLANCE)

    def _send_all(self) -> None:
        while True:
            task_id = self._to_send.get()
            try:
                self.send(task_id)
            except Exception:
                # the sweeper sends it later; the next ones are still to be sent
                log.exception('action="message_not_sent" task=%s', task_id)
            with self._lock:
                self._unsent -= 1

    def send(self, task_id: str) -> bool:
        """Tell the workers of a task, now. False if the broker can't be reached: the sweeper tells them later."""
        from kombu.exceptions import KombuError

        try:
            self.celery.send_task(RUN_TASK, kwargs={"task": task_id}, queue=QUEUE)
        except (KombuError, OSError) as error:
            log.warning("task %s waits for the sweeper, the broker can't be reached: %s", task_id, error)
            return False
        return True

    def trouble(self) -> str:
        """Why the broker can't be used just now; empty if it can. Takes a few seconds at most."""
        if not self._settings.broker:
            return _trouble_with(Path(self._settings.data) / "broker" / "messages")
        from kombu.exceptions import KombuError

        options = {"socket_timeout": _STEP} if is_redis(self._settings.broker) else {}
        with self.celery.connection_for_write(connect_timeout=_STEP, transport_options=options) as connection:
            try:
                # at once, where it would wait for two seconds before it tries again
                connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
                return ""
            except (KombuError, OSError, *connection.recoverable_connection_errors) as error:
                return " ".join(str(error).split()) or type(error).__name__

    def signs_of_worker(self, node: str, seconds: float) -> Mapping[str, float] | None:
        """For how many seconds the worker of a name hasn't reached the "store" and the "broker"; None: it doesn't answer."""
        from kombu.exceptions import KombuError

        with self.celery.connection_for_write() as connection:
            try:
                asked = self.celery.control.broadcast(
                    SIGNS_OF_LIFE, destination=[node], reply=True, timeout=seconds, limit=1, connection=connection
                )
            except (KombuError, OSError, *connection.recoverable_connection_errors) as error:
                log.warning('action="broker_away" %s', error)
                return None
        return next((signs for reply in asked or () for signs in reply.values()), None)

    def unread(self) -> int | None:
        """How many messages no worker has taken yet; None if the broker can't be reached."""
        from kombu.exceptions import ChannelError

        with self.celery.connection_for_read() as connection:
            try:
                with connection.channel() as channel:
                    return int(channel.queue_declare(QUEUE, passive=True).message_count)
            except ChannelError:
                # some brokers know nothing of a queue that is empty
                return 0
            except connection.recoverable_connection_errors as error:
                log.warning('action="broker_away" %s', error)
                return None


def _trouble_with(folder: Path) -> str:
    """Why the folder of messages can't be used; where there is none yet, whoever sends the first one makes it."""
    existing = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    return "" if os.access(existing, os.W_OK | os.X_OK) else f"{existing} can't be written to"
