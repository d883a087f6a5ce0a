"""Translations of words and short phrases, by language."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from babel import Locale
from babel.core import get_global

from docassemble_lite.language.conventions import get_language

__all__ = ["language_name", "update_word_collection", "word"]

# the joints of comma_and_list() in the languages in which dates and small numbers are known, too
_collections: dict[str, dict[str, str]] = {
    "es": {"and": "y", "or": "o"},
    "fr": {"and": "et", "or": "ou"},
    "de": {"and": "und", "or": "oder"},
    "it": {"and": "e", "or": "o"},
    "pt": {"and": "e", "or": "ou"},
    "nl": {"and": "en", "or": "of"},
}
_writing = Lock()
# the languages of which somebody has added words
_added: set[str] = set()

# what word() makes of the values that a yes/no/maybe question has
_TRUTH = {"True": "yes", "False": "no", "None": "I don't know"}


def update_word_collection(language: str, translations: Mapping[str, str]) -> None:
    """Add translations to the table of `language`, for the whole process."""
    with _writing:
        _added.add(language)
        _collections[language] = {**_collections.get(language, {}), **{str(k): str(v) for k, v in translations.items()}}


def is_translated(language: str) -> bool:
    """Whether somebody has added words of the language."""
    return language in _added


def word(phrase: object, language: str | None = None, capitalize: bool = False) -> str:
    """The phrase in the current language (or `language`), or as it is when there is no translation."""
    text = _TRUTH[str(phrase)] if phrase is None or isinstance(phrase, bool) else str(phrase)
    translated = _collections.get(language or get_language(), {}).get(text, text)
    return translated[:1].upper() + translated[1:] if capitalize else translated


def language_name(code: str) -> str:
    """The name of a language by its ISO 639-1 or 639-3 code, translated by `word()`; the code if it isn't known."""
    code = str(code)
    names = Locale("en").languages
    short = get_global("language_aliases").get(code, code)
    return word(names.get(code) or names.get(short) or code)
