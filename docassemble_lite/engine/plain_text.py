"""HTML as text that can be read without it, for the part of an e-mail that is plain text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# what has a blank line before and behind it
_PARAGRAPHS = frozenset({"blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"})
# what begins a line
_BLOCKS = _PARAGRAPHS | {"address", "article", "aside", "dd", "details", "div", "dt", "fieldset", "figure", "footer"}
_BLOCKS |= {"form", "header", "hr", "main", "nav", "section", "tr"}
_UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_CELLS = frozenset({"td", "th"})


def text_of_html(markup: str) -> str:
    """The text of some HTML: paragraphs with blank lines between them, items of lists with marks, links with their addresses."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._unseen = self._preformatted = 0
        # how the items of each open list are numbered: the next number, None for marks
        self._lists: list[int | None] = []
        # of each open link: its address, and where its text begins
        self._links: list[tuple[str, int]] = []

    def text(self) -> str:
        lines = [line.rstrip() for line in "".join(self._pieces).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._write("\n")
        elif tag == "img":
            self._write(given.get("alt") or "")
        elif tag == "a":
            self._links.append((given.get("href") or "", len(self._pieces)))
        elif tag == "li":
            self._begin_item()
        elif tag in _CELLS:
            self._begin_cell()
        elif tag in _BLOCKS:
            self._break(tag)
        if tag in ("ol", "ul"):
            self._lists.append(1 if tag == "ol" else None)
        self._preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "a" and self._links:
            self._end_link()
        elif tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        self._preformatted = max(0, self._preformatted - (tag == "pre"))
        if tag in _BLOCKS:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if self._preformatted:
            self._write(data)
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", data)
        self._write(text.lstrip(" ") if self._at_beginning() else text)

    def _write(self, text: str) -> None:
        if text and not self._unseen:
            self._pieces.append(text)

    def _at_beginning(self) -> bool:
        return not self._pieces or self._pieces[-1].endswith(("\n", " "))

    def _break(self, tag: str) -> None:
        if tag in _PARAGRAPHS and not self._lists:
            self._write("\n\n")
        elif self._pieces and not self._pieces[-1].endswith(("\n", "* ", ". ")):
            self._write("\n")

    def _begin_item(self) -> None:
        if self._pieces and not self._pieces[-1].endswith("\n"):
            self._write("\n")
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        self._write("  " * max(0, len(self._lists) - 1) + ("* " if number is None else f"{number}. "))

    def _begin_cell(self) -> None:
        if self._pieces and not self._pieces[-1].endswith("\n"):
            self._write(" | ")

    def _end_link(self) -> None:
        address, begin = self._links.pop()
        text = "".join(self._pieces[begin:]).strip()
        plain = address.removeprefix("mailto:")
        if address and not address.startswith("#") and text != plain:
            self._write(f" <{plain}>")
