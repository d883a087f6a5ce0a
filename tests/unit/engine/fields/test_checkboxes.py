import pytest

from docassemble_lite.engine.fields.datatype import Option
from docassemble_lite.errors import LiteError
from docassemble_lite.objects import DADict, DAList

FRUIT = ["apple", "pear", "plum"]
REQUIRED = 'Check at least one option, or check "None of the above"'


@pytest.mark.parametrize("datatype", ["checkboxes", "multiselect"])
def test_the_value_is_a_gathered_dictionary_of_what_was_selected(field, datatype):
    value = field(datatype, choices=FRUIT).convert("pear", "apple")
    assert isinstance(value, DADict)
    assert value.elements == {"apple": True, "pear": True, "plum": False}
    assert (value.instanceName, value.gathered, value.auto_gather) == ("answer", True, False)


@pytest.mark.parametrize("datatype", ["checkboxes", "multiselect"])
def test_a_selection_that_is_shown_again_comes_back_unchanged(field, datatype):
    asked = field(datatype, choices=FRUIT, answered=True)
    value = asked.convert("pear")
    assert asked.convert(*asked.chosen(value)).elements == value.elements


def test_none_of_the_above_is_shown_again_as_none_of_the_above(field):
    asked = field("checkboxes", choices=FRUIT, answered=True)
    value = asked.convert("_none")
    assert not any(value.elements.values())
    assert asked.chosen(value) == ["_none"]


@pytest.mark.parametrize("datatype", ["checkboxes", "multiselect", "object_checkboxes", "object_multiselect"])
@pytest.mark.parametrize("posted", [("grape",), ("apple", "grape"), ("_all",), ("_7",), ("apple\0",), ("__import__('os')",)])
def test_p28_what_was_not_offered_is_refused(field, datatype, posted):
    assert field(datatype, choices=FRUIT).refusal(*posted) == "You need to select one of the choices on the list."


@pytest.mark.parametrize(
    ("default", "chosen"),
    [
        ("pear", ["pear"]),
        (["apple", "plum"], ["apple", "plum"]),
        ({"apple": True, "pear": False}, ["apple"]),
        ({"pear"}, ["pear"]),
        ("grape", []),
        (None, []),
    ],
)
def test_the_default_may_be_written_in_several_ways(field, default, chosen):
    assert field("checkboxes", choices=FRUIT).chosen(default) == chosen


def test_choices_marked_by_the_author_are_selected_at_first(field):
    marked = [Option("a", "A", "A", selected=True), Option("b", "B", "B")]
    assert field("checkboxes", choices=marked).chosen() == ["a"]


def test_none_of_the_above_is_offered_unless_the_author_does_without(field):
    specials = [choice.special for choice in field("checkboxes", choices=FRUIT).view().choices]
    assert specials == ["", "", "", "none"]
    without = field("checkboxes", choices=FRUIT, none_of_the_above=False)
    assert [choice.special for choice in without.view().choices] == ["", "", ""]


def test_something_must_be_checked_where_none_of_the_above_is_offered(field):
    assert field("checkboxes", choices=FRUIT).refusal() == REQUIRED
    assert (
        field("checkboxes", choices=FRUIT, none_of_the_above="Neither").refusal()
        == 'Check at least one option, or check "Neither"'
    )
    assert field("checkboxes", choices=FRUIT, none_of_the_above=False).convert().elements == dict.fromkeys(FRUIT, False)
    assert field("checkboxes", choices=FRUIT, required=False).convert().elements == dict.fromkeys(FRUIT, False)


def test_none_of_the_above_and_something_else_contradict_each_other(field):
    assert field("checkboxes", choices=FRUIT).refusal("pear", "_none") == REQUIRED


def test_all_of_the_above_selects_everything(field):
    asked = field("checkboxes", choices=FRUIT, all_of_the_above="I want it all", none_of_the_above=False)
    assert asked.view().choices[-1].label == "I want it all"
    assert all(asked.convert("_all").elements.values())


@pytest.mark.parametrize("datatype", ["checkboxes", "multiselect"])
def test_the_number_of_selected_choices_is_kept_within_its_limits(field, datatype):
    assert field(datatype, choices=FRUIT, minlength=2).refusal("pear") == "Please select at least 2."
    assert field(datatype, choices=FRUIT, minlength=2).refusal() == "Please select at least 2."
    assert field(datatype, choices=FRUIT, maxlength=1).refusal("pear", "plum") == "Please select no more than 1."
    assert field(datatype, choices=FRUIT, minlength=2, maxlength=2).refusal("pear") == "Please select exactly 2."
    assert field(datatype, choices=FRUIT, minlength=2, maxlength=2).convert("pear", "plum").elements["plum"] is True


def test_a_required_list_needs_a_selection(field):
    assert field("multiselect", choices=FRUIT).refusal() == "You need to select one."
    assert field("multiselect", choices=FRUIT, required=False).convert("").elements == dict.fromkeys(FRUIT, False)


def test_a_list_says_how_many_rows_it_has_and_that_several_can_be_selected(field):
    view = field("multiselect", choices=FRUIT, rows=5).view()
    assert (view.kind, view.attributes["multiple"], view.attributes["size"]) == ("select", "multiple", "5")


def test_a_group_to_be_mended_keeps_what_was_checked(field):
    view = field("checkboxes", choices=FRUIT).retyped("pear", "_none", error=REQUIRED)
    assert [choice.key for choice in view.choices if choice.selected] == ["pear", "_none"]
    assert view.error == REQUIRED


def test_a_group_without_choices_is_an_empty_dictionary(field):
    assert field("checkboxes", choices=[]).convert().elements == {}


def test_numbers_stay_numbers_as_keys_of_the_dictionary(field):
    assert field("checkboxes", choices=[1, 2]).convert("2").elements == {1: False, 2: True}


def test_of_two_choices_with_the_same_value_either_selects_it(field):
    asked = field("checkboxes", choices=[("a", "A"), ("a", "Also A")])
    assert [asked.convert(choice.key).elements for choice in asked.view().choices[:2]] == [{"a": True}, {"a": True}]


def test_a_choice_that_can_be_no_key_is_the_authors_mistake(field):
    with pytest.raises(LiteError, match="key of a dictionary"):
        field("checkboxes", choices=[(["a"], "A")]).asked


class Villain:
    """An object of an interview."""


@pytest.mark.parametrize("datatype", ["object_checkboxes", "object_multiselect"])
def test_selected_objects_become_a_gathered_list(field, datatype):
    tom, harry = Villain(), Villain()
    asked = field(datatype, choices=[(tom, "Tom"), (harry, "Harry")])
    value = asked.convert(asked.view().choices[1].key)
    assert isinstance(value, DAList)
    assert value.elements == [harry]
    assert (value.instanceName, value.gathered, value.auto_gather) == ("answer", True, False)
    assert asked.chosen(value) == [asked.view().choices[1].key]
