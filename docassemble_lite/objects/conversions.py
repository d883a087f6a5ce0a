"""A file as one of another kind: pictures, PDF, what word processors write, and Markdown."""

from __future__ import annotations

from docassemble_lite.errors import DocumentError
from docassemble_lite.formats.kinds import KINDS, PICTURES
from docassemble_lite.formats.pdf_pages import PAGE_SIZES, PagesError, pages_of_pdf
from docassemble_lite.formats.pictures import BrokenPicture, TooManyPixels, cleaned, pages
from docassemble_lite.language.conventions import get_country, get_language

#: What word processors write.
OFFICE = ("docx", "doc", "odt", "rtf")


def converted(content: bytes, extension: str, wanted: str) -> bytes:
    """The content as a file of the extension `wanted`. Raises `ValueError` for what can't be converted, or not here."""
    try:
        made = _converted(content, extension, wanted)
    except (DocumentError, PagesError, BrokenPicture, TooManyPixels) as error:
        said = error.message if isinstance(error, DocumentError) else str(error) or "It can't be read."
        raise ValueError(f"A file of the kind {extension} can't be converted to {wanted}. {said}") from error
    if made is None:
        raise ValueError(f"A file of the kind {extension} can't be converted to {wanted}.")
    return made


def _converted(content: bytes, extension: str, wanted: str) -> bytes | None:
    source, target = _family(extension), _family(wanted)
    if source in PICTURES and target in PICTURES:
        return cleaned(content, source, wanted=target)[0]
    if extension == "pdf" and target in PICTURES:
        page = pages_of_pdf(content, 1, 1, resolution=PAGE_SIZES["page"], colored=True)[0]
        return cleaned(page, "png", wanted=target)[0]
    # what makes documents takes a while to import, and few interviews convert any
    from docassemble_lite.documents import Document, make, office
    from docassemble_lite.documents.filled import WordDocument
    from docassemble_lite.documents.joining import joined, picture_page

    if source in PICTURES and wanted == "pdf":
        made = [picture_page(page, get_country()) for page in pages(content, source)]
        return made[0] if len(made) == 1 else joined(made)
    if extension in OFFICE and wanted == "pdf":
        return office.to_pdf(content, extension)
    if extension in OFFICE and wanted == "md":
        word = content if extension == "docx" else office.convert(content, extension, "docx")
        return WordDocument(word).make(["md"])["md"]
    if extension in OFFICE and wanted in OFFICE:
        return office.convert(content, extension, wanted)
    if extension == "md" and wanted in ("pdf", "docx", "rtf"):
        text = content.decode("utf-8", "replace")
        return make(Document(text, language=get_language(), country=get_country()), [wanted])[wanted]
    return None


def _family(extension: str) -> str:
    kind = KINDS.get(extension)
    return kind.family if kind else ""
