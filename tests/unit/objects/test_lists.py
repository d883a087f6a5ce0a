"""Lists."""

from __future__ import annotations

import pytest

from docassemble_lite.host import Current
from docassemble_lite.objects import DAAttributeError, DADict, DAIndexError, DAList, DAObject, Individual, Thing


@pytest.fixture
def fruit() -> DAList:
    return DAList("fruit", elements=["apple", "pear", "orange"])


@pytest.fixture
def rocks() -> DAList:
    """Three things of a list, named after their places in it."""
    rocks = DAList("rocks", object_type=Thing)
    for name in ("Anna", "Bert", "Cleo"):
        rocks.appendObject(name=name)
    rocks.gathered = True
    return rocks


def names(things: DAList) -> list[str]:
    return [f"{thing.instanceName}={thing}" for thing in things.elements]


# --- items -----------------------------------------------------------------------------------------------------------


def test_an_item_past_the_end_is_wanted() -> None:
    with pytest.raises(DAIndexError, match=r"^name 'fruit\[0\]' is not defined$") as caught:
        DAList("fruit")[0]
    assert caught.value.wanted == "fruit[0]"


def test_an_item_past_the_end_of_a_gathered_list_is_an_ordinary_error(fruit: DAList) -> None:
    with pytest.raises(IndexError) as caught:
        fruit[3]
    assert not isinstance(caught.value, DAIndexError)


def test_a_list_that_is_not_gathered_by_itself_wants_more_items_even_when_gathered() -> None:
    with pytest.raises(DAIndexError):
        DAList("fruit", auto_gather=False, gathered=True)[0]


def test_a_list_of_objects_makes_the_items_up_to_the_one_that_is_asked_for() -> None:
    people = DAList("people", object_type=Individual)
    assert people[2].name.instanceName == "people[2].name"
    assert len(people.elements) == 3


def test_a_list_of_objects_makes_at_most_ten_items_at_once() -> None:
    people = DAList("people", object_type=Individual)
    with pytest.raises(IndexError, match="too far"):
        people[10]
    assert people.elements == []


def test_while_probing_no_item_is_made(evaluation: Current) -> None:
    evaluation.probing = 1
    people = DAList("people", object_type=Individual)
    with pytest.raises(DAIndexError):
        people[0]
    assert people.elements == []


def test_an_item_can_be_counted_from_the_end(fruit: DAList) -> None:
    assert fruit[-1] == "orange"


def test_a_slice_is_a_plain_list(fruit: DAList) -> None:
    assert fruit[1:] == ["pear", "orange"]


def test_assigning_right_after_the_end_adds_an_item() -> None:
    fruit = DAList("fruit")
    fruit[0] = "apple"
    assert fruit.elements == ["apple"]


def test_assigning_further_after_the_end_wants_the_item_before() -> None:
    with pytest.raises(DAIndexError) as caught:
        DAList("fruit")[2] = "apple"
    assert caught.value.wanted == "fruit[1]"


def test_the_method_item_gives_nothing_where_there_is_no_item(fruit: DAList) -> None:
    assert fruit.item(1) == "pear"
    assert str(fruit.item(7).seeds.total()) == ""


def test_first_and_last(fruit: DAList) -> None:
    assert (fruit.first(), fruit.last()) == ("apple", "orange")
    with pytest.raises(IndexError):
        DAList("fruit", elements=[]).last()


def test_the_current_index_is_that_of_the_last_item(fruit: DAList) -> None:
    assert (fruit.current_index(), DAList("fruit").current_index()) == (2, 0)


# --- adding and removing ---------------------------------------------------------------------------------------------


def test_append_leaves_the_name_of_an_object_unless_told_otherwise(alice: Individual, bob: Individual) -> None:
    people = DAList("people")
    people.append(alice)
    people.append(bob, set_instance_name=True)
    assert (people[0].instanceName, people[1].name.instanceName) == ("alice", "people[1].name")


def test_an_appended_object_without_a_name_is_named_after_its_place() -> None:
    rocks = DAList("rocks")
    rocks.append(DAObject(), DAObject())
    assert rocks[1].instanceName == "rocks[1]"


def test_elements_can_take_their_names_from_the_list(alice: Individual) -> None:
    people = DAList("people", elements=[alice], set_instance_name=True)
    assert (alice.instanceName, people.gathered) == ("people[0]", True)


def test_append_object_makes_one_of_the_lists_kind(rocks: DAList) -> None:
    assert names(rocks) == ["rocks[0]=Anna", "rocks[1]=Bert", "rocks[2]=Cleo"]


def test_append_object_makes_one_of_the_kind_that_is_given() -> None:
    recipients = DAList("recipients")
    assert isinstance(recipients.appendObject(Individual.using(gender="male")), Individual)
    assert recipients[0].gender == "male"


def test_a_list_without_a_kind_appends_plain_objects() -> None:
    assert type(DAList("things").appendObject()) is DAObject


def test_an_object_type_with_attributes_can_be_set_later() -> None:
    rocks = DAList("rocks")
    rocks.set_object_type(Thing.using(owner="Ann"))
    assert rocks.object_type is Thing
    assert rocks.appendObject().owner == "Ann"


def test_initialize_object_puts_an_object_in_its_place(rocks: DAList) -> None:
    rocks.initializeObject(1, DAObject)
    assert rocks[1].instanceName == "rocks[1]"
    assert type(rocks[1]) is DAObject


def test_removing_an_item_renames_the_later_ones_and_what_belongs_to_them(rocks: DAList) -> None:
    del rocks[0]
    assert names(rocks) == ["rocks[0]=Bert", "rocks[1]=Cleo"]
    assert rocks[1].name.instanceName == "rocks[1].name"


def test_inserting_an_item_renames_the_later_ones(rocks: DAList) -> None:
    rocks.insert(1, Thing(name="New"))
    assert names(rocks) == ["rocks[0]=Anna", "rocks[1]=New", "rocks[2]=Bert", "rocks[3]=Cleo"]


def test_reordering_does_not_confuse_items_that_refer_to_each_other(rocks: DAList) -> None:
    rocks[0].neighbor = rocks[1]
    rocks.reverse()
    assert names(rocks) == ["rocks[0]=Cleo", "rocks[1]=Bert", "rocks[2]=Anna"]
    assert rocks[2].neighbor is rocks[1]


def test_pop_gives_the_removed_item(rocks: DAList) -> None:
    assert str(rocks.pop(0)) == "Anna"
    assert names(rocks) == ["rocks[0]=Bert", "rocks[1]=Cleo"]


def test_remove_passes_over_what_is_not_in_the_list(fruit: DAList) -> None:
    fruit.remove("pear", "fish")
    assert fruit.elements == ["apple", "orange"]


def test_delitem_removes_several_items_by_their_indices(fruit: DAList) -> None:
    fruit.delitem(0, 2, 9)
    assert fruit.elements == ["pear"]


def test_when_the_last_item_is_gone_there_are_none_any_more(fruit: DAList) -> None:
    fruit.there_are_any = True
    fruit.delitem(0, 1, 2)
    assert fruit.there_are_any is False


def test_the_number_that_is_asked_for_shrinks_with_the_list() -> None:
    fruit = DAList("fruit", elements=["apple", "pear"], ask_number=True, target_number=2)
    fruit.pop()
    assert fruit.target_number == 1


def test_the_hook_sees_the_item_before_it_is_removed() -> None:
    seen = []

    class Hooked(DAList):
        def hook_on_remove(self, item: object) -> None:
            seen.append((item, item in self.elements))

    Hooked("fruit", elements=["apple"]).pop()
    assert seen == [("apple", True)]


def test_sorting_renames_the_items(rocks: DAList) -> None:
    assert rocks.sort(key=str, reverse=True) is rocks
    assert names(rocks) == ["rocks[0]=Cleo", "rocks[1]=Bert", "rocks[2]=Anna"]


# --- as a collection -------------------------------------------------------------------------------------------------


def test_a_list_can_be_iterated_counted_and_searched(fruit: DAList) -> None:
    assert list(fruit) == ["apple", "pear", "orange"]
    assert (len(fruit), fruit.number(), fruit.number_as_word()) == (3, 3, "three")
    assert "pear" in fruit
    assert (fruit.index("pear"), fruit.count("pear")) == (1, 1)


def test_a_list_is_shown_as_an_enumeration(fruit: DAList) -> None:
    assert str(fruit) == "apple, pear, and orange"
    assert fruit.comma_and_list(and_string="or") == "apple, pear, or orange"


def test_two_lists_add_up_to_one(fruit: DAList) -> None:
    assert str(fruit + DAList("more", elements=["plum"])) == "apple, pear, orange, and plum"
    plain = ["plum"]
    assert fruit + plain == ["apple", "pear", "orange", "plum"]
    assert plain + fruit == ["plum", "apple", "pear", "orange"]


def test_adding_in_place_keeps_the_list(fruit: DAList) -> None:
    same = fruit
    fruit += ["plum"]
    assert same.elements[-1] == "plum"


def test_lists_with_the_same_items_are_equal(fruit: DAList) -> None:
    assert fruit == DAList("other", elements=["apple", "pear", "orange"])
    assert fruit == ["apple", "pear", "orange"]
    assert fruit != ["apple"]


def test_set_operations_give_plain_sets(fruit: DAList) -> None:
    other = DAList("other", elements=["pear", "plum"])
    assert fruit.intersection(other) == {"pear"}
    assert fruit.difference(other) == {"apple", "orange"}
    assert fruit.union(["plum"]) == {"apple", "pear", "orange", "plum"}
    assert (fruit.isdisjoint(["x"]), fruit.issuperset(["pear"]), fruit.issubset(["pear"])) == (True, True, False)


def test_filter_keeps_the_objects_whose_attributes_fit(rocks: DAList) -> None:
    for number, rock in enumerate(rocks.elements):
        rock.heavy = number > 0
    heavy = rocks.filter("heavy_rocks", heavy=True)
    assert (heavy.instanceName, [str(rock) for rock in heavy]) == ("heavy_rocks", ["Bert", "Cleo"])
    assert len(rocks.elements) == 3


# --- gathering -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use", [len, list, str, DAList.number, DAList.pop, lambda items: "apple" in items])
def test_without_auto_gather_whatever_needs_the_whole_list_wants_gathered(use: object) -> None:
    fruit = DAList("fruit", auto_gather=False)
    fruit.append("apple")
    with pytest.raises(DAAttributeError) as caught:
        use(fruit)  # type: ignore[operator]
    assert caught.value.wanted == "fruit.gathered"


def test_without_auto_gather_an_item_can_be_had_all_the_same() -> None:
    fruit = DAList("fruit", auto_gather=False)
    fruit.append("apple")
    assert (fruit[0], fruit.number_gathered()) == ("apple", 1)


def test_while_a_list_is_being_gathered_it_can_be_used_as_it_is(evaluation: Current) -> None:
    fruit = DAList("fruit", auto_gather=False)
    fruit.append("apple")
    evaluation.gathering.add("fruit")
    assert str(fruit) == "apple"


def test_comparing_two_lists_gathers_nothing() -> None:
    assert DAList("a", auto_gather=False) == DAList("b", auto_gather=False)


def test_gathering_has_started_when_anything_is_known() -> None:
    fruit = DAList("fruit")
    assert not fruit.gathering_started()
    fruit.there_are_any = True
    assert fruit.gathering_started()
    assert not fruit.has_been_gathered()


def test_reset_gathered_forgets_that_the_list_was_complete() -> None:
    inner = DAList("inner", elements=["x"])
    outer = DAList("outer", elements=[inner])
    outer.there_is_another = False
    outer.reset_gathered(recursive=True)
    assert not any(hasattr(group, name) for group in (inner, outer) for name in ("gathered", "there_is_another"))


def test_reset_gathered_can_be_for_empty_lists_only(fruit: DAList) -> None:
    fruit.reset_gathered(only_if_empty=True)
    assert fruit.gathered


def test_reset_gathered_can_make_the_items_incomplete(rocks: DAList) -> None:
    rocks.complete_attribute = "complete"
    rocks[0].complete = True
    rocks.reset_gathered(mark_incomplete=True)
    assert not hasattr(rocks[0], "complete")


def test_complete_elements_are_those_that_can_be_shown(alice: Individual) -> None:
    people = DAList("people", object_type=Individual)
    people.append(alice)
    people.appendObject()
    assert list(people.complete_elements()) == [alice]


def test_complete_elements_are_those_with_the_complete_attributes(rocks: DAList) -> None:
    rocks.complete_attribute = ["name.text", "weight"]
    rocks[1].weight = 3
    assert [str(rock) for rock in rocks.complete_elements()] == ["Bert"]


def test_nested_groups_name_what_is_missing_by_the_whole_path() -> None:
    bowls = DADict("bowls", object_type=DAList.using(object_type=Thing))
    with pytest.raises(DAAttributeError) as caught:
        bowls["fr.uit"][0].contents
    assert caught.value.wanted == "bowls['fr.uit'][0].contents"
