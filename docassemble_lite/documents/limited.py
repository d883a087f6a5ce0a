"""A program of its own: becomes another program, with bounds. It is started by `office` and imports nothing of ours.

Arguments: megabytes of memory, seconds of processor time, the program and its arguments.
"""

from __future__ import annotations

import os
import resource
import sys


def main(megabytes: str, seconds: str, *command: str) -> None:
    """Become the program."""
    if sys.platform == "linux":
        # other systems don't keep to it, and some refuse it
        size = int(megabytes) * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
