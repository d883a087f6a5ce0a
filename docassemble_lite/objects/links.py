"""`DALink`: a link as an object."""

from __future__ import annotations

import re

from docassemble_lite.objects.base import DAObject

_ENDS_TEXT = re.compile(r"([\\\[\]])")
_ENDS_ADDRESS = re.compile(r"[\s()<>]")


class DALink(DAObject):
    """A link: `url` is where it leads, `anchor_text` what is shown of it."""

    url: str
    anchor_text: str

    def show(self, **_: object) -> str:
        """Markdown for the link."""
        address = _ENDS_ADDRESS.sub(lambda match: f"%{ord(match[0]):02X}", str(self.url))
        text = _ENDS_TEXT.sub(r"\\\1", str(self.anchor_text))
        return f"[{text}]({address})"

    def __str__(self) -> str:
        return self.show()
