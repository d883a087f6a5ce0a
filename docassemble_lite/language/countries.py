"""Countries by ISO 3166-1, and the states, provinces or regions in them by ISO 3166-2.

The data are those of pycountry. Most interviews need none of them, so they are read when they are first asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from babel import Locale

from docassemble_lite.language import country_table
from docassemble_lite.language.conventions import get_country
from docassemble_lite.language.words import word

__all__ = ["countries_list", "country_name", "iso_country", "state_name", "states_list", "subdivision_type"]

CountryPart = Literal["alpha_2", "alpha_3", "name", "numeric", "official_name"]
_PARTS = ("alpha_2", "alpha_3", "name", "numeric", "official_name")
# a second name that the standard gives in brackets: "Wales [Cymru GB-CYM]"
_ALSO_CALLED = re.compile(r"\s*\[.*\]")


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


@dataclass(frozen=True)
class Subdivisions:
    """The first-level parts of a country: what most of them are, and their names by abbreviation."""

    kind: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


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
    Empty for a country without subdivisions.
    """
    named = {code: word(name) for code, name in subdivisions(_chosen(country_code)).names.items()}
    ordered = sorted(named, key=lambda code: _sortable(named[code]))
    return {code: code if abbreviate else named[code] for code in ordered}


def state_name(state_code: str, country_code: str | None = None) -> str:
    """The name of a state by its abbreviation; text that is no abbreviation of a known state comes back as it is."""
    return word(subdivisions(_chosen(country_code)).names.get(str(state_code), str(state_code)))


def subdivision_type(country_code: str) -> str | None:
    """What most parts of a country are called, e.g. "state"; None when it has none."""
    kind = subdivisions(_chosen(country_code)).kind
    return word(kind) if kind else None


def country_coded(country_code: str) -> Country:
    """The country of that alpha-2 code. Raises ValueError when there is none."""
    code = str(country_code).strip().upper()
    if code not in countries():
        raise ValueError(f"There is no country with the code {country_code!r}.")
    return countries()[code]


@cache
def countries() -> dict[str, Country]:
    """All countries by their alpha-2 codes."""
    from pycountry import countries as listed

    by_code = {country.alpha_2: country for country in listed}
    found = {}
    for row in country_table.ROWS.split():
        code, calling_code, trunk_prefix = row.split(";")
        country = by_code[code]
        # the name in the standard is one to sort by: "Korea, Republic of"
        name = getattr(country, "common_name", country.name)
        official_name = getattr(country, "official_name", name)
        found[code] = Country(code, country.alpha_3, country.numeric, name, official_name, calling_code, trunk_prefix)
    return found


@cache
def subdivisions(country_code: str) -> Subdivisions:
    """The parts of the country of that alpha-2 code."""
    from pycountry import subdivisions as listed

    parts = [part for part in listed.get(country_code=country_code) or () if part.parent_code is None]
    if not parts:
        return Subdivisions()
    kind = Counter(part.type for part in parts).most_common(1)[0][0]
    return Subdivisions(kind.lower(), {part.code.partition("-")[2]: _ALSO_CALLED.sub("", part.name) for part in parts})


def _babel_name(code: str) -> str:
    return str(Locale("en").territories[code])


def _chosen(country_code: str | None) -> str:
    return country_coded(country_code or get_country()).alpha_2


def _sortable(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
