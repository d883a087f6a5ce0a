"""What a PDF from anywhere says of itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PdfReader


class BrokenPdf(Exception):
    """The content can't be read as a PDF."""


def page_count(content: bytes) -> int:
    """How many pages it has. Raises `BrokenPdf`, also for one that can't be read without a password."""
    from pypdf.errors import PyPdfError

    try:
        return len(_opened(content).pages)
    except (PyPdfError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise BrokenPdf from error


def is_encrypted(content: bytes) -> bool:
    """Whether a password was set for it. Raises `BrokenPdf`."""
    return bool(_opened(content).is_encrypted)


def has_form(content: bytes) -> bool:
    """Whether it has fields of a form. Raises `BrokenPdf`."""
    reader = _opened(content)
    return not reader.is_encrypted and "/AcroForm" in reader.root_object


def form_fields(content: bytes) -> list[tuple[Any, ...]]:
    """Of each field of its form: name, default, number of the page, corners on it, type (/Tx, /Btn …), value when checked.

    Raises `BrokenPdf`.
    """
    from pypdf.errors import PyPdfError

    found = []
    try:
        for number, page in enumerate(_opened(content).pages, start=1):
            for reference in page.get("/Annots", ()):
                annotation = reference.get_object()
                if annotation.get("/Subtype") == "/Widget":
                    found.append(_field(annotation, number))
    except (PyPdfError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise BrokenPdf from error
    return found


def _field(annotation: Any, page: int) -> tuple[Any, ...]:
    names, kind, value, node, depth = [], None, None, annotation, 0
    while node is not None and depth < 20:
        names += [str(node["/T"])] if "/T" in node else []
        kind = kind or node.get("/FT")
        value = node.get("/V") if value is None else value
        node, depth = node["/Parent"].get_object() if "/Parent" in node else None, depth + 1
    states = annotation.get("/AP", {}).get("/N", {}) if kind == "/Btn" else {}
    exported = next((str(state).lstrip("/") for state in states if state != "/Off"), None)
    default = ("No" if value in (None, "/Off") else str(value).lstrip("/")) if kind == "/Btn" else str(value or "")
    corners = [float(corner) for corner in annotation.get("/Rect", ())]
    return ".".join(reversed(names)), default, page, corners, kind, exported


def _opened(content: bytes) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        return PdfReader(io.BytesIO(content))
    except (PyPdfError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise BrokenPdf from error
