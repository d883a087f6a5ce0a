"""The benchmark of pushes can be run; how fast anything is, no test says."""

from __future__ import annotations

import re

import pytest

from tests.benchmarks.short_form import printed_by
from tests.browsing import chromium

FIGURES = [
    *(
        f"end of a task to screen, {how}, {which}"
        for how in ("told", "six-second poll")
        for which in ("median", "p95", "slowest")
    ),
    "a submit, nobody waits, median",
    "waiting pages that one web process holds",
    "a submit, 20 pages wait, median",
    "a submit, 20 pages wait / nobody waits",
    "memory a waiting page",
    "from a poke to each page, all poked at once, median",
    "what one more page is answered",
]


@pytest.mark.browser
def test_the_benchmark_of_pushes_prints_all_its_figures() -> None:
    if chromium() is None:
        pytest.skip("there is no chromium: sudo apt-get install chromium")
    printed = printed_by("pushes.py", 300)
    missing = [figure for figure in FIGURES if not re.search(rf"^{re.escape(figure)} +\d+", printed, re.MULTILINE)]
    assert missing == [], printed
