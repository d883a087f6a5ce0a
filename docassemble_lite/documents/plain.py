"""Markdown: the text as anybody's reader of Markdown shows it, with nothing in it that a person typed as markup."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docassemble_lite.documents.document import Document
from docassemble_lite.documents.programs import pandoc
from docassemble_lite.documents.shaping import Shaper
from docassemble_lite.documents.style import Style
from docassemble_lite.documents.tree import SPACE, Node, heading, in_one_line, nodes_of, raw_block, raw_inline

# a parenthesis at the beginning may follow on a bracket
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#+!|~=:$@^&-]|^\(")
# it begins a list where it comes to stand at the beginning of a line
_LIST_NUMBER = re.compile(r"^(\d+)([.)])$")
_FENCE = re.compile(r"`+")
_BLANKS = re.compile(r"(\s+)")


class MarkdownShaper(Shaper):
    """Without any layout; columns come one after the other."""

    def columns(self, left: list[Node], right: list[Node], *, ruled: bool) -> list[Node]:
        return [*left, *right]

    def picture(self, name: str, width: str, said: str) -> list[Node]:
        # the file stands alone
        return self.text(said) if said else []

    def code_block(self, text: str) -> Node:
        """Between fences: at the beginning of a quotation pandoc loses the blanks by which it marks lines as code."""
        longest = max(map(len, _FENCE.findall(text)), default=0)
        fence = "`" * max(3, longest + 1)
        return raw_block("gfm", f"{fence}\n{text}\n{fence}")

    def table(self, content: list[Any]) -> Node:
        """For anything but one line a cell pandoc would write HTML, in which nothing escaped here is right."""
        attributes, caption, columns, head, bodies, foot = super().table(content)["c"]
        plain_columns = [[alignment, {"t": "ColWidthDefault"}] for alignment, _ in columns]
        plain_bodies = [[body[0], 0, _plain_rows(body[2]), _plain_rows(body[3])] for body in bodies]
        parts = [[attributes, _plain_rows(head[1])], plain_bodies, [attributes, _plain_rows(foot[1])]]
        return {"t": "Table", "c": [attributes, caption, plain_columns, *parts]}

    def text(self, text: str) -> list[Node]:
        """Escaped here: pandoc misses what begins a list, and loses what follows a backslash."""
        # blanks that are more than one would begin a block of code, or break a line
        return [raw_inline("gfm", _escaped(word)) if word.strip() else SPACE for word in _BLANKS.split(text) if word]


def _plain_rows(rows: list[Any]) -> list[Any]:
    return [[row[0], [[cell[0], cell[1], 1, 1, _one_line(cell[4])] for cell in row[1]]] for row in rows]


def _one_line(blocks: list[Node]) -> list[Node]:
    """All that can be read in some blocks, in one line."""
    lines = [node["c"] for node in nodes_of(blocks) if node["t"] in ("Para", "Plain")]
    joined = [piece for line in lines for piece in (SPACE, *in_one_line(line))]
    return [{"t": "Plain", "c": joined[1:]}]


def _escaped(word: str) -> str:
    return _LIST_NUMBER.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", word))


def make_markdown(document: Document, style: Style, tree: Node, folder: Path) -> bytes:
    """The document as GitHub's Markdown. Raises `DocumentError`."""
    shaped = MarkdownShaper(document, style).shaped(tree)
    title = shaped["meta"].get("title")
    if title and title["c"]:
        shaped["blocks"].insert(0, heading(1, title["c"]))
    return pandoc(["--from=json", "--to=gfm", "--wrap=none"], json.dumps(shaped).encode(), folder)
