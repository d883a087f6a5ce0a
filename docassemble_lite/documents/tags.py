"""Square-bracket tags, which say what Markdown can't: alignment, page breaks, columns, spacing.

Before the Markdown is read, each tag becomes one private-use character, so that it is never taken for a link, and those
that stand for more than a piece of a line come to stand in paragraphs of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from docassemble_lite.documents.style import length

#: tag → which of the spacings holds from there on
SPACING_TAGS = {
    "TIGHTSPACING": "tight",
    "SINGLESPACING": "single",
    "ONEANDAHALFSPACING": "one and a half",
    "DOUBLESPACING": "double",
    "TRIPLESPACING": "triple",
}
#: tag → whether first lines are indented from there on
INDENTATION_TAGS = {"START_INDENTATION": True, "INDENTATION": True, "STOP_INDENTATION": False, "NOINDENTATION": False}
#: opening tag → (what is between the columns, closing tag)
COLUMN_TAGS = {"BEGIN_TWOCOL": ("BREAK", "END_TWOCOL"), "BEGIN_CAPTION": ("VERTICAL_LINE", "END_CAPTION")}
#: Tags that stand in paragraphs of their own.
BLOCK_TAGS = frozenset(
    {"PAGEBREAK", *SPACING_TAGS, *INDENTATION_TAGS, *COLUMN_TAGS, *(tag for pair in COLUMN_TAGS.values() for tag in pair)}
)
#: Tags that say something of the paragraph that they are in.
PARAGRAPH_TAGS = frozenset({"CENTER", "BOLDCENTER", "FLUSHLEFT", "FLUSHRIGHT", "NOINDENT", "BORDER", "INDENTBY"})
#: Tags that stand for a piece of a line.
INLINE_TAGS = frozenset(
    {
        *("BR", "NEWLINE", "NEWPAR", "SKIPLINE", "TAB", "NBSP", "ENDASH", "EMDASH", "HYPHEN", "BLANK", "BLANKFILL"),
        *("PAGENUM", "TOTALPAGES", "SECTIONNUM", "NO_EMOJIS"),
    }
)

_FIRST = 0x10F100
_ORDERED = sorted(BLOCK_TAGS | PARAGRAPH_TAGS | INLINE_TAGS)
_CHARACTERS = {tag: chr(_FIRST + number) for number, tag in enumerate(_ORDERED)}
_NAMES = {character: tag for tag, character in _CHARACTERS.items()}
_OURS = f"[{chr(_FIRST)}-{chr(_FIRST + 255)}]"
# characters that nobody but us may write here, and those that no document can hold
_FOREIGN = re.compile(f"{_OURS}|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# what follows the character of INDENTBY: two lengths, and an end
_END = chr(_FIRST + 255)
_WRITTEN = re.compile(
    r"\[(?:TARGET +[\w-]+ *|INDENTBY +(?P<left>[\d.]+ *(?:pt|in|cm|mm))(?: +(?P<right>[\d.]+ *(?:pt|in|cm|mm)))? *"
    rf"|(?P<tag>{'|'.join(tag for tag in _ORDERED if tag != 'INDENTBY')}))\]"
)
_IN_PARAGRAPHS = re.compile(f"[ \t]*({'|'.join(_CHARACTERS[tag] for tag in sorted(BLOCK_TAGS))})[ \t]*")
_MARKED = re.compile(f"{_CHARACTERS['INDENTBY']}(?P<left>[\\d.]+)/(?P<right>[\\d.]+){_END}|{_OURS}")


@dataclass(frozen=True)
class Tag:
    """A tag in a text; `left` and `right` are what INDENTBY says, in points."""

    name: str
    left: float = 0.0
    right: float = 0.0


def marked(markdown: str) -> str:
    """Markdown with tags as characters. Raises `DocumentError` for a length that is none."""
    text = _WRITTEN.sub(_character, _FOREIGN.sub("\ufffd", markdown))
    return _IN_PARAGRAPHS.sub(r"\n\n\1\n\n", text)


def _character(match: re.Match[str]) -> str:
    if match["left"]:
        left, right = (length("INDENTBY", value) if value else 0.0 for value in (match["left"], match["right"]))
        return f"{_CHARACTERS['INDENTBY']}{left:g}/{right:g}{_END}"
    return _CHARACTERS[match["tag"]] if match["tag"] else ""


def split(text: str) -> list[str | Tag]:
    """The pieces of a text: plain texts, and tags."""
    pieces: list[str | Tag] = []
    done = 0
    for match in _MARKED.finditer(text):
        pieces.append(text[done : match.start()])
        if match["left"]:
            pieces.append(Tag("INDENTBY", float(match["left"]), float(match["right"])))
        elif match[0] in _NAMES:
            pieces.append(Tag(_NAMES[match[0]]))
        done = match.end()
    return [piece for piece in [*pieces, text[done:]] if piece]


def unmarked(text: str) -> str:
    """The text with tags as they were written, for places where they are no tags."""
    return "".join(piece if isinstance(piece, str) else f"[{piece.name}]" for piece in split(text))
