import pickle

import pytest

from docassemble_lite.engine.fields.control_name import control_name, variable_of
from docassemble_lite.engine.fields.messages import STANDARD, message
from docassemble_lite.engine.fields.registry import datatype_for, datatype_names, datatype_of, input_type_names
from docassemble_lite.errors import LiteError


def test_every_datatype_of_the_basic_tiers_is_served():
    wanted = {
        "text",
        "area",
        "email",
        "password",
        "raw",
        "phone",
        "integer",
        "int",
        "number",
        "float",
        "currency",
        "range",
        "date",
        "time",
        "datetime",
        "yesno",
        "noyes",
        "yesnowide",
        "noyeswide",
        "yesnoradio",
        "noyesradio",
        "yesnomaybe",
        "noyesmaybe",
        "radio",
        "dropdown",
        "choices",
        "select",
        "combobox",
        "multiselect",
        "checkboxes",
        "object",
        "object_radio",
        "object_checkboxes",
        "object_multiselect",
        "boolean",
        "threestate",
    }
    assert wanted <= set(datatype_names())


def test_every_input_type_that_needs_no_further_request_is_served():
    assert {"area", "radio", "dropdown", "combobox", "datalist", "hidden", "password"} <= set(input_type_names())


def test_an_unknown_datatype_is_answered_with_the_nearest_names():
    with pytest.raises(LiteError, match=r"“intger”.*“integer”"):
        datatype_for("intger")


def test_an_unknown_input_type_is_answered_with_the_nearest_names():
    with pytest.raises(LiteError, match=r"“radios”.*“radio”"):
        datatype_for("integer", "radios")


def test_a_name_that_is_near_to_nothing_is_answered_with_all_of_them():
    with pytest.raises(LiteError, match="There are: area, "):
        datatype_for("qqqqqq")


def test_a_list_of_choices_makes_a_drop_down_of_what_is_typed_otherwise():
    assert datatype_for("integer", choices=True).kind == "select"


def test_a_list_of_choices_leaves_a_datatype_that_has_choices_as_it_is():
    assert datatype_for("checkboxes", choices=True).kind == "checkboxes"


@pytest.mark.parametrize("variable", ["x", "people[0].name.first", "d['ключ']", "a" * 300])
def test_the_name_of_a_control_leads_back_to_the_variable(variable):
    name = control_name(variable)
    assert "=" not in name
    assert variable_of(name) == variable


@pytest.mark.parametrize("name", ["_tracker", "eA==", "é", "eB", "/w", "x\0"])
def test_what_is_no_name_of_a_control_is_refused(name):
    with pytest.raises(ValueError, match="not the name of a control"):
        variable_of(name)


@pytest.mark.parametrize("datatype", datatype_names())
def test_what_was_asked_survives_storing_and_finds_its_datatype_again(field, datatype):
    asked = field.plain(datatype)
    stored = pickle.loads(pickle.dumps(asked.asked))
    assert stored == asked.asked
    assert type(datatype_of(stored)) is type(asked.datatype)


@pytest.mark.parametrize("code", sorted(STANDARD))
def test_a_message_has_no_gap_left_when_it_is_told(code):
    assert "%s" not in message({}, code, "A", "B")


def test_what_is_put_into_a_message_is_never_a_place_for_more():
    assert message({"date minmax": "%s to %s"}, "date minmax", "%s", "100 %d {0}") == "%s to 100 %d {0}"


def test_an_author_replaces_a_message_by_the_last_word_of_its_code(field):
    late = field("date", max="2020-01-01", validation_messages={"max": "Not after %s!"})
    assert late.refusal("2020-01-02").startswith("Not after January 1, 2020")


def test_a_message_of_the_field_comes_before_one_of_the_interview(field):
    own = field(validation_messages={"required": "Own."}, default_validation_messages={"required": "All."})
    assert own.refusal("") == "Own."
    assert field(default_validation_messages={"required": "All."}).refusal("") == "All."


def test_the_browser_gets_the_message_of_each_rule(field):
    attributes = field("integer", min=3).view().attributes
    assert attributes["data-msg-min"] == "You need to enter a number that is at least 3."
    assert attributes["data-msg-type"] == "You need to enter a whole number."
    assert "data-msg-required" in attributes
