"""Durations as people read them at a glance."""

from __future__ import annotations

__all__ = ["short_duration"]

# up to so many seconds → the length of the unit in seconds, and its name
_UNITS = ((59.5, 1, "s"), (59.5 * 60, 60, "min"), (47.5 * 3600, 3600, "h"), (float("inf"), 86400, "d"))
_WITH_TENTHS = 9.95


def short_duration(seconds: float) -> str:
    """The duration in the unit that fits it: "3.2 s", "42 s", "4 min", "5 h", "3 d". One below zero is none."""
    seconds = max(0.0, seconds)
    if seconds < _WITH_TENTHS:
        return f"{seconds:.1f} s"
    length, unit = next((length, unit) for most, length, unit in _UNITS if seconds < most)
    return f"{seconds / length:.0f} {unit}"
