import math

import pytest

from docassemble_lite.errors import LiteError


@pytest.mark.parametrize(
    ("posted", "value"),
    [
        ("1,234.50", 1234.5),
        ("$5", 5.0),
        ("€ 5", 5.0),
        ("12 %", 12.0),
        ("-3", -3.0),
        ("−3", -3.0),
        ("+.5", 0.5),
        ("5.", 5.0),
        ("1 234 567", 1234567.0),
        ("12,34,567", 1234567.0),
        ("1e3", 1000.0),
        ("１２", 12.0),
        ("  7 ", 7.0),
    ],
)
@pytest.mark.parametrize("datatype", ["number", "currency", "float"])
def test_numbers_are_read_as_people_write_them(field, datatype, posted, value):
    number = field(datatype).convert(posted)
    assert number == value
    assert type(number) is float


@pytest.mark.parametrize(
    "posted", ["abc", "1,5", "1.2.3", "1,23", "--1", "1-2", "nan", "inf", "1e999", "0x10", "1_000", "٣x", "9" * 200, "1/2"]
)
@pytest.mark.parametrize("datatype", ["number", "integer", "currency"])
def test_what_is_no_number_is_refused(field, datatype, posted):
    assert field(datatype).refusal(posted) == "You need to enter a number."


@pytest.mark.parametrize(
    ("posted", "value"), [("12", 12), ("1,234", 1234), ("5.0", 5), ("-0", 0), ("12345678901234567890", 12345678901234567890)]
)
def test_a_whole_number_is_an_int(field, posted, value):
    number = field("integer").convert(posted)
    assert number == value
    assert type(number) is int


def test_a_broken_number_is_no_whole_number(field):
    assert field("integer").refusal("5.5") == "You need to enter a whole number."


@pytest.mark.parametrize(("datatype", "value"), [("integer", 0), ("number", 0.0), ("currency", 0.0)])
def test_an_optional_number_that_was_left_empty_is_zero(field, datatype, value):
    empty = field(datatype, required=False).convert("")
    assert empty == value
    assert type(empty) is type(value)


@pytest.mark.parametrize("posted", ["", " ", "$", "€ "])
def test_a_required_number_must_be_entered(field, posted):
    assert field("currency").refusal(posted) == field("currency").view().attributes["data-msg-required"]


@pytest.mark.parametrize("datatype", ["integer", "number", "currency"])
def test_the_limits_of_a_number_are_kept(field, datatype):
    limited = field(datatype, min="1", max=" 10\n")
    assert limited.refusal("0") == "You need to enter a number that is at least 1."
    assert limited.refusal("11") == "You need to enter a number that is at most 10."
    assert [limited.convert("1"), limited.convert("10")] == [1, 10]


@pytest.mark.parametrize(
    ("keys", "good", "bad"),
    [({"step": 0.001}, "2.012", "2.0123"), ({"step": 0.1, "min": 0.05}, "0.35", "0.3"), ({"step": 5}, "1e300", "3")],
)
def test_a_number_follows_its_step(field, keys, good, bad):
    assert field("number", **keys).convert(good) == float(good)
    assert field("number", **keys).refusal(bad) == f"You need to enter a multiple of {keys['step']}."


def test_any_step_is_no_step(field):
    assert field("number", step="any").convert("1.23456") == 1.23456


@pytest.mark.parametrize(("name", "value"), [("min", "much"), ("max", "1,5"), ("step", "0")])
def test_a_limit_that_is_no_number_is_the_authors_mistake(field, name, value):
    with pytest.raises(LiteError, match=name):
        field("number", **{name: value}).asked


@pytest.mark.parametrize(
    ("datatype", "value"),
    [
        ("number", 0.1),
        ("number", 1e-7),
        ("number", 1e22),
        ("number", -2.0),
        ("number", math.pi),
        ("integer", 10**30),
        ("currency", 4.5),
        ("currency", 1e16),
    ],
)
def test_a_number_that_is_shown_again_comes_back_unchanged(field, datatype, value):
    assert field(datatype).convert(field(datatype).view(value).value) == value


@pytest.mark.parametrize(
    ("datatype", "value", "text"),
    [
        ("number", 5.0, "5"),
        ("integer", 5, "5"),
        ("currency", 4.5, "4.50"),
        ("number", "1,000", "1,000"),
        ("number", math.nan, ""),
    ],
)
def test_a_number_is_shown_as_it_is_written(field, datatype, value, text):
    assert field(datatype).view(value).value == text


def test_money_shows_the_symbol_that_the_author_names(field):
    assert field("currency", currency_symbol="€").view().prefix == "€"


def test_money_shows_the_symbol_of_the_place(field):
    assert field("currency").view().prefix == "$"


def test_a_number_is_typed_into_a_text_control_with_a_keypad(field):
    view = field("integer").view()
    assert (view.kind, view.input_type, view.attributes["inputmode"]) == ("input", "text", "numeric")


def test_a_keypad_without_a_minus_sign_is_not_called_for_where_a_number_may_be_negative(field):
    assert "inputmode" not in field("number", min=-5).view().attributes


def test_a_slider_shows_its_limits(field):
    view = field("range", min=0, max=100, step=10, scale="logarithmic").view(20)
    assert (view.kind, view.value, view.required) == ("range", "20", False)
    assert view.attributes | {"min": "0", "max": "100", "step": "10", "data-scale": "logarithmic"} == view.attributes


def test_a_slider_stands_at_its_least_value_until_it_is_moved(field):
    assert field("range", min=1, max=10).view().value == "1"


def test_a_slider_gives_a_number_within_its_limits(field):
    slider = field("range", min=1, max=10)
    assert slider.convert("7") == 7.0
    assert slider.convert() == 1.0
    assert slider.refusal("11") == "You need to enter a number that is at most 10."
    assert slider.refusal("1.5") == "You need to enter a multiple of 1."


def test_a_slider_without_limits_is_the_authors_mistake(field):
    with pytest.raises(LiteError, match="max"):
        field("range", min=1).asked
