"""The benchmark of more processes and machines can be run; how fast anything is, no test says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import docassemble_lite


@pytest.mark.postgresql
def test_the_benchmark_of_more_machines_prints_all_its_figures() -> None:
    source = str(Path(docassemble_lite.__file__).parents[1])
    result = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "load.py"), "--short"],
        env=os.environ | {"PYTHONPATH": source},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert (result.returncode, result.stderr) == (0, "")
    line = r"^(\d) × .*\) +(screens|tasks) +[\d.]+ a second .* baseline .* processors in use "
    figures = re.findall(line, result.stdout, re.MULTILINE)
    assert figures == [(machines, what) for machines in "12" for what in ("screens", "tasks")], result.stdout
