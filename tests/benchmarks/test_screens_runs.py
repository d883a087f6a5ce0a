"""The benchmark can be run; how fast anything is, no test says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import docassemble_lite

FIGURES = [
    "first page after the start",
    *(
        f"{who}: {what}"
        for who in ("1 client", "4 clients", "16 clients")
        for what in ("screens a second", "submit, median", "submit, p95", "processor time of the server", "share of a processor")
    ),
    "floor",
    "submit / floor",
    "bytes stored a screen",
    *(f"memory of {name}: {what}" for name in ("run", "web", "worker") for what in ("RSS", "PSS")),
    "memory of all",
]


def test_the_benchmark_of_screens_prints_all_its_figures() -> None:
    benchmark = Path(__file__).parent / "screens.py"
    source = str(Path(docassemble_lite.__file__).parents[1])
    result = subprocess.run(
        [sys.executable, str(benchmark), "--short"],
        env=os.environ | {"PYTHONPATH": source},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (result.returncode, result.stderr) == (0, "")
    missing = [figure for figure in FIGURES if not re.search(rf"^{re.escape(figure)}.* \d+(\.\d+)?", result.stdout, re.MULTILINE)]
    assert missing == [], result.stdout
