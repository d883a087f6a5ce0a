"""The processes for tasks are forked from one that has threads, and what a thread holds then is held for ever in the new one.

SQLite, e.g., has locks of its own: a process that is forked while a thread is inside of it waits for ever as soon as it
opens the store. So whatever threads do with the store they do `undisturbed()`, and a fork waits for its end.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()


@contextmanager
def undisturbed() -> Iterator[None]:
    """While this lasts, no process is forked from this one."""
    with _lock:
        yield


os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)
