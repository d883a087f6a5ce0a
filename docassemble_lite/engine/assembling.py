"""Assembles documents, and keeps them: what has been assembled isn't assembled again as long as nothing of it has changed.

What is kept stands in the answers as plain data: for each document a digest of all that went into it, and the numbers of
its files, which never change.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from docassemble_lite.documents import FORMATS, Document, make
from docassemble_lite.documents.pdf import page_count
from docassemble_lite.engine.document import Place
from docassemble_lite.engine.document_pictures import with_pictures
from docassemble_lite.engine.markup import to_html, unescape_typed
from docassemble_lite.engine.typed import veil
from docassemble_lite.errors import DocumentError, EvaluationError, NoSuchFile
from docassemble_lite.objects import DAFile, DAFileCollection
from docassemble_lite.objects.file_names import clean_name

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: Raised when documents come to look different, so that those that are kept are assembled again.
VERSION = 2
#: What stands among the formats for a preview on the page.
PREVIEW = "preview"
_PREVIEW_TYPE = "application/json"
_HEADING = re.compile(r"(</?h)([1-6])(?=[\s>])", re.IGNORECASE)
# of the question, of its documents, and of one document
_LEVELS = 3


@dataclass(frozen=True)
class Order:
    """A document that is to be assembled. `key` names it among those that are kept in the session."""

    key: str
    name: str
    # without an extension
    filename: str
    description: str
    # before Markdown, with typed characters as entities
    markdown: str
    document: Document
    # names of FORMATS, and perhaps PREVIEW
    formats: tuple[str, ...]
    place: Place


def collection_of(evaluation: Evaluation, order: Order, variable: str) -> DAFileCollection:
    """The document as the object of a variable. Raises `EvaluationError` when it can't be made."""
    digest = _digest(order)
    kept: dict[str, Any] = evaluation.internal["documents"]
    caching = evaluation.program.features.get("cache documents") is not False
    found = kept.get(order.key)
    if found is None or found["digest"] != digest or not caching:
        found = {"digest": digest, **_assembled(evaluation, order)}
        kept[order.key] = found
    return _collection(order, found, variable)


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
    parts = [VERSION, order.name, order.filename, order.description, order.markdown, order.formats, asdict(order.document)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode("utf-8", "surrogatepass")).hexdigest()


def _assembled(evaluation: Evaluation, order: Order) -> dict[str, Any]:
    """The files of the document, by now stored."""
    formats = [name for name in order.formats if name != PREVIEW]
    try:
        # files never change, so that pictures are only looked at when the document is made
        markdown, pictures = with_pictures(order.document.markdown)
        made = make(replace(order.document, markdown=veil(markdown), pictures=pictures), formats)
    except DocumentError as error:
        raise _failure(order, error) from error
    base = clean_name(order.filename, "document")
    files = [_stored(evaluation, base, name, content) for name, content in made.items()]
    return {"files": files, PREVIEW: _stored_preview(evaluation, base, order) if PREVIEW in order.formats else None}


def _stored(evaluation: Evaluation, base: str, name: str, content: bytes) -> dict[str, Any]:
    filename, mimetype = clean_name(f"{base}.{name}"), FORMATS[name].mimetype
    file = {
        "format": name,
        "number": evaluation.host.make_file(filename, content, mimetype),
        "filename": filename,
        "mimetype": mimetype,
    }
    pages = page_count(content) if name == "pdf" else None
    return {**file, "pages": pages} if pages else file


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
    }
    collection = DAFileCollection(variable, info=info)
    for kept_file in kept["files"]:
        about = {key: value for key, value in kept_file.items() if key != "format"}
        name = kept_file["format"]
        collection.add(name, DAFile(f"{variable}.{name}", extension=name, initialized=True, **about))
    return collection


def _failure(order: Order, error: DocumentError) -> EvaluationError:
    return EvaluationError(
        f"The document “{order.document.title}” can't be made: {error.message}",
        hint="Look at its text and at its metadata.",
        cause_name=type(error).__name__,
        source=order.place.source.name,
        path=order.place.source.path,
        line=order.place.line,
    )
