"""How a child notices that its supervisor is gone, even if that was killed and could say nothing.

The supervisor holds the writing end of a pipe and never writes; its children hold the reading end. However the
supervisor ends, the system closes the writing end, and the children read the end of the file. This works on every
Unix, and unlike a signal on the parent's death it can't be missed while the child is starting.
"""

from __future__ import annotations

import os
import signal
import threading
import time

# seconds that a process has to end after SIGTERM before it gets SIGKILL
GRACE = 25.0


def hold_on_to(lifeline_fd: int | None) -> None:
    """From now on end this process when the supervisor ends. None: there is no supervisor."""
    if lifeline_fd is None:
        return
    os.set_inheritable(lifeline_fd, False)
    threading.Thread(target=_end_with_supervisor, args=(lifeline_fd,), name="lifeline", daemon=True).start()


def _end_with_supervisor(lifeline_fd: int) -> None:
    while os.read(lifeline_fd, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    # a child leads a process group of its own, in which are the processes that it started in turn
    os.killpg(os.getpgrp(), signal.SIGKILL)
