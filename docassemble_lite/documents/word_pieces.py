"""Markdown as paragraphs or pieces of a line for a DOCX template, which keeps its own fonts and styles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import escape
from typing import Any

from docassemble_lite.documents.document import Document
from docassemble_lite.documents.literal import settled
from docassemble_lite.documents.programs import private_folder
from docassemble_lite.documents.reading import read
from docassemble_lite.documents.shaping import Layout, Shaper
from docassemble_lite.documents.style import style_of
from docassemble_lite.documents.tags import Tag
from docassemble_lite.documents.tree import LINE_BREAK, Node, content_of, raw_block, raw_inline

_TWIPS = 20
# how far each level of a list or quotation is indented
_STEP = 360
_ALIGNED = {"start": "left", "center": "center", "end": "right"}
_TAB = "<w:tab/>"
_PAGE_BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
_PROPERTIES = {
    "Strong": "<w:b/><w:bCs/>",
    "Emph": "<w:i/><w:iCs/>",
    "Underline": '<w:u w:val="single"/>',
    "Strikeout": "<w:strike/>",
    "SmallCaps": "<w:smallCaps/>",
    "Superscript": '<w:vertAlign w:val="superscript"/>',
    "Subscript": '<w:vertAlign w:val="subscript"/>',
}
_CODE = '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/>'
# in the order in which the format wants them
_ORDER = ("<w:rStyle", "<w:rFonts", "<w:b/>", "<w:i/>", "<w:smallCaps", "<w:strike", "<w:color", "<w:u ", "<w:vertAlign")
_BULLETS = ("•", "◦", "▪")
_RULE = '<w:p><w:pPr><w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr></w:pPr></w:p>'
_GRID = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
# nothing in it can be Markdown, wherever it stands
_PLAIN = re.compile(r"[^\W_][\w ,;()%/]*(?<![ ])", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Links:
    """What a template does with links: `relate` gives the id of an address, `properties` is how they look."""

    relate: Callable[[str], str]
    properties: str = '<w:color w:val="0563C1"/><w:u w:val="single"/>'


@dataclass(frozen=True)
class _Place:
    """Where a block stands: how far from the left, and what stands before its first line."""

    left: int = 0
    marker: str = ""
    depth: int = 0
    headings: tuple[str, ...] = field(default=())


def escaped(text: str) -> str:
    """A text as XML in which nothing is taken for markup of a template, and without what no document can hold."""
    return escape(_CONTROL.sub("", text)).replace("{", "&#123;").replace("}", "&#125;")


def run(text: str, properties: str = "") -> str:
    """A piece of a line; line breaks and tabs in the text are ones."""
    inner = "".join(_run_parts(text))
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inner}</w:r>"


def _run_parts(text: str) -> Iterator[str]:
    for piece in re.split(r"([\n\t])", text):
        if piece == "\n":
            yield "<w:br/>"
        elif piece == "\t":
            yield _TAB
        elif piece:
            yield f'<w:t xml:space="preserve">{escaped(piece)}</w:t>'


def paragraphs(markdown: str, links: Links, headings: tuple[str, ...] = ()) -> str:
    """Markdown as paragraphs; `headings` are the ids of the template's styles for headings. Raises `DocumentError`."""
    shaped = _shaped(markdown)
    return "".join(_Writer(links, headings).blocks(shaped, _Place(headings=headings)))


def pieces(markdown: str, links: Links) -> str:
    """Markdown as pieces of a line; paragraphs come on lines of their own. Raises `DocumentError`."""
    text = settled(markdown)
    if text == markdown and _PLAIN.fullmatch(text):
        return run(text)
    writer = _Writer(links, ())
    lines = [writer.inlines(line) for line in _lines(_shaped(markdown))]
    return "<w:r><w:br/></w:r>".join(lines)


@lru_cache(maxsize=500)
def _shaped(markdown: str) -> list[Node]:
    document = Document(markdown, metadata={"SingleSpacing": True})
    with private_folder() as folder:
        tree = read(document, folder)
    blocks: list[Node] = _PiecesShaper(document, style_of(document.metadata, document.country)).shaped(tree)["blocks"]
    return blocks


class _PiecesShaper(Shaper):
    def laid_out(self, inlines: list[Node], layout: Layout) -> list[Node]:
        return self.laid_out_inside(inlines, layout) if layout != Layout(layout.spacing) else super().laid_out(inlines, layout)

    def laid_out_inside(self, inlines: list[Node], layout: Layout) -> list[Node]:
        return [{"t": "Laid", "c": [inlines, layout]}]

    def page_break(self) -> list[Node]:
        return [raw_block("openxml", _PAGE_BREAK)]

    def sign(self, tag: Tag) -> list[Node]:
        return [raw_inline("openxml", f"<w:r>{_TAB}</w:r>")] if tag.name == "TAB" else super().sign(tag)


def _lines(blocks: list[Node]) -> Iterator[list[Node]]:
    """The lines of text in blocks of any kind."""
    for node in blocks:
        kind, content = content_of(node)
        match kind:
            case "Para" | "Plain":
                yield content
            case "Laid":
                yield content[0]
            case "Header":
                yield content[2]
            case "BlockQuote":
                yield from _lines(content)
            case "BulletList":
                for item in content:
                    yield from _lines(item)
            case "OrderedList":
                for item in content[1]:
                    yield from _lines(item)
            case "CodeBlock":
                yield [{"t": "Code", "c": content}]
            case "LineBlock":
                yield from content


class _Writer:
    def __init__(self, links: Links, headings: tuple[str, ...]) -> None:
        self.links = links
        self.headings = headings

    # --- blocks ----------------------------------------------------------------------------------------------------

    def blocks(self, nodes: list[Node], place: _Place) -> Iterator[str]:
        for number, node in enumerate(nodes):
            yield from self._block(node, place if number == 0 else replace(place, marker=""))

    def _block(self, node: Node, place: _Place) -> Iterator[str]:
        kind, content = content_of(node)
        match kind:
            case "Para" | "Plain":
                yield self._paragraph(content, place)
            case "Laid":
                yield self._paragraph(content[0], place, content[1])
            case "Header":
                yield self._heading(content[0], content[2], place)
            case "BulletList":
                for item in content:
                    yield from self.blocks(item, self._inner(place, _BULLETS[place.depth % len(_BULLETS)]))
            case "OrderedList":
                start = content[0][0]
                for number, item in enumerate(content[1], start):
                    yield from self.blocks(item, self._inner(place, f"{number}."))
            case "DefinitionList":
                for term, items in content:
                    yield self._paragraph([{"t": "Strong", "c": term}], place)
                    for item in items:
                        yield from self.blocks(item, replace(place, left=place.left + _STEP, marker=""))
            case "BlockQuote":
                yield from self.blocks(content, replace(place, left=place.left + 2 * _STEP))
            case "LineBlock":
                yield self._paragraph(_joined(content), place)
            case "CodeBlock":
                yield self._paragraph([{"t": "Code", "c": content}], place)
            case "HorizontalRule":
                yield _RULE
            case "Table":
                yield self._table(content, place)
            case "RawBlock":
                yield content[1]

    def _inner(self, place: _Place, marker: str) -> _Place:
        return replace(place, left=place.left + 2 * _STEP, marker=marker, depth=place.depth + 1)

    def _paragraph(self, inlines: list[Node], place: _Place, layout: Layout | None = None) -> str:
        properties = self._paragraph_properties(place, layout)
        marker = f"{run(place.marker)}<w:r>{_TAB}</w:r>" if place.marker else ""
        return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{marker}{self.inlines(inlines)}</w:p>"

    def _paragraph_properties(self, place: _Place, layout: Layout | None) -> str:
        left = place.left + (round(layout.left * _TWIPS) if layout else 0)
        right = round(layout.right * _TWIPS) if layout else 0
        tabs = f'<w:tabs><w:tab w:val="left" w:pos="{left}"/></w:tabs>' if place.marker else ""
        hanging = f' w:hanging="{_STEP}"' if place.marker else ""
        indent = f'<w:ind w:left="{left}" w:right="{right}"{hanging}/>' if left or right else ""
        aligned = f'<w:jc w:val="{_ALIGNED[layout.align]}"/>' if layout and layout.align != "start" else ""
        return tabs + indent + aligned

    def _heading(self, level: int, inlines: list[Node], place: _Place) -> str:
        style = self.headings[level - 1] if level <= len(self.headings) else ""
        if not style:
            return self._paragraph([{"t": "Strong", "c": inlines}], place)
        return f'<w:p><w:pPr><w:pStyle w:val="{escaped(style)}"/></w:pPr>{self.inlines(inlines)}</w:p>'

    def _table(self, content: list[Any], place: _Place) -> str:
        _, _, columns, head, bodies, foot = content
        rows = [(row, True) for row in head[1]]
        rows += [(row, False) for body in bodies for row in [*body[2], *body[3]]]
        rows += [(row, False) for row in foot[1]]
        grid = "".join("<w:gridCol/>" for _ in columns)
        lines = "".join(f"<w:tr>{''.join(self._cell(cell, heading, place) for cell in row[1])}</w:tr>" for row, heading in rows)
        properties = f'<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{_GRID}</w:tblBorders></w:tblPr>'
        return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl><w:p/>"

    def _cell(self, cell: list[Any], heading: bool, place: _Place) -> str:
        blocks = [{"t": "Para", "c": [{"t": "Strong", "c": line}]} for line in _lines(cell[4])] if heading else cell[4]
        inside = "".join(self.blocks(blocks, replace(place, left=0, marker=""))) or "<w:p/>"
        span = f'<w:tcPr><w:gridSpan w:val="{cell[3]}"/></w:tcPr>' if cell[3] > 1 else ""
        return f"<w:tc>{span}{inside}</w:tc>"

    # --- pieces of lines -------------------------------------------------------------------------------------------

    def inlines(self, nodes: list[Node], properties: str = "") -> str:
        return "".join(self._inline(node, properties) for node in nodes)

    def _inline(self, node: Node, properties: str) -> str:
        kind, content = content_of(node)
        if kind in _PROPERTIES:
            return self.inlines(content, _with(properties, _PROPERTIES[kind]))
        match kind:
            case "Str":
                return run(content, properties)
            case "Space" | "SoftBreak":
                return run(" ", properties)
            case "LineBreak":
                return "<w:r><w:br/></w:r>"
            case "Code":
                return run(content[1], _with(properties, _CODE))
            case "Quoted":
                left, right = "‘’" if content[0]["t"] == "SingleQuote" else "“”"
                return run(left, properties) + self.inlines(content[1], properties) + run(right, properties)
            case "Link":
                return self._link(content, properties)
            case "Note":
                return run(" (", properties) + self.inlines(_joined(list(_lines(content))), properties) + run(")", properties)
            case "RawInline":
                return str(content[1])
        return ""

    def _link(self, content: list[Any], properties: str) -> str:
        address = content[2][0]
        if address.startswith("#"):
            return self.inlines(content[1], properties)
        inside = self.inlines(content[1], _with(properties, self.links.properties))
        return f'<w:hyperlink r:id="{self.links.relate(address)}">{inside}</w:hyperlink>'


def _joined(lines: list[list[Node]]) -> list[Node]:
    result: list[Node] = []
    for number, line in enumerate(lines):
        result += [LINE_BREAK, *line] if number else line
    return result


def _with(properties: str, added: str) -> str:
    """Properties of a piece together with another one, in the order of the format."""
    found = re.findall(r"<[^>]+/>", properties + added)
    unique = list(dict.fromkeys(found))
    return "".join(sorted(unique, key=_rank))


def _rank(element: str) -> int:
    plain = element.replace("bCs", "b").replace("iCs", "i")
    return next((number for number, start in enumerate(_ORDER) if plain.startswith(start)), len(_ORDER))
