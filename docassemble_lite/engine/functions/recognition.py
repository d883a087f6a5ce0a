"""Reading what is written on pictures and pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docassemble_lite.engine.functions.tasks import MODES, BackgroundTask
from docassemble_lite.formats.pdf_pages import PagesError, pages_of_pdf
from docassemble_lite.formats.recognition import RecognitionError, check_mode, pages_of_picture, recognized
from docassemble_lite.host import current
from docassemble_lite.language.conventions import get_language
from docassemble_lite.objects import DAFile, DAFileList

__all__ = ["ocr_file", "ocr_file_in_background"]

#: The action that reads files in the background.
OCR_ACTION = "_da_ocr"
_PDF = "application/pdf"


@dataclass(frozen=True)
class RecognizedText:
    """What became of reading files: `content` if it is `ok`, and `error_message` if it isn't."""

    ok: bool
    text: str = ""
    error_message: str = ""

    @property
    def content(self) -> str:
        """What was read. It stays text where it is shown."""
        if current().evaluation is not None:
            current().evaluation.note_outside(self.text)
        return self.text

    def __str__(self) -> str:
        return self.content if self.ok else self.error_message


def ocr_file(image_file: Any, language: str | None = None, psm: int = 6, **options: Any) -> str:
    """The text that Tesseract reads in a PDF or a picture, or in all files of a list; form feeds stand between pages.

    `psm` is Tesseract's page segmentation mode, `f` and `l` are the first and the last page of a PDF to be read. Raises
    `RecognitionError` and `PagesError`.
    """
    first, last = _pages_wanted("ocr_file", psm, options)
    pages = [page for file in _files("ocr_file", image_file) for page in _pages(file, first, last)]
    text = "\x0c".join(recognized(pages, language or get_language(), psm))
    if current().evaluation is not None:
        current().evaluation.note_outside(text)
    return text


def ocr_file_in_background(image_file: Any, _mode: str | None = None, /, **options: Any) -> BackgroundTask:
    """Have `ocr_file()` done in the background; the task's value has `ok`, `content` and `error_message`.

    `_mode` says how the screen is told, as for `background_action()`: with "flash" and "javascript" by a `message`.
    """
    message = options.pop("message", None)
    others = {name: value for name, value in options.items() if name not in ("language", "psm")}
    _pages_wanted("ocr_file_in_background", options.get("psm", 6), others)
    _files("ocr_file_in_background", image_file)
    if _mode is not None and _mode not in MODES:
        raise ValueError(f"ocr_file_in_background() can tell the screen by {', '.join(MODES)} or None, not by {_mode!r}.")
    arguments = {"file": image_file, "message": message, "options": options}
    return BackgroundTask(current().evaluation.tasks.start(OCR_ACTION, arguments, _mode))


def recognized_text(file: Any, options: dict[str, Any]) -> RecognizedText:
    """What `ocr_file()` gives, or why it gives nothing."""
    try:
        return RecognizedText(True, ocr_file(file, **options))
    except (PagesError, RecognitionError) as error:
        return RecognizedText(False, error_message=str(error))


def _pages_wanted(function: str, psm: Any, options: dict[str, Any]) -> tuple[int, int | None]:
    given = dict(options)
    first, last = given.pop("f", None), given.pop("l", None)
    if given:
        raise TypeError(f"{function}() doesn't know {', '.join(given)}: Tesseract reads whole pages here.")
    check_mode(function, psm)
    if not all(number is None or (isinstance(number, int) and number > 0) for number in (first, last)):
        raise ValueError(f"{function}() takes numbers of pages from 1 as f and l.")
    return first or 1, last


def _files(function: str, given: Any) -> list[DAFile]:
    files = [given] if isinstance(given, DAFile) else list(given) if isinstance(given, (DAFileList, list, tuple)) else []
    if not files or not all(isinstance(file, DAFile) for file in files):
        raise TypeError(f"{function}() takes a file or a list of files, not {type(given).__name__}.")
    return files


def _pages(file: DAFile, first: int, last: int | None) -> list[bytes]:
    content = file.slurp(auto_decode=False)
    return pages_of_pdf(content, first, last) if file.mimetype == _PDF else pages_of_picture(content)
