"""`metrics`, and what every process does where there is a “metrics port”: record numbers, and serve those of all."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

from docassemble_lite import metrics
from docassemble_lite.cli.lifeline import hold_on_to
from docassemble_lite.errors import LiteError, SettingsError
from docassemble_lite.settings import Settings


class CannotServe(LiteError):
    """The numbers can't be served."""


def give_metrics(settings: Settings, *, lifeline_fd: int | None = None) -> int:
    """Serve the numbers until SIGTERM or Ctrl-C; the exit code."""
    hold_on_to(lifeline_fd)
    if not settings.metrics_port:
        raise SettingsError("Numbers for Prometheus need a port: the directive “metrics port”.")
    told_to_end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_end.set())
    record(settings, supervised=False)
    print(f"Numbers for Prometheus are at http://{settings.metrics_host}:{settings.metrics_port}/metrics", flush=True)
    told_to_end.wait()
    return 0


def record(settings: Settings, *, supervised: bool) -> None:
    """Record the numbers of this process, if anybody wants any; a process that nobody supervises serves them as well."""
    if not settings.metrics_port:
        return
    metrics.record_in(metrics.shared_folder())
    if not supervised:
        serve(settings)


def serve(settings: Settings) -> None:
    """Answer Prometheus, in threads of this process. Raises `CannotServe`."""
    from prometheus_client import CollectorRegistry, start_http_server

    registry = CollectorRegistry()
    registry.register(_Everything(settings, metrics.shared_folder()))
    try:
        start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as error:
        raise CannotServe(
            f"Numbers can't be served at {settings.metrics_host}:{settings.metrics_port}: {error.strerror}. "
            "The directives “metrics host” and “metrics port” say where."
        ) from error


class _Everything:
    """What the processes of this machine have counted, and what the database says of the whole server."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        from docassemble_lite.broker import Broker
        from docassemble_lite.health import Health

        self._settings = settings
        self._folder = folder
        self._health = Health(settings, Broker(settings))

    def describe(self) -> list[Any]:
        # otherwise it would be collected when it is registered
        return []

    def collect(self) -> Iterator[Any]:
        from prometheus_client import CollectorRegistry
        from prometheus_client.multiprocess import MultiProcessCollector

        metrics.forget_dead(self._folder)
        yield from MultiProcessCollector(CollectorRegistry(), str(self._folder)).collect()
        yield from self._of_server()

    def _of_server(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily
        from sqlalchemy.exc import SQLAlchemyError

        from docassemble_lite.store.probing import ends_of_cron_runs, tasks_by_state

        parts = self._health.parts()
        up = GaugeMetricFamily(f"{metrics.PREFIX}part_up", "Whether the part is well", labels=["part"])
        for part in parts:
            up.add_metric([part.name], float(not part.problem))
        yield up
        if any(part.problem for part in parts if part.name != "broker"):
            return
        tasks = GaugeMetricFamily(f"{metrics.PREFIX}tasks", "Background tasks in the store, by state", labels=["state"])
        ends = GaugeMetricFamily(
            f"{metrics.PREFIX}cron_latest_end_timestamp_seconds",
            "When a scheduled task was last run to its end",
            labels=["event"],
        )
        try:
            for state, number in tasks_by_state(self._settings).items():
                tasks.add_metric([state], number)
            for event, ended in ends_of_cron_runs(self._settings).items():
                ends.add_metric([event], ended.replace(tzinfo=UTC).timestamp())
        except SQLAlchemyError:
            # it went away in between, and will be seen to be away the next time
            return
        yield tasks
        yield ends
