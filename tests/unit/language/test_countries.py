import pytest

from docassemble_lite.language.conventions import set_country, set_language
from docassemble_lite.language.countries import (
    countries,
    countries_list,
    country_name,
    iso_country,
    state_name,
    states_list,
    subdivision_type,
)
from docassemble_lite.language.subdivisions import SUBDIVISIONS
from docassemble_lite.language.words import update_word_collection


def test_every_country_of_the_standard_is_there_and_complete() -> None:
    assert len(countries()) == 249
    for country in countries().values():
        assert len(country.alpha_3) == 3
        assert country.numeric.isdigit()
        assert country.calling_code.isdigit()


def test_no_two_countries_share_a_code_or_a_name() -> None:
    for part in ("alpha_3", "numeric", "name"):
        assert len({getattr(country, part) for country in countries().values()}) == 249


def test_countries_are_listed_by_name() -> None:
    names = [name for entry in countries_list() for name in entry.values()]
    assert {"TG": "Togo"} in countries_list()
    assert names.index("Åland Islands") < names.index("Albania") < names.index("Zimbabwe")


def test_the_name_of_a_country_can_be_translated() -> None:
    update_word_collection("sw", {"Germany": "Ujerumani"})
    set_language("sw")
    assert country_name("DE") == "Ujerumani"


@pytest.mark.parametrize("given", ["US", "usa", "United States", "840", "United States of America"])
def test_a_country_is_found_by_any_of_its_names(given: str) -> None:
    assert iso_country(given) == "US"


def test_a_country_has_several_codes() -> None:
    parts = ("alpha_2", "alpha_3", "name", "numeric", "official_name")
    assert [iso_country("FR", part=part) for part in parts] == ["FR", "FRA", "France", "250", "French Republic"]


@pytest.mark.parametrize(
    "call", [lambda: iso_country("Utopia"), lambda: iso_country("FR", part="flag"), lambda: country_name("QQ")]
)
def test_a_country_that_does_not_exist_is_refused(call) -> None:
    with pytest.raises(ValueError):
        call()


def test_states_are_those_of_the_current_country() -> None:
    assert states_list()["GA"] == "Georgia"
    set_country("CA")
    assert states_list()["QC"] == "Quebec"


def test_states_are_listed_by_name() -> None:
    assert list(states_list())[:4] == ["AL", "AK", "AS", "AZ"]
    assert len(states_list()) == 57


def test_states_can_be_those_of_another_country() -> None:
    assert states_list(country_code="DE")["BY"] == "Bayern"


def test_states_can_be_abbreviated() -> None:
    assert states_list(abbreviate=True)["GA"] == "GA"


def test_a_state_has_a_name() -> None:
    assert [state_name("GA"), state_name("QC", country_code="CA"), state_name("Georgia")] == ["Georgia", "Quebec", "Georgia"]


def test_subdivisions_have_a_type_where_there_are_any() -> None:
    assert [subdivision_type("US"), subdivision_type("CA"), subdivision_type("VA")] == ["state", "province", None]


def test_every_table_of_subdivisions_belongs_to_a_country() -> None:
    assert SUBDIVISIONS.keys() <= countries().keys()
    assert all(code and name for table in SUBDIVISIONS.values() for code, name in table.names.items())
