"""PDF: pandoc writes Typst, and Typst sets the pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

from docassemble_lite.documents.document import Document
from docassemble_lite.documents.programs import pandoc, typst
from docassemble_lite.documents.shaping import Layout, Shaper
from docassemble_lite.documents.style import PAPERS, Style
from docassemble_lite.documents.tags import Tag
from docassemble_lite.documents.tree import Node, paragraph, raw_block, raw_inline, words

_TEMPLATE = Path(__file__).with_name("templates") / "document.typ"
# a semicolon ends each, whatever follows
_SIGNS = {
    "TAB": "#h(0.5in);",
    "BLANKFILL": "#fill-in;",
    "SKIPLINE": "#v(1em);",
    "NEWPAR": "#parbreak();",
    "PAGENUM": "#context counter(page).display();",
    "TOTALPAGES": "#context counter(page).final().first();",
    "SECTIONNUM": "#context counter(heading).display();",
}
# what stands in the root of the tree of pages, and in its branches
_COUNTS = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count (\d+)")
# what is never markup, wherever it stands; figures with a dot would begin a list, dots become an ellipsis, and a sign that
# follows on something slanted or bold would be taken for a call of it
_PLAIN = re.compile(r"(?!\d+\.)(?!.*\.\.)[^\W_](?:[^\W_]|[.,;!?()%])*")


class PdfShaper(Shaper):
    """What the template and Typst understand."""

    def text(self, text: str) -> list[Node]:
        """Pandoc misses some of what Typst takes for markup; a text in quotation marks is never any."""
        return [words(text) if _PLAIN.fullmatch(text) else raw_inline("typst", f"#{_quoted(text)};")]

    def laid_out(self, inlines: list[Node], layout: Layout) -> list[Node]:
        usual = Layout(layout.spacing, indent=self.style.indentation if layout.spacing.indented else 0.0)
        return [paragraph(inlines)] if layout == usual else self._laid(inlines, layout)

    def laid_out_inside(self, inlines: list[Node], layout: Layout) -> list[Node]:
        return self._laid(inlines, layout)

    def _laid(self, inlines: list[Node], layout: Layout) -> list[Node]:
        given = (
            f"place: {layout.align}, left: {layout.left:g}pt, right: {layout.right:g}pt, indent: {layout.indent:g}pt, "
            f"border: {_truth(layout.border)}"
        )
        return [raw_block("typst", f"#laid({given})["), paragraph(inlines), raw_block("typst", "]")]

    def page_break(self) -> list[Node]:
        return [raw_block("typst", "#pagebreak(weak: true)")]

    def spacing_changed(self) -> list[Node]:
        return [raw_block("typst", self.spacing_rules())]

    def spacing_rules(self) -> str:
        """What makes the spacing hold from here on."""
        spacing = self.spacing
        indent = self.style.indentation if spacing.indented else 0.0
        return (
            f"#let now = spaced({spacing.lines:g}, {spacing.gap:g}, {indent:g}pt)\n"
            "#set par(leading: now.leading, spacing: now.spacing, first-line-indent: (amount: now.indent, all: true))\n"
            "#set block(spacing: now.spacing)"
        )

    def columns(self, left: list[Node], right: list[Node], *, ruled: bool) -> list[Node]:
        opening = raw_block("typst", f"#columns-side-by-side(ruled: {_truth(ruled)})[")
        return [opening, *left, raw_block("typst", "]["), *right, raw_block("typst", "]")]

    def picture(self, name: str, width: str, said: str) -> list[Node]:
        sized = f", width: {width}" if width else ""
        return [raw_inline("typst", f"#box(image({_quoted(name)}, alt: {_quoted(said)}{sized}));")]

    def sign(self, tag: Tag) -> list[Node]:
        code = _SIGNS.get(tag.name)
        return [raw_inline("typst", code)] if code else super().sign(tag)


def make_pdf(document: Document, style: Style, tree: Node, folder: Path) -> bytes:
    """The document as a PDF. Raises `DocumentError`."""
    shaper = PdfShaper(document, style)
    spacing = shaper.spacing_rules()
    shaped = shaper.shaped(tree)
    shaped["meta"].update({name: _code(value) for name, value in _settings(document, style, spacing).items()})
    arguments = ["--from=json", "--to=typst", "--standalone", f"--template={_TEMPLATE}", "--wrap=none"]
    for name, content in document.pictures.items():
        (folder / name).write_bytes(content)
    source = pandoc(arguments, json.dumps(shaped).encode(), folder)
    return typst(source, folder, tagged=document.tagged, standard="a-2b" if document.archive else "")


def page_count(pdf: bytes) -> int | None:
    """How many pages a PDF has that was made here; None if it doesn't say."""
    counts = [int(number) for number in _COUNTS.findall(pdf)]
    return max(counts, default=None)


def _settings(document: Document, style: Style, spacing: str) -> dict[str, str]:
    """What the template asks for beside texts of the document; what is empty isn't there."""
    language, _, region = document.language.replace("_", "-").partition("-")
    first = {part for part in style.page_parts if part.startswith("First")}
    return {
        "document-title": _quoted(document.title),
        "document-authors": "()",
        "font-size": f"{style.font_size:g}pt",
        "paper": _quoted(PAPERS[style.paper][0]),
        "top": f"{style.top:g}pt",
        "bottom": f"{style.bottom:g}pt",
        "lang": _quoted(language if language.isalpha() and len(language) in (2, 3) else "en"),
        "region": _quoted(region.upper()) if region.isalpha() and len(region) == 2 else "none",
        "numbered": "true" if style.numbered_sections else "",
        "contents": "true" if style.contents else "",
        "has-first-header": "true" if any("Header" in part for part in first) else "",
        "has-first-footer": "true" if any("Footer" in part for part in first) else "",
        "has-footer": "true" if any(part.startswith("Footer") for part in style.page_parts) else "",
        "spacing": spacing,
    }


def _code(text: str) -> Node:
    return {"t": "MetaInlines", "c": [raw_inline("typst", text)] if text else []}


def _quoted(text: str) -> str:
    """A text as Typst writes it down."""
    escaped = "".join(f"\\u{{{ord(char):x}}}" if char in '"\\' or not char.isprintable() else char for char in text)
    return f'"{escaped}"'


def _truth(value: bool) -> str:
    return "true" if value else "false"
