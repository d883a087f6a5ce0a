"""Dictionaries."""

from __future__ import annotations

import pytest

from docassemble_lite.host import Current
from docassemble_lite.objects import DAAttributeError, DADict, DAIndexError, DAObject, DAOrderedDict, Individual


@pytest.fixture
def likes() -> DADict:
    """What checkboxes give: three were offered, the first and the last chosen."""
    return DADict("likes", elements={"Plums": True, "Apples": False, "Pears": True}, auto_gather=False)


def test_a_missing_key_is_wanted_with_single_quotes() -> None:
    with pytest.raises(DAIndexError, match=r"^name 'feet\['dog'\]' is not defined$") as caught:
        DADict("feet")["dog"]
    assert caught.value.wanted == "feet['dog']"


def test_a_dictionary_of_objects_makes_the_one_that_is_asked_for() -> None:
    pets = DADict("pets", object_type=Individual)
    assert pets["dog"].name.instanceName == "pets['dog'].name"
    assert list(pets.elements) == ["dog"]


def test_while_probing_no_object_is_made(evaluation: Current) -> None:
    evaluation.probing = 1
    pets = DADict("pets", object_type=Individual)
    with pytest.raises(DAIndexError):
        pets["dog"]
    assert pets.elements == {}


def test_an_object_without_a_name_is_named_after_its_key() -> None:
    pets = DADict("pets")
    pets["dog"] = DAObject()
    assert pets["dog"].instanceName == "pets['dog']"


def test_new_makes_objects_for_keys_and_lists_of_keys() -> None:
    positions = DADict("positions", gathered=True)
    positions.new("clerk", ["cook", "driver"], pay=10)
    assert [(key, value.pay) for key, value in positions.items()] == [("clerk", 10), ("cook", 10), ("driver", 10)]


def test_a_dictionary_can_be_made_with_its_keys() -> None:
    bowls = DADict("bowls", keys=("fruit", "cheese"), object_type=Individual)
    assert bowls["fruit"].instanceName == "bowls['fruit']"
    assert not bowls.has_been_gathered()


def test_initialize_object_puts_an_object_under_a_key() -> None:
    pets = DADict("pets")
    assert isinstance(pets.initializeObject("dog", Individual), Individual)


def test_keys_come_in_alphabetical_order(likes: DADict) -> None:
    likes.gathered = True
    assert likes.keys() == ["Apples", "Pears", "Plums"]
    assert likes.items() == [("Apples", False), ("Pears", True), ("Plums", True)]
    assert likes.values() == [False, True, True]
    assert str(likes) == "Apples, Pears, and Plums"


def test_keys_that_have_no_common_order_come_in_that_of_their_texts() -> None:
    assert DADict("mixed", elements={"b": 1, 3: 2}).keys() == [3, "b"]


def test_going_through_a_dictionary_keeps_the_order_in_which_keys_came() -> None:
    assert list(DADict("likes", elements={"b": 1, "a": 2})) == ["b", "a"]


def test_an_ordered_dictionary_keeps_the_order_in_which_keys_came() -> None:
    assert list(DAOrderedDict("likes", elements={"b": 1, "a": 2})) == ["b", "a"]


def test_the_usual_ways_to_look_into_a_dictionary(likes: DADict) -> None:
    assert (likes.get("Plums"), likes.get("Figs"), likes.get("Figs", 0)) == (True, None, 0)
    assert ("Plums" in likes, likes.has_key("Figs"), len(likes)) == (True, False, 3)
    assert likes.copy() == {"Plums": True, "Apples": False, "Pears": True}
    assert repr(likes) == "{'Plums': True, 'Apples': False, 'Pears': True}"


def test_the_usual_ways_to_change_a_dictionary() -> None:
    feet = DADict("feet", gathered=True)
    feet.update({"dog": 4}, bird=2)
    assert feet.setdefault("dog", 9) == 4
    assert feet.setdefault("fish", 0) == 0
    assert feet.pop("dog") == 4
    assert feet.pop("dog", None) is None
    assert feet.popitem() == ("fish", 0)
    assert feet.elements == {"bird": 2}


def test_a_key_that_is_to_be_removed_is_sought_first() -> None:
    with pytest.raises(DAIndexError):
        del DADict("feet")["dog"]


def test_nothing_can_be_taken_out_of_an_empty_dictionary() -> None:
    with pytest.raises(KeyError):
        DADict("feet", gathered=True).popitem()


def test_delitem_passes_over_keys_that_are_not_there(likes: DADict) -> None:
    likes.delitem("Plums", "Figs")
    assert sorted(likes.elements) == ["Apples", "Pears"]


def test_the_method_item_gives_nothing_where_there_is_no_key(likes: DADict) -> None:
    assert likes.item("Plums") is True
    assert str(likes.item("Figs").color) == ""


def test_slice_by_keys_and_by_a_function() -> None:
    income = DADict("income", elements={"work": 10, "rent": 0, "gifts": 5})
    assert income.slice("work", "gifts", "none").elements == {"work": 10, "gifts": 5}
    assert income.slice(lambda amount: amount > 5).elements == {"work": 10}
    assert sum(income.slice("work", "gifts").values()) == 15


def test_true_and_false_values_are_lists_of_keys(likes: DADict) -> None:
    assert str(likes.true_values()) == "Pears and Plums"
    assert str(likes.true_values(insertion_order=True)) == "Plums and Pears"
    assert str(likes.false_values()) == "Apples"


def test_all_and_any_of_the_values(likes: DADict) -> None:
    assert (likes.all_true(), likes.any_false(), likes.all_false(), likes.any_true()) == (False, True, False, True)


def test_all_and_any_of_the_values_of_some_keys(likes: DADict) -> None:
    assert likes.all_true("Plums", "Pears")
    assert not likes.all_true("Plums", "Figs")
    assert likes.all_false("Apples", "Figs")
    assert likes.any_true("Apples", "Plums")
    assert not likes.any_false("Plums")


def test_exclusive_means_these_and_no_others(likes: DADict) -> None:
    assert likes.all_true("Plums", "Pears", exclusive=True)
    assert not likes.all_true("Plums", exclusive=True)
    assert likes.all_false("Apples", exclusive=True)


def test_without_auto_gather_whatever_needs_the_whole_dictionary_wants_gathered() -> None:
    feet = DADict("feet", auto_gather=False)
    with pytest.raises(DAAttributeError, match=r"feet\.gathered"):
        feet.items()


def test_complete_elements_keep_their_keys(alice: Individual) -> None:
    people = DADict("people", object_type=Individual)
    people["a"] = alice
    people.new("b")
    assert people.complete_elements().elements == {"a": alice}
