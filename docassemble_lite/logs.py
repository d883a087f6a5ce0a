"""How records look: one line each, for people or, as JSON, for programs that collect them.

A record holds neither answers nor secrets. What Python says of a mistake often quotes an answer, so a traceback has the kinds of
the errors and not their words, unless the server is one of developers (`debug`). Of the id of a session, which lets everybody
into one that is shared, there is the beginning.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any, Literal

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
#: The directive “log format” → what lines are.
FORMATS = ("text", "json")
Format = Literal["text", "json"]

#: So much of a session's id is shown. The rest has 140 random bits.
_SHOWN = 8
# errors whose words say what the system or the database has to say, and quote nothing
_SPEAKING = ("OperationalError",)
_AND_SO = "\n\nThat led to another error:\n\n"
# name="text", name=%s, or %s alone, in the text of a record before its values are put in
_PIECE = re.compile(r'(?:\b([a-z_]+)=)?(?:"([^"]*)"|(%[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]))')
_PLACEHOLDER = re.compile(r"%[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]")

_about: ContextVar[dict[str, str] | None] = ContextVar("about", default=None)


def session_shown(session_id: str) -> str:
    """The beginning of a session's id, by which those who run the server find it and which opens nothing."""
    return session_id[:_SHOWN]


@contextmanager
def about(**known: str) -> Iterator[None]:
    """Until the end of the block, the records of this thread are about that: `session` (its id), `task`, `interview`."""
    token = _about.set({})
    note_about(**known)
    try:
        yield
    finally:
        _about.reset(token)


def note_about(**known: str) -> None:
    """It has turned out what the records are about, until the end of the surrounding `about()`; without one, nothing is noted."""
    noted = _about.get()
    if noted is not None:
        noted.update({name: session_shown(text) if name == "session" else text for name, text in known.items() if text})


class OneLineFormatter(logging.Formatter):
    """Keeps every record on a line of its own.

    A message can hold what a visitor sent; its line breaks are shown as `\\n`, and the lines of a traceback are
    indented, so that no text can pretend to be a record. With `tells_all`, tracebacks have the words of errors.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self, *, tells_all: bool = False) -> None:
        super().__init__(FORMAT)
        self._tells_all = tells_all

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")

    def formatException(self, ei: Any) -> str:
        return _indented(_trace(ei[1], tells_all=self._tells_all))

    def formatStack(self, stack_info: str) -> str:
        return _indented(stack_info)


class JsonFormatter(OneLineFormatter):
    """Makes every record an object of JSON on one line.

    Beside "time", "level", "logger", "process" and "message" it has what the message names (`action="…" task=…`), and what the
    thread is `about()`; with an error its "trace".
    """

    def format(self, record: logging.LogRecord) -> str:
        found: dict[str, Any] = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "process": os.getpid(),
            "message": record.getMessage(),
        }
        for name, value in {**(_about.get() or {}), **named_in(record.msg, record.args)}.items():
            found.setdefault(name, value)
        if record.exc_info and record.exc_info[1]:
            found["trace"] = _trace(record.exc_info[1], tells_all=self._tells_all)
        return json.dumps(found, default=str)


def named_in(text: Any, values: Any) -> dict[str, Any]:
    """The names in the text of a record, and what they stand for there.

    It is the text before the values are put in that is looked at: what somebody has typed can't name anything.
    """
    if not isinstance(text, str) or isinstance(values, Mapping):
        return {}
    left, found = list(values or ()), {}
    for name, quoted, placeholder in _PIECE.findall(text.replace("%%", "")):
        count = len(_PLACEHOLDER.findall(quoted)) if not placeholder else 1
        taken, left = left[:count], left[count:]
        if name:
            found[name] = quoted % tuple(taken) if not placeholder else _plain(taken[0] if taken else None)
    return found


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float)) or value is None else str(value)


def log_to_stderr(*, debug: bool, form: Format = "text") -> None:
    """Send the records of this process to stderr: ours from INFO on (with `debug` all), those of libraries from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(debug, form))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # it warns of requests that wait when there are none, as long as the server's threads are just starting
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    logging.getLogger("docassemble_lite").setLevel(logging.DEBUG if debug else logging.INFO)


def log_to_file(path: Path, name: str = "docassemble_lite", *, debug: bool = False, form: Format = "text") -> None:
    """Write the records of a logger to a file as well; a tool that rotates it may move it away at any time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    logger = logging.getLogger(name)
    known = [handler for handler in logger.handlers if isinstance(handler, WatchedFileHandler)]
    if any(handler.baseFilename == str(path.resolve()) for handler in known):
        return
    handler = WatchedFileHandler(path.resolve(), encoding="utf-8")
    handler.setFormatter(_formatter(debug, form))
    logger.addHandler(handler)
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)


def _formatter(debug: bool, form: Format) -> logging.Formatter:
    return JsonFormatter(tells_all=debug) if form == "json" else OneLineFormatter(tells_all=debug)


def _trace(error: BaseException, *, tells_all: bool) -> str:
    """The tracebacks of an error and of those that led to it, the first one first."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.insert(0, current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return _AND_SO.join(_traceback(item, tells_all) for item in chain)


def _traceback(error: BaseException, tells_all: bool) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error).__qualname__
    tells = tells_all or isinstance(error, OSError) or kind in _SPEAKING
    words = f": {error}" if tells and str(error) else ""
    return f"Traceback (most recent call last):\n{frames}{type(error).__module__}.{kind}{words}"


def _indented(text: str) -> str:
    return "\n".join("  " + line for line in text.splitlines())
