"""Files made of other files: joined, laid over each other, packed, filled in; and what only documents show."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from docassemble_lite.documents import forms, office
from docassemble_lite.documents.archive import archived, refuse_locked_archive
from docassemble_lite.documents.filled import WordDocument
from docassemble_lite.documents.joining import joined, overlaid, picture_page, protected
from docassemble_lite.documents.word_filling import joined as joined_documents
from docassemble_lite.engine.given_files import GivenFile, document_files, files_in
from docassemble_lite.engine.made_files import made_file, with_ending
from docassemble_lite.engine.qr_codes import qr_markup
from docassemble_lite.engine.word_templates import fill
from docassemble_lite.errors import DocumentError
from docassemble_lite.host import current
from docassemble_lite.language.conventions import get_country
from docassemble_lite.objects import DAFile
from docassemble_lite.objects.file_names import clean_name
from docassemble_lite.objects.opened import opened_files

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

__all__ = [
    "assemble_docx",
    "concatenate_files",
    "docx_concatenate",
    "include_docx_template",
    "overlay_pdf",
    "pdf_concatenate",
    "qr_code",
    "redact",
    "zip_file",
]

#: What stands for a text that is blackened; it doesn't tell how long the text is.
REDACTED = "█" * 12


def redact(text: Any) -> str:
    """Black bars in a document, or the text itself in one that is assembled with `redact: False`."""
    evaluation = current().evaluation
    if evaluation is not None and not evaluation.redacting:
        return str(text)
    return REDACTED if str(text).strip() else ""


def qr_code(text: Any, width: Any = None, alt_text: str | None = None) -> str:
    """Markup for a code that a telephone reads; `width` is a length as in CSS."""
    return qr_markup(str(text), width, alt_text)


def pdf_concatenate(
    *files: Any, filename: str | None = None, pdfa: bool = False, password: Any = None, output_to: DAFile | None = None
) -> DAFile:
    """A PDF of files one after the other: PDF files, pictures, and documents where LibreOffice is installed.

    `password` opens it; a list of two, or a dictionary, gives the owner's and the user's. With `pdfa` it is PDF/A, and has no
    fields. Raises `DocumentError`, also for files that can't become PDF/A.
    """
    evaluation = _evaluation()
    given = document_files(evaluation, list(files))
    owner, user = _passwords(password)
    refuse_locked_archive(pdfa, owner, user)
    _some(given, "pdf_concatenate")
    return made_file(
        evaluation,
        ["pdf", pdfa, owner, user, *map(_digest, given)],
        lambda: protected(_as_archive(given) if pdfa else _as_pdf(given), user, owner),
        with_ending(filename or "file", "pdf"),
        output_to,
    )


concatenate_files = pdf_concatenate


def docx_concatenate(*files: Any, filename: str | None = None, output_to: DAFile | None = None) -> DAFile:
    """A DOCX file of DOCX files one after the other. Raises `DocumentError`."""
    evaluation = _evaluation()
    given = [_preferred(evaluation, item) for item in _flat(files)]
    contents = [content for found in given for content in found]
    _some(contents, "docx_concatenate")
    return made_file(
        evaluation,
        ["docx", *map(_digest, contents)],
        lambda: joined_documents([_as_docx(file) for file in contents]),
        with_ending(filename or "file", "docx"),
        output_to,
    )


def overlay_pdf(
    main_pdf: Any,
    logo_pdf: Any,
    first_page: int | None = None,
    last_page: int | None = None,
    logo_page: int | None = None,
    only: str | None = None,
    multi: bool = False,
    output_to: DAFile | None = None,
    filename: str | None = None,
) -> DAFile:
    """A PDF with the page `logo_page` of another one over its pages, from `first_page` to `last_page`, or `only` over
    the “even” or “odd” ones; with `multi`, page by page. Raises `DocumentError`, also for a page that isn't there.
    """
    if only not in (None, "even", "odd"):
        raise ValueError(f"“only” must be 'even' or 'odd', and not {only!r}.")
    evaluation = _evaluation()
    below, over = (document_files(evaluation, item)[:1] for item in (main_pdf, logo_pdf))
    _some(below, "overlay_pdf")
    _some(over, "overlay_pdf")
    options = {"first": first_page or 1, "last": last_page, "only": only, "page": logo_page or 1, "each": multi}
    return made_file(
        evaluation,
        ["overlay", options, _digest(below[0]), _digest(over[0])],
        lambda: overlaid(_as_pdf(below), _as_pdf(over), **options),  # type: ignore[arg-type]
        with_ending(filename or "file", "pdf"),
        output_to,
    )


def zip_file(*files: Any, filename: str | None = None, output_to: DAFile | None = None) -> DAFile:
    """A ZIP file with these files; the keys of a dictionary are folders. Raises `DocumentError` for what isn't a file."""
    evaluation = _evaluation()
    entries = _entries(evaluation, files, "")
    _some(entries, "zip_file")
    return made_file(
        evaluation,
        ["zip", *((path, _digest(file)) for path, file in entries)],
        lambda: _zipped(entries),
        with_ending(filename or "file", "zip"),
        output_to,
    )


def assemble_docx(
    template: Any,
    fields: Mapping[str, Any] | None = None,
    output_path: str | None = None,
    output_format: str = "docx",
    return_content: bool = False,
    pdf_options: Mapping[str, Any] | None = None,
    filename: str | None = None,
) -> Any:
    """A DOCX template filled in with the answers and `fields`: the path of a file that goes with this request, or its content.

    `output_format` is “docx”, “pdf” or “md”; `pdf_options` may have `pdfa`, `password`, `update_refs` and `tagged`. What
    is missing is sought. Raises `DocumentError`.
    """
    if output_format not in ("docx", "pdf", "md"):
        raise ValueError(f"“output_format” must be 'docx', 'pdf' or 'md', and not {output_format!r}.")
    evaluation = _evaluation()
    given = files_in(evaluation, template)
    _some(given, "assemble_docx")
    options = dict(pdf_options or {})
    document = WordDocument(
        fill(evaluation, given[0], dict(fields or {})),
        update=bool(options.get("update_refs")),
        tagged=bool(options.get("tagged", True)),
        archive=bool(options.get("pdfa")),
    )
    refuse_locked_archive(document.archive, *_passwords(options.get("password")))
    made = document.make([output_format])[output_format]
    if output_format == "pdf":
        owner, user = _passwords(options.get("password"))
        made = protected(made, user, owner)
    if return_content:
        return made.decode("utf-8") if output_format == "md" else made
    path = Path(output_path) if output_path else opened_files().new_path(output_format)
    path.write_bytes(made)
    return str(path)


def include_docx_template(*_: Any, **__: Any) -> NoReturn:
    """Only for DOCX templates: there, the paragraphs of another one."""
    raise RuntimeError(
        "include_docx_template() can only be used in a DOCX template, as {{p include_docx_template('name.docx') }}."
    )


# --- parts -------------------------------------------------------------------------------------------------------------------


def _evaluation() -> Evaluation:
    evaluation = current().evaluation
    if evaluation is None:
        raise RuntimeError("This function works only while an interview is being evaluated.")
    found: Evaluation = evaluation
    return found


def _some(files: Sequence[Any], function: str) -> None:
    if not files:
        raise DocumentError(f"{function}() was given no file.")


def _digest(file: GivenFile) -> str:
    return f"{file.extension}:{hashlib.sha256(file.content).hexdigest()}"


def _passwords(password: Any) -> tuple[str, str]:
    """The owner's and the user's."""
    if isinstance(password, Mapping):
        return str(password.get("owner") or ""), str(password.get("user") or "")
    if isinstance(password, (list, tuple)):
        owner, user = password
        return str(owner or ""), str(user or "")
    return "", str(password or "")


def _as_archive(files: Sequence[GivenFile]) -> bytes:
    return archived(_as_pdf(files, archive=True))


def _as_pdf(files: Sequence[GivenFile], *, archive: bool = False) -> bytes:
    contents = [_page_file(file, archive) for file in files]
    return contents[0] if len(contents) == 1 else joined(contents)


def _page_file(file: GivenFile, archive: bool) -> bytes:
    if file.extension == "pdf":
        return forms.fill(file.content, {}, archive=True) if archive else file.content
    if file.is_picture:
        return picture_page(file.content, get_country())
    return office.to_pdf(file.content, file.extension, archive=archive)


def _as_docx(file: GivenFile) -> bytes:
    return file.content if file.extension == "docx" else office.convert(file.content, file.extension, "docx")


def _flat(values: Any) -> list[Any]:
    found = []
    for value in values:
        is_list = not hasattr(value, "info") and not isinstance(value, (str, DAFile)) and hasattr(value, "__iter__")
        found += _flat(value) if is_list else [value]
    return found


def _preferred(evaluation: Evaluation, value: Any) -> list[GivenFile]:
    """The DOCX file of a document in several formats, or the first one that can become one."""
    found = files_in(evaluation, value)
    fitting = [file for file in found if file.extension in office.CONVERTIBLE]
    if not fitting:
        raise DocumentError("docx_concatenate() was given a file that isn't one of a word processor.")
    return sorted(fitting, key=lambda file: file.extension != "docx")[:1] if hasattr(value, "info") else fitting


def _entries(evaluation: Evaluation, values: Any, folder: str) -> list[tuple[str, GivenFile]]:
    entries: list[tuple[str, GivenFile]] = []
    for value in values:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                inside = inner if isinstance(inner, (list, tuple)) else [inner]
                entries += _entries(evaluation, inside, f"{folder}{clean_name(str(name))}/")
        else:
            entries += [(folder + clean_name(file.name), file) for file in files_in(evaluation, value)]
    return _told_apart(entries)


def _told_apart(entries: list[tuple[str, GivenFile]]) -> list[tuple[str, GivenFile]]:
    """Files that are called alike get numbers."""
    seen: dict[str, GivenFile] = {}
    for path, file in entries:
        stem, dot, extension = path.rpartition(".")
        number, free = 1, path
        while free in seen:
            number += 1
            free = f"{stem or path}-{number}{dot}{extension if dot else ''}"
        seen[free] = file
    return list(seen.items())


def _zipped(entries: list[tuple[str, GivenFile]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, file in entries:
            archive.writestr(zipfile.ZipInfo(path), file.content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
