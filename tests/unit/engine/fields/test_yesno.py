import pytest

from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.fields.datatype import FieldSpec, FieldTexts
from docassemble_lite.engine.fields.registry import datatype_for
from docassemble_lite.engine.fields.yesno import check_groups


@pytest.mark.parametrize(
    ("datatype", "when_checked"),
    [("yesno", True), ("yesnowide", True), ("noyes", False), ("noyeswide", False), ("boolean", True)],
)
def test_a_checkbox_is_one_or_the_other(field, datatype, when_checked):
    box = field(datatype)
    assert box.convert(box.view().value) is when_checked
    assert box.convert() is not when_checked


@pytest.mark.parametrize("datatype", ["yesno", "yesnowide", "noyes", "noyeswide"])
@pytest.mark.parametrize("value", [True, False])
def test_a_checkbox_that_is_shown_again_comes_back_unchanged(field, datatype, value):
    view = field(datatype).view(value)
    posted = [view.value] if view.checked else []
    assert field(datatype).convert(*posted) is value


def test_a_checkbox_is_never_marked_as_required(field):
    assert field("yesno", required=True).view().required is False


@pytest.mark.parametrize(
    ("default", "checked"),
    [(True, True), ("True", True), ("yes", True), (False, False), ("False", False), (None, False), ("perhaps", False)],
)
def test_the_default_of_a_checkbox_may_be_written_out(field, default, checked):
    assert field("yesno").view(default).checked is checked


@pytest.mark.parametrize(("datatype", "wide"), [("yesno", False), ("yesnowide", True)])
def test_a_wide_checkbox_says_so(field, datatype, wide):
    view = field(datatype).view()
    assert (view.kind, view.wide) == ("checkbox", wide)


RADIO = [
    ("yesnoradio", {"Yes": True, "No": False}),
    ("noyesradio", {"Yes": False, "No": True}),
    ("yesnomaybe", {"Yes": True, "No": False, "I don't know": None}),
    ("noyesmaybe", {"Yes": False, "No": True, "I don't know": None}),
]


@pytest.mark.parametrize(("datatype", "meanings"), RADIO)
def test_the_buttons_mean_what_they_say(field, datatype, meanings):
    asked = field(datatype)
    assert {choice.label: asked.convert(choice.key) for choice in asked.view().choices} == meanings
    assert asked.view().kind == "radio"


@pytest.mark.parametrize(("datatype", "meanings"), RADIO)
def test_an_answer_that_is_shown_again_comes_back_unchanged(field, datatype, meanings):
    for value in meanings.values():
        asked = field(datatype, answered=True)
        assert asked.convert(*asked.chosen(value)) is value


@pytest.mark.parametrize(("datatype", "meanings"), RADIO)
def test_no_button_is_selected_at_first(field, datatype, meanings):
    assert field(datatype).chosen() == []


@pytest.mark.parametrize("datatype", ["yesnoradio", "noyesradio", "yesnomaybe", "noyesmaybe"])
def test_a_skipped_question_is_none_if_it_may_be_skipped(field, datatype):
    assert field(datatype, required=False).convert() is None
    assert field(datatype).refusal() == "You need to select one."


@pytest.mark.parametrize("posted", ["Yes", "true", "1", "None", "x", "__import__('os')"])
def test_only_the_offered_answers_are_accepted(field, posted):
    assert field("yesnoradio").refusal(posted) == "You need to select one of the choices on the list."
    assert field("yesno").refusal(posted) == "You need to select one of the choices on the list."


def box(variable, datatype="yesno", **keys):
    texts = FieldTexts(label=variable.title())
    spec = FieldSpec(
        variable, control_name(variable), datatype, texts=texts, keys={key.replace("_", " "): keys[key] for key in keys}
    )
    return datatype_for(datatype).asked(spec)


def test_one_box_of_a_group_or_the_one_for_none_of_them_must_be_checked():
    boxes = [box("apples"), box("pears"), box("rocks"), box("neither", uncheck_others=["apples", "pears"])]
    values = {"apples": False, "pears": False, "rocks": True, "neither": False}
    assert check_groups(boxes, values) == {"neither": 'Check at least one option, or check "Neither"'}
    assert check_groups(boxes, values | {"pears": True}) == {}
    assert check_groups(boxes, values | {"neither": True}) == {}


def test_a_box_for_none_of_them_looks_at_all_ordinary_boxes():
    boxes = [box("apples"), box("stays", "noyes"), box("neither", uncheck_others=True), box("both", check_others=True)]
    nothing = {"apples": False, "stays": True, "neither": False, "both": True}
    assert list(check_groups(boxes, nothing)) == ["neither"]
    assert check_groups(boxes, nothing | {"stays": False}) == {}


def test_a_group_that_was_not_on_the_screen_is_not_checked():
    assert check_groups([box("neither", uncheck_others=True)], {}) == {}


def test_the_browser_is_told_which_boxes_belong_together(field):
    assert field("yesno", uncheck_others=True).view().attributes["data-uncheck-others"] == "*"
    assert (
        field("yesno", check_others=["a", "b"]).view().attributes["data-check-others"]
        == f"{control_name('a')} {control_name('b')}"
    )
