"""`[QR …]`: codes that a telephone reads, on pages and in documents."""

from __future__ import annotations

import html
import io
import re
from typing import Any

from docassemble_lite.language.words import word

#: How a code stands in a text: what it says, a width, and what it is in words.
QR = r"QR +(?P<qr>[^,\[\]\n]+)(?:,(?P<qr_width>[^,\[\]\n]*))?(?:,(?P<qr_words>[^\]]*))?"
_WIDTH = re.compile(r"\d+(?:\.\d+)?(?:px|in|cm|mm|pt|em|%)?")
_USUAL_WIDTH = "200px"
# what would end the tag, or one of its parts
_ENDS = re.compile(r"[,\[\]\n]")


def qr_markup(text: str, width: object = None, alt_text: str | None = None) -> str:
    """The tag for a code."""
    parts = [_written(text), "None" if width is None else _written(str(width))]
    return f"[QR {', '.join([*parts, *([_written(alt_text)] if alt_text else [])])}]"


def qr_html(text: str, width: str, words: str) -> str | None:
    """The code as HTML; None for a text that is too long for one."""
    made = _made(html.unescape(text).strip())
    if made is None:
        return None
    out = io.BytesIO()
    made.save(out, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2, dark="#000", light="#fff")
    wide = width.strip() if _WIDTH.fullmatch(width.strip()) else _USUAL_WIDTH
    wide = f"{wide}px" if wide.replace(".", "").isdigit() else wide
    told = html.escape(html.unescape(words).strip() or word("QR code"), quote=True)
    svg = out.getvalue().decode().strip().replace("<svg", f'<svg role="img" aria-label="{told}" width="{wide}"', 1)
    return f'<span class="da-qr">{svg}</span>'


def qr_picture(text: str) -> bytes | None:
    """The code as a PNG; None for a text that is too long for one."""
    made = _made(html.unescape(text).strip())
    if made is None:
        return None
    out = io.BytesIO()
    made.save(out, kind="png", scale=8, border=2)
    return out.getvalue()


def _made(text: str) -> Any:
    import segno

    try:
        return segno.make(text, error="m", micro=False) if text else None
    except segno.DataOverflowError:
        return None


def _written(text: str) -> str:
    return _ENDS.sub(lambda match: f"&#{ord(match[0])};", text)
