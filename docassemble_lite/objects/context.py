"""`DAContext`: a text that is another one on a screen than in a document."""

from __future__ import annotations

from typing import Any

from docassemble_lite.host import current
from docassemble_lite.objects.dicts import DADict


class DAContext(DADict):
    """Texts for "question" and "document", or for the kinds of documents "pandoc", "docx" and "pdf"."""

    def init(self, *positional: Any, **values: Any) -> None:
        super().init()
        self.elements.update(zip(("question", "document"), positional, strict=False))
        self.elements.update(values)
        self.gathered = True

    def __str__(self) -> str:
        kinds = ("pandoc", "document") if getattr(current().evaluation, "in_document", False) else ("question",)
        for kind in (*kinds, *self.elements):
            if kind in self.elements:
                return str(self.elements[kind])
        return ""
