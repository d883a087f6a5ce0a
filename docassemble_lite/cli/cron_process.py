"""`cron`: the process that starts what is due by the built-in schedule, where `run` doesn't."""

from __future__ import annotations

import logging
import signal
import time

from docassemble_lite.cli.arguments import Arguments
from docassemble_lite.cli.events import Signals, Waiting
from docassemble_lite.cli.lifeline import GRACE
from docassemble_lite.cli.metrics import record
from docassemble_lite.cli.migrating import bring_up_to_date
from docassemble_lite.cli.timetable import Timetable, command_for_slots
from docassemble_lite.settings import Settings

KILLED = 1

logger = logging.getLogger(__name__)


def keep_schedule(settings: Settings, arguments: Arguments) -> int:
    """Start what is due until SIGTERM or Ctrl-C; the exit code: 0, or 1 if a task had to be killed."""
    waiting = Waiting(Signals(signal.SIGTERM, signal.SIGINT, signal.SIGCHLD))
    bring_up_to_date(settings)
    # the tasks count as well, into the folder that this makes known
    record(settings, supervised=False)
    timetable = Timetable(command_for_slots(arguments), settings.zone)
    print("Starting scheduled tasks when they are due (Ctrl-C stops it)", flush=True)
    while True:
        timetable.look()
        told = waiting.next(max(0.0, timetable.next_look - time.monotonic())).signals
        if told & {signal.SIGTERM, signal.SIGINT}:
            return _end_task(timetable, waiting)


def _end_task(timetable: Timetable, waiting: Waiting) -> int:
    """Have the task that runs finish the session that it is in."""
    task, end = timetable.child, time.monotonic() + GRACE
    if task is None:
        return 0
    task.terminate()
    while task.find_dead() is None:
        seconds = end - time.monotonic()
        if seconds <= 0:
            logger.warning("%s didn't stop in time and is killed", task.name)
            task.kill()
            return KILLED
        waiting.next(seconds)
    return 0
