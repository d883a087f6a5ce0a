"""Several things in one phrase, and lists with their punctuation."""

from __future__ import annotations

from collections.abc import Iterable

from docassemble_lite.language.conventions import get_language
from docassemble_lite.language.language_function import language_function
from docassemble_lite.language.words import word

__all__ = ["add_separators", "comma_and_list", "comma_list"]


@language_function
def comma_and_list(
    *items: object,
    oxford: bool | None = None,
    and_string: str | None = None,
    comma_string: str = ", ",
    before_and: str = " ",
    after_and: str = " ",
) -> str:
    """ "lions, tigers, and bears", of several arguments or of what a list or the like holds.

    `oxford` says whether a comma comes before the "and" of three or more items (None: in English it does).
    `before_and` and `after_and` stand around the "and", `and_string` for the word itself.
    """
    texts = _texts(items)
    if len(texts) < 2:
        return "".join(texts)
    with_comma = get_language() == "en" if oxford is None else oxford
    last_comma = comma_string.rstrip() if with_comma and len(texts) > 2 else ""
    joint = word("and") if and_string is None else and_string
    return f"{comma_string.join(texts[:-1])}{last_comma}{before_and}{joint}{after_and}{texts[-1]}"


@language_function
def comma_list(*items: object, comma_string: str = ", ") -> str:
    """ "lions, tigers, bears", of several arguments or of what a list or the like holds."""
    return comma_string.join(_texts(items))


@language_function
def add_separators(
    items: Iterable[object], *, separator: str = ";", last_separator: str | None = None, end_mark: str = "."
) -> list[str]:
    """The items as texts, each with the mark that follows it in an enumeration: ";", "; and" before the last, "." at the end."""
    texts = _texts((items,))
    before_last = f"; {word('and')}" if last_separator is None else last_separator
    marks = [separator] * (len(texts) - 2) + ([before_last] if len(texts) > 1 else []) + [end_mark]
    return [text + mark for text, mark in zip(texts, marks, strict=False)]


def _texts(items: Iterable[object]) -> list[str]:
    """Every item as text; an item that holds others stands for these."""
    found: list[str] = []
    for item in items:
        if isinstance(item, Iterable) and not isinstance(item, (str, bytes)):
            found.extend(str(inner) for inner in item)
        else:
            found.append(str(item))
    return found
