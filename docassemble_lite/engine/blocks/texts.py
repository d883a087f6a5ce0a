"""A text of a block: compiled once, made into HTML at once where it has no Mako, and else each time it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docassemble_lite.engine import terms
from docassemble_lite.engine.defs import used_defs
from docassemble_lite.engine.document import Place
from docassemble_lite.engine.markup import (
    shown,
    to_html,
    to_inline_html,
    to_part_html,
    to_plain,
    to_raw_html,
    to_script,
    unescape_typed,
)
from docassemble_lite.engine.page_code import marked
from docassemble_lite.engine.templates import Text, compile_text
from docassemble_lite.engine.translations import in_languages


class BlockText:
    """One author's text; `answers` is the dictionary in which its names are looked up."""

    __slots__ = ("_block", "_inline", "_plain", "constant", "text")

    def __init__(self, text: Any, place: Place) -> None:
        written, defs = str(text), used_defs()
        own = compile_text(written, source=place.source.name, path=place.source.path, line=place.line, defs=defs)
        self.text: Text | None = in_languages(own, written, defs)
        self.constant: str | None = self.text.constant
        self._block: str | None = None
        self._inline: str | None = None
        self._plain: str | None = None

    @classmethod
    def of_value(cls, value: Any) -> BlockText:
        """A text that an evaluation brought about: it may hold what people typed, so it is never a template."""
        text = cls.__new__(cls)
        text.text = None
        text.constant = shown(value)
        text._block = text._inline = text._plain = None
        return text

    @classmethod
    def of_author(cls, value: Any) -> BlockText:
        """A text of an author that is no template."""
        text = cls.of_value("")
        text.constant = str(value)
        return text

    def raw(self, answers: dict[str, Any]) -> str:
        """The text after Mako, before Markdown."""
        return self.text.evaluate(answers) if self.text is not None and self.constant is None else self.constant or ""

    def value(self, answers: dict[str, Any]) -> str:
        """The text as a value that is no HTML: what a choice stands for, a default, an address."""
        return unescape_typed(self.raw(answers))

    def block(self, answers: dict[str, Any], table_class: str = "") -> str:
        """HTML with paragraphs, lists and tables; `table_class` as in `to_html`."""
        if table_class:
            return to_html(self.raw(answers), table_class)
        if self.constant is None or terms.changes(self.constant):
            return to_html(self.raw(answers))
        if self._block is None:
            self._block = to_html(self.constant)
        return self._block

    def html(self, answers: dict[str, Any]) -> str:
        """HTML as the author wrote it, without Markdown."""
        return to_raw_html(self.raw(answers))

    def inline(self, answers: dict[str, Any]) -> str:
        """HTML within one line: a heading, a label, a button."""
        if self.constant is None or terms.changes(self.constant):
            return to_inline_html(self.raw(answers))
        if self._inline is None:
            self._inline = to_inline_html(self.constant)
        return self._inline

    def part(self, answers: dict[str, Any]) -> str:
        """HTML for a place within a text."""
        return to_part_html(self.raw(answers))

    def script(self, answers: dict[str, Any]) -> str:
        """An expression of JavaScript."""
        return to_script(self.raw(answers)).strip().rstrip(";")

    def plain(self, answers: dict[str, Any]) -> str:
        """Plain text without markup."""
        if self.constant is None or terms.changes(self.constant):
            return to_plain(self.raw(answers))
        if self._plain is None:
            self._plain = to_plain(self.constant)
        return self._plain


def text_at(section: Any, key: str, reading: Callable[[str], str] = str) -> BlockText | None:
    """The text under a key of a section, or None when the key isn't there or empty; `reading` goes over what was written."""
    value = section.get(key)
    if value is None:
        return None
    if isinstance(value, (list, dict)):
        raise section.mistake(key, f"“{key}” must be a text.", "A text that begins with “[” or “{” must be in quotation marks.")
    return BlockText(reading(str(value)), section.value_place(key))


def page_text_at(section: Any, key: str) -> BlockText | None:
    """`text_at` for a text of a page, in which an author may have scripts and styles."""
    return text_at(section, key, marked)
