"""A task that is sent to the workers and back: through the store, the broker and a worker's process, as any other is."""

from __future__ import annotations

import secrets
import time

from docassemble_lite.cron.runs import surroundings_of
from docassemble_lite.host import Request
from docassemble_lite.settings import Settings
from docassemble_lite.store.tasks import OVER, Listed
from docassemble_lite.visit import Surroundings, Visits

#: The interview whose task it is.
INTERVIEW = "docassemble_lite.cli:data/questions/there_and_back.yml"
# seconds between two looks whether it is back
_GLANCE = 0.05


def send_there_and_back(settings: Settings, seconds: float) -> Listed:
    """The task as it is when it has ended, or after so many seconds. Its session is made for it, and deleted in the end."""
    surroundings = surroundings_of(settings)
    try:
        visits = Visits(surroundings)
        secret = secrets.token_bytes(32)
        session_id = visits.begin(INTERVIEW, secret, Request(interview=INTERVIEW), {}).session
        try:
            return _awaited(surroundings, session_id, seconds)
        finally:
            surroundings.store.sessions.delete_surely(session_id)
    finally:
        surroundings.store.close()


def _awaited(surroundings: Surroundings, session_id: str, seconds: float) -> Listed:
    tasks = surroundings.store.tasks
    end = time.monotonic() + seconds
    task = next(item for item in tasks.listing() if item.session_id == session_id)
    while task.state not in OVER and time.monotonic() < end:
        time.sleep(_GLANCE)
        task = tasks.listed(task.id) or task
    return task
