"""The benchmark of scheduled tasks can be run; how fast anything is, no test says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import docassemble_lite

FIGURES = [
    *(
        f"{stored} stored, 20 with something to do, {workers} at a time: {what}"
        for stored in (20, 200)
        for workers in (1, 2)
        for what in ("a second", "from start to end", "memory")
    ),
    *(f"{stored} stored: the list of a person's 60" for stored in (20, 200)),
]


def test_the_benchmark_of_scheduled_tasks_prints_all_its_figures() -> None:
    benchmark = Path(__file__).parent / "scheduled.py"
    source = str(Path(docassemble_lite.__file__).parents[1])
    result = subprocess.run(
        [sys.executable, str(benchmark), "--short"],
        env=os.environ | {"PYTHONPATH": source},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert (result.returncode, result.stderr) == (0, "")
    missing = [figure for figure in FIGURES if not re.search(rf"^{re.escape(figure)}.* \d+(\.\d+)?", result.stdout, re.MULTILINE)]
    assert missing == [], result.stdout
