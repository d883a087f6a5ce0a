"""Attachments that are filled into a template, and those whose files are there already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docassemble_lite.documents.filled import FormDocument, WordDocument, template_of
from docassemble_lite.documents.forms import FieldValue, Picture
from docassemble_lite.engine.blocks.template_fields import TEMPLATE_KEYS, TemplateFields, TemplateFile
from docassemble_lite.engine.blocks.texts import text_at
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import Expression, constant_or_expression, truth
from docassemble_lite.engine.given_files import GivenFile, files_in
from docassemble_lite.engine.typed import shown, unescape_typed
from docassemble_lite.engine.word_templates import fill, plain_text
from docassemble_lite.errors import DocumentError
from docassemble_lite.objects import DAFile, DAFileCollection, DAFileList, DAStaticFile

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation


class FilledTemplate:
    """What an attachment with `docx template file` or `pdf template file` says."""

    def __init__(self, section: Section) -> None:
        keys = [key for key in TEMPLATE_KEYS if section.get(key)]
        if len(keys) > 1:
            raise section.mistake(keys[1], f"An attachment can't have both “{keys[0]}” and “{keys[1]}”.", "Make two attachments.")
        self.section = section
        self.file = TemplateFile(section, keys[0])
        self.fields = TemplateFields(section)
        self._hyperlink_style = text_at(section, "hyperlink style")
        self._update = _switch(section, "update references", False)
        self._editable = _switch(section, "editable", True)
        self._export_value = text_at(section, "checkbox export value")
        self._font = text_at(section, "rendering font")
        self._password = text_at(section, "template password")

    @property
    def formats(self) -> tuple[str, ...]:
        """What can be made of it."""
        return WordDocument.formats if self.file.kind == "docx" else FormDocument.formats

    def document(self, evaluation: Evaluation, *, tagged: bool, archive: bool) -> WordDocument | FormDocument:
        """The document with all values as they are now. Raises `DocumentError`; a missing variable is sought."""
        answers = evaluation.answers
        skipping = truth(self.fields.skipping, answers)
        files = self.file.files(evaluation)
        values = self.fields.values(evaluation, skipping=skipping)
        if self.file.kind == "docx":
            whole = GivenFile(
                files[0].name, template_of([file.content for file in files]), trusted=all(file.trusted for file in files)
            )
            style = self._hyperlink_style.value(answers).strip() if self._hyperlink_style else ""
            content = fill(evaluation, whole, values, skipping=skipping, hyperlink_style=style)
            return WordDocument(content, update=truth(self._update, answers), tagged=tagged, archive=archive)
        return FormDocument(
            tuple(file.content for file in files),
            {name: _field_value(evaluation, value) for name, value in values.items()},
            editable=truth(self._editable, answers),
            export_value=self._export_value.value(answers).strip() if self._export_value else "Yes",
            font=_family(self._font.value(answers).strip()) if self._font else "",
            template_password=self._password.value(answers).strip() if self._password else "",
            archive=archive,
        )


class ManualFiles:
    """The files that `manual` or `manual code` gives."""

    def __init__(self, section: Section) -> None:
        given = section.get("manual")
        if given is not None and not isinstance(given, Section):
            raise section.mistake(
                "manual", "“manual” must consist of lines of the form “extension: file”.", "For instance “pdf: my_file”."
            )
        files = given if isinstance(given, Section) else Section(section.place)
        self._files = {str(name): Expression(str(value), files.value_place(name)) for name, value in files.items()}
        code = section.get("manual code")
        self._code = Expression(str(code), section.value_place("manual code")) if code is not None else None

    def files(self, evaluation: Evaluation) -> dict[str, DAFile]:
        """extension → file. Raises `DocumentError` for what isn't a file."""
        found: dict[str, Any] = {name: value.evaluate(evaluation.answers) for name, value in self._files.items()}
        if self._code is not None:
            of_code = self._code.evaluate(evaluation.answers)
            if not isinstance(of_code, Mapping):
                raise DocumentError(f"“manual code” must give a dictionary of extensions and files, and not {of_code!r}.")
            found.update({str(name): value for name, value in of_code.items()})
        return {name: _stored_file(evaluation, name, value) for name, value in found.items()}


def _stored_file(evaluation: Evaluation, name: str, value: Any) -> DAFile:
    if isinstance(value, DAFileCollection) and name in value.info.get("formats", ()):
        value = getattr(value, name)
    if isinstance(value, (DAFileCollection, DAFileList)):
        value = next(iter(value), None)
    if isinstance(value, DAFile):
        value.retrieve()
        return value
    given = files_in(evaluation, value)[0]
    file = DAFile()
    file.initialize(filename=given.name, content=given.content)
    return file


def _field_value(evaluation: Evaluation, value: Any) -> FieldValue:
    """A value as a field of a PDF takes it."""
    if isinstance(value, bool):
        return value
    if value is None:
        return ""
    if isinstance(value, GivenFile):
        return _picture(value)
    if isinstance(value, (DAFile, DAFileList, DAFileCollection, DAStaticFile)):
        files = files_in(evaluation, value)
        return _picture(files[0]) if files else ""
    return unescape_typed(plain_text(shown(value))).strip()


def _picture(file: GivenFile) -> FieldValue:
    return Picture(file.content) if file.is_picture else file.name


def _family(font: str) -> str:
    """The name of a font, which may be given as the path of its file."""
    if "/" not in font:
        return font
    from PIL import ImageFont

    path = Path(font)
    if path.suffix.lower() not in (".ttf", ".otf", ".ttc") or not path.is_file():
        raise DocumentError(f"There is no font “{font}” on this server.")
    return str(ImageFont.truetype(str(path)).getname()[0])


def _switch(section: Section, key: str, default: bool) -> Expression | bool:
    return constant_or_expression(section.get(key, default), section.value_place(key))
