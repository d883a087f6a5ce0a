"""The process that runs background tasks: a Celery worker whose only task is to run one row of the store."""

from __future__ import annotations

import logging
import os
import threading
import time
import warnings
from typing import Any

from billiard import active_children
from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import worker_process_init, worker_shutting_down
from celery.worker import state

from docassemble_lite.broker import RUN_TASK, Broker
from docassemble_lite.settings import Settings
from docassemble_lite.worker.runner import Runner
from docassemble_lite.worker.sweeper import Sweeper

log = logging.getLogger(__name__)

#: Ids of tasks are at most so long.
_LONGEST_ID = 64
#: Seconds between two looks at whether tasks are still running.
_LOOK_AGAIN = 0.05


def main(settings: Settings) -> int:
    """Run tasks until the process is told to stop; the exit code."""
    celery = make_worker(settings)
    sweeper = Sweeper(settings)
    sweeper.start()
    worker_shutting_down.connect(_leave_when_idle, weak=False)
    # workers take nothing from the broker but the id of a row, so that being root adds no risk to messages
    warnings.filterwarnings("ignore", category=SecurityWarning)
    try:
        worker = celery.Worker(
            pool="prefork",
            concurrency=settings.worker_processes,
            loglevel="INFO",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
        )
        worker.start()
    finally:
        sweeper.stop()
    return int(worker.exitcode or 0)


def _leave_when_idle(**_: Any) -> None:
    """End the process as soon as the running tasks have ended.

    Celery waits seconds for processes that have nothing to do. What it had fetched and not begun waits in the store.
    """

    def leave() -> None:
        while state.active_requests:
            time.sleep(_LOOK_AGAIN)
        logging.shutdown()
        for child in active_children():
            child.terminate()
        os._exit(0)

    threading.Thread(target=leave, name="leave when idle", daemon=True).start()


def make_worker(settings: Settings) -> Celery:
    """The Celery application with the task that workers know."""
    celery = Broker(settings).celery
    runners: list[Runner] = []

    def make_runner(**_: Any) -> None:
        # connections must not be shared with the process that this one was forked from
        runners[:] = [Runner(settings)]

    worker_process_init.connect(make_runner, weak=False)

    @celery.task(name=RUN_TASK)
    def run(*arguments: Any, **named: Any) -> None:
        task_id = named.get("task")
        if arguments or set(named) != {"task"} or not isinstance(task_id, str) or len(task_id) > _LONGEST_ID:
            log.warning('action="message_refused"')
            return
        runners[0].run(task_id)

    return celery
