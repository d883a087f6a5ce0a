"""Orders to die or to stop at an exact point. An order is a file; the first process that comes to its point takes it.

This module is imported by the processes that are under orders (`under_orders.py`, and the interview itself) and by the
program that gives the orders, so it needs nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

#: The environment variable that names the folder of the orders; without it, nothing is noted and nobody has to die.
FOLDER = "DAL_FIRE"
#: In that folder: a line for each run of an action: what, number, process, moment.
RUNS = "runs"

#: So many tasks meet (the processes that run tasks in each worker), and wait so many seconds for each other.
MEETING, PATIENCE = 2, 6.0

#: What kind of process this is: "web", "worker", "ending", "mail" or "cron".
role = ""

_DEEDS: dict[str, Callable[[], None]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    # the process with all that belong to it, as if its machine failed
    "kill all": lambda: os.killpg(os.getpgrp(), signal.SIGKILL),
}


@dataclass(frozen=True)
class Order:
    """What the process is to do that comes to the point after so many others have passed it."""

    point: str
    deed: str
    passes: int = 0


@dataclass(frozen=True)
class CarriedOut:
    """Which process carried out an order, and when (seconds since 1970)."""

    process: int
    moment: float


# --- in the processes that are under orders ----------------------------------------------------------------------------


def note(what: str, number: str) -> None:
    """Write down, outside of the store, that this happened."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        return
    descriptor = os.open(f"{folder}/{RUNS}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        # one write of a short line to a file that is appended to isn't torn
        os.write(descriptor, f"{what} {number} {os.getpid()} {time.time():.3f}\n".encode())
    finally:
        os.close(descriptor)


def meet(name: str) -> None:
    """Wait until two tasks are at this meeting at the same time. Raises TimeoutError."""
    note("meet", name)
    path = Path(os.environ[FOLDER]) / RUNS
    end = time.monotonic() + PATIENCE
    while path.read_text().count(f"meet {name} ") < MEETING:
        if time.monotonic() > end:
            raise TimeoutError("nobody came")
        time.sleep(0.05)


def pass_by(point: str) -> None:
    """Carry out the order that waits at this point, if there is one."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        return
    wanted = f".{_file_name(f'{role}: {point}')}.order"
    for name in sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(wanted)):
        _obey(Path(folder) / name)


def _obey(path: Path) -> None:
    taken = path.with_name(f"{path.name}.taken-{os.getpid()}-{time.monotonic_ns()}")
    try:
        path.rename(taken)
    except FileNotFoundError:
        # another process was faster
        return
    order = Order(**json.loads(taken.read_text()))
    if order.passes:
        taken.write_text(json.dumps(asdict(order) | {"passes": order.passes - 1}))
        taken.rename(path)
        return
    taken.write_text(json.dumps(asdict(CarriedOut(os.getpid(), time.time()))))
    taken.rename(path.with_suffix(".done"))
    _DEEDS[order.deed]()


# --- in the program that gives the orders --------------------------------------------------------------------------------


class Orders:
    """The orders in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def give(self, number: int, order: Order) -> None:
        """Have the first process that comes to the point carry out the order of this number."""
        path = self._path(number, order)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(asdict(order)))
        new.rename(path)

    def carried_out(self, number: int, order: Order) -> CarriedOut | None:
        """Who carried out the order; None if nobody has."""
        path = self._path(number, order).with_suffix(".done")
        return CarriedOut(**json.loads(path.read_text())) if path.exists() else None

    def withdraw(self, number: int, order: Order) -> None:
        """Take back the order, if nobody has taken it."""
        self._path(number, order).unlink(missing_ok=True)

    def _path(self, number: int, order: Order) -> Path:
        return self.folder / f"{number:06}.{_file_name(order.point)}.order"


def _file_name(point: str) -> str:
    return point.replace(": ", "~").replace(" ", "_")
