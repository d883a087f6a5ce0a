"""Text made fit for the place where it goes: a paragraph, a list, a title, a file name, a form field."""

from __future__ import annotations

import base64
import binascii
import json
import re
import string
import unicodedata
from collections.abc import Sequence
from typing import Any

from docassemble_lite.language.language_function import language_function
from docassemble_lite.language.readings import whole_number_from
from docassemble_lite.language.word_table import listed

__all__ = [
    "bold",
    "capitalize",
    "decode_name",
    "encode_name",
    "fix_punctuation",
    "from_b64_json",
    "indent",
    "italic",
    "noyes",
    "plain",
    "quote_paragraphs",
    "raw",
    "single_paragraph",
    "single_to_double_newlines",
    "space_to_underscore",
    "split",
    "title_case",
    "verbatim",
    "yesno",
]

_SMALL_WORDS = listed(
    """
    a an and as at but by en for if in nor of on or per so the to v via vs yet
    """
)
_REFERENCES = {ord(mark): f"&#{ord(mark)};" for mark in string.punctuation}


class Raw:
    """A value that a document template gets as it is; `value` is the value."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __str__(self) -> str:
        return str(self.value)


def plain(text: object, default: str | None = None) -> str:
    """The text, or `default` when there is none."""
    return _text_or(text, default)


def bold(text: object, default: str | None = None) -> str:
    """The text, or `default` when there is none, in bold face (as Markdown); nothing when both are empty."""
    chosen = _text_or(text, default)
    return f"**{chosen}**" if chosen else ""


def italic(text: object, default: str | None = None) -> str:
    """The text, or `default` when there is none, in italics (as Markdown); nothing when both are empty."""
    chosen = _text_or(text, default)
    return f"_{chosen}_" if chosen else ""


def raw(value: Any) -> Raw:
    """Have a document template see the value itself instead of its text."""
    return Raw(value)


def verbatim(text: object) -> str:
    """Text that shows character by character, whatever Markdown, HTML or markup codes it holds.

    Punctuation and leading blanks become numeric character references, which Markdown never takes for structure.
    """
    referenced = str(text).translate(_REFERENCES)
    return re.sub(r"(?m)^[ \t]+", lambda blanks: "&#32;" * len(blanks.group()), referenced)


def indent(text: object, by: int = 4) -> str:
    """The text with `by` blanks at the beginning of each line, so that it belongs to the item of a list in Markdown."""
    blanks = " " * by
    return "\n".join(blanks + line for line in _lines(text))


def quote_paragraphs(text: object) -> str:
    """The text as a quotation in Markdown."""
    return "\n".join(f"> {line}".rstrip() for line in _lines(str(text).strip()))


def single_paragraph(text: object) -> str:
    """The text in one line: line breaks become blanks."""
    return re.sub(r"[\r\n]+", " ", str(text))


def single_to_double_newlines(text: object) -> str:
    """The text with a paragraph of Markdown for each line."""
    return re.sub(r"[\r\n]+", "\n\n", str(text))


def fix_punctuation(text: object, mark: str = ".", other_marks: Sequence[str] = (".", "?", "!")) -> str:
    """The text with `mark` at its end, unless that or one of `other_marks` is there already. Empty text stays empty."""
    trimmed = str(text).strip()
    return trimmed if not trimmed or trimmed.endswith((mark, *other_marks)) else trimmed + mark


@language_function
def capitalize(text: object) -> str:
    """The text with a capital letter at its beginning."""
    plain_text = str(text)
    return plain_text[:1].upper() + plain_text[1:]


@language_function
def title_case(text: object) -> str:
    """The text as a title: every word with a capital letter but for small ones in the middle.

    Words with capital letters of their own ("iPhone") stay as they are, unless all of the text is in capitals.
    """
    shouted = str(text).isupper()
    parts = re.split(r"(\s+)", str(text).lower() if shouted else str(text))
    words = [index for index, part in enumerate(parts) if part and not part.isspace()]
    for index in words:
        at_edge = index in (words[0], words[-1]) or parts[max(index - 2, 0)].endswith((":", ".", "?", "!"))
        parts[index] = _title_word(parts[index], keep_small=not at_edge)
    return "".join(parts)


def space_to_underscore(text: object) -> str:
    """A file name out of the text: "_" for blanks and slashes, accents dropped, nothing that a shell or a path would notice."""
    decomposed = unicodedata.normalize("NFKD", str(text))
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    joined = re.sub(r"[\s/\\]+", "_", letters.strip())
    return re.sub(r"[^\w.-]", "", joined).strip("._")


def encode_name(variable: str) -> str:
    """The name that the field of a variable has in the page: unpadded base64."""
    return base64.b64encode(str(variable).encode()).decode().rstrip("=")


def decode_name(field_name: str) -> str:
    """The variable to which the field of a page belongs. Raises ValueError for what is no such name."""
    try:
        return base64.b64decode(str(field_name) + "=" * (-len(str(field_name)) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{field_name!r} isn't the encoded name of a variable.") from error


def from_b64_json(text: str) -> Any:
    """The value that is JSON in base64. Raises ValueError for what isn't."""
    try:
        return json.loads(base64.b64decode(str(text), validate=True))
    except (binascii.Error, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError("The text isn't JSON in base64.") from error


def yesno(value: object, invert: bool = False) -> str:
    """ "Yes" or "No", for the checkboxes of PDF forms; with `invert`, the other one."""
    return "Yes" if bool(value) != invert else "No"


def noyes(value: object, invert: bool = False) -> str:
    """ "No" for what is true and "Yes" for what isn't; with `invert`, the other one."""
    return yesno(value, invert=not invert)


def split(text: object, breaks: int | Sequence[int], index: int) -> str:
    """Part `index` (from 0) of a text that is spread over several form fields; "" for a part that the text doesn't reach.

    `breaks` holds the length of each part but the last. What a part leaves unused, because it ends with a whole word,
    the next one may use. A word that is longer than its part is cut.
    """
    phrase = re.sub(r"[\r\n]+", " ", str(text).strip())
    lengths = list(breaks) if isinstance(breaks, Sequence) else [breaks]
    parts = []
    start = end = 0
    for length in lengths:
        end += whole_number_from(length)
        cut = _word_break(phrase, start, end)
        parts.append(phrase[start:cut].strip())
        start = cut
    parts.append(phrase[start:].strip())
    return parts[index] if 0 <= index < len(parts) else ""


def _word_break(phrase: str, start: int, end: int) -> int:
    """The position up to `end` where the phrase is best cut."""
    while start < len(phrase) and phrase[start] == " ":
        start += 1
    if end >= len(phrase):
        return len(phrase)
    blank = phrase.rfind(" ", start, end + 1)
    return blank if blank > start else max(start, end)


def _text_or(text: object, default: str | None) -> str:
    given = "" if text is None else str(text)
    return given if given.strip() else (default or "")


def _lines(text: object) -> list[str]:
    return re.split(r"\r\n|\r|\n", str(text))


def _title_word(text: str, *, keep_small: bool) -> str:
    bare = text.strip(string.punctuation)
    if keep_small and bare.lower() in _SMALL_WORDS:
        return text.lower()
    if any(letter.isupper() for letter in bare[1:]) or re.search(r"\w\.\w|://|@", text):
        return text
    pieces = re.split(r"(-)", text)
    return "".join(re.sub(r"[^\W_]", lambda first: first.group().upper(), piece, count=1) for piece in pieces)
