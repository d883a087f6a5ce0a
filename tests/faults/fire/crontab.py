"""`crontab.py` runs a scheduled task again and again, as a line of a crontab would, each time for the next slot.

It is the one part of its machine. What it does stands in a record beside it, so that it goes on after its death where it was.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from docassemble_lite.cli.lifeline import hold_on_to

EVENT = "cron_tick"
#: The environment variable in which the interview finds the slot.
SLOT = "DAL_FIRE_SLOT"
#: The lines of the record: "begin SLOT MOMENT", or "end SLOT CODE WHAT-WAS-PRINTED".
RECORD = "slots"
# seconds between two slots, and before a run that came to nothing is tried again
_PAUSE, _AGAIN = 5.0, 1.0
_RAN = re.compile(r"ran \d+, failed (\d+), busy (\d+)")


@dataclass
class Slot:
    """A slot, as the record tells of it. `begun` is in seconds since 1970."""

    name: str
    begun: float
    runs: int = 0
    # of its runs: those that came to their end, and what they say that they left out
    ended: int = 0
    left_out: int = 0
    over: bool = False

    @property
    def may_miss(self) -> int:
        """In how many sessions it may not have run: whoever is killed has claimed one at most."""
        return self.runs - self.ended + self.left_out


@dataclass
class _Reader:
    slots: dict[str, Slot] = field(default_factory=dict)

    def begin(self, name: str, rest: str) -> None:
        self.slots.setdefault(name, Slot(name, float(rest))).runs += 1

    def end(self, name: str, rest: str) -> None:
        slot = self.slots[name]
        code, _, said = rest.partition(" ")
        if code in ("0", "1") and (ran := _RAN.search(said)):
            slot.left_out += int(ran[1]) + int(ran[2])
            slot.over = "was told to stop" not in said
        elif code == "0":
            # “was run already”, by a run whose end nobody saw, or “is running already”
            slot.over = slot.over or "was run for" in said
        else:
            return
        slot.ended += 1


def read_record(folder: Path) -> list[Slot]:
    """All slots so far, in their order."""
    reader = _Reader()
    for line in _lines(folder / RECORD):
        what, name, rest = (*line.split(" ", 2), "")[:3]
        (reader.begin if what == "begin" else reader.end)(name, rest)
    return list(reader.slots.values())


def _lines(path: Path) -> Iterator[str]:
    text = path.read_text() if path.exists() else ""
    # whoever was killed may have left a line without an end
    yield from (line for line in text.splitlines(keepends=False)[: text.count("\n")] if line)


def _note(text: str) -> None:
    descriptor = os.open(RECORD, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.write(descriptor, f"{text}\n".encode())
    finally:
        os.close(descriptor)


def _run(name: str) -> None:
    _note(f"begin {name} {time.time():.3f}")
    command = [sys.executable, str(Path(__file__).with_name("under_orders.py")), "cron", "-type", EVENT, "--slot", name]
    ran = subprocess.run(command, env=os.environ | {SLOT: name}, stdout=subprocess.PIPE, text=True, check=False)
    _note(f"end {name} {ran.returncode} {' '.join(ran.stdout.split())}")


def main() -> None:
    """Run one slot after the other, until this process is ended."""
    parser = ArgumentParser()
    parser.add_argument("--lifeline-fd", type=int)
    hold_on_to(parser.parse_args().lifeline_fd)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        known = read_record(Path())
        name = known[-1].name if known and not known[-1].over else f"{len(known) + 1:06}"
        _run(name)
        time.sleep(_PAUSE if read_record(Path())[-1].over else _AGAIN)


if __name__ == "__main__":
    main()
