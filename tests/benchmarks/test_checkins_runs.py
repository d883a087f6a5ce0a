"""The benchmark of check-ins can be run; how fast anything is, no test says."""

from __future__ import annotations

import re

from tests.benchmarks.short_form import printed_by

KINDS = (
    "a screen",
    "nothing to tell",
    "an action that does nothing",
    "an action that changes an answer",
    "an action that fills in fields",
)


def test_the_benchmark_of_check_ins_prints_all_its_figures() -> None:
    printed = printed_by("checkins.py", 240)
    figures = re.findall(r"^(.+?): (.+?) +[\d.]+ a second .*% of a screen$", printed, re.MULTILINE)
    assert figures == [(many, kind) for many in ("1 open page", "3 open pages") for kind in KINDS], printed
