"""YAML as interviews are written in it: version 1.2, in blocks between `---`, with the line of everything."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from docassemble_lite.engine.document import Section, read_sections
from docassemble_lite.engine.source import Source
from docassemble_lite.errors import SourceError


@pytest.fixture
def sections(tmp_path: Path):
    """`sections(text)`: the sections of a file with that text."""

    def read(text: str) -> list[Section]:
        path = tmp_path / "a.yml"
        path.write_text(text, encoding="utf-8", newline="")
        return list(read_sections(Source("a.yml", path, tmp_path)))

    return read


@pytest.fixture
def mistake(sections):
    """`mistake(text)`: why the file with that text can't be read."""

    def read(text: str) -> SourceError:
        with pytest.raises(SourceError) as caught:
            sections(text)
        return caught.value

    return read


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "Yes", "NO", "On", "y", "n"])
def test_yes_no_on_and_off_are_texts(sections, word):
    assert sections(f"a: {word}")[0]["a"] == word


@pytest.mark.parametrize(("word", "value"), [("True", True), ("true", True), ("TRUE", True), ("False", False), ("false", False)])
def test_true_and_false_are_booleans(sections, word, value):
    assert sections(f"a: {word}")[0]["a"] is value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("0o17", 15),
        ("017", 17),
        ("0x1F", 31),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("null", None),
        ("~", None),
        ("", None),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("1.2.3", "1.2.3"),
        ("'12'", "12"),
        ("=", "="),
        ("2026-05-04", date(2026, 5, 4)),
        ("2026-99-99", "2026-99-99"),
    ],
)
def test_plain_words_are_those_of_yaml_1_2(sections, written, value):
    found: Any = sections(f"a: {written}")[0]["a"]
    assert found == value
    assert type(found) is type(value)


def test_a_file_is_split_at_lines_of_three_dashes(sections):
    assert [dict(section) for section in sections("a: 1\n---\nb: 2\n---  \t\nc: 3\n")] == [{"a": 1}, {"b": 2}, {"c": 3}]


def test_dashes_with_something_after_them_split_nothing(sections):
    assert len(sections("a: |\n  x\n  --- y\n")) == 1


def test_indented_dashes_belong_to_their_text(sections):
    assert sections("a: |\n  x\n  ---\n  y\n")[0]["a"] == "x\n---\ny\n"


def test_empty_blocks_are_skipped(sections):
    assert len(sections("---\n---\n# a comment\n---\na: 1\n---\n")) == 1


def test_three_dots_end_a_block(sections):
    assert dict(sections("a: 1\n...\n---\nb: 2\n...\n")[0]) == {"a": 1}


def test_a_file_with_nothing_in_it_has_no_sections(sections):
    assert sections("") == []


def test_tabs_count_as_two_blanks(sections):
    assert sections("code: |\n\tif a:\n\t\tb = 1\n")[0]["code"] == "if a:\n  b = 1\n"


def test_a_byte_order_mark_and_foreign_line_ends_are_taken(sections):
    assert [dict(section) for section in sections("\ufeffa: 1\r\n---\r\nb: 2\r\n")] == [{"a": 1}, {"b": 2}]


def test_keys_of_a_block_are_read_in_lower_case(sections):
    assert list(sections("Question: Hi\nFields:\n  - Name: n\n")[0]) == ["question", "fields"]


def test_keys_below_the_top_keep_their_case(sections):
    assert list(sections("fields:\n  - First Name: n\n")[0]["fields"][0]) == ["First Name"]


def test_a_block_knows_the_line_of_each_key_and_value(sections):
    section = sections("a: 1\n---\nquestion: |\n  Hi\ncode: x\n")[1]
    assert [section.key_place("question").line, section.value_place("question").line, section.value_place("code").line] == [
        3,
        4,
        5,
    ]


def test_a_list_knows_the_line_of_each_item(sections):
    items = sections("need:\n  - a\n  - |\n    b\n")[0]["need"]
    assert [items.item_place(0).line, items.item_place(1).line] == [2, 4]


def test_an_anchor_can_be_used_again_in_its_block(sections):
    assert sections("a: &x {b: 1}\nc: *x\n")[0]["c"] == {"b": 1}


def test_a_merged_mapping_gives_way_to_what_is_written(sections):
    assert sections("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n")[0]["d"] == {"b": 1, "c": 3}


def test_a_key_that_stands_twice_is_a_mistake_at_the_second_one(mistake):
    error = mistake("a: 0\n---\nquestion: A\nyesno: b\nquestion: C\n")
    assert (error.source, error.line) == ("a.yml", 5)
    assert "twice" in error.message


def test_a_nested_key_that_stands_twice_is_a_mistake(mistake):
    assert mistake("fields:\n  - A: a\n    hint: b\n    hint: c\n").line == 4


def test_keys_that_differ_in_case_alone_stand_twice(mistake):
    assert "twice" in mistake("Code: a\ncode: b\n").message


def test_a_text_with_a_colon_gets_a_hint(mistake):
    error = mistake("question: Hi\n---\nquestion: Note: this\n")
    assert error.line == 3
    assert "quotation marks" in str(error.hint)


@pytest.mark.parametrize(
    "text", ["question: 'open\n", 'question: "open\n', "a: [1\n", "a: {b\n", "a: *b\n", "a: @b\n", "a:\n- b\n  c: d\n"]
)
def test_what_is_no_yaml_is_a_mistake_with_a_line_and_a_hint(mistake, text):
    error = mistake("a: 1\n---\n" + text)
    assert error.line is not None
    assert error.line >= 3
    assert error.hint


def test_a_block_that_is_a_list_is_a_mistake(mistake):
    assert mistake("a: 1\n---\n- b\n").line == 3


@pytest.mark.parametrize("text", ["a: !!python/object/apply:os.system ['true']\n", "a: !x b\n"])
def test_a_tag_is_a_mistake_and_makes_nothing(mistake, text):
    assert mistake(text).line == 1


def test_a_mapping_is_no_key(mistake):
    assert "quotation marks" in str(mistake("? {a: 1}\n: b\n").hint)


def test_the_error_shows_the_line_as_it_stands_in_the_file(mistake):
    assert "question: Note: this" in str(mistake("question: Note: this\n"))
