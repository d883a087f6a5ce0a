"""Objects, their attributes and their names."""

from __future__ import annotations

import copy

import pytest

from docassemble_lite.host import Current
from docassemble_lite.objects import DAAttributeError, DAList, DAObject, Individual, MissingVariable, Thing


class Fish(DAObject):
    @property
    def complete(self) -> bool:
        return bool(self.species)


def test_a_missing_attribute_says_which_variable_is_wanted() -> None:
    with pytest.raises(DAAttributeError, match=r"^name 'park\.gate' is not defined$") as caught:
        DAObject("park").gate
    assert caught.value.wanted == "park.gate"


def test_what_is_wanted_goes_by_the_objects_own_name_and_not_by_an_alias() -> None:
    branch = DAObject("long_branch")
    tree = DAObject("tree", branch=branch)
    with pytest.raises(DAAttributeError) as caught:
        tree.branch.length
    assert caught.value.wanted == "long_branch.length"


def test_hasattr_of_a_missing_attribute_is_false() -> None:
    assert not hasattr(DAObject("park"), "gate")


@pytest.mark.parametrize("name", ["__html__", "_repr_html_", "_ipython_display_"])
def test_what_python_probes_for_is_never_wanted(name: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(DAObject("park"), name)
    assert not isinstance(caught.value, MissingVariable)


def test_while_probing_a_missing_attribute_is_missing_too(evaluation: Current) -> None:
    evaluation.probing = 1
    with pytest.raises(DAAttributeError):
        DAObject("park").gate


def test_a_property_that_needs_something_missing_asks_for_that() -> None:
    with pytest.raises(DAAttributeError) as caught:
        Fish("salmon").complete
    assert caught.value.wanted == "salmon.species"


def test_attributes_can_be_given_when_an_object_is_made() -> None:
    assert DAObject("turnip", color="purple").color == "purple"


def test_an_object_without_a_name_gets_one_when_it_becomes_an_attribute() -> None:
    park = DAObject("park")
    park.gate = DAObject()
    assert park.gate.instanceName == "park.gate"
    assert park.gate.has_nonrandom_instance_name


def test_an_object_that_has_a_name_keeps_it_when_it_becomes_an_attribute() -> None:
    gate = DAObject("gate")
    park = DAObject("park", gate=gate)
    assert park.gate.instanceName == "gate"


def test_parts_of_an_object_without_a_name_follow_when_it_gets_one() -> None:
    park = DAObject()
    park.gate = DAObject(latch=DAObject())
    assert not park.gate.has_nonrandom_instance_name
    park._set_instance_name_recursively("park")
    assert park.gate.latch.instanceName == "park.gate.latch"


def test_renaming_leaves_alone_what_is_named_otherwise() -> None:
    owner = DAObject("owner")
    park = DAObject("park", owner=owner)
    park._set_instance_name_recursively("garden")
    assert owner.instanceName == "owner"


def test_renaming_with_a_name_to_match_leaves_other_objects_alone() -> None:
    park = DAObject("park")
    park._set_instance_name_recursively("garden", matching="field")
    assert park.instanceName == "park"


def test_the_items_of_a_list_follow_when_it_is_renamed() -> None:
    people = DAList()
    people.appendObject(DAList).appendObject(Individual)
    people._set_instance_name_recursively("people")
    assert people[0][0].name.instanceName == "people[0][0].name"


def test_renaming_ends_where_a_part_refers_to_itself() -> None:
    park = DAObject("park", gate=DAObject())
    park.gate.itself_again = park.gate
    park._set_instance_name_recursively("garden")
    assert park.gate.instanceName == "garden.gate"


def test_renaming_ends_where_objects_refer_to_each_other() -> None:
    park = DAObject("park")
    park.gate = DAObject(park=park)
    park._set_instance_name_recursively("garden")
    assert park.gate.instanceName == "garden.gate"


def test_initialize_attribute_keeps_what_is_there() -> None:
    fish = DAObject("fish")
    friend = fish.initializeAttribute("friend", DAObject)
    assert fish.initializeAttribute("friend", Individual) is friend
    assert friend.instanceName == "fish.friend"


def test_reinitialize_attribute_replaces_what_is_there() -> None:
    fish = DAObject("fish")
    fish.initializeAttribute("friend", DAObject)
    assert isinstance(fish.reInitializeAttribute("friend", Individual), Individual)
    assert fish.attrList == ["friend"]


def test_an_attribute_can_be_made_of_a_class_with_attributes() -> None:
    fish = DAObject("fish")
    fish.initializeAttribute("friend", DAObject.using(color="red"), size=3)
    assert (fish.friend.color, fish.friend.size) == ("red", 3)


def test_an_attribute_cannot_be_made_of_a_text() -> None:
    with pytest.raises(TypeError, match=r"fish\.friend"):
        DAObject("fish").initializeAttribute("friend", "DAObject")


def test_attr_gives_none_where_there_is_no_value() -> None:
    fish = DAObject("fish", color="red")
    assert (fish.attr("color"), fish.attr("size")) == ("red", None)
    assert (fish.attribute_defined("color"), fish.attribute_defined("size")) == (True, False)
    assert fish.attr_name("size") == "fish.size"


def test_delattr_passes_over_what_is_not_there() -> None:
    fish = DAObject("fish", color="red")
    fish.delattr("color", "size")
    assert not hasattr(fish, "color")


def test_a_property_can_say_itself_that_it_has_no_value() -> None:
    with pytest.raises(DAAttributeError, match=r"name 'fish\.foo' is not defined"):
        DAObject("fish").raise_undefined_attribute_error("foo")


def test_a_shallow_copy_shares_its_parts() -> None:
    park = DAObject("park", gate=DAObject())
    garden = park.copy_shallow("garden")
    assert garden.instanceName == "garden"
    assert garden.gate is park.gate
    assert park.instanceName == "park"


def test_a_deep_copy_has_parts_of_its_own_with_names_of_their_own() -> None:
    park = DAObject("park", gate=DAObject(), people=DAList())
    park.people.append(DAObject())
    garden = park.copy_deep("garden")
    assert garden.gate.instanceName == "garden.gate"
    assert garden.people[0].instanceName == "garden.people[0]"
    assert park.people[0].instanceName == "park.people[0]"


def test_a_deep_copy_has_its_own_of_what_was_named_otherwise() -> None:
    owner = DAObject("owner")
    garden = DAObject("park", owner=owner).copy_deep("garden")
    assert garden.owner.instanceName == "garden.owner"
    assert owner.instanceName == "owner"


def test_python_can_copy_an_object() -> None:
    assert copy.copy(DAObject("park")).instanceName == "park"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("turnip", "turnip"),
        ("park.front_gate", "front gate in the park"),
        ("recipient[3]", "fourth recipient"),
        ("pet['big dog'].tail", "tail in the big dog pet"),
    ],
)
def test_the_text_of_a_plain_object_is_the_name_of_its_variable_in_words(name: str, words: str) -> None:
    assert str(DAObject(name)) == words


def test_an_object_in_a_formatted_text_is_its_text() -> None:
    assert f"{DAObject('turnip'):>8}" == "  turnip"


def test_objects_are_equal_only_to_themselves() -> None:
    turnip = DAObject("turnip")
    assert turnip == turnip
    assert turnip != DAObject("turnip")
    assert len({turnip, DAObject("turnip")}) == 2


def test_objects_sort_by_their_texts(alice: Individual, bob: Individual) -> None:
    assert sorted([bob, alice]) == [alice, bob]


def test_a_text_that_is_assigned_to_the_name_of_a_thing_becomes_the_text_of_its_name() -> None:
    rock = Thing("rock", name="Rocky")
    assert rock.name.text == "Rocky"
    assert rock.name.instanceName == "rock.name"
