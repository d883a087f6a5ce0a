"""RTF: written by pandoc, after which each paragraph gets the layout that pandoc has no words for."""

from __future__ import annotations

import json
import re
from pathlib import Path

from docassemble_lite.documents.document import Document
from docassemble_lite.documents.programs import pandoc
from docassemble_lite.documents.shaping import Layout, Shaper
from docassemble_lite.documents.style import INCH, Style
from docassemble_lite.documents.tags import Tag
from docassemble_lite.documents.tree import Node, close_together, paragraph, raw_block, raw_inline
from docassemble_lite.language.direction import direction

_TEMPLATE = Path(__file__).with_name("templates") / "document.rtf"
# RTF counts in twentieths of a point, and has 240 of them from line to line
_TWIPS = 20
_LINE = 240
_SIGNS = {
    "TAB": r"\tab ",
    "PAGENUM": r"\chpgn ",
    "TOTALPAGES": r"{\field{\*\fldinst NUMPAGES}{\fldrslt 1}}",
}
_ALIGNED = {"start": r"\ql", "center": r"\qc", "end": r"\qr"}
_BORDER = "".join(rf"\brdr{side}\brdrs\brdrw15\brsp80" for side in "tlbr")
# a group that readers of RTF pass over, with the number of a layout in it
_MARKED = re.compile(r"\{\\pard \\ql \\f0 \\sa\d+ \\li0 \\fi0 \{\\\*\\dalayout(\d+)\}")
_UNMARKED = re.compile(r"(?<=\{)\\pard \\ql \\f0(?! \\sa\d+ \\li0 \\fi0 \{\\\*\\dalayout)")
# in a paragraph from right to left, left is where lines end
_ALIGNMENT = re.compile(r"(?:(?<=\\pard)|(?<=\\pard )|(?<=\\intbl ))\\q[lrc]\b")
_RIGHT_TO_LEFT = {r"\ql": r"\rtlpar\qr", r"\qr": r"\rtlpar\ql", r"\qc": r"\rtlpar\qc"}


class RtfShaper(Shaper):
    """Notes the layout of each paragraph under a number, and the number at its beginning."""

    def __init__(self, document: Document, style: Style) -> None:
        super().__init__(document, style)
        self.layouts: list[Layout] = []

    def laid_out(self, inlines: list[Node], layout: Layout) -> list[Node]:
        self.layouts.append(layout)
        return [paragraph([raw_inline("rtf", rf"{{\*\dalayout{len(self.layouts) - 1}}}"), *inlines])]

    def page_break(self) -> list[Node]:
        return [raw_block("rtf", r"\page ")]

    def columns(self, left: list[Node], right: list[Node], *, ruled: bool) -> list[Node]:
        return super().columns(close_together(left), close_together(right), ruled=ruled)

    def sign(self, tag: Tag) -> list[Node]:
        code = _SIGNS.get(tag.name)
        return [raw_inline("rtf", code)] if code else super().sign(tag)


def make_rtf(document: Document, style: Style, tree: Node, folder: Path) -> bytes:
    """The document as RTF. Raises `DocumentError`."""
    shaper = RtfShaper(document, style)
    shaped = shaper.shaped(tree)
    parts = shaped["meta"]
    settings = {"page": _page(style), "half-points": f"{style.font_size * 2:g}", "contents": "true" if style.contents else ""}
    parts.update({name: _code(text) for name, text in settings.items()})
    parts["document-title"] = {"t": "MetaInlines", "c": shaper.inlines([{"t": "Str", "c": document.title}])}
    parts["header"] = _band("Header", style, parts)
    parts["footer"] = _band("Footer", style, parts)
    arguments = ["--from=json", "--to=rtf", "--standalone", f"--template={_TEMPLATE}"]
    contents = ["--table-of-contents"] if style.contents else []
    text = pandoc([*arguments, *contents], json.dumps(shaped).encode(), folder).decode("ascii")
    return _with_layouts(text, shaper.layouts, style, document.language).encode("ascii")


def _with_layouts(text: str, layouts: list[Layout], style: Style, language: str) -> str:
    # paragraphs of lists and quotations have none of their own
    text = _UNMARKED.sub(lambda match: match[0] + _line_spacing(style.spacing.lines), text)
    text = _MARKED.sub(lambda match: "{" + _properties(layouts[int(match[1])]), text)
    if direction(language) == "rtl":
        text = _ALIGNMENT.sub(lambda match: _RIGHT_TO_LEFT[match[0]], text)
    return text


def _properties(layout: Layout) -> str:
    spacing = layout.spacing
    after = spacing.gap * spacing.lines * _LINE
    return (
        rf"\pard{_ALIGNED[layout.align]}\f0{_line_spacing(spacing.lines)}\sa{after:.0f}\li{_twips(layout.left)}"
        rf"\ri{_twips(layout.right)}\fi{_twips(layout.indent)}{_BORDER if layout.border else ''} "
    )


def _line_spacing(lines: float) -> str:
    return rf"\sl{lines * _LINE:.0f}\slmult1"


def _page(style: Style) -> str:
    width, height = style.paper_size
    first = r"\titlepg" if any(part.startswith("First") for part in style.page_parts) else ""
    margins = rf"\margl{_twips(INCH)}\margr{_twips(INCH)}\margt{_twips(style.top)}\margb{_twips(style.bottom)}"
    return rf"\paperw{_twips(width)}\paperh{_twips(height)}{margins}{first} "


def _band(band: str, style: Style, parts: Node) -> Node:
    """What stands at the top or at the bottom of the pages: on the first one something of its own, if anything says so."""
    pieces: list[Node] = []
    has_first = any(part.startswith("First") for part in style.page_parts)
    has_any = any(band in part for part in style.page_parts)
    for prefix, word in (("", band.lower()), ("First", f"{band.lower()}f")):
        if prefix and not has_first:
            continue
        if not has_any:
            # the number of the page, where nothing else is wanted
            number = r"\pard \qc \f0 \fs20 \chpgn\par" if band == "Footer" else r"\pard\par"
            pieces.append(raw_inline("rtf", rf"{{\{word} {number}}}"))
            continue
        own = prefix if any(part.startswith(f"First{band}") for part in style.page_parts) else ""
        pieces += _three_parts(word, [parts.get(f"{own}{band}{place}") for place in ("Left", "Center", "Right")], style)
    return {"t": "MetaInlines", "c": pieces}


def _three_parts(word: str, parts: list[Node | None], style: Style) -> list[Node]:
    """A row of three cells."""
    third = (style.paper_size[0] - 2 * INCH) / 3
    cells = "".join(rf"\cellx{_twips(third * number)}" for number in (1, 2, 3))
    pieces = [raw_inline("rtf", rf"{{\{word} \trowd{cells}")]
    for part, aligned in zip(parts, (r"\ql", r"\qc", r"\qr"), strict=True):
        pieces.append(raw_inline("rtf", rf"\pard\intbl {aligned} \f0 \fs20 "))
        pieces += part["c"] if part else []
        pieces.append(raw_inline("rtf", r"\cell"))
    return [*pieces, raw_inline("rtf", r"\row\pard\par}")]


def _code(text: str) -> Node:
    return {"t": "MetaInlines", "c": [raw_inline("rtf", text)] if text else []}


def _twips(points: float) -> int:
    return round(points * _TWIPS)
