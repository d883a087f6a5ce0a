"""`translations`: spreadsheets that have the texts of an interview in other languages.

A translation takes the place of every text behind the block that is written as the spreadsheet has it. It is Mako and
Markdown like that text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.document import Items, Place, Section
from docassemble_lite.engine.templates import Text, compile_text
from docassemble_lite.errors import SourceError
from docassemble_lite.formats.spreadsheets import read_rows
from docassemble_lite.host import current
from docassemble_lite.objects.file_names import extension_of

if TYPE_CHECKING:
    from docassemble_lite.engine.program import Program

_COLUMNS = ("orig_text", "tr_lang", "tr_text")


@dataclass(frozen=True)
class Translation:
    """A text in another language, and where it stands."""

    text: str
    file: str
    row: int


#: text → language → its translation
Translations = dict[str, dict[str, Translation]]
_known: ContextVar[Translations] = ContextVar("known translations", default={})  # noqa: B039


def read_translations(program: Program, section: Section) -> None:
    """Take up a `translations` block. Raises `SourceError` for a file that isn't there or has no such columns."""
    value = section["translations"]
    names = list(value) if isinstance(value, Items) else [value]
    for number, name in enumerate(names):
        place = value.item_place(number) if isinstance(value, Items) else section.value_place("translations")
        path = program.sources.data_file(str(name), "sources", place.source)
        if path is None:
            raise place.mistake(
                f"There is no file “{name}” among the sources.",
                "It must lie in data/sources of the package, or beside the interview.",
            )
        program.files[path] = path.stat().st_mtime_ns
        _read(program.translations, str(name), path, place)


def _read(translations: Translations, name: str, path: Path, place: Place) -> None:
    try:
        rows = read_rows(path.read_bytes(), extension_of(name))
    except ValueError as error:
        raise place.mistake(f"“{name}” can't be read: {error}", "Save it as XLSX, or as CSV in UTF-8.") from error
    columns = {title: number for number, title in enumerate(rows[0] if rows else [])}
    if any(column not in columns for column in _COLUMNS):
        raise place.mistake(f"“{name}” has no translations.", f"Its first row must name the columns {', '.join(_COLUMNS)}.")
    for number, row in enumerate(rows[1:], 2):
        original, language, translated = (row[columns[key]] if columns[key] < len(row) else "" for key in _COLUMNS)
        if original.strip() and translated.strip():
            translations.setdefault(_key(original), {})[language.strip()] = Translation(translated, name, number)


def _key(text: str) -> str:
    """How a text is found, whatever line ends a spreadsheet has, and whether or not a last one is in it."""
    return text.replace("\r\n", "\n").strip()


@contextmanager
def known_translations(translations: Translations) -> Iterator[None]:
    """While the files of an interview are read, these are its translations; there may come more of them."""
    token = _known.set(translations)
    try:
        yield
    finally:
        _known.reset(token)


class TextInLanguages(Text):
    """A text that has translations. It is none that is the same for everybody, so `constant` is None."""

    __slots__ = ("_others", "_own")

    def __init__(self, own: Text, others: Mapping[str, Text]) -> None:
        super().__init__(None)
        self._own = own
        self._others = others

    def evaluate(self, answers: dict[str, Any]) -> str:
        return self._others.get(current().language, self._own).evaluate(answers)


def in_languages(own: Text, written: str, defs: str) -> Text:
    """A text with the translations that it has; `written` is how it stands in the source. Raises `SourceError`."""
    translations = _known.get()
    others = translations.get(_key(written)) if translations else None
    if not others:
        return own
    return TextInLanguages(own, {language: _compiled(other, defs) for language, other in others.items()})


def _compiled(translation: Translation, defs: str) -> Text:
    try:
        return compile_text(translation.text, source=translation.file, path=None, line=translation.row, defs=defs)
    except SourceError as error:
        place = f"{translation.file}, row {translation.row}"
        raise SourceError(error.message, source=place, path=None, line=None, hint=error.hint) from error
