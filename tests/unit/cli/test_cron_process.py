"""The process that keeps the schedule, and what it does with a task that runs when it is told to stop."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

#: The process, with a script of the shell as each task.
KEEPING = """
import sys
from pathlib import Path
from docassemble_lite.cli import cron_process
from docassemble_lite.cli.arguments import Arguments
from docassemble_lite.settings import Settings
script, cron_process.GRACE = sys.argv[1], float(sys.argv[2])
cron_process.command_for_slots = lambda _: lambda event, slot: ["sh", "-c", script, event]
sys.exit(cron_process.keep_schedule(Settings(data=Path("data")), Arguments("cron")))
"""
BEGIN = 'echo "$0" >> began; '
GO_ON = "while :; do sleep 0.01; done"


@pytest.fixture
def keep_schedule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts the process; a task that doesn't stop is killed after so many seconds."""
    monkeypatch.chdir(tmp_path)
    started: list[subprocess.Popen[bytes]] = []

    def start(script: str, grace: float = 60.0) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-c", KEEPING, script, str(grace)]))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_what_is_due_is_run_at_once_one_task_after_the_other(keep_schedule: Callable[..., subprocess.Popen[bytes]]) -> None:
    process = keep_schedule(BEGIN + '[ "$0" != cron_monthly ] || kill $PPID')
    assert process.wait() == 0
    assert Path("began").read_text().split() == ["cron_hourly", "cron_daily", "cron_weekly", "cron_monthly"]


@pytest.mark.parametrize(("told", "grace", "code", "ended"), [("touch ended; exit 0", 60.0, 0, True), ("", 0.05, 1, False)])
def test_a_task_that_runs_is_told_to_stop_and_waited_for_but_not_for_ever(
    told: str,
    grace: float,
    code: int,
    ended: bool,
    keep_schedule: Callable[..., subprocess.Popen[bytes]],
    eventually: Callable[..., Any],
) -> None:
    process = keep_schedule(f"trap '{told}' TERM; {BEGIN}{GO_ON}", grace)
    eventually(lambda: Path("began").exists() and Path("began").read_text(), "a task runs")
    process.terminate()
    assert process.wait() == code
    assert Path("ended").exists() == ended
    assert Path("began").read_text() == "cron_hourly\n"
