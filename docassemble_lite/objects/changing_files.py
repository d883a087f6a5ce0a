"""What a file can become: of another kind, some of its pages, with numbers on them, with text that can be searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from docassemble_lite.errors import DocumentError
from docassemble_lite.formats.pdf_pages import PAGE_SIZES, PagesError, pages_of_pdf
from docassemble_lite.formats.pdfs import BrokenPdf
from docassemble_lite.formats.recognition import RecognitionError, check_mode, recognized_pdfs
from docassemble_lite.host import current
from docassemble_lite.language.conventions import get_language
from docassemble_lite.objects.conversions import converted
from docassemble_lite.objects.file_names import clean_extension
from docassemble_lite.objects.opened import opened_files
from docassemble_lite.objects.stored_file import StoredFile

T = TypeVar("T")

_PDF = "application/pdf"
#: Digits of a Bates number.
_MOST_DIGITS = 20


class ChangeableFile(StoredFile):
    """The methods of `DAFile` that make another file of it, in its place or beside it."""

    def convert_to(self, extension: str, output_to: ChangeableFile | None = None) -> None:
        """Turn the file into one of another kind, or have `output_to` be that: a picture into any other (png, jpg, tif …) or
        a page of a PDF; the first page of a PDF into a picture; what word processors write (docx, doc, odt, rtf) into each
        other, PDF and Markdown; Markdown into pdf, docx and rtf.

        Raises `ValueError` for what can't be converted, or not on this server.
        """
        wanted = clean_extension(str(extension).lower().lstrip("."))
        content = self._content()
        made = content if wanted == self.extension else converted(content, self.extension, wanted)
        (self if output_to is None else output_to)._become(self._renamed(wanted), made)

    def extract_pages(self, first: int = 1, last: int | None = None, output_to: ChangeableFile | None = None) -> ChangeableFile:
        """A PDF with the pages from the first (1) to the last. Raises `ValueError` for pages that aren't there."""
        from docassemble_lite.documents.pages import extracted

        made = type(self)() if output_to is None else output_to
        made._become(self.filename, self._changed(lambda content: extracted(content, first, last)))
        return made

    def bates_number(
        self,
        *files: Any,
        filename: str | None = None,
        prefix: str = "",
        digits: int = 6,
        start: int = 1,
        area: str = "BOTTOM_LEFT",
    ) -> None:
        """Number the pages of the PDF, or become a PDF of the `files`, one after the other, with numbered pages.

        `area` is TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT or BOTTOM_RIGHT. Raises `ValueError`.
        """
        from docassemble_lite.documents.pages import AREAS, numbered

        if area not in AREAS:
            raise ValueError(f"“area” must be one of {', '.join(AREAS)}, and not {area!r}.")
        if not 1 <= digits <= _MOST_DIGITS or start < 0:
            raise ValueError(f"Numbers of pages have 1 to {_MOST_DIGITS} digits, and begin at 0 or above.")
        given = _as_pdf(files or (self,))
        name = filename or (self._renamed("pdf") if self.ok else "file.pdf")
        self._become(name, document_made(lambda: numbered(given, prefix, digits, start, area)), "pdf")

    def make_ocr_pdf(
        self,
        *files: Any,
        filename: str | None = None,
        preserve_color: bool = False,
        language: str | None = None,
        psm: int = 6,
    ) -> None:
        """Have Tesseract read the pages, and become a PDF whose text can be searched; of the `files`, if there are any.

        `psm` is Tesseract's page segmentation mode. Raises `ValueError`, also where Tesseract isn't installed.
        """
        check_mode("make_ocr_pdf", psm)
        given = _as_pdf(files or (self,))
        try:
            pages = pages_of_pdf(given, colored=preserve_color)
            made = recognized_pdfs(pages, language or get_language(), psm)
        except (PagesError, RecognitionError) as error:
            raise ValueError(str(error)) from error
        from docassemble_lite.documents.joining import joined

        name = filename or (self._renamed("pdf") if self.ok else "file.pdf")
        self._become(name, document_made(lambda: joined(made)), "pdf")

    def make_ocr_pdf_in_background(
        self,
        *files: Any,
        filename: str | None = None,
        preserve_color: bool = False,
        language: str | None = None,
        psm: int = 6,
    ) -> Any:
        """Have `make_ocr_pdf()` done by a background task, which is returned; it fails where that would raise an error.

        The file is another one when the task has ended. Raises `ValueError` for a file that isn't in a variable.
        """
        check_mode("make_ocr_pdf_in_background", psm)
        options = {
            "filename": filename,
            "preserve_color": preserve_color,
            "language": language or get_language(),
            "psm": psm,
        }
        return current().evaluation.recognize_in_background(self, files, options)

    def become_like(self, other: ChangeableFile) -> None:
        """Be the file that another object is."""
        for name in ("filename", "extension", "mimetype", "number", "initialized"):
            setattr(self, name, getattr(other, name))
        self.__dict__.pop("pages", None)

    def fix_up(self) -> None:
        """Repair a PDF as far as that can be done. Raises `ValueError` if it can't be read even then."""
        if self.mimetype == _PDF:
            from docassemble_lite.documents.pages import mended

            self.write(self._changed(mended), binary=True)

    def get_docx_variables(self) -> list[str]:
        """The variables that a DOCX template mentions. Raises `ValueError` for what isn't one."""
        return docx_variables(self._content(), self.filename)

    def page_path(self, page: int, size: str = "page", wait: bool = True) -> str | None:
        """Where code can read a picture of a page of a PDF, for printing ("page") or for looking at ("screen").

        It goes with this evaluation. None if there is no such page.
        """
        if size not in PAGE_SIZES:
            raise ValueError(f"“size” must be one of {', '.join(PAGE_SIZES)}, and not {size!r}.")
        if self.mimetype != _PDF or int(page) < 1:
            return None
        try:
            drawn = pages_of_pdf(self._content(), int(page), int(page), resolution=PAGE_SIZES[size], colored=True)
        except PagesError:
            return None
        if not drawn:
            return None
        path = opened_files().new_path("png")
        path.write_bytes(drawn[0])
        return str(path)

    def pngs_ready(self) -> bool:
        """True: pages of a PDF are drawn when somebody wants to see them."""
        self._need()
        return True

    # --- inside ------------------------------------------------------------------------------------------------------

    def _changed(self, change: Callable[[bytes], bytes]) -> bytes:
        self._need()
        return document_made(lambda: change(self._content()))

    def _renamed(self, extension: str) -> str:
        return f"{self.filename.rpartition('.')[0] or self.filename}.{extension}"

    def _become(self, filename: str, content: bytes, extension: str = "") -> None:
        """Be another file, whatever it was before."""
        self.initialize(filename=filename, extension=extension or None, content=content, reinitialize=True)


def of_pdf(content: bytes, filename: str, asked: Callable[[bytes], T]) -> T:
    """What a PDF says of itself. Raises `ValueError` if it can't be read."""
    try:
        return asked(content)
    except BrokenPdf as error:
        raise ValueError(f"{filename} can't be read as a PDF.") from error


def docx_variables(content: bytes, filename: str) -> list[str]:
    """The variables that a DOCX template mentions, in the order of the alphabet. Raises `ValueError`."""
    from docassemble_lite.documents.word_filling import variables_of

    try:
        return variables_of(content)
    except DocumentError as error:
        raise ValueError(f"{filename} can't be read as a DOCX template: {error.message}") from error


def document_made(make: Callable[[], T]) -> T:
    """What is made of documents. Raises `ValueError` for what can't be."""
    try:
        return make()
    except DocumentError as error:
        raise ValueError(error.message) from error


def _as_pdf(files: Iterable[Any]) -> bytes:
    """Files, or lists and collections of them, one after the other as one PDF. Raises `ValueError`."""
    from docassemble_lite.documents.joining import joined

    contents = []
    for given in files:
        for file in _files_of(given):
            content = file.slurp(auto_decode=False)
            contents.append(content if file.mimetype == _PDF else converted(content, file.extension, "pdf"))
    return contents[0] if len(contents) == 1 else document_made(lambda: joined(contents))


def _files_of(given: Any) -> Iterable[Any]:
    """The file, all files of a list, or the first one of a document in several formats."""
    from docassemble_lite.objects.files import DAFileCollection, DAFileList

    if isinstance(given, DAFileCollection):
        return list(given)[:1]
    return given if isinstance(given, (DAFileList, list, tuple)) else [given]
