from datetime import date

import pytest

from docassemble_lite.engine.fields.choice_keys import keyed, same
from docassemble_lite.engine.fields.datatype import LEFT_ALONE, Option
from docassemble_lite.engine.fields.registry import datatype_for
from docassemble_lite.errors import LiteError


class Villain:
    """An object of an interview."""


FRUIT = [("apple", "Apples"), ("pear", "Pears")]
ONE_OF_SEVERAL = ["radio", "dropdown", "choices", "select"]


@pytest.mark.parametrize("datatype", ONE_OF_SEVERAL)
def test_a_choice_becomes_its_value(field, datatype):
    assert field(datatype, choices=FRUIT).convert("pear") == "pear"


@pytest.mark.parametrize("datatype", ONE_OF_SEVERAL)
@pytest.mark.parametrize("key", ["Apples", "plum", "_0", "_none", "0", "apple ", "__import__('os')", "${1+1}", "\0"])
def test_p28_what_was_not_offered_is_refused(field, datatype, key):
    assert field(datatype, choices=FRUIT).refusal(key) == "You need to select one of the choices on the list."


@pytest.mark.parametrize("datatype", ["object", "object_radio"])
@pytest.mark.parametrize("key", ["_2", "_none", "0", "Tom", "villain", "__import__('os')"])
def test_p28_an_object_that_was_not_offered_is_refused(field, datatype, key):
    asked = field(datatype, choices=[(Villain(), "Tom"), (Villain(), "Harry")])
    assert asked.refusal(key) == "You need to select one of the choices on the list."


@pytest.mark.parametrize("datatype", ONE_OF_SEVERAL)
def test_nothing_selected_is_none_if_that_is_allowed(field, datatype):
    nothing = "" if datatype == "radio" else None
    assert field(datatype, choices=FRUIT, required=False).convert("") == nothing
    assert field(datatype, choices=FRUIT, required=False).convert() == nothing
    assert field(datatype, choices=FRUIT).refusal("") == "You need to select one."


@pytest.mark.parametrize(
    ("datatype", "input_type", "written", "value"),
    [
        ("radio", "", 2, "2"),
        ("text", "radio", "2", "2"),
        ("integer", "radio", "2", 2),
        ("number", "dropdown", 2, 2.0),
        ("currency", "", "$2", 2.0),
        ("boolean", "radio", "True", True),
        ("threestate", "radio", "None", None),
        ("radio", "", date(2020, 1, 2), "2020-01-02"),
    ],
)
def test_a_choice_takes_the_form_of_the_datatype(field, datatype, input_type, written, value):
    asked = field(datatype, input_type, choices=[written, "1"])
    converted = asked.convert(asked.view().choices[-2].key)
    assert converted == value
    assert type(converted) is type(value)


def test_choices_that_are_nothing_but_truth_values_stay_truth_values(field):
    asked = field("radio", choices=[(True, "Always"), (False, "Never"), (None, "Perhaps")])
    assert [asked.convert(choice.key) for choice in asked.view().choices] == [True, False, None]


def test_a_truth_value_among_texts_is_a_text(field):
    assert field("radio", choices=[True, "Perhaps"]).convert("True") == "True"


def test_a_choice_that_does_not_suit_the_datatype_is_the_authors_mistake(field):
    with pytest.raises(LiteError, match="3 or more"):
        field("integer", "radio", choices=["1", "3 or more"]).asked


@pytest.mark.parametrize("datatype", ["radio", "dropdown"])
@pytest.mark.parametrize("value", ["apple", "pear", 'Peter\'s "best" <b>', " blanks ", "", "_none", "two\nlines", "x" * 500])
def test_a_choice_that_is_shown_again_comes_back_unchanged(field, datatype, value):
    asked = field(datatype, choices=["first", value])
    assert asked.convert(*asked.chosen(value)) == value


def test_keys_are_the_values_where_these_are_short_and_single():
    values = ["a", 1, True, 2.5, "a", "1", "_x", "", " b", "x" * 201, "l\nm", ("t",), None]
    assert list(keyed(values)) == ["a", "1", "True", "2.5", "_4", "_5", "_6", "_7", "_8", "_9", "_10", "_11", "_12"]


def test_every_choice_has_a_key_of_its_own():
    values = ["_1", "_0", "_1", "_none", "_all", "x", "x", "x"]
    assert list(keyed(values).values()) == values


@pytest.mark.parametrize(
    ("value", "wanted", "alike"),
    [("1", 1, True), (1, 1.0, True), (True, 1, False), ("True", True, True), (None, "None", True), ([], "", False)],
)
def test_what_is_written_alike_is_the_same_choice(value, wanted, alike):
    assert same(value, wanted) is alike


def test_a_choice_marked_by_the_author_is_selected_until_there_is_a_value(field):
    marked = [Option("a", "A", "A"), Option("b", "B", "B", selected=True, help_html="<p>h</p>", color="success", css_class="c")]
    asked = field("radio", choices=marked)
    assert asked.chosen() == ["b"]
    assert asked.chosen("a") == ["a"]
    view = asked.view().choices[1]
    assert (view.help_html, view.color, view.css_class, view.special) == ("<p>h</p>", "success", "c", "")


def test_a_skipped_answer_is_not_replaced_by_the_authors_default(field):
    marked = [Option("a", "A", "A", selected=True)]
    assert field("radio", choices=marked, required=False, answered=True).chosen(None) == []


def test_a_required_drop_down_begins_with_an_empty_choice_until_one_is_selected(field):
    dropdown = field("dropdown", choices=FRUIT)
    first = dropdown.view().choices[0]
    assert (first.key, first.label, first.selected) == ("", "Select...", True)
    assert [choice.key for choice in dropdown.view("pear").choices] == ["apple", "pear"]


def test_an_optional_drop_down_always_begins_with_an_empty_choice(field):
    view = field("dropdown", choices=FRUIT, required=False).view("pear")
    assert [(choice.key, choice.selected) for choice in view.choices] == [("", False), ("apple", False), ("pear", True)]


def test_the_hint_of_a_drop_down_is_its_empty_choice(field):
    first = field("dropdown", choices=FRUIT, hint="Pick & choose").view().choices[0]
    assert (first.label, first.label_html) == ("Pick & choose", "Pick &amp; choose")


def test_a_choice_to_be_mended_keeps_what_was_selected(field):
    view = field("radio", choices=FRUIT).retyped("pear")
    assert [choice.selected for choice in view.choices] == [False, True]
    assert view.error == "Wrong."


@pytest.mark.parametrize("input_type", ["combobox", "datalist"])
def test_a_combobox_takes_a_label_for_its_value_and_anything_else_as_it_is(field, input_type):
    asked = field("text", input_type, choices=FRUIT)
    assert asked.convert("Apples") == "apple"
    assert asked.convert("apple") == "apple"
    assert asked.convert(" plum <b>jam</b>") == "plum jam"
    assert asked.refusal("") == "You need to select one or type in a new value."


def test_a_combobox_shows_the_label_of_its_value_or_what_was_typed(field):
    asked = field("text", "combobox", choices=FRUIT)
    assert asked.view("pear").value == "Pears"
    assert asked.view("plum").value == "plum"
    assert [choice.label for choice in asked.view().choices] == ["Apples", "Pears"]


def test_what_is_typed_into_a_combobox_of_numbers_is_a_number(field):
    asked = field("integer", "combobox", choices=[1, 2], max=10)
    assert asked.convert("7") == 7
    assert asked.refusal("11") == "You need to enter a number that is at most 10."
    assert asked.refusal("many") == "You need to enter a number."


def test_an_optional_combobox_that_was_left_empty_is_none(field):
    assert field("text", "combobox", choices=FRUIT, required=False).convert("") is None


@pytest.mark.parametrize("datatype", ["object", "object_radio"])
def test_an_object_is_chosen_as_itself(field, datatype):
    tom, harry = Villain(), Villain()
    asked = field(datatype, choices=[(tom, "Tom"), (harry, "Harry")])
    assert asked.convert(*asked.chosen(harry)) is harry


def test_objects_keep_being_objects_under_another_input_type():
    assert datatype_for("object", "radio").holds_objects


def test_none_of_the_objects_leaves_the_variable_alone(field):
    asked = field("object_radio", choices=[(Villain(), "Tom")], none_of_the_above="Someone else")
    last = asked.view().choices[-1]
    assert (last.label, last.special) == ("Someone else", "none")
    assert asked.convert(last.key) is LEFT_ALONE
