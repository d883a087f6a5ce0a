"""One process that the supervisor keeps running."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Sequence

FIRST_DELAY = 0.2
LONGEST_DELAY = 10.0
# a process that ran for so many seconds was well: when it dies, counting begins anew
HEALTHY_AFTER = 30.0

logger = logging.getLogger(__name__)


class Child:
    """A command that is started, and started again when it dies, each time after a longer delay.

    The process leads a process group of its own: a Ctrl-C in the terminal reaches only the supervisor, which decides
    when and in which order to stop, and what the process started in turn can be ended together with it.
    """

    def __init__(self, name: str, command: Sequence[str], inherited_fds: Sequence[int]) -> None:
        self.name = name
        self.command = list(command)
        self.inherited_fds = tuple(inherited_fds)
        self.process: subprocess.Popen[bytes] | None = None
        # the moment (of time.monotonic) at which it is to be started again
        self.restart_at: float | None = None
        self._started = 0.0
        self._deaths = 0

    @property
    def running(self) -> bool:
        """Whether there is a process that has not been found dead."""
        return self.process is not None

    def start(self) -> None:
        """Start the process."""
        self.restart_at = None
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            pass_fds=self.inherited_fds,
            process_group=0,
            # with many threads, glibc's allocator would keep several megabytes for each
            env={"MALLOC_ARENA_MAX": "2", **os.environ},
        )
        logger.debug("%s is process %d", self.name, self.process.pid)

    def find_dead(self) -> int | None:
        """The exit code (minus the signal) if the process has died since the last call, else None."""
        if self.process is None:
            return None
        code = self.process.poll()
        if code is None:
            return None
        self._signal_group(self.process.pid, signal.SIGKILL)
        self.process = None
        return code

    def plan_restart(self, code: int) -> None:
        """Have the process that ended with `code` started again after a while."""
        now = time.monotonic()
        self._deaths = self._deaths + 1 if now - self._started < HEALTHY_AFTER else 1
        delay = delay_after(self._deaths)
        self.restart_at = now + delay
        logger.warning("%s ended (%s); it is started again in %.1f s", self.name, describe_exit(code), delay)

    def terminate(self) -> None:
        """Ask the process to finish what it is doing and end."""
        self.restart_at = None
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process, and those that it started, at once."""
        if self.process is not None:
            self._signal_group(self.process.pid, signal.SIGKILL)

    @staticmethod
    def _signal_group(leader: int, number: signal.Signals) -> None:
        try:
            os.killpg(leader, number)
        except ProcessLookupError:
            pass  # nobody of the group is left


def delay_after(deaths: int) -> float:
    """Seconds to wait before a process that died so many times in a row is started again."""
    return min(FIRST_DELAY * 2 ** (deaths - 1), LONGEST_DELAY)


def describe_exit(code: int) -> str:
    """An exit code as `subprocess` gives it, in words."""
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
