"""Numbers as readers like them: "three", "third", "two apples", "12,345.6"."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_decimal

from docassemble_lite.language.conventions import conventions, get_language, number_locale
from docassemble_lite.language.grammar import noun_plural
from docassemble_lite.language.language_function import language_function
from docassemble_lite.language.number_words import (
    english_cardinal,
    english_ordinal,
    listed_cardinal,
    listed_ordinal,
    ordinal_digits,
)
from docassemble_lite.language.readings import is_empty, number_from, rounded, whole_number_from

__all__ = ["nice_number", "ordinal", "ordinal_number", "quantity_noun"]


@language_function
def nice_number(number: object, *, use_word: bool | None = None) -> str:
    """The number as a word up to ten, else in digits with two decimals at most.

    `use_word=True` writes English numbers of any size in words, `use_word=False` none. Languages whose word for a
    number isn't known get digits. Empty text stays empty.
    """
    if is_empty(number):
        return ""
    value = number_from(number)
    if use_word is not False:
        listed = listed_cardinal(value, get_language())
        if listed is not None:
            return listed
    if use_word and get_language() == "en":
        return english_cardinal(value)
    return in_digits(value)


@language_function
def ordinal_number(number: object, *, use_word: bool | None = None) -> str:
    """The ordinal as a word up to "tenth", else in digits ("11th").

    `use_word=True` writes English ordinals of any size in words, `use_word=False` none. Raises ValueError for what
    is no whole number from 0 on.
    """
    value = whole_number_from(number)
    if value < 0:
        raise ValueError(f"There is no ordinal of {value}.")
    if use_word is not False:
        listed = listed_ordinal(value, get_language())
        if listed is not None:
            return listed
    if use_word and get_language() == "en":
        return english_ordinal(value)
    return ordinal_digits(value, get_language())


@language_function
def ordinal(index: object, *, use_word: bool | None = None) -> str:
    """The ordinal of an index that counts from 0: `ordinal(0)` is "first"."""
    return ordinal_number(whole_number_from(index) + 1, use_word=use_word)


@language_function
def quantity_noun(number: object, noun: object, *, as_integer: bool = True, use_word: bool | None = None) -> str:
    """ "two apples": the number, rounded unless `as_integer` is False, and the noun in its singular or plural."""
    value = number_from(number)
    if as_integer:
        value = rounded(value, 0)
    return f"{nice_number(value, use_word=use_word)} {noun_plural(noun, value)}"


def in_digits(number: Decimal) -> str:
    """The number in digits by the locale, with up to two decimals, or two significant ones if it is smaller than 0.01."""
    places = 2
    if number and abs(number) < Decimal("0.01"):
        places = 1 - number.adjusted()
    return decimal_text(number, "#,##0." + "#" * places, places)


def decimal_text(number: Decimal, pattern: str, places: int, *, monetary: bool = False) -> str:
    """The number by a pattern of the locale, with what `set_locale()` was told of its separators."""
    text = format_decimal(rounded(number, places), format=pattern, locale=number_locale())
    symbols = number_locale().number_symbols["latn"]
    prefix = "mon_" if monetary else ""
    changes = conventions().deviations
    group = changes.get(prefix + "thousands_sep", symbols["group"])
    point = changes.get(prefix + "decimal_point", symbols["decimal"])
    return "".join(str({symbols["group"]: group, symbols["decimal"]: point}.get(character, character)) for character in text)
