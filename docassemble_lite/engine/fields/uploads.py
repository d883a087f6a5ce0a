"""Files: one or several, photos, recordings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from docassemble_lite.engine.fields.datatype import Datatype, FieldError, FieldSpec
from docassemble_lite.engine.fields.text import whole_limit
from docassemble_lite.engine.file_access import asked_access
from docassemble_lite.engine.screen import AskedField, FieldView, KeptFile
from docassemble_lite.engine.uploads import kept_file, readable_size, ticket
from docassemble_lite.errors import LiteError, NoSuchFile
from docassemble_lite.formats.pictures import WRITTEN
from docassemble_lite.host import current
from docassemble_lite.language.numbers import quantity_noun
from docassemble_lite.objects import DAFile, DAFileList

_MEGABYTE = 1024 * 1024


class File(Datatype):
    """One file. The control posts tickets of files that are kept already; what it sends anew becomes tickets, too."""

    names: ClassVar[tuple[str, ...]] = ("file",)
    kind: ClassVar[str] = "file"
    html_type: ClassVar[str] = "file"
    # what it accepts unless the author says something else
    accept: ClassVar[str] = ""
    # which camera of a phone it suggests
    capture: ClassVar[str] = ""
    several: ClassVar[bool] = False

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        most = whole_limit(spec, "maxlength") if spec.keys.get("maxlength") is not None else whole_limit(spec, "max")
        found = {
            "accept": str(spec.keys.get("accept") or self.accept),
            "most": most if self.several else 1,
            "longest": _pixels(spec),
            "wanted": _picture_type(spec),
            "access": asked_access(spec.keys),
        }
        return {name: value for name, value in found.items() if value}

    def view(self, spec: FieldSpec, asked: AskedField, value: Any) -> FieldView:
        tickets = [ticket(asked.variable, file.number) for file in _files_of(value) if file.ok]
        return self._with_files(self.shown(spec, asked, ""), asked, tickets)

    def retyped(self, spec: FieldSpec, asked: AskedField, posted: Sequence[str], error: str) -> FieldView:
        return replace(self._with_files(self.shown(spec, asked, ""), asked, posted), error=error)

    def convert(self, asked: AskedField, posted: Sequence[str]) -> Any:
        """A `DAFileList`; None where nothing was sent and nothing need be."""
        kept = [self._kept(asked, text) for text in dict.fromkeys(posted) if text]
        most = asked.options.get("most")
        if not self.several:
            # what was sent last replaces what was there
            kept = kept[-1:]
        elif most is not None and len(kept) > most:
            raise self.refusal(asked, "file number", quantity_noun(most, "file"))
        if kept:
            return file_list(asked.variable, kept)
        if asked.required:
            raise self.refusal(asked, "required")
        return None

    def empty(self, asked: AskedField) -> Any:
        return None

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        limit = current().host.setting("maximum content length", 16 * _MEGABYTE)
        found = {
            "accept": asked.options.get("accept", ""),
            "capture": self.capture,
            "multiple": "multiple" if self.several else "",
            "class": _css_class(spec),
            "data-max-bytes": str(limit),
            "data-msg-large": self.told(asked, "file large", "%s", readable_size(limit)),
        }
        return {name: value for name, value in found.items() if value}

    def _kept(self, asked: AskedField, text: str) -> KeptFile:
        try:
            return kept_file(asked.variable, text)
        except (ValueError, NoSuchFile) as error:
            raise self.refusal(asked, "file again") from error

    def _with_files(self, view: FieldView, asked: AskedField, tickets: Sequence[str]) -> FieldView:
        kept: list[KeptFile] = []
        for text in dict.fromkeys(tickets):
            try:
                kept.append(self._kept(asked, text))
            except FieldError:
                # a file that has gone isn't offered again; `convert` says so
                continue
        return replace(view, kept=tuple(kept if self.several else kept[-1:]))


class Files(File):
    """Several files."""

    names: ClassVar[tuple[str, ...]] = ("files",)
    several = True


class Camera(File):
    """A picture."""

    names: ClassVar[tuple[str, ...]] = ("camera",)
    accept = "image/*"


class UserCamera(Camera):
    """A picture of whoever holds the phone."""

    names: ClassVar[tuple[str, ...]] = ("user",)
    capture = "user"


class EnvironmentCamera(Camera):
    """A picture of what is before the person."""

    names: ClassVar[tuple[str, ...]] = ("environment",)
    capture = "environment"


class Camcorder(File):
    """A film."""

    names: ClassVar[tuple[str, ...]] = ("camcorder",)
    accept = "video/*"
    capture = "environment"


class Microphone(File):
    """A recording of sounds."""

    names: ClassVar[tuple[str, ...]] = ("microphone",)
    accept = "audio/*"
    capture = "user"


def file_list(variable: str, kept: Iterable[KeptFile]) -> DAFileList:
    """The files as interviews see them."""
    files = DAFileList(variable)
    for item in kept:
        file = files.appendObject()
        file.filename, file.extension, file.mimetype = item.name, item.extension, item.mimetype
        file.number, file.initialized, file.from_outside = item.number, True, True
    files.gathered = True
    return files


def _files_of(value: Any) -> list[DAFile]:
    if isinstance(value, DAFile):
        return [value]
    return [item for item in value.elements if isinstance(item, DAFile)] if isinstance(value, DAFileList) else []


def _pixels(spec: FieldSpec) -> int | None:
    """How long and wide pictures may be at most; None: as they are."""
    written = _own_or_usual(spec, "maximum image size")
    if written is None or str(written).strip() in ("None", "False", ""):
        return None
    return whole_limit(replace(spec, keys={"maximum image size": written}), "maximum image size") or None


def _picture_type(spec: FieldSpec) -> str:
    """The family that pictures are turned into; empty: they stay what they are."""
    written = str(_own_or_usual(spec, "image upload type") or "").strip().lower()
    family = {"jpg": "jpeg", "tif": "tiff", "none": ""}.get(written, written)
    if family and family not in WRITTEN:
        raise LiteError(f"The “image upload type” of the field “{spec.variable}” must be png, jpeg or bmp, not “{written}”.")
    return family


def _own_or_usual(spec: FieldSpec, key: str) -> Any:
    """What the field says, or what the `features` of the interview say for all fields."""
    evaluation = current().evaluation
    usual = evaluation.program.features.get(key) if evaluation is not None else None
    return spec.keys.get(key, usual)


def _css_class(spec: FieldSpec) -> str:
    written = spec.keys.get("file css class", "dafile")
    own = "" if written is None or str(written) in ("None", "") else str(written)
    return f"form-control {own}".strip()
