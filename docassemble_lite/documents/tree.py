"""Pandoc's tree of a document as it stands in JSON: nodes are dictionaries with a type `t` and a content `c`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Node = dict[str, Any]
#: No identifier, no classes, no attributes.
NO_ATTRIBUTES: list[Any] = ["", [], []]

SPACE: Node = {"t": "Space"}
LINE_BREAK: Node = {"t": "LineBreak"}
_BLANKS = ("Space", "SoftBreak")


def content_of(node: Node) -> tuple[str, Any]:
    """The type and the content of a node; some have none."""
    return node["t"], node.get("c")


def nodes_of(value: Any) -> Iterator[Node]:
    """All nodes in a part of a tree, at whatever depth."""
    if isinstance(value, dict):
        yield value
        yield from nodes_of(value.get("c"))
    elif isinstance(value, list):
        for item in value:
            yield from nodes_of(item)


def words(text: str) -> Node:
    """A text in which nothing is markup."""
    return {"t": "Str", "c": text}


def strong(inlines: list[Node]) -> Node:
    return {"t": "Strong", "c": inlines}


def paragraph(inlines: list[Node]) -> Node:
    return {"t": "Para", "c": inlines}


def heading(level: int, inlines: list[Node]) -> Node:
    return {"t": "Header", "c": [level, NO_ATTRIBUTES, inlines]}


def raw_inline(language: str, text: str) -> Node:
    """What is written just as it is, by the writer of that language and by no other."""
    return {"t": "RawInline", "c": [language, text]}


def raw_block(language: str, text: str) -> Node:
    return {"t": "RawBlock", "c": [language, text]}


def styled(style: str, blocks: list[Node]) -> Node:
    """Blocks in a box with a style of CSS."""
    return {"t": "Div", "c": [["", [], [["style", style]]], blocks]}


def side_by_side(columns: Sequence[list[Node]]) -> Node:
    """A table of one row without a heading."""
    cells = [[NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1, blocks] for blocks in columns]
    widths = [[{"t": "AlignDefault"}, {"t": "ColWidth", "c": 1 / len(columns)}] for _ in columns]
    body = [NO_ATTRIBUTES, 0, [], [[NO_ATTRIBUTES, cells]]]
    return {"t": "Table", "c": [NO_ATTRIBUTES, [None, []], widths, [NO_ATTRIBUTES, []], [body], [NO_ATTRIBUTES, []]]}


def close_together(blocks: list[Node]) -> list[Node]:
    """Blocks whose paragraphs follow each other as in a table."""
    return [{**block, "t": "Plain"} if block["t"] == "Para" else block for block in blocks]


def tidied(inlines: list[Node]) -> list[Node]:
    """Without the blanks at both ends, and before and after line breaks."""
    result: list[Node] = []
    for node in inlines:
        if node["t"] in _BLANKS and (not result or result[-1]["t"] == "LineBreak"):
            continue
        if node["t"] == "LineBreak":
            result = _without_last_blanks(result)
        result.append(node)
    return _without_last_blanks(result)


def in_one_line(value: Any) -> Any:
    """Inlines, or what is in them, with blanks for line breaks, at which headings and terms end in some formats."""
    if isinstance(value, list):
        return [in_one_line(item) for item in value]
    if not isinstance(value, dict) or value["t"] == "Note" or "c" not in value:
        return SPACE if value == LINE_BREAK else value
    return {**value, "c": in_one_line(value["c"])}


def _without_last_blanks(inlines: list[Node]) -> list[Node]:
    end = len(inlines)
    while end and inlines[end - 1]["t"] in _BLANKS:
        end -= 1
    return inlines[:end]
