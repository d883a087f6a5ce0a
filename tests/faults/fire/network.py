"""A network of machines on one: each is a network namespace that a cable connects with the program that starts them.

The program has a namespace of its own, too, so nothing here meets the network of the machine, and when it ends all are gone.
Files are no part of it: machines are told to share none, and reach the database and the broker through their cables only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

#: The address at which all machines find what the program runs: the database and the broker.
CENTRE = "10.77.255.1"
# says to the program that it has been started in a namespace of its own
_INSIDE = "DAL_FIRE_NETWORK"


def go_inside() -> None:
    """Start this program again in a network namespace of its own, unless it is in one."""
    if os.environ.get(_INSIDE) != "1":
        os.environ[_INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    _ip("link", "set", "lo", "up")
    _ip("address", "add", f"{CENTRE}/32", "dev", "lo")


def why_not() -> str:
    """Why there can be no such network here; empty: there can."""
    try:
        command = ["unshare", "--net", "ip", "link", "add", "dal0", "type", "veth", "peer", "name", "dal1"]
        tried = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "there is no program unshare"
    return "" if tried.returncode == 0 else f"network namespaces can't be made: {tried.stderr.strip()}"


class Machine:
    """A network namespace with a cable."""

    def __init__(self, number: int) -> None:
        self.address = f"10.77.{number}.2"
        self._cable = f"cable{number}"
        # as long as this process lives, so does the namespace; it ends with the program, whose pipe it reads
        self._holder = subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE, process_group=0)
        self._wait_for_namespace()
        inside = str(self._holder.pid)
        _ip("link", "add", self._cable, "type", "veth", "peer", "name", "eth0", "netns", inside)
        _ip("address", "add", f"10.77.{number}.1/30", "dev", self._cable)
        _ip("link", "set", self._cable, "up")
        self._ip_inside("link", "set", "lo", "up")
        self._ip_inside("address", "add", f"{self.address}/30", "dev", "eth0")
        self._ip_inside("link", "set", "eth0", "up")
        self._ip_inside("route", "add", "default", "via", f"10.77.{number}.1")

    @property
    def prefix(self) -> list[str]:
        """What stands before a command that is to be run on this machine."""
        return ["nsenter", "--net", "--target", str(self._holder.pid)]

    def cut_off(self) -> None:
        """Pull the cable."""
        _ip("link", "set", self._cable, "down")

    def connect(self) -> None:
        """Plug it in again."""
        _ip("link", "set", self._cable, "up")

    def close(self) -> None:
        """Take it away."""
        self._holder.kill()
        self._holder.wait()

    def _ip_inside(self, *words: str) -> None:
        subprocess.run([*self.prefix, "ip", *words], check=True)

    def _wait_for_namespace(self) -> None:
        ours = Path("/proc/self/ns/net").readlink()
        end = time.monotonic() + 60
        while Path(f"/proc/{self._holder.pid}/ns/net").readlink() == ours:
            if time.monotonic() > end:
                raise TimeoutError("unshare doesn't begin")
            time.sleep(0.01)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
