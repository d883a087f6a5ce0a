"""The benchmark of large files can be run; what they take, no test of it says."""

from __future__ import annotations

import re

from tests.benchmarks.short_form import printed_by

FIGURES = ["uploading 8 MB", "reading it", "reading a megabyte of it"]


def test_the_benchmark_of_large_files_prints_all_its_figures() -> None:
    printed = printed_by("large_files.py", 120)
    assert [figure for figure in FIGURES if not re.search(rf"^{figure} +\d", printed, re.MULTILINE)] == [], printed
