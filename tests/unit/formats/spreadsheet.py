"""Spreadsheets made by hand, the way office programs write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from html import escape

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def spreadsheet(rows: Sequence[Sequence[str | float | None]], *, inline: bool = False, shared: str | None = None) -> bytes:
    """An XLSX file. None leaves a cell out; `shared` takes the place of the table of texts."""
    texts = [value for row in rows for value in row if isinstance(value, str)]
    lines = "".join(f'<row r="{number}">{_cells(row, number, texts, inline)}</row>' for number, row in enumerate(rows, 1))
    table = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts) if shared is None else shared
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(
            "xl/workbook.xml",
            f'<workbook {_MAIN} xmlns:r="{_RELATION}"><sheets><sheet name="One" sheetId="1" r:id="rId7"/></sheets></workbook>',
        )
        package.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Target="styles.xml"/>'
            '<Relationship Id="rId7" Target="worksheets/first.xml"/></Relationships>',
        )
        package.writestr("xl/worksheets/first.xml", f"<worksheet {_MAIN}><sheetData>{lines}</sheetData></worksheet>")
        if not inline:
            package.writestr("xl/sharedStrings.xml", f"<sst {_MAIN}>{table}</sst>")
    return out.getvalue()


def _cells(row: Sequence[str | float | None], number: int, texts: list[str], inline: bool) -> str:
    made = ""
    for column, value in enumerate(row):
        place = f"{chr(ord('A') + column)}{number}"
        if isinstance(value, str) and inline:
            made += f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        elif isinstance(value, str):
            made += f'<c r="{place}" t="s"><v>{texts.index(value)}</v></c>'
        elif value is not None:
            made += f'<c r="{place}"><v>{value}</v></c>'
    return made
