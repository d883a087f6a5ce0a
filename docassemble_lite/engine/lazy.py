"""Templates as interviews see them: texts that are evaluated each time they are used."""

from __future__ import annotations

from typing import Any

from docassemble_lite.host import current
from docassemble_lite.objects import DAObject


class DALazyTemplate(DAObject):
    """What a `template` block defines. It is stored as the name of its block; the text is looked up when it is used."""

    def init(self, *arguments: Any, block: str = "", bound: dict[str, str] | None = None, **attributes: Any) -> None:
        self._block = block
        self._bound = bound or {}
        super().init(*arguments, **attributes)

    @property
    def content(self) -> str:
        """The text, after Mako."""
        return self._evaluated("content")

    @property
    def subject(self) -> str:
        """The subject, after Mako; empty if the block has none."""
        return self._evaluated("subject")

    def show(self, **_: Any) -> str:
        """The text, to be put into another one."""
        return self.content

    def subject_as_html(self, **_: Any) -> str:
        """The subject as HTML."""
        return current().evaluation.inline_html(self.subject)

    def content_as_html(self, **_: Any) -> str:
        """The text as HTML."""
        return current().evaluation.block_html(self.content)

    def __str__(self) -> str:
        return self.content

    def _evaluated(self, part: str) -> str:
        return current().evaluation.template_text(self, self._block, self._bound, part)
