import pytest

from docassemble_lite.language.conventions import set_country
from docassemble_lite.language.phones import (
    phone_number_formatted,
    phone_number_in_e164,
    phone_number_is_valid,
    phone_number_part,
)


@pytest.mark.parametrize(
    "written",
    [
        "215-555-2342",
        "(215) 555-2342",
        "2155552342",
        "1 215 555 2342",
        "+1 215.555.2342",
        "215-555-2342 x12",
        "011 1 215 555 2342",
    ],
)
def test_an_american_number_is_read_however_it_is_written(written: str) -> None:
    assert phone_number_in_e164(written) == "+12155552342"


@pytest.mark.parametrize("country", ["FR", None])
def test_a_number_is_meant_in_its_country(country: str | None) -> None:
    set_country("FR")
    assert phone_number_in_e164("05 56 81 94 55", country=country) == "+33556819455"


@pytest.mark.parametrize(
    ("written", "country", "expected"),
    [
        ("020 7946 0958", "GB", "+442079460958"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("8 912 345 67 89", "RU", "+79123456789"),
        ("0049 30 123456", "FR", "+4930123456"),
    ],
)
def test_the_prefix_of_a_country_is_left_out_where_there_is_one(written: str, country: str, expected: str) -> None:
    assert phone_number_in_e164(written, country=country) == expected


@pytest.mark.parametrize("what", ["", "abc", "1-800-FLOWERS", "12", "+999 1234567", "1" * 20])
def test_what_can_not_be_a_number_has_no_international_form(what: str) -> None:
    assert phone_number_in_e164(what) is None


@pytest.mark.parametrize("number", ["215-555-2342", "+33 5 56 81 94 55", "+44 20 7946 0958"])
def test_a_number_that_is_possible_is_valid(number: str) -> None:
    assert phone_number_is_valid(number)


@pytest.mark.parametrize("number", ["215-555-234", "115-555-2342", "911-555-2342", "+33 5 56 81", "call me", ""])
def test_a_number_that_is_impossible_is_not_valid(number: str) -> None:
    assert not phone_number_is_valid(number)


def test_a_number_is_written_as_its_country_does() -> None:
    assert phone_number_formatted("2155552342") == "(215) 555-2342"
    assert phone_number_formatted("+33556819455") == "05 56 81 94 55"
    assert phone_number_formatted("+442079460958") == "02079460958"


def test_what_is_no_number_is_shown_as_it_was_typed() -> None:
    assert phone_number_formatted(" ask at the desk ") == "ask at the desk"


def test_a_number_has_parts() -> None:
    assert [phone_number_part("555-212-5623", part) for part in range(4)] == ["555", "212", "5623", ""]


def test_a_country_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="QQ"):
        phone_number_in_e164("215-555-2342", country="QQ")
