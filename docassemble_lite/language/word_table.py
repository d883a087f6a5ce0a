"""Tables of words, written as running text in the source."""

from __future__ import annotations


def listed(words: str) -> frozenset[str]:
    """The words of a text that has blanks and line ends between them."""
    return frozenset(words.split())
