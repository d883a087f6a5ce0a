"""How records look: one line each, with time, level, logger and message."""

from __future__ import annotations

import logging
import time
from logging.handlers import WatchedFileHandler
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class OneLineFormatter(logging.Formatter):
    """Keeps every record on a line of its own.

    A message can hold what a visitor sent; its line breaks are shown as `\\n`, and the lines of a traceback are
    indented, so that no text can pretend to be a record.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")

    def formatException(self, ei: object) -> str:
        return _indented(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:
        return _indented(super().formatStack(stack_info))


def log_to_stderr(*, debug: bool) -> None:
    """Send the records of this process to stderr: ours from INFO on (with `debug` all), those of libraries from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLineFormatter(FORMAT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # it warns of requests that wait when there are none, as long as the server's threads are just starting
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    logging.getLogger("docassemble_lite").setLevel(logging.DEBUG if debug else logging.INFO)


def log_to_file(path: Path, name: str = "docassemble_lite") -> None:
    """Write the records of a logger to a file as well; a tool that rotates it may move it away at any time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    logger = logging.getLogger(name)
    known = [handler for handler in logger.handlers if isinstance(handler, WatchedFileHandler)]
    if any(handler.baseFilename == str(path.resolve()) for handler in known):
        return
    handler = WatchedFileHandler(path.resolve(), encoding="utf-8")
    handler.setFormatter(OneLineFormatter(FORMAT))
    logger.addHandler(handler)
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)


def _indented(text: str) -> str:
    return "\n".join("  " + line for line in text.splitlines())
