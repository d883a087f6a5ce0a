"""Documents that come from a template or are there already: what they are made of, and what formats they can have."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from docassemble_lite.documents import forms, office, word_filling
from docassemble_lite.documents.archive import archived
from docassemble_lite.documents.forms import FieldValue, Picture
from docassemble_lite.documents.joining import joined
from docassemble_lite.documents.programs import pandoc, private_folder
from docassemble_lite.documents.word_filling import FilledWord
from docassemble_lite.errors import DocumentError


@dataclass(frozen=True)
class WordDocument:
    """A DOCX template that has been filled in.

    `update` says whether its tables of contents are to be made anew, `tagged` and `archive` (PDF/A) what becomes of its PDF.
    """

    content: bytes | FilledWord = field(repr=False)
    update: bool = False
    tagged: bool = True
    archive: bool = False

    #: What it can be.
    formats = ("pdf", "docx", "rtf", "md", "html")

    def digest(self) -> list[object]:
        """What tells it from another."""
        digest = self.content.digest if isinstance(self.content, FilledWord) else _digest(self.content)
        return ["word", digest, self.update, self.tagged, self.archive]

    def make(self, formats: Sequence[str]) -> dict[str, bytes]:
        """It in each of the formats. Raises `DocumentError`."""
        content = self.content.content if isinstance(self.content, FilledWord) else self.content
        return {name: self._made(content, name) for name in formats}

    def _made(self, content: bytes, name: str) -> bytes:
        if name == "docx":
            return content
        if name == "pdf":
            return office.to_pdf(content, "docx", tagged=self.tagged, archive=self.archive, update=self.update)
        with private_folder() as folder:
            standalone = ["--standalone"] if name in ("rtf", "html") else []
            target = "gfm" if name == "md" else name
            return pandoc(["--from=docx", f"--to={target}", "--wrap=none", *standalone, "--output=-"], content, folder)


@dataclass(frozen=True)
class FormDocument:
    """A PDF form with what goes into its fields; several forms follow on each other."""

    templates: tuple[bytes, ...] = field(repr=False)
    values: Mapping[str, FieldValue] = field(repr=False)
    editable: bool = True
    export_value: str = "Yes"
    font: str = ""
    template_password: str = ""
    # whether it is made for archives (PDF/A), without fields
    archive: bool = False

    #: What it can be.
    formats = ("pdf",)

    def digest(self) -> list[object]:
        """What tells it from another."""
        values = {
            name: ["picture", _digest(value.content)] if isinstance(value, Picture) else value
            for name, value in self.values.items()
        }
        options = [self.editable, self.export_value, self.font, self.template_password, self.archive]
        return ["form", *map(_digest, self.templates), values, options]

    def make(self, formats: Sequence[str]) -> dict[str, bytes]:
        """It in each of the formats. Raises `DocumentError`."""
        return {name: self._made() for name in formats if name == "pdf"}

    def _made(self) -> bytes:
        filled = [
            forms.fill(
                template,
                self.values,
                editable=self.editable,
                export_value=self.export_value,
                font=self.font,
                password=self.template_password,
                archive=self.archive,
            )
            for template in self.templates
        ]
        whole = filled[0] if len(filled) == 1 else joined(filled)
        return archived(whole) if self.archive else whole


@dataclass(frozen=True)
class TextFile:
    """A text that becomes a file just as it is."""

    text: str = field(repr=False)
    extension: str

    #: What it can be.
    formats = ("raw",)

    def digest(self) -> list[object]:
        """What tells it from another."""
        return ["text", self.text, self.extension]

    def make(self, formats: Sequence[str]) -> dict[str, bytes]:
        """It in each of the formats."""
        return {name: self.text.encode("utf-8", "replace") for name in formats if name == "raw"}


def template_of(contents: Sequence[bytes]) -> bytes:
    """DOCX templates as one. Raises `DocumentError`."""
    if not contents:
        raise DocumentError("There is no template.")
    return contents[0] if len(contents) == 1 else word_filling.joined(contents)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
