"""Spreadsheets (XLSX, CSV): the texts in the cells of the first sheet."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from posixpath import join, normpath
from xml.etree import ElementTree

from docassemble_lite.formats.office import is_harmless_package

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_COLUMN = re.compile(r"[A-Z]{1,3}")


def read_rows(content: bytes, extension: str) -> list[list[str]]:
    """The rows of the first sheet, "" for an empty cell. Raises ValueError for what is no spreadsheet."""
    if extension == "csv":
        return [list(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))]
    if not is_harmless_package(content, "xlsx"):
        raise ValueError("This isn't a spreadsheet.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            texts = _shared_texts(package)
            sheet = ElementTree.fromstring(package.read(_first_sheet(package)))
            return [_cells(row, texts) for row in sheet.iter(f"{_MAIN}row")]
    except (ElementTree.ParseError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise ValueError("This isn't a spreadsheet that can be read.") from error


def _first_sheet(package: zipfile.ZipFile) -> str:
    workbook = ElementTree.fromstring(package.read("xl/workbook.xml"))
    number = next(iter(workbook.iter(f"{_MAIN}sheet"))).attrib[_RELATION]
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    target = next(relation.attrib["Target"] for relation in relations if relation.attrib["Id"] == number)
    return normpath(join("xl", target)).lstrip("/")


def _shared_texts(package: zipfile.ZipFile) -> list[str]:
    """The texts that cells refer to by numbers."""
    if "xl/sharedStrings.xml" not in package.namelist():
        return []
    return [_text(item) for item in ElementTree.fromstring(package.read("xl/sharedStrings.xml")).iter(f"{_MAIN}si")]


def _text(element: ElementTree.Element) -> str:
    """A text, which may consist of pieces that look different; how it is pronounced isn't part of it."""
    phonetic = {piece for run in element.iter(f"{_MAIN}rPh") for piece in run.iter(f"{_MAIN}t")}
    return "".join(piece.text or "" for piece in element.iter(f"{_MAIN}t") if piece not in phonetic)


def _cells(row: ElementTree.Element, texts: list[str]) -> list[str]:
    found: list[str] = []
    for place, cell in _placed(row):
        found += [""] * (place - len(found))
        found.append(_value(cell, texts))
    return found


def _placed(row: ElementTree.Element) -> Iterator[tuple[int, ElementTree.Element]]:
    """The cells with the numbers of their columns; empty ones may be left out of a row."""
    last = -1
    for cell in row.iter(f"{_MAIN}c"):
        named = _COLUMN.match(cell.attrib.get("r", ""))
        last = _number(named[0]) if named else last + 1
        yield last, cell


def _number(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: ElementTree.Element, texts: list[str]) -> str:
    if cell.attrib.get("t") == "inlineStr":
        return _text(cell)
    value = cell.findtext(f"{_MAIN}v") or ""
    return texts[int(value)] if cell.attrib.get("t") == "s" and value else value
