from decimal import Decimal

import pytest

from docassemble_lite.language.conventions import set_language
from docassemble_lite.language.number_words import update_nice_numbers, update_ordinal_numbers
from docassemble_lite.language.numbers import nice_number, ordinal, ordinal_number, quantity_noun


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "zero"),
        (4, "four"),
        (10, "ten"),
        (11, "11"),
        (5.0, "five"),
        ("3", "three"),
        (23423, "23,423"),
        (12873818.27774, "12,873,818.28"),
        (5.1, "5.1"),
        (-1, "-1"),
        (0.00123, "0.0012"),
        (Decimal("2.50"), "2.5"),
    ],
)
def test_a_nice_number_is_a_word_up_to_ten(number: object, text: str) -> None:
    assert nice_number(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (501, "five hundred and one"),
        (5.1, "five point one"),
        (-1, "minus one"),
        (23423, "twenty-three thousand, four hundred and twenty-three"),
        (1000001, "one million and one"),
        (2000, "two thousand"),
    ],
)
def test_any_english_number_can_be_written_in_words(number: float, text: str) -> None:
    assert nice_number(number, use_word=True) == text


def test_words_for_numbers_can_be_refused() -> None:
    assert nice_number(3, use_word=False) == "3"


def test_a_nice_number_can_begin_a_sentence() -> None:
    assert nice_number(10, capitalize=True) == "Ten"


def test_a_nice_number_speaks_another_language_for_once() -> None:
    assert nice_number(10, language="es") == "diez"
    assert nice_number(10) == "ten"


def test_a_language_without_words_for_numbers_has_digits() -> None:
    set_language("so")
    assert nice_number(3, use_word=True) == "3"


def test_authors_add_words_for_numbers() -> None:
    update_nice_numbers("tlh", {1: "wa'"})
    assert nice_number(1, language="tlh") == "wa'"


@pytest.mark.parametrize("what", ["many", float("nan"), float("inf"), "Infinity"])
def test_what_is_no_number_is_refused(what: object) -> None:
    with pytest.raises(ValueError, match="number"):
        nice_number(what)


@pytest.mark.parametrize("what", [None, True, object()])
def test_a_value_of_another_kind_is_no_number(what: object) -> None:
    with pytest.raises(TypeError, match="isn't a number"):
        nice_number(what)


def test_an_unanswered_number_stays_empty() -> None:
    assert nice_number("") == ""


@pytest.mark.parametrize(
    ("number", "text"),
    [(8, "eighth"), (10, "tenth"), (11, "11th"), (12, "12th"), (21, "21st"), (22, "22nd"), (103, "103rd"), (111, "111th")],
)
def test_an_ordinal_number_is_a_word_up_to_ten(number: int, text: str) -> None:
    assert ordinal_number(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (11, "eleventh"),
        (12, "twelfth"),
        (20, "twentieth"),
        (523, "five hundred and twenty-third"),
        (1000, "one thousandth"),
    ],
)
def test_any_english_ordinal_can_be_written_in_words(number: int, text: str) -> None:
    assert ordinal_number(number, use_word=True) == text


def test_words_for_ordinals_can_be_refused() -> None:
    assert ordinal_number(8, use_word=False) == "8th"


def test_an_ordinal_counts_from_zero() -> None:
    assert [ordinal(index) for index in (0, 1, "2", 10)] == ["first", "second", "third", "11th"]


def test_an_ordinal_can_begin_a_sentence() -> None:
    assert ordinal(0, capitalize=True) == "First"


def test_an_ordinal_in_french_has_its_mark() -> None:
    set_language("fr")
    assert [ordinal(0), ordinal(11)] == ["premier", "12e"]


@pytest.mark.parametrize("what", [-5, 1.5, "x"])
def test_what_can_not_be_counted_has_no_ordinal(what: object) -> None:
    with pytest.raises(ValueError):
        ordinal(what)


def test_authors_add_words_for_ordinals() -> None:
    update_ordinal_numbers("tlh", {"1": "wa'DIch"})
    assert ordinal_number(1, language="tlh") == "wa'DIch"


@pytest.mark.parametrize(
    ("number", "text"),
    [(2, "two apples"), (1, "one apple"), (0, "zero apples"), (144, "144 apples"), (1.5, "two apples"), (2.5, "three apples")],
)
def test_a_quantity_is_rounded_and_agrees_with_its_noun(number: float, text: str) -> None:
    assert quantity_noun(number, "apple") == text


def test_a_quantity_can_keep_its_decimals() -> None:
    assert quantity_noun(1.5, "apple", as_integer=False) == "1.5 apples"
