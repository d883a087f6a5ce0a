"""The benchmark of what grows can be run, and no table is read whole on SQLite; how fast anything is, no test says."""

from __future__ import annotations

import re

import pytest

from tests.benchmarks.short_form import printed_by

FIGURES = [
    "a screen",
    "a check-in, nothing to tell",
    "a check-in that changes an answer",
    "the list of a person's 30",
    "a scheduled task in 5 sessions",
    "the sweeper: lost tasks",
    "the sweeper: tasks not told of",
    "the sweeper: keys of failed tasks",
    "looking for what to delete",
    "the latest 50 of everybody's",
    "the latest 50 of an interview's",
    "one of everybody's",
    "the page of tasks",
    "the page of tasks that failed",
]


@pytest.mark.postgresql
def test_the_benchmark_of_what_grows_prints_all_its_figures() -> None:
    printed = printed_by("growth.py", 280)
    for on in ("sqlite", "postgresql"):
        here = printed[printed.index(f"{on}: milliseconds") :]
        missing = [name for name in FIGURES if not re.search(rf"^{re.escape(name)} +[\d.]+ / ", here, re.MULTILINE)]
        assert missing == [], printed
    # PostgreSQL does so with small tables, and is right
    assert "sqlite: no full scan" in printed
