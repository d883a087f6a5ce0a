"""The language, country and number conventions of the evaluation that is going on.

They hold for one evaluation: an interview that changes them does so in an `initial` block, which runs every time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from docassemble_lite.host import Current, current

__all__ = [
    "get_country",
    "get_dialect",
    "get_language",
    "get_locale",
    "get_voice",
    "language_from_browser",
    "set_country",
    "set_language",
    "set_locale",
    "update_locale",
]

LOCALE_CONVENTIONS = frozenset(
    {
        "currency_symbol",
        "n_cs_precedes",
        "p_cs_precedes",
        "n_sep_by_space",
        "p_sep_by_space",
        "thousands_sep",
        "mon_thousands_sep",
        "decimal_point",
        "mon_decimal_point",
    }
)


@dataclass
class Conventions:
    """What one evaluation decided besides its language; None or "" stands for the server's default."""

    dialect: str | None = None
    voice: str | None = None
    country: str | None = None
    # what set_locale() was told; update_locale() puts it into force
    locale_name: str | None = None
    # the currency of the locale that update_locale() put into force, an ISO 4217 code
    currency: str | None = None
    # deviations from the locale: a member of LOCALE_CONVENTIONS -> its value
    deviations: dict[str, object] = field(default_factory=dict)
    # default formats: a style ("short" … "full") or a pattern of Unicode Technical Standard 35
    date_format: str = ""
    time_format: str = ""
    datetime_format: str = ""


_conventions: WeakKeyDictionary[Current, Conventions] = WeakKeyDictionary()


def conventions() -> Conventions:
    """The conventions of the current evaluation, to read and to change."""
    return _conventions.setdefault(current(), Conventions())


def get_language() -> str:
    """The current language, e.g. "en"."""
    return current().language


def set_language(language: str, dialect: str | None = None, voice: str | None = None) -> None:
    """Speak `language` (an ISO 639-1 or 639-3 code in lower case) until the end of the evaluation.

    `dialect` and `voice` are for reading aloud. Raises TypeError or ValueError for what is no language code.
    """
    if not isinstance(language, str):
        raise TypeError(f"A language is a code such as 'en', not {language!r}.")
    if not re.fullmatch(r"[a-z]{2,3}([-_][A-Za-z0-9]+)*", language):
        raise ValueError(f"A language is a code of two or three small letters such as 'en', not {language!r}.")
    current().language = language
    conventions().dialect = dialect
    conventions().voice = voice


def get_dialect() -> str | None:
    """The dialect that `set_language()` was given, or None."""
    return conventions().dialect


def get_voice() -> str | None:
    """The voice that `set_language()` was given, or None."""
    return conventions().voice


def get_country() -> str:
    """The current country, an ISO 3166-1 alpha-2 code such as "US"."""
    return conventions().country or str(current().host.setting("country", "US"))


def set_country(country: str) -> None:
    """Assume `country` (an ISO 3166-1 alpha-2 code in capital letters) until the end of the evaluation."""
    if not isinstance(country, str) or not re.fullmatch(r"[A-Z]{2}", country):
        raise ValueError(f"A country is a code of two capital letters such as 'US', not {country!r}.")
    conventions().country = country


def get_locale(convention: str | None = None) -> object:
    """The name of the locale, or what `set_locale()` was told about one `convention` (None when nothing)."""
    if convention is None:
        return conventions().locale_name or current().locale
    _refuse_unknown(convention)
    return conventions().deviations.get(convention)


def set_locale(name: str | None = None, **deviations: object) -> None:
    """Remember the name of a locale, such as "FR.utf8", and deviations from its conventions.

    A deviation takes effect at once, the name with `update_locale()`. A deviation that is None is taken back.
    """
    for convention, value in deviations.items():
        _refuse_unknown(convention)
        if value is None:
            conventions().deviations.pop(convention, None)
        else:
            conventions().deviations[convention] = value
    if name is not None:
        conventions().locale_name = str(name)


def update_locale() -> None:
    """Format numbers and money as the language and the locale of this evaluation say, until its end.

    Raises ValueError when there is no such locale.
    """
    name = conventions().locale_name or current().locale
    country = re.split(r"[.@]", name)[0].replace("-", "_").split("_")[-1]
    locale = _parsed_locale(f"{get_language()}_{country}")
    current().locale = str(locale)
    currencies = get_global("territory_currencies").get(locale.territory or "", [])
    conventions().currency = next((code for code, _, end, tender in currencies if end is None and tender), None)


def language_from_browser(*languages: str) -> str | None:
    """The language that the browser asks for most, of `languages` if any are given; None when there is none."""
    known = set(languages) or (set(Locale("en").languages) | set(get_global("language_aliases")))
    for tag in current().request.languages:
        language = re.split(r"[-_;]", tag.strip().lower())[0]
        if language in known:
            return language
    return None


def number_locale() -> Locale:
    """The locale by which numbers and money are written. Raises ValueError when there is no such locale."""
    name = re.split(r"[.@]", current().locale)[0].replace("-", "_")
    if re.fullmatch(r"[A-Z]{2}", name):
        name = f"{get_language()}_{name}"
    return _parsed_locale(name)


def date_locale() -> Locale:
    """The locale by which dates are written: that of the language. Raises ValueError when there is none."""
    substitutes = current().host.setting("babel dates map", None) or {}
    return _parsed_locale(str(substitutes.get(get_language(), get_language())))


def _refuse_unknown(convention: str) -> None:
    if convention not in LOCALE_CONVENTIONS:
        raise ValueError(f"There is no convention {convention!r}. There are: {', '.join(sorted(LOCALE_CONVENTIONS))}.")


def _parsed_locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"How dates and numbers are written in the locale {name!r} isn't known.") from error
