"""What is written to stderr: one line a record, with time, level, logger and message."""

from __future__ import annotations

import logging
import time

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


def _indented(text: str) -> str:
    return "\n".join("  " + line for line in text.splitlines())
