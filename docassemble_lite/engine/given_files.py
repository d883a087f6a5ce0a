"""Files that templates and functions are given, in whatever way an interview names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.document import Place
from docassemble_lite.engine.typed import unescape_typed
from docassemble_lite.errors import DocumentError
from docassemble_lite.objects import DAFile, DAStaticFile
from docassemble_lite.objects.file_names import extension_of, mimetype_of
from docassemble_lite.objects.opened import opened_files

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

_FILE = re.compile(r"\s*\[FILE (?P<reference>[^,\[\]\n]+)(?:,(?P<width>[^,\[\]\n]*))?(?:,(?P<alt>[^\]]*))?\]\s*")
_FOLDERS = ("templates", "static", "sources")


@dataclass(frozen=True)
class GivenFile:
    """A file with its content; `trusted` ones are the author's own. `width` and `description` are for pictures."""

    name: str
    content: bytes = field(repr=False)
    trusted: bool = False
    width: str | None = None
    description: str = ""

    @cached_property
    def extension(self) -> str:
        """What follows the last dot of its name, in lower case."""
        return extension_of(self.name)

    @property
    def mimetype(self) -> str:
        """The type that its extension stands for."""
        return mimetype_of(self.extension)

    @property
    def is_picture(self) -> bool:
        """Whether documents show it as a picture."""
        return self.mimetype.startswith("image/") and self.extension != "svg"


def files_in(evaluation: Evaluation, value: Any) -> list[GivenFile]:
    """The files that a value stands for: objects, names of templates, lists of these. Raises `DocumentError`."""
    if isinstance(value, DAFile):
        return [_stored(value)]
    if isinstance(value, (str, Path)):
        return [_named(evaluation, str(value))]
    if isinstance(value, GivenFile):
        return [value]
    if isinstance(value, DAStaticFile):
        path = Path(value.path())
        return [GivenFile(path.name, path.read_bytes(), trusted=True, description=value.get_alt_text() or "")]
    if isinstance(value, Iterable) and not isinstance(value, (Mapping, bytes)):
        return [file for item in value for file in files_in(evaluation, item)]
    raise DocumentError(f"This isn't a file: {value!r}")


def document_files(evaluation: Evaluation, value: Any) -> list[GivenFile]:
    """`files_in`, where of a document in several formats only the first one counts."""
    if hasattr(value, "info") and isinstance(value, Iterable):
        return files_in(evaluation, value)[:1]
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping)):
        return [file for item in value for file in document_files(evaluation, item)]
    return files_in(evaluation, value)


def file_of(evaluation: Evaluation, text: str) -> GivenFile | None:
    """The file that a text shows and nothing else, as `DAFile.show()` gives it; typed characters stand as entities."""
    match = _FILE.fullmatch(text)
    if match is None:
        return None
    reference, width = match["reference"].strip(), (match["width"] or "").strip()
    given = {"width": width if width and width != "None" else None, "description": unescape_typed(match["alt"] or "").strip()}
    if reference.isdigit():
        info = evaluation.host.file_info(int(reference))
        return GivenFile(info.name, evaluation.host.read_file(info.number), **given)  # type: ignore[arg-type]
    found = _named(evaluation, reference)
    return GivenFile(found.name, found.content, found.trusted, **given)  # type: ignore[arg-type]


def template_path(evaluation: Evaluation, reference: str, place: Place | None) -> Path | None:
    """A file among the templates, seen from where it is mentioned, or else from the interview itself."""
    sources = evaluation.program.sources
    beside = place.source if place else evaluation.program.source
    return next((path for folder in _FOLDERS if (path := sources.data_file(reference.strip(), folder, beside))), None)


def _stored(file: DAFile) -> GivenFile:
    content = file.slurp(auto_decode=False)
    return GivenFile(file.filename, content, description=file.get_alt_text() or "")


def _named(evaluation: Evaluation, reference: str) -> GivenFile:
    path = template_path(evaluation, reference, None)
    if path is not None:
        return GivenFile(path.name, path.read_bytes(), trusted=True)
    # what code got by path(); any other path would let an answer read the server's files
    if "\0" not in reference and opened_files().holds(Path(reference)):
        return GivenFile(Path(reference).name, Path(reference).read_bytes())
    raise DocumentError(f"There is no file “{reference}” among the templates.")
