"""Spreadsheets: the texts in the cells of the first sheet."""

from __future__ import annotations

import pytest

from docassemble_lite.formats.spreadsheets import read_rows
from tests.unit.formats.spreadsheet import spreadsheet


def test_cells_have_the_texts_that_they_refer_to() -> None:
    assert read_rows(spreadsheet([["a", "b & <c>"], ["", " d\ne"]]), "xlsx") == [["a", "b & <c>"], ["", " d\ne"]]


def test_cells_that_are_left_out_are_empty() -> None:
    assert read_rows(spreadsheet([["a", None, "c"], [None, "b"]]), "xlsx") == [["a", "", "c"], ["", "b"]]


def test_texts_may_stand_in_the_cells_themselves_and_numbers_are_written_as_they_are() -> None:
    assert read_rows(spreadsheet([["a", 5, 2.5]], inline=True), "xlsx") == [["a", "5", "2.5"]]


def test_a_text_may_consist_of_pieces() -> None:
    content = spreadsheet([["x"]], shared="<si><r><t>Good </t></r><r><t>day</t></r><rPh><t>gud</t></rPh></si>")
    assert read_rows(content, "xlsx") == [["Good day"]]


def test_csv_is_read_too() -> None:
    assert read_rows('\ufeffa,b\r\n"c\nd",é\r\n'.encode(), "csv") == [["a", "b"], ["c\nd", "é"]]


@pytest.mark.parametrize("content", [b"", b"PK", b"no spreadsheet", spreadsheet([["x"]])[:-30]])
def test_what_is_no_spreadsheet_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="This isn't a spreadsheet"):
        read_rows(content, "xlsx")


def test_a_reference_to_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="that can be read"):
        read_rows(spreadsheet([["x"]], shared=""), "xlsx")
