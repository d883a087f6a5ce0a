"""How far a run is, for somebody who watches it."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable

# seconds between two looks
_EVERY = 0.2
_WIDTH = 24


class Bar:
    """A line at the end of a terminal; nothing in a crontab's mail. `count` says how many sessions there are."""

    def __init__(self, count: Callable[[], int]) -> None:
        self._shown = sys.stderr.isatty()
        self._all = count() if self._shown else 0
        self._began = time.monotonic()
        self._next = 0.0

    def show(self, number: int, failed: int) -> None:
        """So many sessions are done."""
        now = time.monotonic()
        if self._shown and now >= self._next:
            self._next = now + _EVERY
            line = line_of(number, failed, self._all, now - self._began)[: shutil.get_terminal_size().columns - 1]
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Make room for other lines. What is shown next is shown at once."""
        if self._shown:
            self._next = 0.0
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def line_of(number: int, failed: int, among: int, seconds: float) -> str:
    """What the bar says after so many seconds, when `number` sessions `among` all are done and some of them failed."""
    # some may have come since they were counted
    among = max(among, number, 1)
    full = _WIDTH * number // among
    rate = number / max(seconds, 0.001)
    parts = [f"[{'#' * full}{'.' * (_WIDTH - full)}] {number} of {among}"]
    if failed:
        parts.append(f"{failed} failed")
    if number:
        minutes, rest = divmod(round((among - number) / rate), 60)
        parts += [f"{rate:.0f} a second", f"{minutes}:{rest:02} left"]
    return ", ".join(parts)
