from html import unescape

import pytest
from markdown_it import MarkdownIt

from docassemble_lite.language.text import (
    bold,
    capitalize,
    decode_name,
    encode_name,
    fix_punctuation,
    from_b64_json,
    indent,
    italic,
    noyes,
    plain,
    quote_paragraphs,
    raw,
    single_paragraph,
    single_to_double_newlines,
    space_to_underscore,
    split,
    title_case,
    verbatim,
    yesno,
)

FOX = "The quick brown fox jumped over the lazy dog"


def test_emphasis_is_markdown() -> None:
    assert [bold("apple"), italic("apple"), plain("apple")] == ["**apple**", "_apple_", "apple"]


def test_there_is_no_emphasis_around_nothing() -> None:
    assert [bold(""), italic("  "), plain(None)] == ["", "", ""]


def test_a_default_stands_in_for_nothing() -> None:
    assert [bold("", default="none"), italic(None, default="none"), plain("", default="none")] == ["**none**", "_none_", "none"]


def test_every_line_is_indented() -> None:
    assert indent("a\n\nb") == "    a\n    \n    b"
    assert indent("a\r\nb", by=2) == "  a\n  b"


def test_every_paragraph_is_quoted() -> None:
    assert quote_paragraphs("one\n\ntwo\n") == "> one\n>\n> two"


def test_line_breaks_become_blanks() -> None:
    assert single_paragraph("one\r\n\r\ntwo\nthree") == "one two three"


def test_line_breaks_become_paragraphs() -> None:
    assert single_to_double_newlines("one\ntwo\r\nthree") == "one\n\ntwo\n\nthree"


@pytest.mark.parametrize(
    ("text", "fixed"), [("I won", "I won."), ("I won.", "I won."), ("I won!", "I won!"), ("Did I?", "Did I?"), (" ", "")]
)
def test_a_sentence_ends_with_a_mark(text: str, fixed: str) -> None:
    assert fix_punctuation(text) == fixed


def test_the_mark_can_be_chosen() -> None:
    assert [fix_punctuation("I won", mark=";"), fix_punctuation("I won;", mark=";")] == ["I won;", "I won;"]


def test_verbatim_text_has_no_structure_left() -> None:
    assert verbatim("**a** <b> [BR]") == "&#42;&#42;a&#42;&#42; &#60;b&#62; &#91;BR&#93;"
    assert verbatim("a\n    code") == "a\n&#32;&#32;&#32;&#32;code"


def test_verbatim_text_comes_out_of_markdown_as_it_went_in() -> None:
    text = "# not a heading, **not bold**, `no code` & <script> ${ x } 1. [a](b) \\"
    assert unescape(MarkdownIt().render(verbatim(text))) == f"<p>{text}</p>\n"


def test_a_raw_value_keeps_its_kind_and_prints_as_text() -> None:
    assert raw([1, 2]).value == [1, 2]
    assert str(raw([1, 2])) == "[1, 2]"


def test_only_the_first_letter_becomes_a_capital() -> None:
    assert [capitalize("spaghetti marinara"), capitalize("iPhone"), capitalize("")] == ["Spaghetti marinara", "IPhone", ""]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("the importance of being ernest", "The Importance of Being Ernest"),
        ("what it is for", "What It Is For"),
        ("an iPhone: a tale", "An iPhone: A Tale"),
        ("LOUD WORDS", "Loud Words"),
        ("mother-in-law", "Mother-In-Law"),
        ("o'neil's dog", "O'neil's Dog"),
    ],
)
def test_a_title_has_capital_letters(text: str, title: str) -> None:
    assert title_case(text) == title


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("John Wilkes Booth", "John_Wilkes_Booth"),
        ("../etc/p*w; rm", "etc_pw_rm"),
        ("Zoë  Ångström.pdf", "Zoe_Angstrom.pdf"),
        ("張三", "張三"),
    ],
)
def test_a_file_name_has_nothing_dangerous(text: str, name: str) -> None:
    assert space_to_underscore(text) == name


@pytest.mark.parametrize("name", ["favorite_fruit", "user.name.first", "fruit['é']", "a", ""])
def test_the_name_of_a_field_leads_back_to_its_variable(name: str) -> None:
    assert decode_name(encode_name(name)) == name


def test_the_name_of_a_field_has_no_padding() -> None:
    assert encode_name("favorite_fruit") == "ZmF2b3JpdGVfZnJ1aXQ"


@pytest.mark.parametrize("name", ["###", "a", "/w"])
def test_what_is_no_name_of_a_field_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="isn't the encoded name"):
        decode_name(name)


def test_json_in_base64_is_read() -> None:
    assert from_b64_json("eyJhIjogWzFdfQ==") == {"a": [1]}
    with pytest.raises(ValueError, match="JSON in base64"):
        from_b64_json("?")


def test_a_checkbox_is_filled_with_yes_or_no() -> None:
    assert [yesno(1), yesno(""), yesno(True, invert=True), noyes(True), noyes(False)] == ["Yes", "No", "No", "No", "Yes"]


def test_a_phrase_is_spread_over_fields_by_whole_words() -> None:
    assert [split(FOX, [12, 20], part) for part in range(4)] == ["The quick", "brown fox jumped over", "the lazy dog", ""]


def test_a_phrase_is_spread_over_two_fields() -> None:
    assert [split(FOX, 12, part) for part in range(2)] == ["The quick", "brown fox jumped over the lazy dog"]


def test_a_word_that_is_too_long_for_its_field_is_cut() -> None:
    assert [split("supercalifragilistic", 5, part) for part in range(2)] == ["super", "califragilistic"]


def test_a_phrase_that_fits_leaves_the_other_fields_empty() -> None:
    assert [split("short\ntext", [20, 20], part) for part in range(3)] == ["short text", "", ""]
