"""The process that runs background tasks: a Celery worker whose only task is to run one row of the store."""

from __future__ import annotations

import logging
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from docassemble_lite.broker import RUN_TASK, Broker
from docassemble_lite.settings import Settings
from docassemble_lite.worker.runner import Runner
from docassemble_lite.worker.sweeper import Sweeper

log = logging.getLogger(__name__)

#: Ids of tasks are at most so long.
_LONGEST_ID = 64


def main(settings: Settings) -> int:
    """Run tasks until the process is told to stop; the exit code."""
    celery = make_worker(settings)
    sweeper = Sweeper(settings)
    sweeper.start()
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
