"""The program that attacks background tasks with real faults, in its short form; DAL_LONG=1 makes it the long one."""

from __future__ import annotations

import faulthandler
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.composed import nginx_program
from tests.faults.fire import network

PROGRAM = Path(__file__).parent / "tasks_under_fire.py"
# seconds after which a program that hasn't ended is taken for one that never will
PATIENCE = 2 * 3600.0
# why machines can't be made here, whose test is the one of PostgreSQL and Redis otherwise; empty: they can
NO_MACHINES = network.why_not() or ("" if nginx_program() else "there is no nginx: sudo apt-get install nginx-light")
PLACES = {"SQLite and files": ("sqlite", "files"), **({"PostgreSQL and Redis": ("postgresql", "redis")} if NO_MACHINES else {})}
ZEROS = (
    "lost",
    "hanging",
    "doubled",
    "half done",
    "without effect",
    "stray",
    "wrongly ended",
    "posts lost",
    "posts doubled",
    "out of order",
    "e-mails lost",
    "e-mails doubled",
    "slots missed",
    "slots doubled",
    "seen otherwise",
    "parts that don't work any more",
)


def output_of(*options: str) -> str:
    """What the program prints; the test fails if it says that something is wrong."""
    # its limit is this one
    faulthandler.cancel_dump_traceback_later()
    command = [sys.executable, str(PROGRAM), *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout
    return done.stdout


def figures_of(*options: str) -> dict[str, str]:
    """What the program counts, by the names that it prints."""
    return dict(re.findall(r"^(\S[^:\n]*): +(\S.*)$", output_of(*options), re.MULTILINE))


@pytest.mark.parametrize(("database", "broker"), PLACES.values(), ids=list(PLACES))
def test_p4_p6_p9_p10_p11_p12_whatever_is_killed_stopped_or_emptied_every_task_ends_once_and_whole(
    database: str, broker: str, long_form: bool, measured: Callable[..., None]
) -> None:
    """P4, P6, P8 to P12, P37, P38: 0 lost, hanging, doubled or half done tasks, and no answer is lost."""
    effort = ("--tasks", "2000", "--faults", "200") if long_form else ("--tasks", "60", "--faults", "12", "--seed", "4")
    figures = figures_of("--database", database, "--broker", broker, *effort)
    measured("P4, P6, P8 to P12", on=figures["on"], tasks=figures["tasks in the store"], faults=figures["faults"])
    assert {zero: figures[zero] for zero in ZEROS} == dict.fromkeys(ZEROS, "0")


def test_the_same_seed_makes_the_same_plan() -> None:
    plans = [output_of("--plan", "--seed", seed, "--faults", "50") for seed in ("1", "1", "2")]
    assert plans[0] == plans[1] != plans[2]
