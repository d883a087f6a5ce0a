"""The process that runs background tasks: a Celery worker whose only task is to run one row of the store."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import warnings
from contextlib import suppress
from typing import Any

from billiard import active_children
from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import worker_init, worker_process_init, worker_ready, worker_shutdown, worker_shutting_down
from celery.worker import state
from celery.worker.control import inspect_command

from docassemble_lite.broker import RUN_TASK, Broker
from docassemble_lite.broker.messages import SIGNS_OF_LIFE
from docassemble_lite.logs import log_to_file
from docassemble_lite.metrics import clear_away
from docassemble_lite.settings import Settings
from docassemble_lite.store.schema import migrate
from docassemble_lite.worker.runner import Runner
from docassemble_lite.worker.sweeper import Sweeper

log = logging.getLogger(__name__)

#: The file in the data folder that gets what workers and tasks log.
LOG_FILE = "worker.log"
#: Ids of tasks are at most so long.
_LONGEST_ID = 64
#: Seconds between two looks at whether tasks are still running.
_LOOK_AGAIN = 0.05
#: Seconds that processes which were killed have to be gone.
_END_OF_IDLE = 2.0


def main(settings: Settings) -> int:
    """Run tasks until the process is told to stop; the exit code."""
    sweepers: list[Sweeper] = []
    celery = make_worker(settings, sweepers)
    worker_shutting_down.connect(lambda **_: _leave_when_idle(Broker(settings), sweepers), weak=False)
    # workers take nothing from the broker but the id of a row, so that being root adds no risk to messages
    warnings.filterwarnings("ignore", category=SecurityWarning)
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
    return int(worker.exitcode or 0)


def _leave_when_idle(broker: Broker, sweepers: list[Sweeper]) -> None:
    """End the process as soon as the running tasks and error actions have ended.

    Celery waits seconds for processes that have nothing to do. What it had fetched and not begun waits in the store, and other
    workers are told of it.
    """

    # Celery is about to forget them
    fetched = [request.kwargs["task"] for request in set(state.reserved_requests) - set(state.active_requests)]

    def leave() -> None:
        log.info('action="worker_leaves" running=%d', len(state.active_requests))
        for sweeper in sweepers:
            sweeper.finish()
        while state.active_requests or any(sweeper.runs_error_action for sweeper in sweepers):
            time.sleep(_LOOK_AGAIN)
        for task_id in fetched:
            # whoever finds it begun all the same leaves it alone
            log.info('action="task_returned" task=%s', task_id)
            broker.send(task_id)
        logging.shutdown()
        clear_away()
        end_at_once(active_children())
        os._exit(0)

    threading.Thread(target=leave, name="leave when idle", daemon=True).start()


def end_at_once(children: list[Any]) -> None:
    """End processes that have nothing to do, and would take a second to notice that they are to end."""
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
    for child in children:
        # Celery may have buried it meanwhile, and closed what tells of its end
        with suppress(OSError, ValueError):
            child.join(_END_OF_IDLE)


def make_worker(settings: Settings, sweepers: list[Sweeper] | None = None) -> Celery:
    """The Celery application with the task that workers know.

    Beside the worker that it is made into there is a sweeper, which is put into `sweepers` when it starts.
    """
    celery = Broker(settings).celery
    celery.conf.worker_concurrency = settings.worker_processes
    runners: list[Runner] = []
    sweepers = [] if sweepers is None else sweepers

    def prepare(**_: Any) -> None:
        migrate(settings)
        log_to_file(settings.data / LOG_FILE, debug=settings.debug, form=settings.log_format)

    def make_runner(**_: Any) -> None:
        # connections must not be shared with the process that this one was forked from
        runners[:] = [Runner(settings)]

    def start_sweeper(**_: Any) -> None:
        sweepers[:] = [Sweeper(settings)]
        sweepers[0].start()

    def stop_sweeper(**_: Any) -> None:
        for sweeper in sweepers:
            sweeper.stop()

    worker_init.connect(prepare, weak=False)
    worker_process_init.connect(make_runner, weak=False)
    worker_ready.connect(start_sweeper, weak=False)
    worker_shutdown.connect(stop_sweeper, weak=False)

    @inspect_command(name=SIGNS_OF_LIFE)
    def signs_of_life(_state: Any) -> dict[str, float]:
        return sweepers[0].signs_of_life() if sweepers else {}

    @celery.task(name=RUN_TASK)
    def run(*arguments: Any, **named: Any) -> None:
        task_id = named.get("task")
        if arguments or set(named) != {"task"} or not isinstance(task_id, str) or len(task_id) > _LONGEST_ID:
            log.warning('action="message_refused"')
            return
        runners[0].run(task_id)

    return celery
