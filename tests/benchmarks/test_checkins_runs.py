"""The benchmark of check-ins can be run; how fast anything is, no test says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import docassemble_lite

KINDS = (
    "a screen",
    "nothing to tell",
    "an action that does nothing",
    "an action that changes an answer",
    "an action that fills in fields",
)


def test_the_benchmark_of_check_ins_prints_all_its_figures() -> None:
    benchmark = Path(__file__).parent / "checkins.py"
    source = str(Path(docassemble_lite.__file__).parents[1])
    result = subprocess.run(
        [sys.executable, str(benchmark), "--short"],
        env=os.environ | {"PYTHONPATH": source},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert (result.returncode, result.stderr) == (0, "")
    figures = re.findall(r"^(.+?): (.+?) +[\d.]+ a second .*% of a screen$", result.stdout, re.MULTILINE)
    assert figures == [(many, kind) for many in ("1 open page", "3 open pages") for kind in KINDS], result.stdout
