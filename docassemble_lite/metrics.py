"""Numbers for Prometheus. Where nobody has asked for any, all that is done is to find that out.

Each process writes what it counts into files of a folder that the processes of a server share, and whoever serves the numbers
adds them up. What is counted where, the rest of the code says: `count("check_ins", with_action="no")`.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

#: What the names of all metrics begin with.
PREFIX = "docassemble_lite_"
#: The variable by which a process hands the folder to those that it starts.
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
_TASK_SECONDS = (0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600)


@dataclass(frozen=True)
class Definition:
    """A metric, without the prefix and without `_total`."""

    kind: Literal["counter", "histogram", "gauge"]
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = field(default=(), repr=False)


DEFINITIONS: Mapping[str, Definition] = {
    "request_duration_seconds": Definition(
        "histogram", "Requests, by how long they took", ("method", "route", "status"), _REQUEST_SECONDS
    ),
    "check_ins": Definition("counter", "Check-ins of pages", ("with_action",)),
    "event_connections": Definition("gauge", "Pages to which a connection is held, to tell them when to look"),
    "task_duration_seconds": Definition(
        "histogram", "Background tasks that ended, by how long they ran", ("interview", "action", "state"), _TASK_SECONDS
    ),
    "running_tasks": Definition("gauge", "Background tasks that run in the workers of this machine"),
    "sweeps": Definition("counter", "Looks for tasks that are lost or whose message is", ("look", "result")),
    "tasks_woken": Definition("counter", "Tasks whose message was sent again"),
    "tasks_lost": Definition("counter", "Tasks whose worker was gone"),
    "cron_runs": Definition("counter", "Runs of scheduled tasks", ("event", "result")),
    "cron_sessions": Definition("counter", "Sessions in which a scheduled task was run", ("event", "result")),
    "mails_sent": Definition("counter", "E-mails handed to a server, by what became of them", ("state",)),
    "mails_received": Definition("counter", "E-mails that came in, by what became of them", ("result",)),
}


class _Recorder:
    """The metrics of this process."""

    def __init__(self, folder: Path, identity: str | None) -> None:
        os.environ[VARIABLE] = str(folder)
        # it looks at the variable when it is imported
        import prometheus_client
        from prometheus_client import values

        if identity is not None:
            values.ValueClass = values.MultiProcessValue(lambda: identity)
        self._lock = threading.Lock()
        # a process that is forked while a thread counts would wait for ever as soon as it counts itself
        os.register_at_fork(before=self._lock.acquire, after_in_parent=self._lock.release, after_in_child=self._lock.release)
        self._metrics = {name: _made(prometheus_client, name, definition) for name, definition in DEFINITIONS.items()}

    def record(self, name: str, deed: Literal["inc", "observe", "set"], number: float, labels: Mapping[str, str]) -> None:
        with self._lock:
            metric = self._metrics[name]
            getattr(metric.labels(**labels) if labels else metric, deed)(number)


def _made(client: Any, name: str, definition: Definition) -> Any:
    given = (PREFIX + name, definition.help, definition.labels)
    # no registry: what is served comes from the files
    match definition.kind:
        case "counter":
            return client.Counter(*given, registry=None)
        case "histogram":
            return client.Histogram(*given, registry=None, buckets=definition.buckets)
        case "gauge":
            return client.Gauge(*given, registry=None, multiprocess_mode="livesum")


_recorder: _Recorder | None = None
_at_end: list[Callable[[], None]] = []


def record_in(folder: Path, identity: str | None = None) -> None:
    """From now on this process, and those that it forks or starts, record into the folder.

    `identity` names processes of which there is one at a time, so that each goes on with what the one before it has counted.
    """
    global _recorder
    if _recorder is None:
        _recorder = _Recorder(folder, identity)


def shared_folder() -> Path:
    """Where the processes of this server write: a folder that whoever comes first makes, for as long as it runs."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given)
    folder = Path(tempfile.mkdtemp(prefix="dal-metrics-"))
    os.environ[VARIABLE] = str(folder)
    maker = os.getpid()

    def remove() -> None:
        # a process that is forked from this one ends sooner
        if os.getpid() == maker:
            shutil.rmtree(folder, ignore_errors=True)

    _at_end.append(remove)
    atexit.register(remove)
    return folder


def clear_away() -> None:
    """Remove the folder, if this process has made it; needed by one that ends without Python's own end."""
    for remove in _at_end:
        remove()


def count(name: str, number: float = 1, **labels: str) -> None:
    """So many more of them."""
    if _recorder is not None:
        _recorder.record(name, "inc", number, labels)


def observe(name: str, seconds: float, **labels: str) -> None:
    """It took so long."""
    if _recorder is not None:
        _recorder.record(name, "observe", seconds, labels)


def show(name: str, number: float) -> None:
    """It is so many just now, in this process."""
    if _recorder is not None:
        _recorder.record(name, "set", number, {})


def forget_dead(folder: Path) -> None:
    """Remove what processes show that aren't there any more."""
    for path in folder.glob("gauge_live*_*.db"):
        process = path.stem.rpartition("_")[2]
        if process.isdecimal() and not _is_alive(int(process)):
            path.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True
