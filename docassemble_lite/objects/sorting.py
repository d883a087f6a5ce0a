"""The order of things that have no order of their own: keys of dictionaries, members of sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def in_order(things: Iterable[Any]) -> list[Any]:
    """The things in their natural order, or, where there is none, in that of their texts."""
    listed = list(things)
    try:
        return sorted(listed)
    except TypeError:
        return sorted(listed, key=str)
