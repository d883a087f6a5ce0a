"""DOCX: written by pandoc, after which it gets our styles, the size of the paper, and the layout of each paragraph.

Where another file says how it is to look, pandoc takes styles, pages, headers and footers from there, and only what tags ask
for is added.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from string import Template

from docassemble_lite import clock
from docassemble_lite.documents.document import Document
from docassemble_lite.documents.packages import check_package
from docassemble_lite.documents.programs import pandoc
from docassemble_lite.documents.shaping import Layout, Shaper
from docassemble_lite.documents.style import INCH, UNCHANGED, Style
from docassemble_lite.documents.tags import Tag
from docassemble_lite.documents.tree import Node, close_together, paragraph, raw_block, raw_inline
from docassemble_lite.language.direction import direction

_TEMPLATES = Path(__file__).with_name("templates")
_FONT = "Times New Roman"
# Word counts in twentieths of a point, and has 240 of them from line to line
_TWIPS = 20
_LINE = 240
_SIGNS = {
    "TAB": "<w:r><w:tab/></w:r>",
    "PAGENUM": '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>',
    "TOTALPAGES": '<w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>1</w:t></w:r></w:fldSimple>',
}
_MARKED = re.compile(r"<w:p>(?:<w:pPr>(?P<given>(?:(?!</w:pPr>).)*)</w:pPr>)?<!--layout (?P<number>\d+)-->", re.DOTALL)
_KEPT_BEFORE = re.compile(r"<w:pStyle [^>]*/>|<w:numPr>.*?</w:numPr>", re.DOTALL)
_SIDES = ("top", "left", "bottom", "right")
_BORDER = "".join(f'<w:{side} w:val="single" w:sz="6" w:space="4" w:color="auto"/>' for side in _SIDES)
# what can't be read without them
_NEEDED_STYLES = {
    "FootnoteReference": (
        '<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/>'
        '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    ),
    "BlockText": (
        '<w:style w:type="paragraph" w:styleId="BlockText"><w:name w:val="Block Text"/>'
        '<w:pPr><w:ind w:left="720" w:right="720"/></w:pPr></w:style>'
    ),
}

_FOOTER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class WordShaper(Shaper):
    """Notes each layout that isn't the usual one under a number, and the number at the beginning of the paragraph."""

    def __init__(self, document: Document, style: Style) -> None:
        super().__init__(document, style)
        self.layouts: list[Layout] = []

    def laid_out(self, inlines: list[Node], layout: Layout) -> list[Node]:
        if layout == Layout(self.style.spacing, indent=self.style.indentation if self.style.spacing.indented else 0.0):
            return [paragraph(inlines)]
        return self.laid_out_inside(inlines, layout)

    def laid_out_inside(self, inlines: list[Node], layout: Layout) -> list[Node]:
        self.layouts.append(layout)
        return [paragraph([raw_inline("openxml", f"<!--layout {len(self.layouts) - 1}-->"), *inlines])]

    def page_break(self) -> list[Node]:
        return [raw_block("openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>')]

    def columns(self, left: list[Node], right: list[Node], *, ruled: bool) -> list[Node]:
        return super().columns(close_together(left), close_together(right), ruled=ruled)

    def sign(self, tag: Tag) -> list[Node]:
        code = _SIGNS.get(tag.name)
        return [raw_inline("openxml", code)] if code else super().sign(tag)


def make_docx(document: Document, style: Style, tree: Node, folder: Path) -> bytes:
    """The document as DOCX. Raises `DocumentError`."""
    if document.reference:
        style = replace(style, spacing=UNCHANGED)
    shaper = WordShaper(document, style)
    shaped = shaper.shaped(tree)
    for name, value in (("lang", document.language), ("dir", direction(document.language))):
        shaped["meta"][name] = {"t": "MetaString", "c": value}
    contents = ["--table-of-contents"] if style.contents else []
    # by default it would write into a file
    arguments = ["--from=json", "--to=docx", "--output=-", *contents, *_reference(document, folder)]
    package = pandoc(arguments, json.dumps(shaped).encode(), folder)
    return (_dressed if document.reference else _finished)(package, shaper.layouts, document, style)


def _reference(document: Document, folder: Path) -> list[str]:
    if not document.reference:
        return []
    check_package(document.reference)
    reference = folder / "reference.docx"
    reference.write_bytes(document.reference)
    return [f"--reference-doc={reference}"]


def _dressed(package: bytes, layouts: list[Layout], document: Document, _: Style) -> bytes:
    """What pandoc has given the looks of another file, with what tags ask for and a title."""
    parts = _parts(package)
    texts = {name: parts[name].decode() for name in ("word/document.xml", "word/styles.xml", "docProps/core.xml")}
    texts["word/document.xml"] = _with_layouts(texts["word/document.xml"], layouts, _asked_properties)
    texts["word/styles.xml"] = _with_needed_styles(texts["word/styles.xml"])
    texts["docProps/core.xml"] = _with_properties(texts["docProps/core.xml"], document)
    return _zipped({**parts, **{name: text.encode() for name, text in texts.items()}})


def _with_needed_styles(xml: str) -> str:
    """Word makes these when they are first used, so that a file may not have them."""
    missing = "".join(style for name, style in _NEEDED_STYLES.items() if f'w:styleId="{name}"' not in xml)
    return _with_before(xml, "</w:styles>", missing)


def _parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as made:
        return {name: made.read(name) for name in made.namelist()}


def _finished(package: bytes, layouts: list[Layout], document: Document, style: Style) -> bytes:
    parts = _parts(package)
    texts = {name: parts[name].decode() for name in _CHANGED}
    texts["word/document.xml"] = _with_section(_with_layouts(texts["word/document.xml"], layouts, _properties), document, style)
    texts["word/styles.xml"] = _styles(document, style)
    texts["word/footer1.xml"] = (_TEMPLATES / "footer.xml").read_text(encoding="utf-8")
    texts["docProps/core.xml"] = _with_properties(texts["docProps/core.xml"], document)
    texts["[Content_Types].xml"] = _with_before(
        texts["[Content_Types].xml"], "</Types>", f'<Override PartName="/word/footer1.xml" ContentType="{_FOOTER_TYPE}"/>'
    )
    texts["word/_rels/document.xml.rels"] = _with_before(
        texts["word/_rels/document.xml.rels"],
        "</Relationships>",
        f'<Relationship Id="pageFooter" Type="{_RELATION}/footer" Target="footer1.xml"/>',
    )
    return _zipped({**parts, **{name: text.encode() for name, text in texts.items()}})


_CHANGED = ("[Content_Types].xml", "word/_rels/document.xml.rels", "word/document.xml", "docProps/core.xml")


def _with_layouts(xml: str, layouts: list[Layout], properties: Callable[[Layout, str], str]) -> str:
    def laid_out(match: re.Match[str]) -> str:
        given = match["given"] or ""
        before = "".join(_KEPT_BEFORE.findall(given))
        bidi = "<w:bidi />" if "<w:bidi" in given else ""
        return f"<w:p><w:pPr>{before}{properties(layouts[int(match['number'])], bidi)}</w:pPr>"

    return _MARKED.sub(laid_out, xml)


def _properties(layout: Layout, bidi: str) -> str:
    """In the order that the format asks for."""
    return (
        f"{_border(layout)}{bidi}"
        f'<w:spacing w:after="{_after(layout)}" w:line="{_line(layout)}" w:lineRule="auto"/>'
        f'<w:ind w:left="{_twips(layout.left)}" w:right="{_twips(layout.right)}" w:firstLine="{_twips(layout.indent)}"/>'
        f'<w:jc w:val="{_ALIGNED[layout.align]}"/>'
    )


def _asked_properties(layout: Layout, bidi: str) -> str:
    """Only what differs from the styles of another file."""
    spaced = f'<w:spacing w:after="{_after(layout)}" w:line="{_line(layout)}" w:lineRule="auto"/>' if layout.spacing.lines else ""
    sides = "".join(f' w:{side}="{_twips(width)}"' for side, width in (("left", layout.left), ("right", layout.right)) if width)
    aligned = f'<w:jc w:val="{_ALIGNED[layout.align]}"/>' if layout.align != "start" else ""
    return f'{_border(layout)}{bidi}{spaced}<w:ind{sides} w:firstLine="{_twips(layout.indent)}"/>{aligned}'


def _border(layout: Layout) -> str:
    return f"<w:pBdr>{_BORDER}</w:pBdr>" if layout.border else ""


# in a paragraph from right to left, Word takes "left" for where lines begin
_ALIGNED = {"start": "left", "center": "center", "end": "right"}


def _after(layout: Layout) -> int:
    return round(layout.spacing.gap * layout.spacing.lines * _LINE)


def _line(layout: Layout) -> int:
    return round(layout.spacing.lines * _LINE)


def _with_section(xml: str, document: Document, style: Style) -> str:
    width, height = style.paper_size
    bidi = "<w:bidi/>" if direction(document.language) == "rtl" else ""
    side = _twips(INCH)
    section = (
        '<w:sectPr><w:footerReference w:type="default" r:id="pageFooter"/>'
        '<w:footnotePr><w:numRestart w:val="eachSect"/></w:footnotePr>'
        f'<w:pgSz w:w="{_twips(width)}" w:h="{_twips(height)}"/>'
        f'<w:pgMar w:top="{_twips(style.top)}" w:bottom="{_twips(style.bottom)}" w:left="{side}" w:right="{side}" '
        f'w:header="720" w:footer="720" w:gutter="0"/>{bidi}</w:sectPr>'
    )
    return re.sub(r"<w:sectPr>.*</w:sectPr>", lambda _: section, xml, flags=re.DOTALL)


def _styles(document: Document, style: Style) -> str:
    usual = Layout(style.spacing)
    values: Mapping[str, object] = {
        "font": _FONT,
        "half_points": round(style.font_size * 2),
        "heading_half_points": round(style.font_size * 2.2),
        "language": html.escape(document.language),
        "after": _after(usual),
        "line": _line(usual),
        "indent": _twips(style.indentation) if style.spacing.indented else 0,
    }
    return Template((_TEMPLATES / "styles.xml").read_text(encoding="utf-8")).substitute(values)


def _with_properties(xml: str, document: Document) -> str:
    now = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    title = html.escape(document.title, quote=False)
    xml = re.sub(r"<dc:title>.*?</dc:title>", lambda _: f"<dc:title>{title}</dc:title>", xml, flags=re.DOTALL)
    return re.sub(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*", lambda match: match[1] + now, xml)


def _with_before(xml: str, end: str, added: str) -> str:
    return xml.replace(end, added + end)


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def _twips(points: float) -> int:
    return round(points * _TWIPS)
