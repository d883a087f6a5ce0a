import pytest

from docassemble_lite.engine.fields.registry import datatype_for
from docassemble_lite.engine.fields.text import is_email_address
from docassemble_lite.errors import LiteError


@pytest.mark.parametrize(
    ("datatype", "input_type", "posted", "value"),
    [
        ("text", "", "  Jöhn Smith ", "Jöhn Smith"),
        ("text", "", "a < b and 5 <6", "a < b and 5 <6"),
        ("text", "", "one\r\ntwo", "one two"),
        ("text", "", "${ 1 + 1 } {{ x }} %s {0}", "${ 1 + 1 } {{ x }} %s {0}"),
        ("text", "area", "one\r\n\r\ntwo\rthree", "one\n\ntwo\nthree"),
        ("area", "", "one\ntwo", "one\ntwo"),
        ("raw", "", " <b>bold</b> ", "<b>bold</b>"),
        ("raw", "area", "<b>a</b>\r\nb", "<b>a</b>\nb"),
        ("phone", "", "+1 (555) 010-9999", "+1 (555) 010-9999"),
        ("email", "", " a.b+c@example.com ", "a.b+c@example.com"),
        ("password", "", "  <b>pass\\word</b> ", "  <b>pass\\word</b> "),
    ],
)
def test_what_is_typed_becomes_the_value(field, datatype, input_type, posted, value):
    assert field(datatype, input_type).convert(posted) == value


@pytest.mark.parametrize("datatype", ["text", "area", "phone"])
def test_typed_html_is_taken_out(field, datatype):
    value = field(datatype).convert("I am <script>alert(1)</script><b onclick=x>bold</b>")
    assert "<" not in value
    assert "bold" in value


@pytest.mark.parametrize("posted", ["", "   ", "<b></b>", "\r\n"])
def test_a_required_text_needs_more_than_blanks_and_tags(field, posted):
    assert field().refusal(posted) == field().view().attributes["data-msg-required"]


@pytest.mark.parametrize("datatype", ["text", "area", "raw", "phone", "email", "password"])
def test_an_optional_text_that_was_left_empty_is_empty(field, datatype):
    assert field(datatype, required=False).convert("") == ""
    assert field(datatype, required=False).convert() == ""


@pytest.mark.parametrize("datatype", ["text", "area", "raw", "phone", "email"])
def test_a_text_that_is_shown_again_comes_back_unchanged(field, datatype):
    value = "someone@example.com"
    assert field(datatype).convert(field(datatype).view(value).value) == value


@pytest.mark.parametrize("address", ["a@b.co", "o'neil@example.org", "ü@exämple.de", "x_y@sub.example.com", "a@1.2.xn--p1ai"])
def test_an_address_is_accepted(address):
    assert is_email_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "a",
        "a@b",
        "@b.co",
        "a@",
        "a@@b.co",
        "a b@c.de",
        "a@b..co",
        ".a@b.co",
        "a.@b.co",
        "a@-b.co",
        "a@b-.co",
        "<a@b.co>",
        "a@b.co\n",
        f"{'a' * 65}@b.co",
    ],
)
def test_what_is_no_address_is_refused(field, address):
    assert not is_email_address(address)
    if address == address.strip():
        assert field("email").refusal(address) == "You need to enter a complete e-mail address."


def test_too_short_and_too_long_texts_are_refused(field):
    code = field(minlength="5", maxlength=7)
    assert code.refusal("1234") == "You must type at least 5 characters."
    assert code.refusal("12345678") == "You cannot type more than 7 characters."
    assert code.convert("12345") == "12345"


def test_an_optional_text_may_be_empty_in_spite_of_its_least_length(field):
    assert field(required=False, minlength=5).convert("") == ""


def test_a_length_that_is_no_number_is_the_authors_mistake(field):
    with pytest.raises(LiteError, match="minlength"):
        field(minlength="five").asked


def test_the_browser_is_told_the_lengths_and_the_rows(field):
    attributes = field("text", "area", minlength=2, maxlength=9, rows=3).view().attributes
    assert (attributes["minlength"], attributes["maxlength"], attributes["rows"]) == ("2", "9", "3")


def test_a_text_area_has_four_rows_unless_the_author_says_otherwise(field):
    assert field("area").view().attributes["rows"] == "4"


def test_a_password_is_never_sent_to_the_browser(field):
    assert field("password").view("secret").value == ""


def test_a_text_shows_its_default_and_its_texts(field):
    view = field(hint="e.g. pear").view("apple")
    assert (view.value, view.hint, view.label, view.label_html) == ("apple", "e.g. pear", "Answer", "<b>Answer</b>")


def test_a_field_to_be_mended_shows_exactly_what_was_typed(field):
    view = field().retyped(" <b> ")
    assert (view.value, view.error) == (" <b> ", "Wrong.")


def test_a_hidden_field_takes_the_form_of_its_datatype(field):
    hidden = field("integer", "hidden")
    assert hidden.view(12).kind == "hidden"
    assert hidden.view(12).value == "12"
    assert hidden.convert("12") == 12
    assert hidden.convert("") == 0


def test_an_area_is_for_text_only():
    with pytest.raises(LiteError, match="input type: area"):
        datatype_for("date", "area")
