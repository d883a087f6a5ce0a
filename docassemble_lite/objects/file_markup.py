"""`[FILE …]`: how a file stands in a text, until that becomes a page or a document."""

from __future__ import annotations

import re

# what would end the tag, or its part
_REFERENCE = re.compile(r"[\[\],\s]+")


def file_markup(reference: str | int, width: object = None, alt_text: str | None = None) -> str:
    """The tag for a file: its number, the name of a static file, or that of an image.

    `width` is a length as in CSS ("2in", "50%", "250px"); a bare number means pixels.
    """
    parts = [_REFERENCE.sub("_", str(reference)), "None" if width is None else _REFERENCE.sub("", str(width))]
    if alt_text:
        parts.append(alt_text.replace("[", "&#91;").replace("]", "&#93;").replace("\n", " "))
    return f"[FILE {', '.join(parts)}]"
