"""The benchmark of e-mails can be run; how fast anything is, no test says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import docassemble_lite

SHAPES = ["small", "one file of 17 MB", "50 files", "24 MB of text"]


def test_the_benchmark_of_emails_prints_all_its_figures() -> None:
    result = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "emails.py"), "--short"],
        env=os.environ | {"PYTHONPATH": str(Path(docassemble_lite.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert [line[:20].strip() for line in lines] == SHAPES
    assert all(line.count(" MB, worker ") == 1 for line in lines)
