"""`worker`: the process that runs background tasks, by itself or as a child of the supervisor."""

from __future__ import annotations

from docassemble_lite.cli.lifeline import hold_on_to
from docassemble_lite.cli.metrics import record
from docassemble_lite.cli.migrating import bring_up_to_date, require_files_aside
from docassemble_lite.cli.starting import lasting
from docassemble_lite.settings import Settings


def work(settings: Settings, *, lifeline_fd: int | None = None) -> int:
    """Run tasks until SIGTERM or Ctrl-C; the exit code."""
    hold_on_to(lifeline_fd)
    with lasting():
        from docassemble_lite.worker import main

        bring_up_to_date(settings)
        require_files_aside(settings)
        record(settings, supervised=lifeline_fd is not None)
    return main(settings)
