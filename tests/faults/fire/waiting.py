"""Waiting for what should come true."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Seconds after which something that doesn't come is taken for something that never will.
PATIENCE = 120.0
_GLANCE = 0.05


def comes_true(condition: Callable[[], object]) -> bool:
    """Whether it comes true in time."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(_GLANCE)
    return False
