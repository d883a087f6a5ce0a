"""People and organizations."""

from __future__ import annotations

import datetime

import pytest

from docassemble_lite.objects import (
    ChildList,
    DAAttributeError,
    Individual,
    IndividualName,
    Organization,
    PartyList,
    Person,
    Thing,
    set_info,
)


def test_showing_an_individual_asks_for_the_first_name() -> None:
    with pytest.raises(DAAttributeError) as caught:
        str(Individual("client"))
    assert caught.value.wanted == "client.name.first"


def test_showing_a_thing_asks_for_the_text_of_its_name() -> None:
    with pytest.raises(DAAttributeError) as caught:
        str(Thing("pet_rock"))
    assert caught.value.wanted == "pet_rock.name.text"


@pytest.mark.parametrize(
    ("parts", "full", "lastfirst"),
    [
        ({"first": "John"}, "John", "John"),
        ({"first": "John", "last": "Adams", "middle": ""}, "John Adams", "Adams, John"),
        ({"first": "John", "middle": "Quincy", "last": "Adams"}, "John Q. Adams", "Adams, John"),
        ({"first": "John", "middle": None, "last": "Adams", "suffix": "Jr"}, "John Adams Jr", "Adams, John Jr"),
        ({"first": "Ana", "paternal_surname": "Gil", "maternal_surname": "Paz"}, "Ana Gil Paz", "Gil Paz, Ana"),
        ({"uses_parts": False, "text": "Cher"}, "Cher", "Cher"),
    ],
)
def test_names_of_individuals(parts: dict[str, object], full: str, lastfirst: str) -> None:
    name = IndividualName("name", **parts)
    assert (name.full(), name.lastfirst()) == (full, lastfirst)


def test_the_middle_name_in_full_or_not_at_all() -> None:
    name = IndividualName("name", first="John", middle="Quincy", last="Adams", suffix="Jr")
    assert name.full(middle="full", use_suffix=False) == "John Quincy Adams"
    assert name.full(middle=False) == "John Adams Jr"
    assert (name.firstlast(), name.familiar()) == ("John Adams", "John")
    assert (name.middle_initial(), name.middle_initial(with_period=False)) == ("Q.", "Q")


def test_the_name_of_a_company_is_one_text() -> None:
    name = Person("company", name="ABC Corporation").name
    assert {name.full(), name.lastfirst(), name.firstlast(), name.familiar()} == {"ABC Corporation"}
    assert name.middle_initial() == ""


def test_a_text_as_the_name_of_an_individual_is_not_taken_apart() -> None:
    singer = Individual("singer", name="Cher")
    assert (str(singer), singer.name.uses_parts) == ("Cher", False)


def test_identified_asks_for_nothing(alice: Individual) -> None:
    assert alice.identified()
    assert not Individual("client").identified()
    assert not Person("company").identified()


def test_an_individual_can_go_by_the_first_name(alice: Individual) -> None:
    alice.use_familiar = True
    assert str(alice) == "Alice"


def test_a_subclass_can_have_names_of_another_class() -> None:
    class AttorneyName(IndividualName):
        def full(self, *arguments: object, **options: object) -> str:
            return super().full() + ", Esq."

    class Attorney(Individual):
        NameClass = AttorneyName

    lawyer = Attorney("lawyer")
    lawyer.name.first = "Ann"
    assert str(lawyer) == "Ann, Esq."


def test_a_subclass_can_make_its_name_before_its_parent_does() -> None:
    class Ghost(Individual):
        def init(self, *positional: object, **attributes: object) -> None:
            self.initializeAttribute("name", IndividualName.using(first="Casper"))
            super().init(*positional, **attributes)

    assert str(Ghost("ghost")) == "Casper"


def test_the_age_is_counted_in_full_years(alice: Individual) -> None:
    alice.birthdate = "2000-05-04"
    assert alice.age_in_years(as_of="5/3/2015") == 14
    assert alice.age_in_years(as_of="5/4/2015") == 15
    assert alice.age_in_months(as_of="2001-06-03") == 12


def test_the_age_with_its_fraction(alice: Individual) -> None:
    alice.birthdate = datetime.date(2000, 1, 1)
    assert alice.age_in_years(decimals=True, as_of="2001-07-02") == pytest.approx(1 + 182 / 365)
    assert alice.age_in_months(decimals=True, as_of="2000-04-16") == pytest.approx(3.5)


def test_an_age_that_is_known_is_not_counted(alice: Individual) -> None:
    alice.age = 33
    assert alice.age_in_years() == 33


def test_an_unknown_age_asks_for_the_date_of_birth(alice: Individual) -> None:
    with pytest.raises(DAAttributeError, match=r"alice\.birthdate"):
        alice.age_in_years()


def test_salutations(alice: Individual, bob: Individual) -> None:
    assert alice.salutation() == "Ms."
    assert bob.salutation(with_name=True) == "Mr. Baker"
    assert bob.salutation(with_name_and_punctuation=True) == "Mr. Baker:"
    bob.is_friendly = True
    bob.is_doctor = True
    assert bob.salutation(with_name_and_punctuation=True) == "Dr. Baker,"
    alice.name.suffix = "J"
    assert alice.salutation() == "Judge"
    alice.salutation_to_use = "Dame"
    assert alice.salutation(with_name=True) == "Dame Archer"


def test_who_is_neither_male_nor_female_is_addressed_by_the_full_name(bob: Individual) -> None:
    bob.gender = "other"
    assert bob.salutation(with_name_and_punctuation=True) == "Bob Baker:"


def test_hints_come_from_the_account_of_the_user(alice: Individual, bob: Individual) -> None:
    set_info(user=alice)
    assert (alice.first_name_hint(), alice.last_name_hint()) == ("Alice", "Archer")
    assert (bob.first_name_hint(), bob.last_name_hint()) == ("", "")


def test_an_email_address_has_the_name_if_it_is_known() -> None:
    company = Person("company", email="info@abc.com")
    assert company.email_address() == "info@abc.com"
    company.name.text = "ABC Corporation"
    assert company.email_address() == "ABC Corporation <info@abc.com>"
    assert company.email_address(include_name=False) == "info@abc.com"


def test_a_name_with_a_comma_is_quoted_in_an_email_address() -> None:
    company = Person("company", email="info@abc.com", name='ABC, "Inc."')
    assert company.email_address() == '"ABC, \\"Inc.\\"" <info@abc.com>'


def test_the_mobile_number_goes_before_the_phone_number() -> None:
    company = Person("company", phone_number="(215) 555-3434")
    assert company.sms_number() == "+12155553434"
    company.mobile_number = "215-555-1212"
    assert company.sms_number() == "+12155551212"


def test_an_organization_handles_problems_and_serves_counties() -> None:
    agency = Organization("agency", handles=["Divorce"], serves=["Hampshire County"])
    assert agency.will_handle(problem="Divorce", county="Hampshire County")
    assert not agency.will_handle(problem="Tax")
    assert agency.office.appendObject().instanceName == "agency.office[0]"


def test_lists_of_people_make_individuals() -> None:
    assert isinstance(ChildList("child")[0], Individual)
    assert isinstance(PartyList("plaintiff").appendObject(), Individual)


def test_a_list_class_can_be_given_another_kind_of_item() -> None:
    assert type(ChildList("child", object_type=Person)[0]) is Person
