"""DOCX templates: filled in by docxtpl, with an environment of Jinja2 that says what their expressions mean."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from docassemble_lite.documents import word_pieces
from docassemble_lite.documents.packages import check_package, packed, parts_of
from docassemble_lite.documents.pictures import picture
from docassemble_lite.documents.word_pieces import Links
from docassemble_lite.errors import DocumentError

if TYPE_CHECKING:
    from docxtpl import DocxTemplate
    from jinja2 import Environment

_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PARAGRAPH_HOLDERS = (f"{{{_WORD}}}body", f"{{{_WORD}}}tc")
_HOLDERS = (*_PARAGRAPH_HOLDERS, f"{{{_WORD}}}p", f"{{{_WORD}}}hyperlink")
_NEVER_IN = {
    f"{{{_WORD}}}p": (f"{{{_WORD}}}t", f"{{{_WORD}}}r", f"{{{_WORD}}}p"),
    f"{{{_WORD}}}tbl": (f"{{{_WORD}}}t", f"{{{_WORD}}}r", f"{{{_WORD}}}p"),
    f"{{{_WORD}}}r": (f"{{{_WORD}}}t", f"{{{_WORD}}}r"),
}
_MISPLACED = "What is put into it doesn't fit there: paragraphs need {{p … }}, and formatted text needs {{r … }}."
_LENGTH = re.compile(r"([\d.]+) *(in|cm|mm|pt|px|em|%)?")
# English Metric Units in each of them
_UNITS = {"in": 914_400, "cm": 360_000, "mm": 36_000, "pt": 12_700, "px": 9_525, "em": 152_400}
_INCH = 914_400
_LINK_STYLES = ("Hyperlink", "InternetLink", "Internet Link")
# how deep files may include each other
_DEPTH = 10


class WordTemplate:
    """A DOCX template that is being filled in. Raises `DocumentError` for what isn't one."""

    def __init__(self, content: bytes, hyperlink_style: str = "") -> None:
        from docxtpl import DocxTemplate

        check_package(content)
        self._template: DocxTemplate = DocxTemplate(io.BytesIO(content))
        try:
            self._template.init_docx()
            self._template.docx.element.body.sectPr
        except _broken() as error:
            raise DocumentError(f"It can't be read as a DOCX file: {error}") from error
        # docxtpl leaves out what can't be read; that would be found in court
        self._template.fix_tables = _strictly(self._template.fix_tables)
        self._hyperlink_style = hyperlink_style
        self._depth = 0
        # what has gone into it beside texts
        self._ingredients = [sha256(content).digest()]

    def filled(self, environment: Environment, values: Mapping[str, Any]) -> FilledWord:
        """The document. Raises `DocumentError` for a broken result, and whatever the expressions raise."""
        from lxml.etree import XMLSyntaxError

        template, given = self._template, dict(values)
        try:
            # as docxtpl's own render() does, which puts the document together in between
            template.render_init()
            body = template.build_xml(given, environment)
            bands = [
                *template.build_headers_footers_xml(given, template.HEADER_URI, environment),
                *template.build_headers_footers_xml(given, template.FOOTER_URI, environment),
            ]
            template.render_properties(given, environment)
            template.render_footnotes(given, environment)
        except XMLSyntaxError as error:
            raise DocumentError(_MISPLACED) from error
        return FilledWord(template, body, bands, self._ingredients)

    def variables(self, environment: Environment) -> set[str]:
        """The names that its expressions mention and don't define themselves."""
        return self._template.get_undeclared_template_variables(environment)

    # --- what values become ----------------------------------------------------------------------------------------

    def shown_picture(self, content: bytes, width: str | None = None, description: str = "") -> str:
        """A picture within a line; `width` is a length such as “2in”, or a percentage of the line."""
        from docxtpl import InlineImage

        image = io.BytesIO(picture(content))
        line = self._line_width()
        wide = emu(width, line)
        if wide is None and self._natural_width(content) > line:
            wide = line
        xml = str(InlineImage(self._template, image, width=wide))
        return xml.replace("<wp:docPr ", f'<wp:docPr descr="{escape(description)}" ', 1) if description else xml

    def paragraphs(self, markdown: str) -> str:
        """Markdown as paragraphs."""
        return word_pieces.paragraphs(markdown, self._links(), self._heading_styles())

    def pieces(self, markdown: str) -> str:
        """Markdown as pieces of a line."""
        return word_pieces.pieces(markdown, self._links())

    def included(
        self, content: bytes, environment: Environment, values: Mapping[str, Any] | None, *, inline: bool, numbered: bool
    ) -> str:
        """The paragraphs of another DOCX file, or what is in the first of them.

        They are filled in with `values`; None leaves them as they are.
        """
        from docxtpl.subdoc import Subdoc

        check_package(content)
        self._ingredients.append(sha256(content).digest() + bytes([inline, numbered, values is None]))
        if self._depth >= _DEPTH:
            raise DocumentError(f"It includes files that include files, more than {_DEPTH} deep.")
        try:
            subdocument = Subdoc(self._template, io.BytesIO(content)) if numbered else self._merged(content)
        except _broken() as error:
            raise DocumentError(f"A file that it includes can't be read as a DOCX file: {error}") from error
        xml = str(subdocument)
        if values is not None:
            self._depth += 1
            try:
                xml = str(environment.from_string(self._template.patch_xml(xml)).render(dict(values)))
            finally:
                self._depth -= 1
        return _first_pieces(xml) if inline else xml

    def _merged(self, content: bytes) -> Any:
        """The file with its lists as they are numbered in the template."""
        from docx import Document
        from docxtpl.subdoc import Subdoc

        subdocument = Subdoc(self._template)
        subdocument.subdocx = Document(io.BytesIO(content))
        return subdocument

    def _line_width(self) -> int:
        section = self._template.docx.sections[0]
        width, left, right = section.page_width, section.left_margin, section.right_margin
        return max(int(width or 0) - int(left or 0) - int(right or 0), _INCH)

    def _natural_width(self, content: bytes) -> int:
        from docx.image.image import Image

        return int(Image.from_blob(picture(content)).width)

    def _links(self) -> Links:
        style = self._link_style()
        return Links(self._relation, f'<w:rStyle w:val="{escape(style)}"/>') if style else Links(self._relation)

    def _relation(self, address: str) -> str:
        return str(self._template.current_rendering_part.relate_to(unescape(address), _LINK, is_external=True))

    def _link_style(self) -> str:
        styles = {style.name: style.style_id for style in self._template.docx.styles}
        wanted = [self._hyperlink_style] if self._hyperlink_style else _LINK_STYLES
        ids = set(styles.values())
        return next((styles.get(name, name) for name in wanted if name in styles or name in ids), "")

    def _heading_styles(self) -> tuple[str, ...]:
        styles = {str(style.name).lower(): style.style_id for style in self._template.docx.styles}
        return tuple(styles.get(f"heading {level}", "") for level in range(1, 7))


class FilledWord:
    """A template whose expressions have been evaluated. It is put together only when the file is wanted.

    `digest` tells it from any other; `bands` are the headers and footers.
    """

    def __init__(self, template: DocxTemplate, body: str, bands: list[tuple[str, bytes]], ingredients: list[bytes]) -> None:
        self._template = template
        self._body = body
        self._bands = bands
        self.digest = self._digest(ingredients)

    @cached_property
    def content(self) -> bytes:
        """The file. Raises `DocumentError` for a broken result."""
        from lxml.etree import XMLSyntaxError

        template, out = self._template, io.BytesIO()
        try:
            tree = template.fix_tables(self._body)
            template.fix_docpr_ids(tree)
            template.map_tree(tree)
            for name, xml in self._bands:
                template.map_headers_footers_xml(name, xml)
            template.is_rendered = True
            template.save(out)
        except XMLSyntaxError as error:
            raise DocumentError(_MISPLACED) from error
        return packed(parts_of(out.getvalue()))

    def _digest(self, ingredients: list[bytes]) -> str:
        """Of all that can differ from one time to another: texts, pictures, links, properties, files that are included."""
        from docx.opc.part import XmlPart
        from lxml import etree

        document = self._template.docx
        parts = [self._body.encode("utf-8", "surrogatepass"), *(xml for _, xml in self._bands), *ingredients]
        parts.append(etree.tostring(document.core_properties._element))
        for part in sorted(document.part.package.iter_parts(), key=lambda part: str(part.partname)):
            links = [(name, rel.target_ref) for name, rel in part.rels.items() if rel.is_external]
            parts.append(f"{part.partname} {sorted(links)}".encode("utf-8", "surrogatepass"))
            if not isinstance(part, XmlPart):
                parts.append(part.blob)
        return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()


def variables_of(content: bytes) -> list[str]:
    """The names that the expressions of a template mention, in the order of the alphabet. Raises `DocumentError`."""
    from jinja2 import TemplateSyntaxError
    from jinja2.sandbox import SandboxedEnvironment

    template = WordTemplate(content)
    try:
        return sorted(template.variables(SandboxedEnvironment()))
    except TemplateSyntaxError as error:
        raise DocumentError(f"Its expressions can't be read: {error.message}") from error


def joined(contents: Sequence[bytes]) -> bytes:
    """DOCX files one after the other as one. Raises `DocumentError`."""
    for content in contents:
        check_package(content)
    if len(contents) == 1:
        return contents[0]
    from docx import Document
    from docxcompose.composer import Composer

    out = io.BytesIO()
    try:
        composer = Composer(Document(io.BytesIO(contents[0])))
        for content in contents[1:]:
            composer.append(Document(io.BytesIO(content)))
        composer.save(out)
    except _broken() as error:
        raise DocumentError(f"A file can't be read as a DOCX file: {error}") from error
    return packed(parts_of(out.getvalue()))


def _broken() -> tuple[type[Exception], ...]:
    """In how many ways python-docx says that a file is broken."""
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    return (PythonDocxError, OpcError, LxmlError, LookupError, ValueError, TypeError, AttributeError, AssertionError, OSError)


def emu(length: str | None, line: int) -> int | None:
    """A length in English Metric Units, of which an inch has 914,400; None where there is none that can be read."""
    match = _LENGTH.fullmatch((length or "").strip())
    if match is None:
        return None
    try:
        number, unit = float(match[1]), match[2] or "px"
    except ValueError:
        return None
    return int(number * line / 100) if unit == "%" else int(number * _UNITS[unit])


def _first_pieces(xml: str) -> str:
    """What is in the first paragraph."""
    first = re.search(r"<w:p(?: [^>]*)?>(.*?)</w:p>", xml, re.DOTALL)
    return re.sub(r"<w:pPr>.*?</w:pPr>|<w:pPr/>", "", first[1], count=1, flags=re.DOTALL) if first else ""


def _strictly(fix_tables: Callable[[str], Any]) -> Callable[[str], Any]:
    def fixed(xml: str) -> Any:
        from lxml import etree

        etree.fromstring(xml)
        tree = fix_tables(xml)
        _wrap_loose_text(tree)
        for tag, parents in _NEVER_IN.items():
            if any(element.getparent().tag in parents for element in tree.iter(tag)):
                raise DocumentError(_MISPLACED)
        return tree

    return fixed


def _wrap_loose_text(tree: Any) -> None:
    """Put plain text where {{p … }} or {{r … }} stood into a paragraph or a run: programs don't show it otherwise."""
    for element in list(tree.iter(*_HOLDERS)):
        make = _loose_paragraph if element.tag in _PARAGRAPH_HOLDERS else _loose_run
        if (element.text or "").strip():
            element.insert(0, make(element.text))
            element.text = None
        for child in list(element):
            if (child.tail or "").strip():
                loose, child.tail = make(child.tail), None
                child.addnext(loose)


def _loose_run(text: str) -> Any:
    from lxml import etree

    return etree.fromstring(word_pieces.run(text.strip("\r\n")).replace("<w:r>", f'<w:r xmlns:w="{_WORD}">', 1))


def _loose_paragraph(text: str) -> Any:
    from lxml import etree

    paragraph = etree.Element(f"{{{_WORD}}}p", nsmap={"w": _WORD})
    paragraph.append(_loose_run(text.strip()))
    return paragraph
