"""Numbers in words: all of them in English, zero to ten in some other languages and in those that authors add."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

__all__ = ["update_nice_numbers", "update_ordinal_function", "update_ordinal_numbers"]

_NAMES = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_SMALL = _NAMES.split()
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_IRREGULAR_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}

_CARDINALS: dict[str, dict[str, str]] = {
    language: {str(number): name for number, name in enumerate(names.split())}
    for language, names in {
        "en": "zero one two three four five six seven eight nine ten",
        "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez",
        "fr": "zéro un deux trois quatre cinq six sept huit neuf dix",
        "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn",
        "it": "zero uno due tre quattro cinque sei sette otto nove dieci",
        "pt": "zero um dois três quatro cinco seis sete oito nove dez",
        "nl": "nul een twee drie vier vijf zes zeven acht negen tien",
    }.items()
}
_ORDINALS: dict[str, dict[str, str]] = {
    language: {str(number): name for number, name in enumerate(names.split(), start)}
    for language, start, names in (
        ("en", 0, "zeroth first second third fourth fifth sixth seventh eighth ninth tenth"),
        ("es", 1, "primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo"),
        ("fr", 1, "premier deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième"),
        ("de", 1, "erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte"),
        ("it", 1, "primo secondo terzo quarto quinto sesto settimo ottavo nono decimo"),
        ("pt", 1, "primeiro segundo terceiro quarto quinto sexto sétimo oitavo nono décimo"),
        ("nl", 1, "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende"),
    )
}
_ORDINAL_MARKS = {"es": ".º", "fr": "e", "it": "º", "pt": "º", "nl": "e"}


def update_nice_numbers(language: str, names: Mapping[object, str]) -> None:
    """Add words for numbers (5 or "5" -> "five") to the table of `language`, for the whole process."""
    _CARDINALS[language] = {**_CARDINALS.get(language, {}), **{str(number): name for number, name in names.items()}}


def update_ordinal_numbers(language: str, names: Mapping[object, str]) -> None:
    """Add words for ordinal numbers (5 or "5" -> "fifth") to the table of `language`, for the whole process."""
    _ORDINALS[language] = {**_ORDINALS.get(language, {}), **{str(number): name for number, name in names.items()}}


def update_ordinal_function(*_: object) -> None:
    """Nothing: new ordinal numbers hold at once. It is here for modules that call it after `update_ordinal_numbers()`."""


def listed_cardinal(number: Decimal, language: str) -> str | None:
    """The word for a number from the table of the language, or None."""
    return _CARDINALS.get(language, {}).get(f"{number.normalize():f}")


def listed_ordinal(number: int, language: str) -> str | None:
    """The word for an ordinal number from the table of the language, or None."""
    return _ORDINALS.get(language, {}).get(str(number))


def english_cardinal(number: Decimal) -> str:
    """Any number in English words, e.g. "minus five point one". Raises ValueError from 10¹⁵ on."""
    sign = "minus " if number < 0 else ""
    whole, _, fraction = f"{abs(number):f}".partition(".")
    words = _english_whole(int(whole))
    digits = fraction.rstrip("0")
    point = " point " + " ".join(_SMALL[int(digit)] for digit in digits) if digits else ""
    return sign + words + point


def english_ordinal(number: int) -> str:
    """A whole number from 0 on as an English ordinal in words, e.g. "five hundred and twenty-third"."""
    words = _english_whole(number)
    start = max(words.rfind(" "), words.rfind("-")) + 1
    last = words[start:]
    if last in _IRREGULAR_ORDINALS:
        return words[:start] + _IRREGULAR_ORDINALS[last]
    return words[:-1] + "ieth" if last.endswith("y") else words + "th"


def ordinal_digits(number: int, language: str) -> str:
    """An ordinal number in digits with the mark of the language, e.g. "11th"."""
    if language != "en":
        mark = "er" if language == "fr" and number == 1 else _ORDINAL_MARKS.get(language, ".")
        return f"{number}{mark}"
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _english_whole(number: int) -> str:
    if number >= 10**15:
        raise ValueError(f"{number} is too large to be written in words.")
    if number < 1000:
        return _english_hundreds(number)
    parts = []
    for size, name in _SCALES:
        if number >= size:
            parts.append(f"{_english_hundreds(number // size)} {name}")
            number %= size
    words = ", ".join(parts)
    if number == 0:
        return words
    return f"{words} and {_english_hundreds(number)}" if number < 100 else f"{words}, {_english_hundreds(number)}"


def _english_hundreds(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_SMALL[number % 10]}" if number % 10 else "")
    rest = f" and {_english_hundreds(number % 100)}" if number % 100 else ""
    return f"{_SMALL[number // 100]} hundred{rest}"
