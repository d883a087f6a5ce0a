"""The documents that a question offers: its attachments, and those that code gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.assembling import collection_of, preview_of
from docassemble_lite.engine.blocks.attachment import read_attachments
from docassemble_lite.engine.blocks.emailing import EMAIL_KEYS, Emailing, without_editable
from docassemble_lite.engine.blocks.texts import BlockText, text_at
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import Expression, constant_or_expression, set_variable, truth
from docassemble_lite.engine.names import Binding
from docassemble_lite.engine.screen import DocumentFile, Documents, DocumentView
from docassemble_lite.language.words import word
from docassemble_lite.objects import DAFile, DAFileCollection
from docassemble_lite.objects.file_names import clean_name

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: Keys of a question that have to do with documents.
DOCUMENT_KEYS = frozenset(
    {
        *("attachment", "attachments", "attachment code", "allow downloading", "zip filename"),
        *("always include editable files", "include attachment notice", "include download tab", "describe file types"),
        *("manual attachment list", *EMAIL_KEYS),
    }
)
#: extension → what people call such files, and what they are good for
_KINDS = {
    "pdf": ("PDF", "for printing and reading"),
    "docx": ("Word", "for changes, in Word"),
    "rtf": ("RTF", "for changes, in any word processor"),
    "html": ("HTML", "for reading in a browser"),
    "md": ("Markdown", "for changes, in any editor"),
}
_ARCHIVE = "documents.zip"


@dataclass(frozen=True)
class _Switches:
    """What a question says of how its documents are shown: each True, False or an expression."""

    downloading: Expression | bool
    editable: Expression | bool
    notice: Expression | bool
    previews: Expression | bool
    kinds: Expression | bool
    hidden: Expression | bool


class QuestionDocuments:
    """What a question says of documents."""

    def __init__(self, section: Section, name: str) -> None:
        self.attachments = read_attachments(section)
        self.variables = [attachment.variable for attachment in self.attachments if attachment.variable]
        self._name = name
        self._code = _expression_at(section, "attachment code")
        self._archive = text_at(section, "zip filename")
        self._emailing = Emailing(section, name)
        self._switches = _Switches(
            downloading=_switch(section, "allow downloading", False),
            editable=_switch(section, "always include editable files", False),
            notice=_switch(section, "include attachment notice", True),
            previews=_switch(section, "include download tab", True),
            kinds=_switch(section, "describe file types", True),
            hidden=_switch(section, "manual attachment list", False),
        )

    def shown(self, evaluation: Evaluation, binding: Binding) -> Documents | None:
        """What the screen shows of them, assembled if they aren't yet; None if the question has none."""
        if not self.attachments and self._code is None:
            return None
        answers = evaluation.answers
        on = {name: truth(value, answers) for name, value in vars(self._switches).items()}
        collections = list(self._collections(evaluation, binding))
        views = [_view(evaluation, item, previews=on["previews"], kinds=on["kinds"]) for item in collections]
        emailing, problem = self._emailing.shown(evaluation, collections, always_editable=on["editable"])
        return Documents(
            views=() if on["hidden"] else tuple(views),
            emailing=emailing,
            problem=problem,
            notice=on["notice"] and not on["hidden"] and any(view.files for view in views),
            archives=self._archives(evaluation, collections, always_editable=on["editable"]) if on["downloading"] else (),
        )

    def _collections(self, evaluation: Evaluation, binding: Binding) -> Iterator[DAFileCollection]:
        """The documents in their order."""
        # all texts before the first document: assembling takes time, and what a text lacks may have to be asked for
        orders = [
            attachment.order(evaluation, binding, f"{self._name}[{number}]") for number, attachment in enumerate(self.attachments)
        ]
        given = list(_given(self._code.evaluate(evaluation.answers))) if self._code else []
        for attachment, order in zip(self.attachments, orders, strict=True):
            variable = binding.filled(attachment.variable)
            collection = collection_of(evaluation, order, variable or order.filename)
            yield _in_variable(evaluation, variable, collection) if variable else collection
        yield from given

    def _archives(
        self, evaluation: Evaluation, collections: list[DAFileCollection], *, always_editable: bool
    ) -> tuple[DocumentFile, ...]:
        """Ways to download everything at once: without files that can be changed, if there are others, and with them."""
        name = clean_name(self._archive.value(evaluation.answers).strip() if self._archive else "", _ARCHIVE)
        name = name if name.lower().endswith(".zip") else f"{name}.zip"
        files = [file for collection in collections for file in collection]
        final = files if always_editable else without_editable(collections)
        choices = {word("Download all documents as a ZIP file"): final}
        if len(final) < len(files):
            choices[word("Download all documents, also those for changes, as a ZIP file")] = files
        return tuple(
            DocumentFile("zip", label, "", url, url)
            for label, chosen in choices.items()
            if chosen and (url := evaluation.host.archive_url([file.number for file in chosen], name))
        )


def _in_variable(evaluation: Evaluation, variable: str, collection: DAFileCollection) -> DAFileCollection:
    """The collection as the variable has it: code may have changed its files since, as long as it is the same document."""
    known = evaluation.value_or_none(variable)
    if isinstance(known, DAFileCollection) and known.info.get("digest") == collection.info["digest"]:
        return known
    set_variable(variable, collection, evaluation.answers)
    return collection


def _given(value: Any) -> Iterator[DAFileCollection]:
    """The documents that code gives: one, or a list of them; a file stands for a document of one format."""
    if isinstance(value, DAFileCollection):
        yield value
    elif isinstance(value, DAFile):
        name = value.get_alt_text() or value.filename
        collection = DAFileCollection(value.instanceName, info={"name": name, "filename": value.filename, "description": ""})
        collection.add(value.extension, value)
        yield collection
    elif isinstance(value, Iterable) and not isinstance(value, (str, Mapping)):
        for item in value:
            yield from _given(item)
    elif value is not None:
        raise TypeError(f"“attachment code” must give documents (DAFileCollection), or a list of them, and not {value!r}.")


# --- showing -----------------------------------------------------------------------------------------------------------------


def _view(evaluation: Evaluation, document: DAFileCollection, *, previews: bool, kinds: bool) -> DocumentView:
    answers = evaluation.answers
    name, description = BlockText.of_value(document.info["name"]), document.info.get("description")
    preview = preview_of(evaluation, document) if previews else {}
    return DocumentView(
        name_html=name.inline(answers),
        name=name.plain(answers),
        description_html=BlockText.of_value(description).block(answers) if description else "",
        files=tuple(_file_view(file, kinds) for file in document),
        preview_html=preview.get("html", ""),
        markdown=preview.get("markdown", "") if evaluation.host.setting("debug") else "",
        problem=document.info.get("problem", ""),
    )


def _file_view(file: DAFile, kinds: bool) -> DocumentFile:
    label, use = _KINDS.get(file.extension, (file.extension.upper(), ""))
    download = file.url_for(attachment=True)
    return DocumentFile(file.extension, label, word(use) if kinds and use else "", file.url_for(), download)


# --- reading -----------------------------------------------------------------------------------------------------------------


def _expression_at(section: Section, key: str) -> Expression | None:
    value = section.get(key)
    if value is None:
        return None
    if isinstance(value, (list, dict)):
        raise section.mistake(key, f"“{key}” must be an expression.", "For instance the name of a document, or [one, other].")
    return Expression(str(value), section.value_place(key))


def _switch(section: Section, key: str, default: bool) -> Expression | bool:
    value = section.get(key)
    return default if value is None else constant_or_expression(value, section.value_place(key))
