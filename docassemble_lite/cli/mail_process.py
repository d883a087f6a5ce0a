"""`mail`: the process that receives e-mails, by itself or as a child of the supervisor."""

from __future__ import annotations

from functools import partial

from docassemble_lite.cli.lifeline import hold_on_to
from docassemble_lite.cli.metrics import record
from docassemble_lite.cli.migrating import bring_up_to_date, require_files
from docassemble_lite.settings import Settings


def receive_mail(settings: Settings, *, lifeline_fd: int | None = None) -> int:
    """Take e-mails in until SIGTERM or Ctrl-C; the exit code."""
    hold_on_to(lifeline_fd)
    from docassemble_lite.mailin.server import receive

    bring_up_to_date(settings)
    require_files(settings)
    record(settings, supervised=lifeline_fd is not None)
    return receive(settings, say=partial(print, flush=True))
