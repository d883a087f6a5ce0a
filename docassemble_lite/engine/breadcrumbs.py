"""Breadcrumbs: where a person is who has gone from one action into another."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.typed import escape_typed
from docassemble_lite.host import current
from docassemble_lite.language.words import word
from docassemble_lite.objects import DAObject

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

_KEY = "breadcrumb"


def leave_breadcrumb(evaluation: Evaluation, text: str) -> None:
    """Note what a screen is called, for as long as the action is gone through that led to it; `text` is plain text."""
    entries = evaluation.internal["event_stack"].get(evaluation.request.browser)
    if entries:
        entries[0][_KEY] = escape_typed(text)


class DABreadCrumbs(DAObject):
    """Shows the screens of the actions that are being gone through. It holds nothing itself."""

    def get_crumbs(self) -> list[dict[str, Any]]:
        """The screens from the first action to the present one; the "breadcrumb" of each is text for a page."""
        evaluation = current().evaluation
        entries = evaluation.internal["event_stack"].get(evaluation.request.browser, [])
        return [dict(entry) for entry in reversed(entries) if _KEY in entry]

    def show(self) -> str:
        """The breadcrumbs as HTML; empty if there are fewer than two."""
        crumbs = self.get_crumbs()
        if len(crumbs) < 2:
            return ""
        return self.container(self.inner(crumb[_KEY], crumb is crumbs[-1]) for crumb in crumbs)

    def container(self, items: Iterable[str]) -> str:
        """The list around the items."""
        label = escape(word("breadcrumb"))
        return f'<nav class="da-breadcrumb mt-2" aria-label="{label}"><ol class="breadcrumb">{"".join(items)}</ol></nav>\n'

    def inner(self, label: str, active: bool) -> str:
        """One item; the present screen is the active one."""
        here = ' active" aria-current="page' if active else ""
        return f'<li class="da-breadcrumb-item breadcrumb-item{here}">{label}</li>'

    def __html__(self) -> str:
        return self.show()

    def __str__(self) -> str:
        return self.show()
