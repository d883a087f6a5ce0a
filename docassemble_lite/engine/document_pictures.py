"""`[FILE …]` in the text of a document: pictures become part of it, a text is put in its place."""

from __future__ import annotations

import re
from pathlib import Path

from docassemble_lite.documents.literal import settled
from docassemble_lite.engine.images import named_image
from docassemble_lite.engine.qr_codes import QR, qr_picture
from docassemble_lite.engine.typed import escape_typed, unescape_typed
from docassemble_lite.errors import NoSuchFile
from docassemble_lite.formats.kinds import KINDS, PICTURES
from docassemble_lite.formats.pdf_pages import PagesError, pages_of_pdf
from docassemble_lite.formats.pictures import BrokenPicture, TooManyPixels, cleaned
from docassemble_lite.host import current
from docassemble_lite.objects.file_names import extension_of

#: Of a PDF within another document so many pages are shown, at so many dots per inch.
MOST_PAGES = 50
RESOLUTION = 150
_TAG = re.compile(rf"\[(?:FILE +([^,\[\]\n]+)(?:,([^,\[\]\n]*))?(?:,([^\]]*))?|{QR})\]")
_WIDTH = re.compile(r"(\d+(?:\.\d+)?)(px|in|cm|mm|pt|pc|em|%)?")
# a unit in inches
_INCHES = {"px": 1 / 96, "in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72, "pc": 1 / 6, "em": 1 / 6}
_WRITTEN = {"png": "png", "jpeg": "jpg"}


def with_pictures(markdown: str) -> tuple[str, dict[str, bytes]]:
    """The text with its pictures as Markdown's, and their contents by the names that stand in it.

    What can't be shown in a document, or isn't there, is replaced by its alternative text.
    """
    pictures: dict[str, bytes] = {}

    def replaced(match: re.Match[str]) -> str:
        if match["qr"]:
            return _code(match, pictures)
        words = (match[3] or "").strip()
        found = _content(match[1].strip())
        if found is None:
            return words
        content, extension = found
        if KINDS[extension].mimetype in ("text/plain", "text/markdown"):
            return escape_typed(content.decode("utf-8", "replace"))
        if extension == "pdf":
            return _pages(content, match[2] or "", words, pictures)
        made = _picture(content, KINDS[extension].family)
        if made is None:
            return words
        name = f"picture-{len(pictures) + 1}.{made[1]}"
        pictures[name] = made[0]
        return f"![{words}]({name}){_width(match[2] or '')}"

    return _TAG.sub(replaced, markdown), pictures


def _code(match: re.Match[str], pictures: dict[str, bytes]) -> str:
    words, made = (match["qr_words"] or "").strip(), qr_picture(settled(unescape_typed(match["qr"])))
    if made is None:
        return words
    name = f"picture-{len(pictures) + 1}.png"
    pictures[name] = made
    return f"![{words}]({name}){_width(match['qr_width'] or '') or '{width=1.5in}'}"


def _pages(content: bytes, width: str, words: str, pictures: dict[str, bytes]) -> str:
    """All pages of a PDF, each as wide as the text if nothing else is said."""
    try:
        pages = pages_of_pdf(content, 1, MOST_PAGES, resolution=RESOLUTION, colored=True)
    except PagesError:
        return words
    shown = []
    for number, page in enumerate(pages, 1):
        name = f"picture-{len(pictures) + 1}.png"
        pictures[name] = page
        said = f"{words}, {number}" if words and len(pages) > 1 else words
        shown.append(f"![{said}]({name}){_width(width) or '{width=100%}'}")
    return "\n\n".join(shown)


def _content(reference: str) -> tuple[bytes, str] | None:
    """The content and the extension of a file of a kind that is known."""
    host = current().host
    if reference.isascii() and reference.isdigit():
        try:
            info = host.file_info(int(reference))
            return (host.read_file(info.number), info.extension) if info.extension in KINDS else None
        except NoSuchFile:
            return None
    image = named_image(reference)
    path: Path | None = host.static_file(image.reference if image else reference)
    return (path.read_bytes(), extension_of(path.name)) if path and extension_of(path.name) in KINDS else None


def _picture(content: bytes, family: str) -> tuple[bytes, str] | None:
    """A picture as documents can have it, and its extension."""
    if family not in PICTURES:
        return None
    try:
        made, family = cleaned(content, family, wanted="" if family in _WRITTEN else "png")
    except (BrokenPicture, TooManyPixels):
        return None
    return made, _WRITTEN[family]


def _width(written: str) -> str:
    match = _WIDTH.fullmatch(written.strip())
    if match is None:
        return ""
    if match[2] == "%":
        return f"{{width={match[1]}%}}"
    return f"{{width={float(match[1]) * _INCHES[match[2] or 'px']:.3f}in}}"
