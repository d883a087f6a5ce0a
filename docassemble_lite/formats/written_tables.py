"""Tables as files: XLSX, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from html import escape
from typing import Any

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# what XML can't hold, and what a sheet can't be called
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_LONGEST_TITLE = 31
# what makes a program that opens CSV take a text for a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def written(rows: Sequence[Sequence[Any]], kind: str, title: str = "", *, freeze_panes: bool = True) -> bytes:
    """The file of a table whose first row is its header. Raises ValueError for a kind that there isn't."""
    if kind == "xlsx":
        return _as_xlsx(rows, title, freeze_panes)
    if kind == "csv":
        return _as_csv(rows)
    if kind == "json":
        return _as_json(rows)
    raise ValueError(f"A table can't be exported as “{kind}”. It can be xlsx, csv or json.")


def _as_csv(rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([_csv_cell(value) for value in row] for row in rows)
    # without the mark, office programs take the letters for others
    return out.getvalue().encode("utf-8-sig", "replace")


def _csv_cell(value: Any) -> Any:
    if value is None or _is_number(value):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _as_json(rows: Sequence[Sequence[Any]]) -> bytes:
    header, *others = rows
    plain = [{str(name): _json_value(value) for name, value in zip(header, row, strict=True)} for row in others]
    return json.dumps(plain, indent=2, ensure_ascii=False).encode("utf-8", "replace")


def _json_value(value: Any) -> Any:
    return value if value is None or isinstance(value, bool) or _is_number(value) else str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value and abs(value) != float("inf")


# --- XLSX --------------------------------------------------------------------------------------------------------------


def _as_xlsx(rows: Sequence[Sequence[Any]], title: str, freeze_panes: bool) -> bytes:
    lines = "".join(f'<row r="{number}">{_xlsx_cells(row, number)}</row>' for number, row in enumerate(rows, 1))
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if freeze_panes else ""
    view = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    name = _NOT_IN_TITLES.sub(" ", _NOT_IN_XML.sub("", title)).strip(" '")[:_LONGEST_TITLE] or "Sheet1"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path, text in _PARTS.items():
            package.writestr(path, _HEAD + text)
        package.writestr(
            "xl/workbook.xml",
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>'
            f'<sheet name="{escape(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        package.writestr(
            "xl/worksheets/sheet1.xml", f'{_HEAD}<worksheet xmlns="{_MAIN}">{view}<sheetData>{lines}</sheetData></worksheet>'
        )
    return out.getvalue()


def _xlsx_cells(row: Sequence[Any], number: int) -> str:
    return "".join(_xlsx_cell(value, f"{_letters(column)}{number}", bold=number == 1) for column, value in enumerate(row))


def _xlsx_cell(value: Any, place: str, *, bold: bool) -> str:
    style = ' s="1"' if bold else ""
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}"{style} t="b"><v>{int(value)}</v></c>'
    if _is_number(value):
        return f'<c r="{place}"{style}><v>{value}</v></c>'
    text = escape(_NOT_IN_XML.sub("", str(value)), quote=False)
    return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _letters(column: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATION}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
