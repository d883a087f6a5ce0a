import subprocess
import sys

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
    subdivisions,
)
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


def test_a_country_without_parts_has_an_empty_list_of_them() -> None:
    assert (states_list(country_code="VA"), state_name("X", country_code="VA")) == ({}, "X")


def test_the_parts_of_every_country_have_clean_names() -> None:
    found = [subdivisions(code) for code in countries()]
    names = [name for item in found for name in item.names.values()]
    assert len(names) > 3000
    assert [name for name in names if not name or name != " ".join(name.split()) or "[" in name] == []
    assert all(bool(item.kind) == bool(item.names) for item in found)


def test_parts_of_parts_are_left_out() -> None:
    assert states_list(country_code="FR")["BRE"] == "Bretagne"
    assert "29" not in states_list(country_code="FR")


def test_the_data_are_read_when_they_are_asked_for() -> None:
    code = "import sys, docassemble_lite.web.application; print('pycountry' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
