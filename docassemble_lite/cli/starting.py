"""What is done once, when a process starts."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting() -> Iterator[None]:
    """What is imported and made in here stays as long as the process: the garbage collector doesn't look at it, then or later.

    Otherwise a fifth of a start is spent on looking, and processes that are forked get copies of what was looked at.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
