"""The benchmark of what grows can be run, and no table is read whole on SQLite; how fast anything is, no test says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import docassemble_lite

FIGURES = [
    "a screen",
    "a check-in, nothing to tell",
    "a check-in that changes an answer",
    "the list of a person's 30",
    "a scheduled task in 5 sessions",
    "the sweeper: lost tasks",
    "the sweeper: tasks not told of",
    "the sweeper: keys of failed tasks",
    "looking for what to delete",
    "the latest 50 of everybody's",
    "the latest 50 of an interview's",
    "one of everybody's",
    "the page of tasks",
    "the page of tasks that failed",
]


@pytest.mark.postgresql
def test_the_benchmark_of_what_grows_prints_all_its_figures() -> None:
    source = str(Path(docassemble_lite.__file__).parents[1])
    result = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "growth.py"), "--short"],
        env=os.environ | {"PYTHONPATH": source},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert (result.returncode, result.stderr) == (0, "")
    for on in ("sqlite", "postgresql"):
        printed = result.stdout[result.stdout.index(f"{on}: milliseconds") :]
        missing = [name for name in FIGURES if not re.search(rf"^{re.escape(name)} +[\d.]+ / ", printed, re.MULTILINE)]
        assert missing == [], result.stdout
    # PostgreSQL does so with small tables, and is right
    assert "sqlite: no full scan" in result.stdout
