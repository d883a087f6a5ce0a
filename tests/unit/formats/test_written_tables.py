"""Tables as files: XLSX, CSV and JSON."""

from __future__ import annotations

import io
import json
import zipfile
from decimal import Decimal

import pytest

from docassemble_lite.formats.spreadsheets import read_rows
from docassemble_lite.formats.written_tables import written

ROWS = [["Fruit", "Seeds"], ["<Apple> & 'co'", 4], ["Pear\nand\x00 more", 2.5], [None, True], [Decimal("1.5"), float("inf")]]


def test_what_is_written_as_xlsx_is_read_again() -> None:
    assert read_rows(written(ROWS, "xlsx"), "xlsx") == [
        ["Fruit", "Seeds"],
        ["<Apple> & 'co'", "4"],
        ["Pear\nand more", "2.5"],
        ["", "1"],
        ["1.5", "inf"],
    ]


def test_a_sheet_has_the_title_as_far_as_it_can_be_one() -> None:
    with zipfile.ZipFile(io.BytesIO(written(ROWS, "xlsx", "Fruit: <all>/" + "x" * 40))) as package:
        assert 'name="Fruit  &lt;all&gt; xxxxxxxxxxxxxxxxxx"' in package.read("xl/workbook.xml").decode()


@pytest.mark.parametrize(("freeze", "count"), [(True, 1), (False, 0)])
def test_the_header_stays_in_sight_unless_that_is_not_wanted(freeze: bool, count: int) -> None:
    with zipfile.ZipFile(io.BytesIO(written(ROWS, "xlsx", freeze_panes=freeze))) as package:
        assert package.read("xl/worksheets/sheet1.xml").decode().count("<pane") == count


def test_columns_have_names_beyond_z() -> None:
    assert read_rows(written([list(range(60))], "xlsx"), "xlsx") == [[str(number) for number in range(60)]]


def test_a_text_is_no_formula_in_csv() -> None:
    rows = read_rows(written([["=1+1", "@x", "-2", -2, "a=b"]], "csv"), "csv")
    assert rows == [["'=1+1", "'@x", "'-2", "-2", "a=b"]]


def test_json_has_an_object_for_each_row() -> None:
    made = json.loads(written([*ROWS[:2], [None, True]], "json"))
    assert made == [{"Fruit": "<Apple> & 'co'", "Seeds": 4}, {"Fruit": None, "Seeds": True}]


def test_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="can't be exported as “pdf”"):
        written(ROWS, "pdf")
