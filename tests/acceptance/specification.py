"""The examples of the specification, and how they become whole interviews."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITE = Path(os.environ.get("CONFORMANCE_SUITE", ROOT.parent / "shared" / "conformance"))
SPECIFICATION = SUITE.parent / "spec/background.txt"

needs_specification = pytest.mark.skipif(
    not SPECIFICATION.is_file(), reason=f"there is no {SPECIFICATION} (it lies beside the suite that CONFORMANCE_SUITE names)"
)

# the lines with which a part of an example begins; all that is indented belongs to it
_BEGINNING = re.compile(
    r"---|class |"
    r"(mandatory|code|question|event|objects|attachment|fields|subquestion|reload|attachment code|check in|template|content|under"
    r"|target|field|buttons|need):"
)
# the text goes on in the same line behind an example
_TEXT_BEHIND = re.compile(r"(?<=[a-z0-9_.)}\]-])(?=[A-Z][a-z]*[ ,])")


def examples(beginning: str, end: str, names: Sequence[str]) -> dict[str, str]:
    """The examples of a section by their names: it begins with a line that begins so, and goes up to the line `end`."""
    text = SPECIFICATION.read_text(encoding="utf-8")
    section = re.search(rf"^{re.escape(beginning)}.*?(?=^{re.escape(end)}$)", text, re.DOTALL | re.MULTILINE)
    assert section, "the specification has no such section"
    return dict(zip(names, examples_in(section[0]), strict=True))


def examples_in(text: str) -> Iterator[str]:
    """The runs of lines that are no sentences."""
    run: list[str] = []
    for line in text.splitlines():
        if not _BEGINNING.match(line) and not (run and line[:1] in (" ", "")):
            yield from ["\n".join(run)] if run else []
            run = []
            continue
        behind = _TEXT_BEHIND.search(line)
        run.append(line[: behind.start()] if behind else line)
        if behind:
            yield "\n".join(run)
            run = []


def whole(*parts: str) -> str:
    """An interview of these parts, each of one or more blocks."""
    return "\n---\n".join(re.sub(r"\A---\n|\n---\Z", "", part.rstrip("\n")) for part in parts) + "\n"
