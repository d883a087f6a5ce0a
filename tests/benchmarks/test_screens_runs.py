"""The benchmark can be run; how fast anything is, no test says."""

from __future__ import annotations

import re

from tests.benchmarks.short_form import printed_by

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
    printed = printed_by("screens.py", 120)
    missing = [figure for figure in FIGURES if not re.search(rf"^{re.escape(figure)}.* \d+(\.\d+)?", printed, re.MULTILINE)]
    assert missing == [], printed
