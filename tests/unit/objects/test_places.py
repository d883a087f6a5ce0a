"""Addresses and places."""

from __future__ import annotations

import pytest

from docassemble_lite.objects import Address, City, DAAttributeError, Event, LatitudeLongitude, Person


@pytest.fixture
def office() -> Address:
    return Address("office", address="1500 Market St", city="Philadelphia", state="PA", zip="19102")


def test_an_address_in_lines(office: Address) -> None:
    office.unit = "Suite 300"
    assert str(office) == "1500 Market St, Suite 300 [NEWLINE] Philadelphia, PA 19102"
    assert office.line_one() == "1500 Market St, Suite 300"
    assert office.line_two() == "Philadelphia, PA 19102"


def test_an_address_on_one_line(office: Address) -> None:
    office.unit = "4B"
    assert office.on_one_line() == "1500 Market St, Unit 4B, Philadelphia, PA 19102"
    assert office.on_one_line(include_unit=False) == "1500 Market St, Philadelphia, PA 19102"


def test_the_street_is_asked_for_first_then_the_city() -> None:
    address = Address("office")
    with pytest.raises(DAAttributeError, match=r"office\.address"):
        str(address)
    address.address = "1500 Market St"
    with pytest.raises(DAAttributeError, match=r"office\.city"):
        str(address)


def test_a_city_has_no_street() -> None:
    assert str(City("town", city="Springfield", state="GA", zip="02001")) == "Springfield, GA 02001"
    assert City("town", city="Paris").on_one_line() == "Paris"


def test_the_street_may_come_in_parts_and_the_zip_code_under_another_name() -> None:
    address = Address("office", street_number="12", street="Main St", city="Bath", postal_code="BA1")
    assert address.on_one_line() == "12 Main St, Bath BA1"


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"unit": "2000"}, "Unit 2000"),
        ({"unit": "Suite 2000"}, "Suite 2000"),
        ({"floor": 3}, "Floor 3"),
        ({"room": "12"}, "Room 12"),
        ({"unit": ""}, ""),
        ({}, ""),
    ],
)
def test_the_unit(attributes: dict[str, object], text: str) -> None:
    assert Address("office", **attributes).formatted_unit() == text


def test_the_unit_is_asked_for_only_if_it_is_required() -> None:
    with pytest.raises(DAAttributeError, match=r"office\.unit"):
        Address("office").formatted_unit(require=True)


def test_the_country_is_shown_where_it_is_another_one(office: Address) -> None:
    office.country = "US"
    assert "United States" not in office.block()
    assert office.on_one_line(show_country=True).endswith(", United States")
    office.country = "CA"
    assert office.block().endswith(" [NEWLINE] Canada")
    assert "Canada" not in office.block(show_country=False)


def test_a_country_that_was_typed_is_shown_as_it_is(office: Address) -> None:
    office.country = "the Netherlands"
    assert office.on_one_line().endswith(", the Netherlands")


def test_the_address_block_of_a_person(office: Address) -> None:
    company = Person("company", name="ABC Corporation", address=office)
    assert company.address_block() == ("[FLUSHLEFT] ABC Corporation [NEWLINE] 1500 Market St [NEWLINE] Philadelphia, PA 19102")


def test_an_event_has_a_city_and_a_location() -> None:
    party = Event("party")
    assert (party.address.instanceName, party.address.city_only) == ("party.address", True)
    assert isinstance(party.location, LatitudeLongitude)


def test_a_location_that_is_not_known_says_so() -> None:
    assert str(LatitudeLongitude("here")) == "Unknown"
    assert str(LatitudeLongitude("here", latitude=39.9, longitude=-75.1)) == "39.9, -75.1"
