"""What a PDF tells programs that read aloud: what it is called, its language, its order, what its fields are for.

Each program that makes PDF files leaves out something of it (PDF/UA, ISO 14289-1).
"""

from __future__ import annotations

import io
import re
from typing import Any

from docassemble_lite.documents.forms import opened

_PRINTED = 1 << 2
_HIDDEN = 1 << 1
# how deep the parents of a field may go
_DEPTH = 30


def announced(content: bytes, title: str, language: str) -> bytes:
    """The PDF with a title, which windows show, and a language, unless it has its own. Raises `DocumentError`."""
    import pikepdf

    out = io.BytesIO()
    with opened(content) as pdf:
        call(pdf, title)
        if not str(pdf.Root.get("/Lang", "")):
            pdf.Root.Lang = pikepdf.String(language)
        for page in pdf.pages:
            _put_in_order(page)
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def call(pdf: Any, title: str) -> None:
    """Give a PDF its title, unless it has one."""
    import pikepdf

    known = str(pdf.docinfo.get("/Title", "")).strip() or title
    if known:
        pdf.docinfo["/Title"] = pikepdf.String(known)
        # what is wrong with metadata of a template needn't keep anybody from having the document
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False, strict=False) as metadata:
            if not str(metadata.get("dc:title") or "").strip():
                metadata["dc:title"] = known
    if "/ViewerPreferences" not in pdf.Root:
        pdf.Root.ViewerPreferences = pikepdf.Dictionary()
    pdf.Root.ViewerPreferences.DisplayDocTitle = True


def _put_in_order(page: Any) -> None:
    """Have the Tab key go through links and fields in the order of the text, and fields say what they are for."""
    import pikepdf

    annotations = page.obj.get("/Annots")
    if not isinstance(annotations, pikepdf.Array) or not len(annotations):
        return
    page.obj.Tabs = pikepdf.Name.S
    for annotation in annotations:
        if not isinstance(annotation, pikepdf.Dictionary):
            continue
        if annotation.get("/Subtype") == "/Widget":
            _explain(annotation)
        elif annotation.get("/Subtype") == "/Link" and not int(annotation.get("/F", 0)) & _HIDDEN:
            annotation.F = int(annotation.get("/F", 0)) | _PRINTED


def _explain(widget: Any) -> None:
    """Give a field that nothing is said of its own name, in words."""
    import pikepdf

    field, depth = widget, 0
    while "/T" not in field and "/Parent" in field and depth < _DEPTH:
        field, depth = field.Parent, depth + 1
    name = str(field.get("/T", ""))
    if name and "/TU" not in field and "/TU" not in widget:
        field.TU = pikepdf.String(_words(name))


def _words(name: str) -> str:
    """A name of a variable as words: "dateOf_birth[0]" → "date Of birth"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"\[\d+\]", "", name))
    return " ".join(re.split(r"[\s_.\-]+", apart)).strip() or name
