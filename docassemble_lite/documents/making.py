"""Makes a document in several formats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from docassemble_lite.documents.aside import make_aside
from docassemble_lite.documents.document import Document
from docassemble_lite.documents.pdf import make_pdf
from docassemble_lite.documents.plain import make_markdown
from docassemble_lite.documents.programs import private_folder
from docassemble_lite.documents.reading import read
from docassemble_lite.documents.rtf import make_rtf
from docassemble_lite.documents.style import Style, style_of
from docassemble_lite.documents.tree import Node
from docassemble_lite.documents.web import make_html
from docassemble_lite.documents.word import make_docx
from docassemble_lite.errors import DocumentError


@dataclass(frozen=True)
class Format:
    """One kind of file that a document can be."""

    mimetype: str
    make: Callable[[Document, Style, Node, Path], bytes]


#: The name of a format, which is also the extension of its files → what there is to know about it.
FORMATS = {
    "pdf": Format("application/pdf", make_pdf),
    "rtf": Format("application/rtf", make_rtf),
    "docx": Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", make_docx),
    "html": Format("text/html", make_html),
    "md": Format("text/markdown", make_markdown),
}


#: Characters from which on a text is long: it is thirty pages, and takes a second.
LONG = 100_000


def make(document: Document, formats: Sequence[str]) -> dict[str, bytes]:
    """The document in each of the formats: name of the format → content of the file. Raises `DocumentError`.

    A long one is made in a process of its own, as shaping it would keep all threads of this one from their work.
    """
    return make_here(document, formats) if len(document.markdown) < LONG else make_aside(document, formats)


def make_here(document: Document, formats: Sequence[str]) -> dict[str, bytes]:
    """The same in this process, however long it is."""
    style = style_of(document.metadata, document.country)
    try:
        with private_folder() as folder:
            tree = read(document, folder)
        with ThreadPoolExecutor(max(1, len(formats)), thread_name_prefix="document") as pool:
            made = pool.map(lambda name: _made(document, style, tree, name), formats)
            return dict(zip(formats, made, strict=True))
    except RecursionError as error:
        raise DocumentError("Its lists and quotations are nested too deeply.") from error


def _made(document: Document, style: Style, tree: Node, name: str) -> bytes:
    with private_folder() as folder:
        return FORMATS[name].make(document, style, tree, folder)
