"""What is written on pictures, as far as Tesseract can read it: a program of its own, with limits of time and memory."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

#: Seconds that one page may take.
SECONDS_OF_PAGE = 120.0
_PROGRAM = "tesseract"
_LONGEST_LANGUAGE = 40
# what Tesseract calls the languages that others call by two letters
_LANGUAGES = {
    "ar": "ara", "bg": "bul", "ca": "cat", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa",
    "et": "est", "eu": "eus", "fa": "fas", "fi": "fin", "fr": "fra", "gl": "glg", "he": "heb", "hi": "hin", "hr": "hrv",
    "hu": "hun", "id": "ind", "it": "ita", "ja": "jpn", "ko": "kor", "lt": "lit", "lv": "lav", "nl": "nld", "no": "nor",
    "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sq": "sqi", "sr": "srp", "sv": "swe",
    "th": "tha", "tr": "tur", "uk": "ukr", "ur": "urd", "vi": "vie", "zh": "chi_sim",
}  # fmt: skip


#: Tesseract's page segmentation modes.
MODES = range(11)


class RecognitionError(Exception):
    """The text can't be read."""


def is_installed() -> bool:
    """Whether Tesseract is there."""
    return shutil.which(_PROGRAM) is not None


def check_mode(function: str, mode: Any) -> None:
    """Raise `ValueError` for what is no page segmentation mode."""
    if mode not in MODES:
        raise ValueError(f"{function}() takes a psm from 0 to 10, not {mode!r}.")


def recognized(pages: Sequence[bytes], language: str, mode: int) -> list[str]:
    """The text of each page, a picture. `mode` is Tesseract's page segmentation mode. Raises `RecognitionError`."""
    _require_program()
    return [_recognized(page, _LANGUAGES.get(language, language), mode) for page in pages]


def recognized_pdfs(pages: Sequence[bytes], language: str, mode: int) -> list[bytes]:
    """Each page, a picture, as a PDF with what is written on it as text. Raises `RecognitionError`."""
    _require_program()
    return [_run(page, _LANGUAGES.get(language, language), mode, "pdf") for page in pages]


def pages_of_picture(content: bytes) -> list[bytes]:
    """The pages of a picture, each as a PNG: a TIFF may have several. Raises `RecognitionError`."""
    from PIL import Image, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as picture:
            return [_as_png(frame) for frame in ImageSequence.Iterator(picture)]
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise RecognitionError("The file can't be read as a picture.") from error


def _as_png(frame: Image.Image) -> bytes:
    made = io.BytesIO()
    frame.convert("L").save(made, "PNG", compress_level=1)
    return made.getvalue()


def _require_program() -> None:
    if not is_installed():
        raise RecognitionError("Tesseract isn't installed on this server (apt install tesseract-ocr), so no text can be read.")


def _recognized(page: bytes, language: str, mode: int) -> str:
    return _run(page, language, mode).decode("utf-8", "replace").replace("\x0c", "").strip()


def _run(page: bytes, language: str, mode: int, *output: str) -> bytes:
    if not (language.replace("_", "").replace("+", "").isalnum() and language.isascii() and len(language) <= _LONGEST_LANGUAGE):
        raise RecognitionError(f"{language!a} is no language that Tesseract knows.")
    command = [_PROGRAM, "stdin", "stdout", "-l", language, "--psm", str(mode), *output]
    try:
        done = subprocess.run(
            command, input=page, capture_output=True, timeout=SECONDS_OF_PAGE, check=False, env={"OMP_THREAD_LIMIT": "1"}
        )
    except subprocess.TimeoutExpired as error:
        raise RecognitionError(f"Reading a page took more than {SECONDS_OF_PAGE:g} seconds.") from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace")
        missing = "Failed loading language" in said or "Error opening data file" in said
        hint = f" The language {language} isn't installed." if missing else ""
        raise RecognitionError(f"Tesseract couldn't read the page.{hint}")
    return done.stdout
