"""The benchmark of e-mails can be run; how fast anything is, no test says."""

from __future__ import annotations

from tests.benchmarks.short_form import printed_by

SHAPES = ["small", "one file of 17 MB", "50 files", "24 MB of text"]


def test_the_benchmark_of_emails_prints_all_its_figures() -> None:
    printed = printed_by("emails.py", 300)
    lines = printed.splitlines()
    assert [line[:20].strip() for line in lines] == SHAPES
    assert all(line.count(" MB, worker ") == 1 for line in lines)
