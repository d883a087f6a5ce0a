"""Assembles documents, and keeps them: what has been assembled isn't assembled again as long as nothing of it has changed.

What is kept stands in the answers as plain data: for each document a digest of all that went into it, and the numbers of
its files, which never change.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from docassemble_lite.documents import FORMATS, Document, make
from docassemble_lite.documents.announcing import announced
from docassemble_lite.documents.filled import FormDocument, TextFile, WordDocument
from docassemble_lite.documents.joining import protected
from docassemble_lite.documents.pdf import page_count
from docassemble_lite.engine.document import Place
from docassemble_lite.engine.document_pictures import with_pictures
from docassemble_lite.engine.file_access import give_access
from docassemble_lite.engine.markup import to_html, to_plain, unescape_typed
from docassemble_lite.engine.typed import veil
from docassemble_lite.errors import DocumentError, EvaluationError, NoSuchFile
from docassemble_lite.objects import DAFile, DAFileCollection
from docassemble_lite.objects.file_names import clean_name, extension_of, mimetype_of

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: Raised when documents come to look different, so that those that are kept are assembled again.
VERSION = 3
#: What stands among the formats for a preview on the page.
PREVIEW = "preview"
_PREVIEW_TYPE = "application/json"
_HEADING = re.compile(r"(</?h)([1-6])(?=[\s>])", re.IGNORECASE)
# of the question, of its documents, and of one document
_LEVELS = 3


#: What a document can be made of.
Content = Document | WordDocument | FormDocument | TextFile


@dataclass(frozen=True)
class Order:
    """A document that is to be assembled. `key` names it among those that are kept in the session."""

    key: str
    name: str
    # without an extension
    filename: str
    description: str
    # before Markdown, with typed characters as entities; empty for what comes from a template
    markdown: str
    # None if all of its files are there already
    document: Content | None
    # names of FORMATS, and perhaps PREVIEW
    formats: tuple[str, ...]
    place: Place
    language: str = "en"
    # what opens a PDF, and what allows everything with it
    passwords: tuple[str, str] = ("", "")
    # files that are there already: extension → file
    manual: Mapping[str, DAFile] = field(default_factory=dict)
    # why there are fewer files than there could be
    problem: str = ""
    # who may see its files besides the session, as `give_access` takes it
    access: Mapping[str, Any] = field(default_factory=dict)


def collection_of(evaluation: Evaluation, order: Order, variable: str) -> DAFileCollection:
    """The document as the object of a variable. Raises `EvaluationError` when it can't be made."""
    digest = _digest(order)
    kept: dict[str, Any] = evaluation.internal["documents"]
    caching = evaluation.program.features.get("cache documents") is not False
    found = kept.get(order.key)
    if found is not None and found["digest"] == digest and caching:
        return _collection(order, found, variable)
    kept[order.key] = found = {"digest": digest, **_assembled(evaluation, order)}
    collection = _collection(order, found, variable)
    give_access(order.access, collection)
    return collection


def preview_of(evaluation: Evaluation, collection: DAFileCollection) -> dict[str, str]:
    """What a page can show of a document: its `html`, and its `markdown` for developers; empty if there is nothing."""
    number = collection.info.get(PREVIEW)
    if number is None:
        return {}
    try:
        content = evaluation.host.read_file(number)
    except NoSuchFile:
        # the document itself may be there all the same, and whoever runs the server has been told
        return {}
    found: dict[str, str] = json.loads(content)
    return found


def _digest(order: Order) -> str:
    document = order.document
    made_of = asdict(document) if isinstance(document, Document) else document.digest() if document else None
    manual = {name: file.number for name, file in order.manual.items()}
    parts = [VERSION, order.language, order.name, order.filename, order.description, order.markdown, order.formats, made_of]
    parts += [order.passwords, manual] if manual or any(order.passwords) else []
    parts += [order.access] if order.access else []
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode("utf-8", "surrogatepass")).hexdigest()


def _assembled(evaluation: Evaluation, order: Order) -> dict[str, Any]:
    """The files of the document, by now stored."""
    formats = [name for name in order.formats if name != PREVIEW and name not in order.manual]
    try:
        made = _made(order.document, formats)
    except DocumentError as error:
        raise failure(order.name, order.place, error) from error
    base = clean_name(order.filename, "document")
    files = [_stored(evaluation, order, base, name, content) for name, content in made.items()]
    files += [_as_it_is(name, file) for name, file in order.manual.items()]
    return {"files": files, PREVIEW: _stored_preview(evaluation, base, order) if PREVIEW in order.formats else None}


def _made(document: Content | None, formats: Sequence[str]) -> dict[str, bytes]:
    if document is None:
        return {}
    if not isinstance(document, Document):
        return document.make(formats)
    # files never change, so that pictures are only looked at when the document is made
    markdown, pictures = with_pictures(document.markdown)
    return make(replace(document, markdown=veil(markdown), pictures=pictures), formats)


def _stored(evaluation: Evaluation, order: Order, base: str, name: str, content: bytes) -> dict[str, Any]:
    extension = order.document.extension if isinstance(order.document, TextFile) else name
    mimetype = FORMATS[name].mimetype if name in FORMATS else mimetype_of(extension)
    filename = clean_name(base if extension_of(base) == extension else f"{base}.{extension}")
    pages = page_count(content) if name == "pdf" else None
    if name == "pdf":
        content = protected(announced(content, to_plain(order.name), order.language), *order.passwords)
    number = evaluation.host.make_file(filename, content, mimetype)
    file = {"format": name, "number": number, "filename": filename, "mimetype": mimetype}
    return {**file, "pages": pages} if pages else file


def _as_it_is(name: str, file: DAFile) -> dict[str, Any]:
    return {"format": name, "number": file.number, "filename": file.filename, "mimetype": file.mimetype}


def _stored_preview(evaluation: Evaluation, base: str, order: Order) -> int:
    content = {"html": _below_headings(to_html(order.markdown)), "markdown": unescape_typed(order.markdown)}
    text = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    return evaluation.host.make_file(clean_name(f"{base}.preview.json"), text, _PREVIEW_TYPE)


def _below_headings(html: str) -> str:
    """HTML whose headings come below those of the screen that it is shown on."""
    return _HEADING.sub(lambda match: f"{match[1]}{min(int(match[2]) + _LEVELS, 6)}", html)


def _collection(order: Order, kept: dict[str, Any], variable: str) -> DAFileCollection:
    info = {
        "name": order.name,
        "filename": order.filename,
        "description": order.description,
        "formats": [],
        "digest": kept["digest"],
        PREVIEW: kept[PREVIEW],
        **({"problem": order.problem} if order.problem else {}),
    }
    collection = DAFileCollection(variable, info=info)
    for kept_file in kept["files"]:
        about = {key: value for key, value in kept_file.items() if key != "format"}
        name = kept_file["format"]
        extension = extension_of(kept_file["filename"]) if name == "raw" else name
        collection.add(name, DAFile(f"{variable}.{name}", extension=extension, initialized=True, **about))
    return collection


def failure(name: str, place: Place, error: DocumentError) -> EvaluationError:
    """What is said where a document can't be made."""
    return EvaluationError(
        f"The document “{to_plain(name)}” can't be made: {error.message}",
        hint="Look at its text or template, and at its metadata.",
        cause_name=type(error).__name__,
        source=place.source.name,
        path=place.source.path,
        line=place.line,
    )
