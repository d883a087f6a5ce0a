"""`attachment` blocks, and attachments of questions: documents that are assembled from Markdown or from templates."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docassemble_lite.documents import FORMATS, Document, office
from docassemble_lite.documents.archive import refuse_locked_archive
from docassemble_lite.documents.filled import TextFile
from docassemble_lite.engine.assembling import Content, Order, collection_of, failure
from docassemble_lite.engine.blocks.block import Block, names_at
from docassemble_lite.engine.blocks.document_looks import LOOKS_KEYS, LooksFiles
from docassemble_lite.engine.blocks.filled_templates import FilledTemplate, ManualFiles
from docassemble_lite.engine.blocks.template_fields import FIELD_KEYS, TEMPLATE_KEYS
from docassemble_lite.engine.blocks.texts import BlockText, text_at
from docassemble_lite.engine.defs import used_defs, using_defs, with_defs
from docassemble_lite.engine.document import Items, Place, Section
from docassemble_lite.engine.expressions import Expression, constant_or_expression, set_variable, truth
from docassemble_lite.engine.file_access import ACCESS_KEYS, access_flags, evaluated
from docassemble_lite.engine.markup import to_plain, unescape_typed
from docassemble_lite.engine.names import NOTHING_BOUND, Binding, normalized
from docassemble_lite.engine.source import Source, Sources
from docassemble_lite.engine.typed import veil
from docassemble_lite.errors import DocumentError, SourceError
from docassemble_lite.language.conventions import get_country
from docassemble_lite.language.words import word
from docassemble_lite.objects.file_names import extension_of

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.wanted import Wanted

#: Keys of one attachment.
KEYS = frozenset(
    {
        *("name", "filename", "description", "variable name", "content", "content file", "valid formats"),
        *("metadata", "language", "tagged pdf", "pdf/a", "password", "owner password", "redact"),
        *("manual", "manual code", "raw", "usedefs", *TEMPLATE_KEYS, *FIELD_KEYS, *LOOKS_KEYS, *ACCESS_KEYS),
        *("hyperlink style", "update references", "editable", "checkbox export value", "rendering font", "template password"),
    }
)
#: Keys that mean something and have no effect yet.
_LATER = frozenset({"template file", "rtf template file", "pdftk"})
#: What is made when nobody says what is valid: files, and a preview on the page.
DEFAULT_FORMATS = ("pdf", "rtf", "preview")
_STANDS_FOR = {"*": DEFAULT_FORMATS, "html": ("html", "preview"), "rtf to docx": ("docx",)}
_FORMATS_LATER = frozenset({"tex", "raw"})
# what is made of a template when nobody says what is valid
_OF_TEMPLATES = {"docx": ("pdf", "docx"), "pdf": ("pdf",)}


class Attachment:
    """One document as an author ordered it. `key` is where `section` stands: “attachment” or “attachments”."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self.place = section.place
        self.defs = used_defs()
        self.variable = next(iter(names_at(section, "variable name")), "")
        self.name = text_at(section, "name")
        self.filename = text_at(section, "filename")
        self.description = text_at(section, "description")
        self.language = str(section["language"]) if section.get("language") else ""
        self.looks = LooksFiles(section)
        self.formats = _formats_at(section)
        self.tagged = _switch(section, "tagged pdf", True)
        self.archive = _switch(section, "pdf/a", False) if "pdf/a" in section else None
        self.redacting = _switch(section, "redact", True)
        self.passwords = [text_at(section, key) for key in ("password", "owner password")]
        self.access = access_flags(section)
        self.raw = section.get("raw") is True
        self.manual = ManualFiles(section) if "manual" in section or "manual code" in section else None
        self.template = FilledTemplate(section) if any(section.get(key) for key in TEMPLATE_KEYS) else None
        self.contents = [text] if (text := text_at(section, "content")) else []
        self.content_code = code_under(section, "content file")
        has_text = bool(self.contents) or section.get("content file") is not None
        if not has_text and not self.template and not self.manual:
            raise section.mistake(
                "name",
                "An attachment needs a text.",
                "Add “content: |” with the text below it, “content file: name.md”, or “docx template file: name.docx”.",
            )
        self._has_text = has_text

    # --- reading -----------------------------------------------------------------------------------------------------

    def read_files(self, sources: Sources) -> Iterator[Source]:
        """The files that the text stands in. Raises `SourceError` for one that isn't there."""
        if self.template:
            yield from self.template.file.read_files(sources)
        yield from self.looks.read(sources)
        if self.content_code is not None:
            return
        for found in content_files(self.section, sources):
            with using_defs(self.section):
                self.contents.append(BlockText("\n".join(found.lines), Place(found, 1)))
            yield found

    def oddities(self) -> Iterator[SourceError]:
        """What is to be said about keys that mean nothing here, or nothing yet."""
        for key in self.section:
            if key in _LATER:
                yield self.section.mistake(
                    key, f"“{key}” isn't supported yet here, and has no effect.", "Remove it, or do without it for now."
                )
            elif key not in KEYS:
                near = difflib.get_close_matches(str(key), KEYS | _LATER, n=1, cutoff=0.7)
                hint = f"Did you mean “{near[0]}”?" if near else f"An attachment can have: {', '.join(sorted(KEYS))}."
                yield self.section.mistake(key, f"There is no key “{key}” for an attachment.", hint)
        yield from self.looks.oddities()
        yield from (
            self.section.mistake("valid formats", f"Documents can't be made as “{name}” yet.", "That format is left out.")
            for name in (self.formats if isinstance(self.formats, tuple) else ())
            if name in _FORMATS_LATER
        )

    # --- ordering ----------------------------------------------------------------------------------------------------

    def order(self, evaluation: Evaluation, binding: Binding, key: str) -> Order:
        """What is to be assembled, with all texts as they are now. A missing variable may send the search elsewhere first."""
        answers = evaluation.answers
        language = self.language or evaluation.current.language
        with _speaking(evaluation, language), _redacting(evaluation, truth(self.redacting, answers)):
            name = self.name.raw(answers).strip() if self.name else word("Document")
            filename = self.filename.value(answers).strip() if self.filename else ""
            description = self.description.raw(answers).strip() if self.description else ""
            markdown = "\n\n".join(text.raw(answers) for text in self._texts(evaluation))
            formats, problem = self._formats(answers)
            passwords = [text.value(answers).strip() if text else "" for text in self.passwords]
            access = evaluated(self.access, answers)
            try:
                document = self._document(evaluation, markdown, to_plain(name), language, formats)
                refuse_locked_archive(getattr(document, "archive", False), *passwords)
                manual = self.manual.files(evaluation) if self.manual else {}
            except DocumentError as error:
                raise failure(name, self.place, error) from error
        return Order(
            key=key + _suffix(binding),
            name=unescape_typed(name),
            filename=filename or to_plain(name),
            description=unescape_typed(description),
            markdown="" if self.template or self.raw else markdown,
            document=document,
            formats=formats,
            place=self.place,
            language=_spoken(language),
            passwords=(passwords[0], passwords[1]),
            manual=manual,
            problem=problem,
            access=access,
        )

    def _document(
        self, evaluation: Evaluation, markdown: str, title: str, language: str, formats: Sequence[str]
    ) -> Content | None:
        answers = evaluation.answers
        tagged = truth(self.tagged, answers)
        archive = truth(self.archive, answers) if self.archive is not None else evaluation.program.features.get("pdf/a") is True
        if self.template:
            return self.template.document(evaluation, tagged=tagged, archive=archive)
        if self.raw:
            return TextFile(unescape_typed(markdown), self._raw_extension())
        if not self._has_text:
            return None
        looks = self.looks.looks.over(evaluation.program.document_looks)
        return Document(
            veil(markdown),
            title=title,
            language=_spoken(language),
            country=get_country(),
            metadata=looks.values(answers),
            tagged=tagged,
            archive=archive,
            reference=looks.reference_content(evaluation) if "docx" in formats else b"",
        )

    def _raw_extension(self) -> str:
        named = _listed(self.section.get("content file"))
        return extension_of(str(named[0])) or "txt" if named and self.content_code is None else "txt"

    def _texts(self, evaluation: Evaluation) -> list[BlockText]:
        if self.content_code is None:
            return self.contents
        return [*self.contents, *texts_of_code(self.content_code, self.defs, evaluation)]

    def _formats(self, answers: dict[str, Any]) -> tuple[tuple[str, ...], str]:
        """What is to be made, and why it is less than there could be."""
        if isinstance(self.formats, tuple):
            names = self.formats
        else:
            names = _known_formats(_listed(self.formats.evaluate(answers)), self.formats.place)
        if self.raw:
            return ("raw",), ""
        if not self._has_text and not self.template:
            return (), ""
        expanded = [format for name in names for format in self._standing_for(name) if format not in _FORMATS_LATER]
        formats = tuple(dict.fromkeys(expanded))
        if self.template and self.template.file.kind == "docx" and "pdf" in formats and not office.is_installed():
            without = tuple(dict.fromkeys(["docx", *(name for name in formats if name != "pdf")]))
            return without, word("A PDF can't be made on this server, because LibreOffice isn't installed there.")
        return formats, ""

    def _standing_for(self, name: str) -> tuple[str, ...]:
        found = _STANDS_FOR.get(name, (name,))
        if not self.template:
            return found
        kind = self.template.file.kind
        return _OF_TEMPLATES[kind] if name == "*" else tuple(format for format in found if format in self.template.formats)


class AttachmentBlock(Block):
    """Documents that are assembled when their variables are sought."""

    kind = "attachment"
    keys = frozenset({"attachment", "attachments"})

    def __init__(self, section: Section, number: int, language: str = "*") -> None:
        super().__init__(section, number, language)
        self.attachments = read_attachments(section)
        for attachment in self.attachments:
            if not attachment.variable:
                raise attachment.section.mistake(
                    "name",
                    "A document that belongs to no question needs a name for a variable.",
                    "Add “variable name: my_document”, or put the attachment into the question that shows it.",
                )
        self.found = [attachment.variable for attachment in self.attachments]

    def read_files(self, sources: Sources) -> list[Source]:
        return [file for attachment in self.attachments for file in attachment.read_files(sources)]

    def carry_out(self, evaluation: Evaluation) -> None:
        for number, attachment in enumerate(self.attachments):
            if not evaluation.is_defined(attachment.variable):
                self._assemble(evaluation, number, attachment.variable, NOTHING_BOUND)

    def define(self, evaluation: Evaluation, wanted: Wanted) -> None:
        for number, attachment in enumerate(self.attachments):
            if wanted.binding.filled(attachment.variable) == wanted.name or normalized(attachment.variable) == wanted.variant:
                self._assemble(evaluation, number, wanted.name, wanted.binding)
                return

    def _assemble(self, evaluation: Evaluation, number: int, variable: str, binding: Binding) -> None:
        order = self.attachments[number].order(evaluation, binding, f"{self.name}[{number}]")
        set_variable(variable, collection_of(evaluation, order, variable), evaluation.answers)


def read_attachments(section: Section) -> list[Attachment]:
    """The attachments under `attachment` and `attachments`: one, or a list of them."""
    found: list[Attachment] = []
    for key in ("attachment", "attachments"):
        for item in _listed(section.get(key)):
            if not isinstance(item, Section):
                raise section.mistake(
                    key, f"“{key}” must consist of lines of the form “key: value”.", "For instance “- name: Letter”."
                )
            with using_defs(item):
                found.append(Attachment(item))
    return found


# --- parts of reading --------------------------------------------------------------------------------------------------------


def content_files(section: Section, sources: Sources) -> Iterator[Source]:
    """The files under `content file`. Raises `SourceError` for one that isn't there."""
    for number, reference in enumerate(_listed(section.get("content file"))):
        yield content_file(str(reference), _item_place(section, "content file", number), sources)


def texts_of_code(code: Expression, defs: str, evaluation: Evaluation) -> list[BlockText]:
    """The texts of the files that code names, which may use the `defs`."""
    found = code.evaluate(evaluation.answers)
    references = [found] if isinstance(found, str) else list(found)
    files = [content_file(str(item), code.place, evaluation.program.sources) for item in references]
    with with_defs(defs):
        return [BlockText("\n".join(file.lines), Place(file, 1)) for file in files]


def content_file(reference: str, place: Place, sources: Sources) -> Source:
    """The file of templates that a text stands in. Raises `SourceError` if there is none."""
    path = sources.data_file(reference, "templates", place.source)
    if path is None:
        raise place.mistake(
            f"There is no file “{reference}” among the templates.",
            "It must lie in data/templates of the package, or beside the interview.",
        )
    return Source(reference, path, _root_of(path, place.source), place.source.package)


def _root_of(path: Path, source: Source) -> Path:
    return source.root if path.is_relative_to(source.root.resolve()) else path.parent


def _formats_at(section: Section) -> tuple[str, ...] | Expression:
    code = code_under(section, "valid formats")
    if code is not None:
        return code
    value = section.get("valid formats")
    names = ("*",) if value is None else _known_formats(_listed(value), section.value_place("valid formats"))
    if names and all(name in _FORMATS_LATER for name in names):
        raise section.mistake(
            "valid formats", f"Documents can't be made as {', '.join(names)} yet.", f"There are: {', '.join(FORMATS)}."
        )
    return names


def _known_formats(names: Sequence[Any], place: Place) -> tuple[str, ...]:
    known = {*FORMATS, *_STANDS_FOR, *_FORMATS_LATER}
    for name in names:
        if str(name) not in known:
            raise place.mistake(f"There is no format “{name}” for documents.", f"There are: {', '.join(FORMATS)}.")
    return tuple(str(name) for name in names)


def code_under(section: Section, key: str) -> Expression | None:
    """The expression of “key: code: …”; None if the key holds something else."""
    value = section.get(key)
    if isinstance(value, Section):
        if set(value) != {"code"}:
            raise section.mistake(key, f"“{key}” must be a list, or have the one key “code”.")
        return Expression(str(value["code"]), value.value_place("code"))
    return None


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple, set)) else [value]


def _item_place(section: Section, key: str, number: int) -> Place:
    value = section.get(key)
    return value.item_place(number) if isinstance(value, Items) else section.value_place(key)


def _spoken(language: str) -> str:
    return language if language != "*" else "en"


def _switch(section: Section, key: str, default: bool) -> Expression | bool:
    return constant_or_expression(section.get(key, default), section.value_place(key))


def _suffix(binding: Binding) -> str:
    return "".join(f"|{name}={value}" for name, value in sorted(binding.values.items()))


@contextmanager
def _speaking(evaluation: Evaluation, language: str) -> Iterator[None]:
    """For a while, what is evaluated goes into a document, and the language is that of the document."""
    before = evaluation.current.language, evaluation.in_document
    evaluation.current.language, evaluation.in_document = language, True
    try:
        yield
    finally:
        evaluation.current.language, evaluation.in_document = before


@contextmanager
def _redacting(evaluation: Evaluation, redacting: bool) -> Iterator[None]:
    """For a while, `redact()` blackens texts, or lets them stand."""
    before = evaluation.redacting
    evaluation.redacting = redacting
    try:
        yield
    finally:
        evaluation.redacting = before
