"""`python -m docassemble_lite.cron -type NAME`, for a line of a crontab or the schedule of the server."""

from __future__ import annotations

import argparse
import logging
import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from docassemble_lite import __version__, clock
from docassemble_lite.cron.bar import Bar
from docassemble_lite.cron.runs import (
    DAILY,
    Done,
    Tally,
    Worker,
    begin_log,
    clear_up_files,
    count_sessions_for,
    delete_unused,
    run_beside,
    run_here,
    sessions_for,
)
from docassemble_lite.cron.slots import slot_of
from docassemble_lite.errors import LiteError
from docassemble_lite.logs import FORMATS
from docassemble_lite.metrics import VARIABLE, count, record_in
from docassemble_lite.settings import Settings, load_settings
from docassemble_lite.store.schema import migrate

FAILED, NOT_DONE = 1, 2
# seconds to wait for another run of the same task: whoever has to end it is about to
_PATIENCE = 0.2
# letters that a name may have in the slot of another run
_SLOT = re.compile(r"[0-9A-Za-z:.-]{1,40}")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """What the command line says."""

    event: str
    config: Path | None
    data: Path | None
    log_format: str | None
    workers: int
    dry_run: bool
    again: bool
    slot: str
    # for the schedule of the server, whose output is a log
    scheduled: bool


def main(argv: Sequence[str] | None = None) -> int:
    """Run the scheduled task. 0: all is well, or there was nothing to do; 1: some of it failed; 2: it couldn't be begun."""
    options = _options(argv)
    try:
        settings = load_settings(options.config, data=options.data, log_format=options.log_format)
        begin_log(settings, everything=options.scheduled)
        if settings.metrics_port and os.environ.get(VARIABLE):
            # the server runs one after the other
            record_in(Path(os.environ[VARIABLE]), "cron")
        return _run(settings, options)
    except LiteError as error:
        print(f"docassemble_lite.cron: {error}", file=sys.stderr)
        return NOT_DONE


def _options(argv: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m docassemble_lite.cron",
        description="Run a scheduled task in every session that allows it and whose interview has a block for it.",
    )
    parser.add_argument("--version", action="version", version=f"docassemble_lite {__version__}")
    parser.add_argument("-type", "--type", dest="event", required=True, metavar="NAME", help="the task, e.g. cron_daily")
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration (default: config.yml, if there is one)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the store (default: data)")
    parser.add_argument("--log-format", choices=FORMATS, help="what the lines of the log are (default: text)")
    parser.add_argument("--workers", type=_number, default=1, metavar="N", help="sessions at a time (default: 1)")
    parser.add_argument("--dry-run", action="store_true", help="only list the sessions in which it would run")
    parser.add_argument("--again", action="store_true", help="run it although it was run already, this day, hour …")
    parser.add_argument("--slot", default="", help=argparse.SUPPRESS)
    parser.add_argument("--scheduled", action="store_true", help=argparse.SUPPRESS)
    options = Options(**vars(parser.parse_args(argv)))
    if not options.event.isidentifier():
        parser.error(f"-type takes the name of an action, letters, digits and underscores, not {options.event!a}")
    if options.slot and not _SLOT.fullmatch(options.slot):
        parser.error(f"--slot can't be {options.slot!a}")
    return options


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= 64):
        raise argparse.ArgumentTypeError(f"it must be a number from 1 to 64, not {text!r}")
    return int(text)


def _run(settings: Settings, options: Options) -> int:
    try:
        migrate(settings)
        return _in_store(settings, options)
    except OperationalError as error:
        raise LiteError(f"The database failed: {' '.join(str(error.orig).split())}") from error


def _in_store(settings: Settings, options: Options) -> int:
    slot = _slot(settings, options)
    worker = Worker(settings, options.event, slot)
    store = worker.surroundings.store
    try:
        if options.dry_run:
            return _list(worker, options)
        # the lock ends with the process that holds it, so that another one can go on where it was killed
        with store.locks.hold(f"cron:{options.event}", _PATIENCE) as got:
            if not got:
                _say(options, "is running already.")
                return 0
            latest = store.cron.latest(options.event)
            if slot <= latest:
                _say(options, f"was run for {latest} already (--again runs it once more).")
                return 0
            return _all(settings, options, worker, slot)
    finally:
        store.close()


def _slot(settings: Settings, options: Options) -> str:
    if options.slot:
        return options.slot
    now = clock.now()
    slot = slot_of(options.event, now, settings.zone)
    # larger than the slot itself, smaller than the next one
    return f"{slot}.{now:%Y%m%dT%H%M%S}" if options.again else slot


def _list(worker: Worker, options: Options) -> int:
    sessions, number = worker.surroundings.store.sessions, 0
    for session_id in sessions_for(worker.surroundings, options.event):
        print(f"{session_id} {sessions.interview_of(session_id)}")
        number += 1
    deleted = delete_unused(worker.surroundings, dry_run=True) if options.event == DAILY else 0
    print(f"would run {number}, would delete {deleted}")
    return 0


def _all(settings: Settings, options: Options, worker: Worker, slot: str) -> int:
    with Stopping() as stopping:
        return _until_told(settings, options, worker, slot, stopping)


def _until_told(settings: Settings, options: Options, worker: Worker, slot: str, stopping: Stopping) -> int:
    began, tally = time.monotonic(), Tally()
    bar = Bar(lambda: count_sessions_for(worker.surroundings, options.event))

    def report(done: Done) -> None:
        # what an interview says can hold answers, which are for the mail of a crontab and not for a log
        if done.text and not options.scheduled:
            bar.clear()
            print(done.text, flush=True)
        bar.show(tally.ran + tally.failed, tally.failed)

    ids = takewhile(stopping.goes_on, sessions_for(worker.surroundings, options.event))
    if options.workers == 1:
        run_here(worker, ids, tally, report)
    else:
        run_beside(settings, options.event, slot, options.workers, ids, tally, report)
    if options.event == DAILY and not stopping.told:
        tally.deleted += delete_unused(worker.surroundings)
    if not stopping.told:
        clear_up_files(worker.surroundings)
        worker.surroundings.store.cron.note_end(options.event, slot)
    bar.clear()
    _count(options.event, tally, stopped=stopping.told)
    _say_end(options, tally, time.monotonic() - began)
    if stopping.told:
        _say(options, "was told to stop, and goes on where it was when it is started again.")
    return 0 if tally.all_well and not stopping.told else FAILED


def _say(options: Options, what: str) -> None:
    if options.scheduled:
        log.info('action="cron_note" name=%s slot=%s It %s', options.event, options.slot, what)
    else:
        print(f"{options.event} {what}")


def _say_end(options: Options, tally: Tally, seconds: float) -> None:
    numbers = (tally.ran, tally.failed, tally.busy, tally.deleted, seconds)
    if options.scheduled:
        form = 'action="cron_ended" name=%s slot=%s ran=%d failed=%d busy=%d deleted=%d seconds=%.1f'
        log.info(form, options.event, options.slot, *numbers)
    else:
        print("ran {}, failed {}, busy {}, deleted {} in {:.1f} s".format(*numbers))


def _count(event: str, tally: Tally, *, stopped: bool) -> None:
    """Give Prometheus how it went."""
    count("cron_runs", event=event, result="stopped" if stopped else "done" if tally.all_well else "failed")
    for result in ("ran", "failed", "busy", "deleted"):
        count("cron_sessions", getattr(tally, result), event=event, result=result)


class Stopping:
    """Ends a run after the session that it is in when the process is told to stop."""

    _SIGNALS = (signal.SIGTERM, signal.SIGINT)

    def __init__(self) -> None:
        self.told = False
        self._before: list[Any] = []

    def __enter__(self) -> Stopping:
        self._before = [signal.signal(number, self._tell) for number in self._SIGNALS]
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in zip(self._SIGNALS, self._before, strict=True):
            signal.signal(number, handler)

    def goes_on(self, _session_id: str) -> bool:
        """Whether another session may be begun."""
        return not self.told

    def _tell(self, *_: object) -> None:
        self.told = True
