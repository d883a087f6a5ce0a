"""Files that functions make out of answers: each is made once, and anew only if something that goes into it has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.given_files import GivenFile
from docassemble_lite.errors import NoSuchFile
from docassemble_lite.objects import DAFile
from docassemble_lite.objects.file_names import clean_name, extension_of

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation


def made_file(
    evaluation: Evaluation, parts: list[object], make: Callable[[], bytes], filename: str, output_to: DAFile | None
) -> DAFile:
    """The file, made anew only if something that goes into it has changed."""
    digest = hashlib.sha256(json.dumps(parts, default=str).encode("utf-8", "surrogatepass")).hexdigest()
    kept: dict[str, Any] = evaluation.internal["documents"]
    key = f"{digest}/{filename}"
    file = output_to if output_to is not None else DAFile()
    number = kept.get(key, {}).get("number")
    content = _read(evaluation, number) if number is not None else None
    if content is None or output_to is not None:
        file.initialize(filename=filename, content=content or make(), reinitialize=True)
        kept[key] = {"digest": digest, "number": file.number}
        return file
    file.filename, file.extension, file.mimetype = filename, extension_of(filename), GivenFile(filename, b"").mimetype
    file.number, file.initialized = number, True
    return file


def _read(evaluation: Evaluation, number: int) -> bytes | None:
    try:
        return evaluation.host.read_file(number)
    except NoSuchFile:
        return None


def with_ending(name: str, extension: str) -> str:
    """A name for a file of that extension."""
    return clean_name(name if extension_of(name) == extension else f"{name}.{extension}")
