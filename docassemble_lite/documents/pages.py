"""Pages of finished PDF files: taken out, numbered, mended."""

from __future__ import annotations

import io
import json
from typing import Literal

from docassemble_lite.documents.forms import opened
from docassemble_lite.documents.programs import private_folder, typst
from docassemble_lite.errors import DocumentError

Area = Literal["TOP_LEFT", "TOP_RIGHT", "BOTTOM_LEFT", "BOTTOM_RIGHT"]
#: The corner of a page → what Typst calls it.
AREAS = {
    "TOP_LEFT": "top + left",
    "TOP_RIGHT": "top + right",
    "BOTTOM_LEFT": "bottom + left",
    "BOTTOM_RIGHT": "bottom + right",
}
_MARGIN = "18pt"


def extracted(content: bytes, first: int = 1, last: int | None = None) -> bytes:
    """The pages of a PDF from the first (1) to the last. Raises `DocumentError`, also for pages that aren't there."""
    import pikepdf

    out = io.BytesIO()
    with opened(content) as pdf, pikepdf.new() as made:
        end = len(pdf.pages) if last is None else last
        if not 1 <= first <= end <= len(pdf.pages):
            raise DocumentError(f"The PDF has no pages {first} to {end}; it has {len(pdf.pages)}.")
        made.add_pages_from(pdf, range(first - 1, end))
        made.save(out, deterministic_id=True)
    return out.getvalue()


def numbered(content: bytes, prefix: str = "", digits: int = 6, start: int = 1, area: str = "BOTTOM_LEFT") -> bytes:
    """A PDF with a running number in a corner of each page (Bates numbers). Raises `DocumentError`."""
    import pikepdf

    out = io.BytesIO()
    with opened(content) as pdf:
        boxes = [[float(corner) for corner in page.cropbox] for page in pdf.pages]
        labels = [f"{prefix}{number:0{digits}d}" for number in range(start, start + len(boxes))]
        with opened(_drawn(boxes, labels, AREAS[area])) as stamps:
            for page, stamp, box in zip(pdf.pages, stamps.pages, boxes, strict=True):
                page.add_overlay(stamp, pikepdf.Rectangle(*box))
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def mended(content: bytes) -> bytes:
    """A PDF without the damage that QPDF can repair. Raises `DocumentError` for what it can't."""
    out = io.BytesIO()
    with opened(content) as pdf:
        if not pdf.pages:
            raise DocumentError("The PDF has no pages.")
        # reading all of it tells whether it can be read
        for page in pdf.pages:
            page.contents_coalesce()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _drawn(boxes: list[list[float]], labels: list[str], corner: str) -> bytes:
    """A PDF with a label in the corner of each of its pages, which have the sizes of the boxes."""
    pages = [
        {"width": abs(right - left), "height": abs(top - bottom), "label": label}
        for (left, bottom, right, top), label in zip(boxes, labels, strict=True)
    ]
    data = json.dumps(json.dumps(pages))
    source = f"""
#set page(margin: {_MARGIN}, fill: none)
#set text(size: 10pt, font: ("Liberation Sans", "DejaVu Sans", "Libertinus Serif"))
#for (number, drawn) in json(bytes({data})).enumerate() {{
  if number > 0 {{ pagebreak() }}
  set page(width: drawn.width * 1pt, height: drawn.height * 1pt)
  place({corner}, text(drawn.label))
}}
"""
    with private_folder() as folder:
        return typst(source.encode(), folder, tagged=False)
