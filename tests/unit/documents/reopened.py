"""Documents as others read them: made here, and opened again by programs that know nothing of how that was done."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from html import unescape
from html.parser import HTMLParser
from typing import Any

import docx
import pypdf
from docx.oxml.ns import qn
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin
from striprtf.striprtf import rtf_to_text

from docassemble_lite.documents import Document, make
from docassemble_lite.documents.literal import FIRST

#: Every format in which a text can be compared.
ALL = ("pdf", "docx", "rtf", "html", "md")
WITHOUT_NUMBERS: Mapping[str, Any] = {"SingleSpacing": True, "numbersections": False}


def made(markdown: str, formats: Sequence[str] = ALL, metadata: Mapping[str, Any] | None = None, **more: Any) -> dict[str, bytes]:
    """A document in some formats."""
    return make(Document(markdown, metadata=WITHOUT_NUMBERS if metadata is None else metadata, **more), formats)


def literal(text: str) -> str:
    """A text in which no ASCII character is markup."""
    return "".join(chr(FIRST + ord(char)) if ord(char) < 128 and not char.isalnum() else char for char in text)


def texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """What can be read in each of the files."""
    return {name: READERS[name](content) for name, content in files.items()}


def pdf(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def pages(content: bytes) -> list[str]:
    """The text of each page of a PDF."""
    return [page.extract_text() for page in pdf(content).pages]


def word(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def part(content: bytes, name: str) -> str:
    """A file inside of a DOCX."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name).decode()


def _docx_text(content: bytes) -> str:
    body = word(content).element.body
    lines = ["".join(piece.text or "" for piece in line.iter(qn("w:t"))) for line in body.iter(qn("w:p"))]
    notes = re.findall(r"<w:t\b[^>]*>([^<]*)</w:t>", part(content, "word/footnotes.xml"))
    return " ".join([*lines, *map(unescape, notes)])


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._hidden += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data


def html(content: str) -> _Html:
    reader = _Html()
    reader.feed(content)
    reader.close()
    return reader


def rendered(content: bytes) -> str:
    """Markdown as HTML, by a reader that allows everything."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(footnote_plugin)
    return str(markdown.render(content.decode()))


READERS = {
    "pdf": lambda content: "\n".join(pages(content)),
    "docx": _docx_text,
    "rtf": lambda content: rtf_to_text(content.decode("ascii"), errors="strict"),
    "html": lambda content: html(content.decode()).text,
    "md": lambda content: html(rendered(content)).text,
}


def squeezed(text: str) -> str:
    """Without blanks, which each format has at other places."""
    return re.sub(r"\s+", "", text)
