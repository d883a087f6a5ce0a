"""Countries by ISO 3166-1, and the states, provinces or regions in them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

from babel import Locale
from babel.core import get_global

from docassemble_lite.language import country_table
from docassemble_lite.language.conventions import get_country
from docassemble_lite.language.subdivisions import SUBDIVISIONS
from docassemble_lite.language.words import word

__all__ = ["countries_list", "country_name", "iso_country", "state_name", "states_list", "subdivision_type"]

CountryPart = Literal["alpha_2", "alpha_3", "name", "numeric", "official_name"]
_PARTS = ("alpha_2", "alpha_3", "name", "numeric", "official_name")


@dataclass(frozen=True)
class Country:
    """A country; `calling_code` and `trunk_prefix` are digits as text, `numeric` has three digits."""

    alpha_2: str
    alpha_3: str
    numeric: str
    name: str
    official_name: str
    calling_code: str
    trunk_prefix: str


def countries_list() -> list[dict[str, str]]:
    """All countries in the order of their names, `{alpha-2 code: name}` each."""
    named = {code: word(country.name) for code, country in countries().items()}
    return [{code: named[code]} for code in sorted(named, key=lambda code: _sortable(named[code]))]


def country_name(country_code: str) -> str:
    """The name of a country by its alpha-2 code. Raises ValueError when there is no such country."""
    return word(country_coded(country_code).name)


def iso_country(country: str, part: CountryPart = "alpha_2") -> str:
    """A code or name of the country that is called so or has that code; `part` says which.

    Raises ValueError when there is no such country or part.
    """
    if part not in _PARTS:
        raise ValueError(f"A part is one of {', '.join(_PARTS)}, not {part!r}.")
    wanted = _sortable(str(country).strip())
    for known in countries().values():
        if wanted in {_sortable(getattr(known, name)) for name in _PARTS} | {_sortable(_babel_name(known.alpha_2))}:
            return str(getattr(known, part))
    raise ValueError(f"There is no country {country!r}.")


def states_list(country_code: str | None = None, abbreviate: bool = False) -> dict[str, str]:
    """The states (or what a country has in their place) by abbreviation, in the order of their names.

    `country_code` is an alpha-2 code (None: the current country); with `abbreviate` the labels are abbreviations, too.
    Empty for a country without subdivisions and for one whose subdivisions aren't in the table.
    """
    subdivisions = SUBDIVISIONS.get(_chosen(country_code))
    named = {code: word(name) for code, name in subdivisions.names.items()} if subdivisions else {}
    ordered = sorted(named, key=lambda code: _sortable(named[code]))
    return {code: code if abbreviate else named[code] for code in ordered}


def state_name(state_code: str, country_code: str | None = None) -> str:
    """The name of a state by its abbreviation; text that is no abbreviation of a known state comes back as it is."""
    subdivisions = SUBDIVISIONS.get(_chosen(country_code))
    names = subdivisions.names if subdivisions else {}
    return word(names.get(str(state_code), str(state_code)))


def subdivision_type(country_code: str) -> str | None:
    """What the parts of a country are called, e.g. "state"; None when it has none or they aren't in the table."""
    subdivisions = SUBDIVISIONS.get(_chosen(country_code))
    return word(subdivisions.kind) if subdivisions else None


def country_coded(country_code: str) -> Country:
    """The country of that alpha-2 code. Raises ValueError when there is none."""
    code = str(country_code).strip().upper()
    if code not in countries():
        raise ValueError(f"There is no country with the code {country_code!r}.")
    return countries()[code]


@cache
def countries() -> dict[str, Country]:
    """All countries by their alpha-2 codes."""
    rows = (row.split(";") for row in country_table.ROWS.split("\n") if row)
    alpha_3, numeric = _other_codes()
    found = {}
    for code, calling_code, trunk_prefix, official_name in rows:
        name = country_table.NAMES.get(code) or _babel_name(code).replace("&", "and").replace("St. ", "Saint ").replace("’", "'")
        found[code] = Country(code, alpha_3[code], numeric[code], name, official_name or name, calling_code, trunk_prefix)
    return found


def _other_codes() -> tuple[dict[str, str], dict[str, str]]:
    """The alpha-3 and the numeric codes by alpha-2 code."""
    alpha_3: dict[str, str] = {}
    numeric: dict[str, str] = {}
    for alias, codes in get_global("territory_aliases").items():
        if len(alias) == 3 and len(codes) == 1:
            (numeric if alias.isdigit() else alpha_3)[codes[0]] = alias
    return alpha_3 | country_table.ALPHA_3, numeric | country_table.NUMERIC


def _babel_name(code: str) -> str:
    return str(Locale("en").territories[code])


def _chosen(country_code: str | None) -> str:
    return country_coded(country_code or get_country()).alpha_2


def _sortable(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
