"""The benchmark of documents can be run; how fast anything is, no test says."""

from __future__ import annotations

import re

from tests.benchmarks.short_form import printed_by

FIGURES = [
    "PDF of a page, cold",
    *(
        f"PDF of {pages}, warm: {what}"
        for pages in ("1 page", "3 pages")
        for what in ("median", "for each page", "processor time")
    ),
    *(f"a page as {formats}, warm" for formats in ("pdf", "rtf", "docx", "html", "md", "pdf, rtf", "pdf, rtf, docx")),
    "memory of pandoc and Typst",
    "memory of the process",
    *(
        f"{number} of 1 pages {how}: {what}"
        for number, how in ((1, "one by one"), (2, "at once"))
        for what in ("for each", "processor time for each", "memory of the worker", "its processes")
    ),
    *(
        f"others' submits, {meanwhile}: {what}"
        for meanwhile in ("no document", "a long document in the background", "a long one on a screen")
        for what in ("median", "p95", "longest", "processor time of a submit")
    ),
]


def test_the_benchmark_of_documents_prints_all_its_figures() -> None:
    printed = printed_by("documents.py", 300)
    missing = [figure for figure in FIGURES if not re.search(rf"^{re.escape(figure)}.* \d+(\.\d+)?", printed, re.MULTILINE)]
    assert missing == [], printed
