"""The benchmark of scheduled tasks can be run; how fast anything is, no test says."""

from __future__ import annotations

import re

from tests.benchmarks.short_form import printed_by

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
    printed = printed_by("scheduled.py", 240)
    missing = [figure for figure in FIGURES if not re.search(rf"^{re.escape(figure)}.* \d+(\.\d+)?", printed, re.MULTILINE)]
    assert missing == [], printed
