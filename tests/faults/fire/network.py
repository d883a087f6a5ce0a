"""A network of machines on one: each is a network namespace that a cable connects with the program that starts them.

The program has a namespace of its own, too, in which it passes on what one machine sends to another. So nothing here meets the
network of the machine, and when the program ends all are gone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

#: All addresses of machines.
NETWORK = "10.77.0.0/16"
# says to the program that it has been started in a namespace of its own
_INSIDE = "DAL_FIRE_NETWORK"
# the address of a network card that there isn't
_NOBODY = "02:00:00:00:00:01"
_PATIENCE = 240.0
_GLANCE = 0.01


def go_inside() -> None:
    """Start this program again in a network namespace of its own, unless it is in one."""
    if os.environ.get(_INSIDE) != "1":
        os.environ[_INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    _ip("link", "set", "lo", "up")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def why_not() -> str:
    """Why there can be no such network here; empty: there can."""
    try:
        command = ["unshare", "--net", "ip", "link", "add", "dal0", "type", "veth", "peer", "name", "dal1"]
        tried = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "there is no program unshare"
    return "" if tried.returncode == 0 else f"network namespaces can't be made: {tried.stderr.strip()}"


class Here:
    """The machine of the tests, as others on it reach it."""

    address = "127.0.0.1"
    prefix: tuple[str, ...] = ()


class Machine:
    """A network namespace with a cable, and the processes in it."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.address = f"10.77.{number}.2"
        self._centre = f"10.77.{number}.1"
        self._net = f"10.77.{number}.0/30"
        self._cable = f"cable{number}"
        self.power_on()

    def power_on(self) -> None:
        """Make it, with no process that does anything."""
        _ip("route", "flush", "type", "blackhole", "exact", self._net)
        # as long as this process lives, so does the namespace; it ends with the program, whose pipe it reads
        self._holder = subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE, process_group=0)
        self._wait_for_namespace()
        inside = str(self._holder.pid)
        _ip("link", "add", self._cable, "type", "veth", "peer", "name", "eth0", "netns", inside)
        _ip("address", "add", f"{self._centre}/30", "dev", self._cable)
        self._ip_inside("link", "set", "lo", "up")
        self._ip_inside("address", "add", f"{self.address}/30", "dev", "eth0")
        self._ip_inside("link", "set", "eth0", "up")
        _ip("link", "set", self._cable, "up")
        self._ip_inside("route", "add", "default", "via", self._centre)

    def power_off(self) -> None:
        """End everything in it, so that it can't say a last word to others. Nobody tells these that it is gone."""
        _ip("link", "delete", self._cable)
        _ip("route", "add", "blackhole", self._net)
        self.signal_all(signal.SIGKILL)
        self._holder.kill()
        self._holder.wait()

    @property
    def prefix(self) -> list[str]:
        """What stands before a command that is to be run on this machine."""
        return ["nsenter", "--net", "--target", str(self._holder.pid)]

    def cut_off(self) -> None:
        """Have everything get lost that is sent to it and by it; nobody is told so."""
        _ip("neighbour", "replace", self.address, "lladdr", _NOBODY, "dev", self._cable, "nud", "permanent")
        self._ip_inside("neighbour", "replace", self._centre, "lladdr", _NOBODY, "dev", "eth0", "nud", "permanent")

    def connect(self) -> None:
        """Let it be reached again."""
        _ip("neighbour", "delete", self.address, "dev", self._cable)
        self._ip_inside("neighbour", "delete", self._centre, "dev", "eth0")

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to all processes in it, until there is none that hasn't got it."""
        told: set[int] = set()
        while new := self._processes() - told:
            for process in new:
                _signal(process, number)
            told |= new

    def close(self) -> None:
        """Take it away."""
        self._holder.kill()
        self._holder.wait()

    def _processes(self) -> set[int]:
        """All that are in the namespace, but for the one that keeps it."""
        numbers = (int(entry.name) for entry in os.scandir("/proc") if entry.name.isdecimal())
        return {number for number in numbers if number != self._holder.pid and _namespace_of(number) == self._namespace}

    def _ip_inside(self, *words: str) -> None:
        subprocess.run([*self.prefix, "ip", *words], check=True)

    def _wait_for_namespace(self) -> None:
        ours = _namespace_of(os.getpid())
        end = time.monotonic() + _PATIENCE
        while (namespace := _namespace_of(self._holder.pid)) == ours:
            if time.monotonic() > end:
                raise TimeoutError("unshare doesn't begin")
            time.sleep(_GLANCE)
        self._namespace = namespace


def _namespace_of(process: int) -> str:
    """Empty: there is no such process any more, or it is none of ours."""
    try:
        return os.readlink(f"/proc/{process}/ns/net")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""


def _signal(process: int, number: signal.Signals) -> None:
    try:
        os.kill(process, number)
    except ProcessLookupError:
        pass  # it has ended by itself


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
