"""How objects are spoken of."""

from __future__ import annotations

import pytest

from docassemble_lite.objects import DAAttributeError, DAList, DAObject, Individual, Person, set_info


@pytest.fixture
def company() -> Person:
    return Person("company", name="ABC Corporation")


@pytest.fixture
def plaintiffs(alice: Individual, bob: Individual) -> DAList:
    return DAList("plaintiffs", elements=[alice, bob])


def test_a_plain_object_is_it() -> None:
    thing = DAObject("turnip")
    assert (thing.pronoun(), thing.pronoun_subjective(), thing.itself()) == ("it", "it", "itself")
    assert thing.pronoun_possessive("leaves", capitalize=True) == "Its leaves"


def test_object_possessive_goes_by_the_name_of_the_variable() -> None:
    assert DAObject("turnip").object_possessive("leaves") == "the turnip's leaves"
    assert DAObject("park.front_gate").object_possessive("latch") == "the latch of the front gate in the park"


def test_pronouns_go_by_gender(alice: Individual, bob: Individual) -> None:
    assert [alice.pronoun(), alice.pronoun_subjective(), alice.itself()] == ["her", "she", "herself"]
    assert [bob.pronoun_objective(), bob.pronoun_subjective(), bob.itself()] == ["him", "he", "himself"]
    bob.gender = "other"
    assert [bob.pronoun(), bob.pronoun_subjective(), bob.pronoun_possessive("fish")] == ["them", "they", "their fish"]


def test_an_unknown_gender_is_asked_for_when_a_pronoun_needs_it() -> None:
    with pytest.raises(DAAttributeError, match=r"client\.gender"):
        Individual("client").pronoun()


def test_someone_who_is_not_the_user_is_spoken_of_by_name(company: Person) -> None:
    assert company.possessive("fish") == "ABC Corporation's fish"
    assert company.is_are_you(capitalize=True) == "Is ABC Corporation"
    assert company.do_question("testify") == "does ABC Corporation testify"
    assert company.did_question("testify") == "did ABC Corporation testify"
    assert company.were_question("guilty") == "was ABC Corporation guilty"
    assert company.have_question("lied") == "has ABC Corporation lied"
    assert company.does_verb("testify") == "testifies"
    assert company.does_verb("testify", past=True) == company.did_verb("testify") == "testified"
    assert company.subject() == company.yourself_or_name() == company.pronoun_or_name() == "ABC Corporation"


def test_the_user_is_spoken_to(alice: Individual) -> None:
    set_info(user=alice)
    assert alice.is_user()
    assert alice.possessive("fish", capitalize=True) == "Your fish"
    assert alice.object_possessive("name") == "your name"
    assert alice.is_are_you() == "are you"
    assert alice.do_question("testify") == "do you testify"
    assert alice.were_question("guilty") == "were you guilty"
    assert alice.have_question("lied") == "have you lied"
    assert alice.does_verb("testify") == "testify"
    assert alice.yourself_or_name() == "yourself"
    assert alice.subject() == alice.pronoun() == "you"


def test_the_user_can_be_spoken_of_in_the_third_person(alice: Individual) -> None:
    set_info(user=alice)
    assert alice.pronoun_possessive("fish", third_person=True) == "her fish"
    assert alice.do_question("live", person=3) == "does Alice Archer live"


def test_who_the_user_is_says_nothing_of_others(alice: Individual, bob: Individual) -> None:
    set_info(user=alice)
    assert bob.possessive("fish") == "Bob Baker's fish"


@pytest.mark.parametrize(
    ("person", "phrase"),
    [(1, "my apple"), ("1p", "our apple"), (2, "your apple"), ("2p", "your apple"), (3, "his apple"), ("3", "his apple")],
)
def test_the_point_of_view_can_be_given(bob: Individual, person: object, phrase: str) -> None:
    assert bob.pronoun_possessive("apple", person=person) == phrase


def test_the_point_of_view_can_be_an_attribute() -> None:
    company = Person("company", _point_of_view="1p")
    assert company.pronoun_possessive("address") == "our address"
    assert company.do_question("testify") == "do we testify"
    assert company.is_are_you() == "are we"


def test_a_point_of_view_that_does_not_exist_is_refused(bob: Individual) -> None:
    with pytest.raises(ValueError, match="point of view"):
        bob.pronoun(person=4)


def test_several_are_spoken_of_in_the_plural(plaintiffs: DAList) -> None:
    assert plaintiffs.do_question("accept service") == "do Alice Archer and Bob Baker accept service"
    assert plaintiffs.were_question("informed") == "were Alice Archer and Bob Baker informed"
    assert plaintiffs.have_question("claimed") == "have Alice Archer and Bob Baker claimed"
    assert plaintiffs.is_are_you() == "are Alice Archer and Bob Baker"
    assert plaintiffs.does_verb("is") == "are"
    assert (plaintiffs.pronoun(), plaintiffs.pronoun_subjective(), plaintiffs.itself()) == ("them", "they", "themselves")
    assert plaintiffs.pronoun_possessive("assertion") == "their assertion"


def test_a_list_of_one_is_spoken_of_like_its_item(alice: Individual) -> None:
    plaintiffs = DAList("plaintiffs", elements=[alice])
    assert plaintiffs.pronoun() == "her"
    assert plaintiffs.do_question("live") == "does Alice Archer live"
    assert plaintiffs.does_verb("include") == "includes"
    set_info(user=alice)
    assert plaintiffs.do_question("live") == "do you live"


def test_the_noun_of_a_list_goes_by_their_number(plaintiffs: DAList) -> None:
    assert plaintiffs.as_noun() == "plaintiffs"
    assert plaintiffs.as_noun("ox", capitalize=True) == "Oxen"
    assert plaintiffs.possessive("fish") == "plaintiffs' fish"
    assert plaintiffs.quantity_noun("ox") == "two oxen"
    plaintiffs.pop()
    assert plaintiffs.as_noun() == "plaintiff"
    assert plaintiffs.possessive("fish") == "plaintiff's fish"
    assert plaintiffs.as_noun(plural=True) == "plaintiffs"


def test_the_noun_of_a_list_in_an_object_is_the_last_word() -> None:
    assert DAList("case.co_plaintiff", elements=[]).as_singular_noun() == "co plaintiff"
    assert DAList("client.child", elements=[1, 2]).as_noun() == "children"


def test_the_noun_in_the_plural_can_be_had_before_the_list_is_gathered() -> None:
    assert DAList("client.child", auto_gather=False).as_noun(plural=True) == "children"
