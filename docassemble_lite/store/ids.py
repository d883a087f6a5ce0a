"""What an id of a session or a task can look like, wherever one comes from outside."""

from __future__ import annotations

_LONGEST = 64


def is_id(text: str) -> bool:
    """Whether there could be such an id. What isn't one is never looked up: PostgreSQL refuses some texts as a mistake."""
    return len(text) <= _LONGEST and text.isascii() and text.isprintable()
