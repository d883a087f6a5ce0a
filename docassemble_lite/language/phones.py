"""Telephone numbers, by the rules that all countries share and those of North America.

Whether a number is in service, or of a length that its country uses, isn't known here: outside of North America a
number is taken for valid when its length is possible. Grouping is known for North America and France.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from docassemble_lite.language.conventions import get_country
from docassemble_lite.language.countries import Country, countries, country_coded

__all__ = ["phone_number_formatted", "phone_number_in_e164", "phone_number_is_valid", "phone_number_part"]

_EXTENSION = re.compile(r"\s*(?:;ext=|ext(?:ension|\.)?|x|#)\s*\d{1,8}\s*$", re.IGNORECASE)
_WRITTEN = re.compile(r"\+?[\d\s().\-/\u2010-\u2015\u00a0]+")

# how many digits a number has without calling code and prefix, where the country has one or two lengths only
_LENGTHS = {
    "33": (9, 9),
    "34": (9, 9),
    "41": (9, 9),
    "44": (9, 10),
    "45": (8, 8),
    "47": (8, 8),
    "48": (9, 9),
    "52": (10, 10),
    "55": (10, 11),
    "61": (9, 9),
    "91": (10, 10),
    "351": (9, 9),
    "353": (7, 10),
}
# E.164 allows 15 digits with the calling code; no country has fewer than 4
_SHORTEST, _LONGEST = 4, 15


@dataclass(frozen=True)
class _Number:
    calling_code: str
    # the digits that follow the calling code
    national: str
    # the prefix of calls inside of the country
    trunk_prefix: str

    @property
    def plausible(self) -> bool:
        if self.calling_code == "1":
            return re.fullmatch(r"[2-9](?!11)\d\d[2-9](?!11)\d{6}", self.national) is not None
        shortest, longest = _LENGTHS.get(self.calling_code, (_SHORTEST, _LONGEST - len(self.calling_code)))
        return shortest <= len(self.national) <= longest


def phone_number_in_e164(number: object, country: str | None = None) -> str | None:
    """The number as it is dialled from anywhere, e.g. "+12155552342"; None for what can't be a number.

    `country` is the alpha-2 code of the country in which a number without "+" is meant (None: the current one).
    """
    read = _read(number, country)
    return f"+{read.calling_code}{read.national}" if read else None


def phone_number_formatted(number: object, country: str | None = None) -> str:
    """The number as people of its country write it, e.g. "(215) 555-2342"; what can't be a number stays as it is."""
    read = _read(number, country)
    if read is None:
        return str(number).strip()
    digits = read.national
    if read.calling_code == "1" and len(digits) == 10:
        return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
    if read.calling_code == "33" and len(digits) == 9:
        return " ".join(re.findall("..", "0" + digits))
    return read.trunk_prefix + digits


def phone_number_is_valid(number: object, country: str | None = None) -> bool:
    """Whether this can be a telephone number; see the top of this file for what isn't checked."""
    read = _read(number, country)
    return read is not None and read.plausible


def phone_number_part(number: object, part: int, country: str | None = None) -> str:
    """Group `part` (from 0) of the digits of the formatted number; "" when there are fewer groups."""
    groups = re.findall(r"\d+", phone_number_formatted(number, country))
    return groups[part] if 0 <= part < len(groups) else ""


def _read(number: object, country: str | None) -> _Number | None:
    home = country_coded(country or get_country())
    text = _EXTENSION.sub("", str(number).strip())
    if not _WRITTEN.fullmatch(text):
        return None
    digits = re.sub(r"\D", "", text)
    international = _international_digits(text, digits, home)
    read = _read_international(international) if international is not None else _read_national(digits, home)
    if read is None or not _SHORTEST <= len(read.national) <= _LONGEST - len(read.calling_code):
        return None
    return read


def _international_digits(text: str, digits: str, home: Country) -> str | None:
    """The digits from the calling code on, if the number is written with one."""
    if text.startswith("+"):
        return digits
    prefix = "011" if home.calling_code == "1" else "00"
    return digits[len(prefix) :] if digits.startswith(prefix) else None


def _read_international(digits: str) -> _Number | None:
    trunk_prefixes = {country.calling_code: country.trunk_prefix for country in countries().values()}
    for length in (1, 2, 3):
        if digits[:length] in trunk_prefixes:
            return _Number(digits[:length], digits[length:], _shown_prefix(digits[:length], trunk_prefixes[digits[:length]]))
    return None


def _read_national(digits: str, home: Country) -> _Number:
    prefix = home.trunk_prefix
    has_prefix = bool(prefix) and digits.startswith(prefix) and (home.calling_code != "1" or len(digits) == 11)
    national = digits[len(prefix) :] if has_prefix else digits
    return _Number(home.calling_code, national, _shown_prefix(home.calling_code, prefix))


def _shown_prefix(calling_code: str, trunk_prefix: str) -> str:
    """The prefix that belongs to a written number: in North America and Russia it doesn't."""
    return "" if calling_code in ("1", "7") else trunk_prefix
