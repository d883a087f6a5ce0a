"""The benchmark of more processes and machines can be run; how fast anything is, no test says."""

from __future__ import annotations

import re

import pytest

from tests.benchmarks.short_form import printed_by


@pytest.mark.postgresql
def test_the_benchmark_of_more_machines_prints_all_its_figures() -> None:
    printed = printed_by("load.py", 280)
    line = r"^(\d) × .*\) +(screens|tasks) +[\d.]+ a second .* baseline .* processors in use "
    figures = re.findall(line, printed, re.MULTILINE)
    assert figures == [(machines, what) for machines in "12" for what in ("screens", "tasks")], printed
