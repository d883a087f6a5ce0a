"""HTML: one file that needs no other, without scripts."""

from __future__ import annotations

import json
from pathlib import Path

from docassemble_lite.documents.document import Document
from docassemble_lite.documents.programs import pandoc
from docassemble_lite.documents.shaping import Layout, Shaper
from docassemble_lite.documents.style import Style
from docassemble_lite.documents.tree import Node, paragraph, raw_block, styled, words
from docassemble_lite.language.direction import direction

_TEMPLATE = Path(__file__).with_name("templates") / "document.html"


class HtmlShaper(Shaper):
    """Layout as styles. A screen has no use for double spacing, so lines follow each other as they always do."""

    def laid_out(self, inlines: list[Node], layout: Layout) -> list[Node]:
        rules = []
        if layout.align != "start":
            rules.append(f"text-align: {layout.align}")
        if layout.left or layout.right:
            rules.append(f"margin-inline: {layout.left:g}pt {layout.right:g}pt")
        if layout.border:
            rules.append("border: 1px solid; padding: 0 0.5em")
        return [styled("; ".join(rules), [paragraph(inlines)])] if rules else [paragraph(inlines)]

    def laid_out_inside(self, inlines: list[Node], layout: Layout) -> list[Node]:
        return self.laid_out(inlines, layout)

    def page_break(self) -> list[Node]:
        return [raw_block("html", '<div style="break-after: page"></div>')]


def make_html(document: Document, style: Style, tree: Node, folder: Path) -> bytes:
    """The document as a page. Raises `DocumentError`."""
    shaper = HtmlShaper(document, style)
    shaped = shaper.shaped(tree)
    texts = {
        "pagetitle": document.title,
        "document-language": document.language,
        "document-direction": direction(document.language),
        "contents": "true" if style.contents else "",
    }
    shaped["meta"].update({name: {"t": "MetaInlines", "c": [words(text)] if text else []} for name, text in texts.items()})
    arguments = ["--from=json", "--to=html5", "--standalone", f"--template={_TEMPLATE}", "--wrap=none"]
    contents = ["--table-of-contents"] if style.contents else []
    return pandoc([*arguments, *contents], json.dumps(shaped).encode(), folder)
