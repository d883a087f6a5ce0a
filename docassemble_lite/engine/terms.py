"""Terms: words of a text that a person can have explained.

`{creeper}` in a text is such a word where `creeper` is defined, `{creeper|this beast}` shows other words for it, and words of
`auto terms` are found without braces. What is shown is a button that opens its explanation, which needs no script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

from docassemble_lite.engine.document import Section
from docassemble_lite.host import current

#: What may be a term in braces: the term, and the words that are shown for it.
BRACES = re.compile(r"\{(?P<term>[^\W\d_][^{}|\n=]*?)\s*(?:\|(?P<shown>[^{}\n]+))?\}")


@dataclass
class ScreenTerms:
    """The terms of one screen: phrase in lower case → its explanation as HTML; `counted` numbers those that are shown."""

    braced: Mapping[str, str] = field(default_factory=dict)
    automatic: Mapping[str, str] = field(default_factory=dict)
    # whether a button can stand where the text goes
    interactive: bool = True
    counted: int = 0

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """What finds words of `auto terms`, the longest first; None if there are none."""
        phrases = sorted(self.automatic, key=len, reverse=True)
        words = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases)
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None

    def explained(self, term: str, shown_html: str) -> str | None:
        """The HTML of a term; None if it isn't one."""
        key = key_of(term)
        explanation = self.braced.get(key, self.automatic.get(key))
        if explanation is None:
            return None
        if not self.interactive:
            return shown_html
        self.counted += 1
        name = f"daterm-{self.counted}"
        button = f'<button type="button" class="daterm" popovertarget="{name}">{shown_html}</button>'
        return f'{button}<span class="daterm-text" id="{name}" popover role="note">{explanation}</span>'


_NONE = ScreenTerms()


def terms_now() -> ScreenTerms:
    """The terms of the screen that is being made; there are none elsewhere."""
    found: ScreenTerms = getattr(current().evaluation, "terms", None) or _NONE
    return found


def read_braces(match: re.Match[str]) -> str | None:
    """The HTML of what stands in braces; None if it isn't a term."""
    return terms_now().explained(match["term"], escape((match["shown"] or match["term"]).strip()))


def with_automatic(text: str) -> str | None:
    """The HTML of a piece of text in which words of `auto terms` are; None if there are none in it."""
    terms = terms_now()
    pattern = terms.pattern
    if pattern is None or not pattern.search(text):
        return None
    pieces, done = [], 0
    for match in pattern.finditer(text):
        pieces.append(escape(text[done : match.start()], quote=False))
        pieces.append(terms.explained(match[0], escape(match[0])) or "")
        done = match.end()
    return "".join([*pieces, escape(text[done:], quote=False)])


def changes(text: str) -> bool:
    """Whether what becomes of a text can be another thing on another screen."""
    return "{" in text or terms_now().pattern is not None


@contextmanager
def plainly() -> Iterator[None]:
    """While texts are made in which no button can stand."""
    terms = terms_now()
    before, terms.interactive = terms.interactive, False
    try:
        yield
    finally:
        terms.interactive = before


def key_of(term: str) -> str:
    """By what a term is found, however it is written."""
    return " ".join(term.lower().split())


def read_terms(section: Section, key: str) -> dict[str, tuple[Any, Any]]:
    """phrase → (definition, place) of the terms under a key. Raises `SourceError` for what aren't terms."""
    found: dict[str, tuple[Any, Any]] = {}
    value = section.get(key)
    for entry in value if isinstance(value, list) else [value] if value is not None else []:
        if not isinstance(entry, Section):
            raise section.mistake(key, f"“{key}” must consist of lines of the form “term: definition”.")
        if {"phrases", "definition"} <= set(entry):
            phrases = entry["phrases"] if isinstance(entry["phrases"], list) else [entry["phrases"]]
            found.update({key_of(str(phrase)): (entry["definition"], entry.value_place("definition")) for phrase in phrases})
        else:
            found.update({key_of(str(term)): (definition, entry.value_place(term)) for term, definition in entry.items()})
    return found
