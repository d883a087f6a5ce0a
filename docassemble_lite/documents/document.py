"""What a document is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Document:
    """The text of a document and how it is to look.

    `markdown`, and the texts of the metadata, are Markdown with square-bracket tags, in which `literal` characters mean
    only themselves. `title` is plain: what programs call the document. The metadata is that of the interview language
    (title, author, date, SingleSpacing, fontsize, HeaderLeft …). `country` decides on the paper where the metadata doesn't.
    """

    markdown: str = field(repr=False)
    title: str = ""
    language: str = "en"
    country: str = "US"
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    # pictures, by the names under which the text has them: PNG or JPEG
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    # whether a PDF tells programs that read aloud what is a heading, a list, a table
    tagged: bool = True
    # whether a PDF is made for archives (PDF/A)
    archive: bool = False
    # the content of a DOCX file, whose styles, pages, headers and footers a DOCX then has; empty: ours
    reference: bytes = field(default=b"", repr=False)
