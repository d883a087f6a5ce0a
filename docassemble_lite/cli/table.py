"""Rows of texts in columns."""

from __future__ import annotations

from collections.abc import Sequence

_GAP = "  "


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print the rows under their heads, each column as wide as its widest text."""
    lines = [[plain(text) for text in row] for row in (heads, *rows)]
    widths = [max(len(text) for text in column) for column in zip(*lines, strict=True)]
    for line in lines:
        print(_GAP.join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def plain(text: str) -> str:
    """The text without anything that a terminal would follow rather than show."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
