"""Runs the short form of a benchmark, which only shows that it works."""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
from pathlib import Path

import docassemble_lite


def printed_by(program: str, seconds: float) -> str:
    """What the program of this folder prints; the test fails if it ends badly, complains, or takes ten times these seconds."""
    # its limit is this one
    faulthandler.cancel_dump_traceback_later()
    result = subprocess.run(
        [sys.executable, str(Path(__file__).parent / program), "--short"],
        env=os.environ | {"PYTHONPATH": str(Path(docassemble_lite.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=10 * seconds,
    )
    assert (result.returncode, result.stderr) == (0, ""), f"{result.returncode}: {result.stderr}"
    return result.stdout
