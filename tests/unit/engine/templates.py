"""Interviews with templates: DOCX files made of lines, forms made of fields, and what comes out of them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import docx
import pikepdf
from PIL import Image, ImageDraw

from docassemble_lite.engine.program import build
from docassemble_lite.engine.source import Sources
from tests.unit.engine.interviewing import Interview, folder_of

LETTER = """
    mandatory: True
    question: Here you are
    attachment:
      name: Letter
      filename: letter
      docx template file: letter.docx
      valid formats: docx
"""


def word_template(*lines: str, table: list[list[str]] | None = None, header: str = "") -> bytes:
    """A DOCX file of these paragraphs, and a table below them."""
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    if table:
        cells = made.add_table(len(table), len(table[0]))
        for number, row in enumerate(table):
            for column, text in enumerate(row):
                cells.cell(number, column).text = text
    if header:
        made.sections[0].header.paragraphs[0].text = header
    return saved(made)


def saved(made: Any) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def drawing(width: int = 400, height: int = 200, kind: str = "PNG") -> bytes:
    """A picture with a line across its middle and empty edges."""
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line((width // 4, height // 4, 3 * width // 4, 3 * height // 4), fill="blue", width=6)
    out = io.BytesIO()
    (picture if kind == "PNG" else picture.convert("RGB")).save(out, kind)
    return out.getvalue()


def form(*fields: Mapping[str, Any], pages: int = 1) -> bytes:
    """A PDF with fields: each has a `T`, `FT`, `Rect`, and whatever else a field may have; `page` counts from 0."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(400, 400))
        top = []
        for given in fields:
            top.append(_field(pdf, dict(given)))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        pdf.Root.AcroForm = pikepdf.Dictionary(
            Fields=pikepdf.Array(top),
            DA=pikepdf.String("/Helv 0 Tf 0 g"),
            DR=pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font)),
            NeedAppearances=True,
        )
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def _field(pdf: pikepdf.Pdf, given: dict[str, Any]) -> pikepdf.Object:
    page = pdf.pages[given.pop("page", 0)]
    states = given.pop("states", ())
    kids = given.pop("kids", ())
    field = pdf.make_indirect(pikepdf.Dictionary({f"/{key}": _object(value) for key, value in given.items()}))
    places = [field]
    if kids:
        places = [pdf.make_indirect(pikepdf.Dictionary(Parent=field, Rect=pikepdf.Array(kid["Rect"]))) for kid in kids]
        field.Kids = pikepdf.Array(places)
    for number, place in enumerate(places):
        place.Subtype = pikepdf.Name.Widget
        names = kids[number]["states"] if kids and "states" in kids[number] else states
        if names:
            streams = {
                f"/{name}": pdf.make_stream(b"", Subtype=pikepdf.Name.Form, BBox=[0, 0, 10, 10]) for name in [*names, "Off"]
            }
            place.AP = pikepdf.Dictionary(N=pikepdf.Dictionary(streams))
            place.AS = pikepdf.Name.Off
        if "/Annots" not in page.obj:
            page.obj.Annots = pikepdf.Array()
        page.obj.Annots.append(place)
    return field


def _object(value: Any) -> Any:
    if isinstance(value, str):
        return pikepdf.Name(value) if value.startswith("/") else pikepdf.String(value)
    return pikepdf.Array([_object(item) for item in value]) if isinstance(value, (list, tuple)) else value


def session(text: str, settings: Mapping[str, Any] | None = None, **files: str | bytes) -> Interview:
    """A session of an interview, with templates beside it: `letter_docx=` is the file `letter.docx`."""
    beside = {name[::-1].replace("_", ".", 1)[::-1]: content for name, content in files.items()}
    return Interview(build("test.yml", Sources(folder_of({"test.yml": text, **beside}))), settings=settings or {})


def latest(found: Interview, extension: str) -> bytes:
    """The content of the latest file of a kind."""
    return [kept for name, kept, _ in found.host.files.values() if name.endswith(f".{extension}")][-1]


def lines(content: bytes) -> list[str]:
    """The paragraphs of a DOCX, and those in its tables, that aren't empty."""
    opened = docx.Document(io.BytesIO(content))
    found = [paragraph.text for paragraph in opened.paragraphs]
    found += [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return [line for line in found if line.strip()]


def letter(*template: str, answers: str = "", **files: bytes) -> list[str]:
    """The lines of a letter that a template makes of answers, which are code."""
    code = f"    mandatory: True\n    code: |\n{_indented(answers)}\n    ---\n" if answers else ""
    found = session(code + LETTER.lstrip("\n"), letter_docx=word_template(*template), **files)
    return lines(latest(found, "docx"))


def _indented(code: str) -> str:
    return "\n".join(f"      {line}" for line in code.strip().splitlines())
