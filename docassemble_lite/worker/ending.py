"""A process that runs the error actions of tasks whose workers are gone, and ends these tasks.

The sweeper starts it when there are any: author's code has no business in the sweeper's own process. The settings come,
pickled, from standard input.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from pathlib import Path

from docassemble_lite.logs import log_to_file, log_to_stderr
from docassemble_lite.metrics import VARIABLE, record_in
from docassemble_lite.worker.main import LOG_FILE
from docassemble_lite.worker.runner import Runner


def main() -> int:
    """End lost tasks until there are none, or until it is told to end and is done with one; the exit code."""
    told_to_end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told_to_end.set())
    settings = pickle.load(sys.stdin.buffer)
    log_to_stderr(debug=settings.debug, form=settings.log_format)
    log_to_file(settings.data / LOG_FILE, debug=settings.debug, form=settings.log_format)
    if settings.metrics_port:
        record_in(Path(os.environ[VARIABLE]))
    runner = Runner(settings)
    while not told_to_end.is_set() and runner.end_lost():
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
