"""What the interview of `test_forged_actions.py` writes down, outside of its answers: which blocks ran, with which arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["note_arguments", "note_run"]

ran: set[str] = set()
arguments_seen: list[Mapping[str, Any]] = []


def note_run(name: str) -> str:
    """A block of that name runs."""
    ran.add(name)
    return ""


def note_arguments(arguments: Mapping[str, Any]) -> None:
    """An action was given these arguments."""
    arguments_seen.append(arguments)
