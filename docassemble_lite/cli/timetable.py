"""When scheduled tasks are started by the server itself, one process after the other.

Whether a slot of time was run already is known to the store, and so to the process that is started, which ends at once then.
A slot that was missed while the server was off is run when it is back, if it was the latest.
"""

from __future__ import annotations

import logging
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from docassemble_lite import clock
from docassemble_lite.cli.arguments import Arguments
from docassemble_lite.cli.child import Child, describe_exit
from docassemble_lite.cron.slots import SCHEDULES, latest_due

# seconds between two looks at the clock, which may be set
_LOOK_AGAIN = 30.0

logger = logging.getLogger(__name__)


def command_for_slots(arguments: Arguments) -> Callable[[str, str], list[str]]:
    """What makes the command that runs a task for a slot, with the configuration of these arguments."""
    options = replace(arguments, host=None, port=None).options()

    def command(event: str, slot: str) -> list[str]:
        return [sys.executable, "-m", "docassemble_lite.cron", "-type", event, "--slot", slot, "--scheduled", *options]

    return command


class Timetable:
    """Starts what is due, from so many seconds after its start. `command` makes the command that runs a task for a slot."""

    def __init__(self, command: Callable[[str, str], Sequence[str]], zone: ZoneInfo, first_look: float = 0.0) -> None:
        self._command = command
        self._zone = zone
        self._started: dict[str, str] = {}
        self._waiting: deque[tuple[str, str]] = deque()
        self.child: Child | None = None
        self._look_at = time.monotonic() + first_look

    @property
    def next_look(self) -> float:
        """The moment, of `time.monotonic()`, at which to look again."""
        return self._look_at

    def look(self) -> None:
        """Start what is due, if nothing runs."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_AGAIN
            self._find_due()
        if self.child is not None:
            code = self.child.find_dead()
            if code is None:
                return
            if code:
                logger.warning("%s ended with %s", self.child.name, describe_exit(code))
            self.child = None
        if self._waiting:
            event, slot = self._waiting.popleft()
            self.child = Child(f"{event} for {slot}", self._command(event, slot), ())
            self.child.start()

    def _find_due(self) -> None:
        for schedule in SCHEDULES:
            _, slot = latest_due(schedule, clock.now(), self._zone)
            if self._started.get(schedule.event, "") < slot:
                self._started[schedule.event] = slot
                self._waiting.append((schedule.event, slot))
