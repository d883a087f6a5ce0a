"""How the pages of a document look, and which metadata says so."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from docassemble_lite.errors import DocumentError

#: Points to an inch; all lengths are in points.
INCH = 72.0
_UNITS = {"pt": 1.0, "in": INCH, "cm": INCH / 2.54, "mm": INCH / 25.4}
_LENGTH = re.compile(r"\s*(\d{1,4}(?:\.\d{1,4})?)\s*(pt|in|cm|mm)\s*")
#: Countries where people print on paper of the size “letter”.
LETTER_COUNTRIES = frozenset({"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})
#: name in metadata → (name in Typst, width, height)
PAPERS = {
    "letter": ("us-letter", 612.0, 792.0),
    "a4": ("a4", 595.28, 841.89),
    "legal": ("us-legal", 612.0, 1008.0),
    "a5": ("a5", 419.53, 595.28),
    "executive": ("us-executive", 522.0, 756.0),
}
#: What stands at the top and at the bottom of pages, as metadata calls it.
PAGE_PARTS = tuple(
    f"{first}{band}{place}" for first in ("First", "") for band in ("Header", "Footer") for place in ("Left", "Center", "Right")
)


@dataclass(frozen=True)
class Spacing:
    """How lines and paragraphs follow each other: `lines` from line to line, `gap` more of them between paragraphs."""

    lines: float
    gap: float = 0.0
    # whether the first line of a paragraph is indented
    indented: bool = True


SPACINGS = {
    "tight": Spacing(1.0, 0.0, indented=False),
    "single": Spacing(1.0, 1.0, indented=False),
    "one and a half": Spacing(1.5),
    "double": Spacing(2.0),
    "triple": Spacing(3.0),
}
#: That of another file whose styles hold, whatever it is.
UNCHANGED = Spacing(0.0)
_SPACING_KEYS = {
    "SingleSpacing": "single",
    "OneAndAHalfSpacing": "one and a half",
    "DoubleSpacing": "double",
    "TripleSpacing": "triple",
}


@dataclass(frozen=True)
class Style:
    """How a document looks."""

    paper: str = "letter"
    font_size: float = 12.0
    spacing: Spacing = SPACINGS["double"]
    # of the first line of a paragraph, where it is indented
    indentation: float = INCH / 2
    top: float = INCH
    bottom: float = INCH
    numbered_sections: bool = True
    contents: bool = False
    # which of PAGE_PARTS there are
    page_parts: frozenset[str] = field(default_factory=frozenset)

    @property
    def paper_size(self) -> tuple[float, float]:
        """Width and height."""
        return PAPERS[self.paper][1:]


#: Metadata that is a text of the document itself.
TEXTS = ("title", "author", "date", *PAGE_PARTS)
#: Metadata that says how it looks.
_LOOKS = frozenset(
    {
        *_SPACING_KEYS,
        *("Indentation", "IndentationAmount", "fontsize", "papersize", "TopMargin", "BottomMargin", "numbersections", "toc"),
    }
)
#: Metadata that means something to LaTeX alone: known, and of no effect.
WITHOUT_EFFECT = frozenset(
    {
        *("HangingIndent", "fontfamily", "lang", "mainlang", "documentclass", "geometry", "FooterSkip", "author-meta"),
        *("title-meta", "citecolor", "urlcolor", "linkcolor", "abstract", "header-includes"),
    }
)
KNOWN = frozenset(TEXTS) | _LOOKS | WITHOUT_EFFECT


def near_key(key: str) -> str:
    """What may have been meant by a key of the metadata that doesn't exist; empty if that can't be told."""
    near = difflib.get_close_matches(key, KNOWN, n=1, cutoff=0.7)
    return near[0] if near else ""


def style_of(metadata: Mapping[str, Any], country: str) -> Style:
    """The style that the metadata asks for; the country decides on the paper. Raises `DocumentError`."""
    given = {key: value for key, value in metadata.items() if value is not None}
    style = Style(paper="letter" if country in LETTER_COUNTRIES else "a4")
    lengths = {"fontsize": "font_size", "IndentationAmount": "indentation", "TopMargin": "top", "BottomMargin": "bottom"}
    found: dict[str, Any] = {name: length(key, given[key]) for key, name in lengths.items() if key in given}
    spacing = _spacing(given, style.spacing)
    if "papersize" in given:
        found["paper"] = _paper(str(given["papersize"]))
    if not 4 <= found.get("font_size", 12.0) <= 72:
        raise DocumentError("“fontsize” must be between 4pt and 72pt.")
    return replace(
        style,
        **found,
        spacing=spacing,
        numbered_sections=_is_true(given.get("numbersections", True)),
        contents=_is_true(given.get("toc", False)),
        page_parts=frozenset(part for part in PAGE_PARTS if str(given.get(part, "")).strip()),
    )


def length(what: str, value: Any) -> float:
    """A length such as `1in`, `12pt` or `2.5cm` in points. Raises `DocumentError` for anything else."""
    match = _LENGTH.fullmatch(str(value))
    if match is None:
        raise DocumentError(f"“{what}” must be a length such as 12pt, 1in or 2.5cm, not “{value}”.")
    return float(match[1]) * _UNITS[match[2]]


def _spacing(given: Mapping[str, Any], default: Spacing) -> Spacing:
    asked = [name for key, name in _SPACING_KEYS.items() if _is_true(given.get(key, False))]
    spacing = SPACINGS[asked[0]] if asked else default
    if "Indentation" in given:
        spacing = replace(spacing, indented=_is_true(given["Indentation"]))
    return spacing


def _paper(name: str) -> str:
    short = name.strip().lower().removeprefix("us-").removesuffix("paper")
    if short not in PAPERS:
        raise DocumentError(f"There is no paper of the size “{name}”. There are: {', '.join(PAPERS)}.")
    return short


def _is_true(value: Any) -> bool:
    return str(value).strip().lower() not in ("", "false", "no", "0", "none")
