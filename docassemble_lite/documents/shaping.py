"""Shapes a document's tree for one format.

Carries out the square-bracket tags, turns literal characters into themselves, and takes out what a document can't have:
raw parts, attributes, pictures from elsewhere, links that act or lead nowhere.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote

from docassemble_lite.documents.document import Document
from docassemble_lite.documents.literal import settled
from docassemble_lite.documents.style import SPACINGS, Spacing, Style
from docassemble_lite.documents.tags import (
    BLOCK_TAGS,
    COLUMN_TAGS,
    INDENTATION_TAGS,
    PARAGRAPH_TAGS,
    SPACING_TAGS,
    Tag,
    split,
    unmarked,
)
from docassemble_lite.documents.tree import (
    LINE_BREAK,
    NO_ATTRIBUTES,
    Node,
    content_of,
    in_one_line,
    nodes_of,
    paragraph,
    side_by_side,
    strong,
    tidied,
    words,
)

Alignment = Literal["start", "center", "end"]

_WEB = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_WIDTH = re.compile(r"[\d.]+(?:in|%)")
_LINE_BREAK_TAG = re.compile(r"<br\b[^>]*>", re.IGNORECASE)
# what may stand in an address just as it is
_IN_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"
_SIGNS = {
    "BR": [LINE_BREAK],
    "NEWLINE": [LINE_BREAK],
    "NEWPAR": [LINE_BREAK, LINE_BREAK],
    "SKIPLINE": [LINE_BREAK, LINE_BREAK],
    "TAB": [words("\u2003")],
    "NBSP": [words("\u00a0")],
    "ENDASH": [words("\u2013")],
    "EMDASH": [words("\u2014")],
    "HYPHEN": [words("-")],
    "BLANK": [words("_" * 19)],
    "BLANKFILL": [words("_" * 40)],
}
_WITH_INLINES = frozenset({"Emph", "Strong", "Strikeout", "Superscript", "Subscript", "Underline", "SmallCaps"})
_OTHER_INLINES = frozenset({"Space", "SoftBreak", "LineBreak"})
_WORDS = frozenset({"Str", *_OTHER_INLINES})


@dataclass(frozen=True)
class Layout:
    """How a paragraph stands on the page; lengths are in points."""

    spacing: Spacing
    align: Alignment = "start"
    left: float = 0.0
    right: float = 0.0
    # of its first line
    indent: float = 0.0
    border: bool = False


class Shaper:
    """One use of it shapes one document. What formats do in their own way is in the methods that they override."""

    def __init__(self, document: Document, style: Style) -> None:
        self.document = document
        self.style = style
        self.spacing = style.spacing
        self._targets: frozenset[str] = frozenset()
        # tags of the paragraph whose pieces are being gone through
        self._found: list[Tag] = []

    # --- what formats override -------------------------------------------------------------------------------------

    def laid_out(self, inlines: list[Node], layout: Layout) -> list[Node]:
        """A paragraph of the text itself."""
        return [paragraph(inlines)]

    def laid_out_inside(self, inlines: list[Node], layout: Layout) -> list[Node]:
        """A paragraph of a list, a quotation or a table that has a layout of its own."""
        return [paragraph(inlines)]

    def picture(self, name: str, width: str, said: str) -> list[Node]:
        """A picture of the document; `width` is in inches ("2.5in") or in percent, empty: its own. `said` is what it shows."""
        kind = "png" if name.endswith(".png") else "jpeg"
        address = f"data:image/{kind};base64,{base64.b64encode(self.document.pictures[name]).decode()}"
        return [
            {"t": "Image", "c": [["", [], [["width", width]] if width else []], [words(said)] if said else [], [address, ""]]}
        ]

    def page_break(self) -> list[Node]:
        return []

    def spacing_changed(self) -> list[Node]:
        """What says that `self.spacing` holds from here on, where not each paragraph says it."""
        return []

    def columns(self, left: list[Node], right: list[Node], *, ruled: bool) -> list[Node]:
        """Two columns side by side, with a line between them if they are `ruled`."""
        return [side_by_side([left, right])]

    def sign(self, tag: Tag) -> list[Node]:
        """What a tag within a line stands for."""
        return _SIGNS.get(tag.name, [])

    def text(self, text: str) -> list[Node]:
        """A text in which nothing is markup."""
        return [words(text)]

    def code_block(self, text: str) -> Node:
        """Lines that are shown as they are."""
        return {"t": "CodeBlock", "c": [NO_ATTRIBUTES, text]}

    # --- the whole -------------------------------------------------------------------------------------------------

    def shaped(self, tree: Node) -> Node:
        """The tree as the writer of the format is to get it."""
        self._targets = _unique_targets(tree["blocks"])
        blocks = self.blocks(tree["blocks"], self._top_block)
        meta = {name: self._meta(value) for name, value in tree["meta"].items()}
        return {"pandoc-api-version": tree["pandoc-api-version"], "meta": meta, "blocks": blocks}

    def _meta(self, value: Node) -> Node:
        match value["t"]:
            case "MetaInlines":
                return {"t": "MetaInlines", "c": self.inlines(value["c"])}
            case "MetaBlocks":
                return {"t": "MetaInlines", "c": self.inlines(list(_inlines_of(value["c"])))}
            case "MetaList":
                return {"t": "MetaList", "c": [self._meta(item) for item in value["c"]]}
        return {"t": "MetaInlines", "c": [words(str(value["c"]))]}

    # --- blocks ----------------------------------------------------------------------------------------------------

    def blocks(self, nodes: list[Node], shape: Any = None) -> list[Node]:
        """Blocks one after the other; `shape` makes of each of them what is to stand there."""
        shape = shape or self._inner_block
        result: list[Node] = []
        rest = list(nodes)
        while rest:
            node = rest.pop(0)
            name = _block_tag(node)
            if name in COLUMN_TAGS:
                middle, end = COLUMN_TAGS[name]
                within, rest = _before(rest, end)
                left, right = _before(within, middle)
                result += self.columns(self.blocks(left), self.blocks(right), ruled=middle == "VERTICAL_LINE")
            elif name == "PAGEBREAK":
                result += self.page_break()
            elif name:
                result += self._switch(name) if shape == self._top_block else []
            else:
                result += shape(node)
        return result

    def _switch(self, name: str) -> list[Node]:
        before = self.spacing
        if name in SPACING_TAGS:
            self.spacing = SPACINGS[SPACING_TAGS[name]]
        elif name in INDENTATION_TAGS:
            self.spacing = replace(self.spacing, indented=INDENTATION_TAGS[name])
        return self.spacing_changed() if self.spacing != before else []

    def _top_block(self, node: Node) -> list[Node]:
        if node["t"] not in ("Para", "Plain"):
            return self._inner_block(node)
        inlines, tags = self._with_tags(node["c"])
        if inlines and all(inline == LINE_BREAK for inline in inlines):
            # one empty line, and not one before and one after each break
            inlines = _SIGNS["NBSP"]
        return self.laid_out(inlines, self._layout(tags)) if inlines else []

    def _inner_block(self, node: Node) -> list[Node]:
        kind, content = content_of(node)
        match kind:
            case "Para" | "Plain":
                return self._inner_paragraph(kind, content)
            case "Header":
                level, (name, *_), inlines = content
                return [{"t": kind, "c": [level, [self._target(name), [], []], in_one_line(self._with_tags(inlines)[0])]}]
            case "CodeBlock":
                return [self.code_block(_verbatim(content[1]))]
            case "BlockQuote":
                return [{"t": kind, "c": self.blocks(content)}]
            case "Div" | "Figure":
                return self.blocks(content[-1])
            case "BulletList":
                return [{"t": kind, "c": [self.blocks(item) for item in content]}]
            case "OrderedList":
                return [{"t": kind, "c": [content[0], [self.blocks(item) for item in content[1]]]}]
            case "DefinitionList":
                return [{"t": kind, "c": [self._definition(*item) for item in content]}]
            case "LineBlock":
                return [{"t": kind, "c": [self.inlines(line) for line in content]}]
            case "Table":
                return [self.table(content)]
            case "HorizontalRule":
                return [node]
        # raw parts
        return []

    def _definition(self, term: list[Node], items: list[list[Node]]) -> list[Any]:
        return [in_one_line(self.inlines(term)), [self.blocks(item) for item in items]]

    def _inner_paragraph(self, kind: str, nodes: list[Node]) -> list[Node]:
        inlines, tags = self._with_tags(nodes)
        if not inlines:
            return []
        if tags:
            return self.laid_out_inside(inlines, self._layout(tags, inside=True))
        return [{"t": kind, "c": inlines}]

    def _with_tags(self, nodes: list[Node]) -> tuple[list[Node], list[Tag]]:
        """The pieces of a paragraph, and the tags that say something of it."""
        outer, self._found = self._found, []
        inlines = tidied(self.inlines(nodes))
        found, self._found = self._found, outer
        if any(tag.name == "BOLDCENTER" for tag in found):
            inlines = [strong(inlines)]
        return inlines, found

    def _layout(self, tags: list[Tag], *, inside: bool = False) -> Layout:
        names = {tag.name for tag in tags}
        by = next((tag for tag in tags if tag.name == "INDENTBY"), None)
        align: Alignment = "center" if names & {"CENTER", "BOLDCENTER"} else "end" if "FLUSHRIGHT" in names else "start"
        plain = not inside and self.spacing.indented and not names
        return Layout(
            self.spacing,
            align,
            left=by.left if by else 0.0,
            right=by.right if by else 0.0,
            indent=self.style.indentation if plain else 0.0,
            border="BORDER" in names,
        )

    def table(self, content: list[Any]) -> Node:
        _, caption, columns, head, bodies, foot = content
        short, long = caption
        shaped_bodies = [[NO_ATTRIBUTES, body[1], self._rows(body[2]), self._rows(body[3])] for body in bodies]
        return {
            "t": "Table",
            "c": [
                NO_ATTRIBUTES,
                [short and self.inlines(short), self.blocks(long)],
                columns,
                [NO_ATTRIBUTES, self._rows(head[1])],
                shaped_bodies,
                [NO_ATTRIBUTES, self._rows(foot[1])],
            ],
        }

    def _rows(self, rows: list[Any]) -> list[Any]:
        return [[NO_ATTRIBUTES, [[NO_ATTRIBUTES, *cell[1:4], self.blocks(cell[4])] for cell in cells]] for _, cells in rows]

    # --- inlines ---------------------------------------------------------------------------------------------------

    def inlines(self, nodes: list[Node]) -> list[Node]:
        """Pieces of a line."""
        return [piece for node in nodes for piece in self._inline(node)]

    def _inline(self, node: Node) -> list[Node]:
        kind, content = content_of(node)
        if kind in _WITH_INLINES:
            return [{"t": kind, "c": self.inlines(content)}]
        match kind:
            case "Str":
                return self._text(content)
            case "Quoted":
                return [{"t": kind, "c": [content[0], self.inlines(content[1])]}]
            case "Code":
                return [{"t": kind, "c": [NO_ATTRIBUTES, _verbatim(content[1]).replace("\n", " ")]}]
            case "Link":
                return self._link(content)
            case "Image":
                return self._image(content)
            case "Span" | "Cite":
                return self.inlines(content[1])
            case "Note":
                return [{"t": kind, "c": self.blocks(content)}]
            case "Math":
                return [words(settled(unmarked(content[1])))]
            case "RawInline":
                return [LINE_BREAK] if _LINE_BREAK_TAG.fullmatch(content[1]) else []
        return [node] if kind in _OTHER_INLINES else []

    def _image(self, content: list[Any]) -> list[Node]:
        (_, _, attributes), inlines, (name, _) = content
        if name not in self.document.pictures:
            return self.inlines(inlines)
        width = next((value for key, value in attributes if key == "width" and _WIDTH.fullmatch(value)), "")
        pieces = (" " if node.get("t") in _OTHER_INLINES else node["c"] for node in nodes_of(inlines) if node.get("t") in _WORDS)
        return self.picture(name, width, settled(unmarked("".join(pieces))))

    def _text(self, text: str) -> list[Node]:
        result: list[Node] = []
        for piece in split(text):
            if isinstance(piece, str):
                result += self._lines(settled(piece))
            elif piece.name in PARAGRAPH_TAGS:
                self._found.append(piece)
            else:
                result += self.sign(piece)
        return result

    def _lines(self, text: str) -> Iterator[Node]:
        """A text whose line breaks are ones."""
        for number, line in enumerate(text.split("\n")):
            if number:
                yield LINE_BREAK
            if line:
                yield from self.text(line)

    def _link(self, content: list[Any]) -> list[Node]:
        inlines, address = self.inlines(content[1]), settled(content[2][0]).strip()
        if address.startswith("#"):
            address = "#" + self._target(address[1:])
            if address == "#":
                return inlines
        elif not _WEB.match(address):
            return inlines
        return [{"t": "Link", "c": [NO_ATTRIBUTES, inlines, [quote(address, safe=_IN_ADDRESSES), ""]]}]

    def _target(self, name: str) -> str:
        """The name of a place that something leads to; empty for any other."""
        return f"to-{sorted(self._targets).index(name)}" if name in self._targets else ""


def _verbatim(text: str) -> str:
    return unmarked(settled(text))


def _block_tag(node: Node) -> str:
    """The tag that stands in this paragraph alone, if it is one of those that do; else nothing."""
    content = node.get("c")
    if node["t"] not in ("Para", "Plain") or not content or len(content) != 1 or content[0]["t"] != "Str":
        return ""
    pieces = split(content[0]["c"])
    tag = pieces[0] if len(pieces) == 1 else None
    return tag.name if isinstance(tag, Tag) and tag.name in BLOCK_TAGS else ""


def _before(nodes: list[Node], name: str) -> tuple[list[Node], list[Node]]:
    """What comes before a tag and what comes after it; everything comes before one that isn't there."""
    for number, node in enumerate(nodes):
        if _block_tag(node) == name:
            return nodes[:number], nodes[number + 1 :]
    return nodes, []


def _inlines_of(blocks: list[Node]) -> Iterator[Node]:
    """The lines of paragraphs, one below the other."""
    for number, block in enumerate(block for block in blocks if block["t"] in ("Para", "Plain")):
        if number:
            yield LINE_BREAK
        yield from block["c"]


def _unique_targets(blocks: list[Node]) -> frozenset[str]:
    """The names of headings that are there once and that something leads to."""
    names = Counter(str(node["c"][1][0]) for node in nodes_of(blocks) if node.get("t") == "Header")
    links = {str(node["c"][2][0])[1:] for node in nodes_of(blocks) if node.get("t") == "Link" and node["c"][2][0].startswith("#")}
    return frozenset(name for name, count in names.items() if name and count == 1 and name in links)
