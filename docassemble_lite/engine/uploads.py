"""Files that come with a form: judged, kept at once, and known to the form by tickets.

What was sent with a form that has a mistake elsewhere needn't be sent again: it is a file of the session already, and the
form carries a ticket for it, which nobody but this server can have written.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from docassemble_lite.engine.fields.datatype import FieldError
from docassemble_lite.engine.fields.messages import message
from docassemble_lite.engine.screen import AskedField, KeptFile
from docassemble_lite.errors import AnswersTampered
from docassemble_lite.formats.heic import as_jpeg
from docassemble_lite.formats.kinds import HEIC, KINDS, PICTURES, TELLING, UNKNOWN, Kind, bears_out, family_of, usual_extension
from docassemble_lite.formats.office import PACKAGES, is_harmless_package
from docassemble_lite.formats.pictures import BrokenPicture, TooManyPixels, cleaned
from docassemble_lite.host import current
from docassemble_lite.objects.file_names import clean_name, extension_of

_MEGABYTE = 1024 * 1024
_NUMBER = re.compile(r"\[\d+\]")
_EXTENSIONS = {"jpeg": "jpg", "tiff": "tif"}


@dataclass(frozen=True)
class Upload:
    """A file as it was sent; of an open file everything counts. `content` is None if it was too large to be taken."""

    name: str
    content: bytes | BinaryIO | None


def keep(asked: AskedField, upload: Upload) -> str:
    """Make what was sent for a field a file of the session; its ticket. Raises `FieldError` if it won't do."""
    name, kind, content = _judged(asked, upload)
    host = current().host
    if _size_of(content) > host.room_for_files():
        raise _refusal(asked, "file room", name)
    number = host.make_file(name, content, kind.mimetype)
    return ticket(asked.variable, number)


def ticket(variable: str, number: int) -> str:
    """What a form carries for a file that was kept for the variable."""
    return base64.urlsafe_b64encode(current().host.packed(number, _key(variable))).decode()


def kept_file(variable: str, text: str) -> KeptFile:
    """The file of a ticket. Raises `ValueError` for a ticket that isn't one of this session and this variable."""
    host = current().host
    try:
        number = host.unpacked(base64.b64decode(text, altchars=b"-_", validate=True), _key(variable))
    except (binascii.Error, AnswersTampered) as error:
        raise ValueError(text) from error
    info = host.file_info(number)
    return KeptFile(text, info.number, info.name, info.extension, info.mimetype, readable_size(info.size))


def readable_size(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / _MEGABYTE:.1f} MB" if size >= _MEGABYTE else f"{max(1, round(size / 1024))} kB"


def accepts(accept: str, kind: Kind, extension: str) -> bool:
    """Whether a list like "image/*, application/pdf, .doc" has the kind in it; an empty list has every kind."""
    wanted = [item.strip().lower() for item in accept.replace(";", ",").split(",") if item.strip()]
    types = (kind.mimetype, *kind.also)
    return not wanted or any(_fits(item, types, extension) for item in wanted)


def _fits(item: str, types: Sequence[str], extension: str) -> bool:
    if item.startswith("."):
        return item == f".{extension}"
    return item == "*/*" or item in types or (item.endswith("/*") and any(known.startswith(item[:-1]) for known in types))


def _judged(asked: AskedField, upload: Upload) -> tuple[str, Kind, bytes | BinaryIO]:
    """Name, kind and content as they are kept. Only pictures are read as a whole."""
    # a browser may send a path
    name = clean_name(upload.name.replace("\\", "/").rpartition("/")[2])
    content = upload.content
    if content is None:
        limit = current().host.setting("maximum content length", 16 * _MEGABYTE)
        raise _refusal(asked, "file large", name, readable_size(limit))
    if not _size_of(content):
        raise _refusal(asked, "file empty", name)
    name, extension, kind = _kind_of(asked, name, _beginning_of(content))
    accept = str(asked.options.get("accept", ""))
    # what will be a JPEG may be sent where JPEGs may
    if not accepts(accept, kind, extension) and not (kind.family == HEIC and accepts(accept, KINDS["jpg"], "jpg")):
        raise _refusal(asked, "accept", name)
    if extension in PACKAGES and not is_harmless_package(content, extension):
        raise _refusal(asked, "file package", name)
    if kind.family == HEIC:
        name, content = f"{name.rpartition('.')[0]}.jpg", _as_jpeg(asked, name, _all_of(content))
        kind = KINDS["jpg"]
    return _as_picture(asked, name, _all_of(content)) if kind.family in PICTURES else (name, kind, content)


def _size_of(content: bytes | BinaryIO) -> int:
    return len(content) if isinstance(content, bytes) else content.seek(0, io.SEEK_END)


def _beginning_of(content: bytes | BinaryIO) -> bytes:
    """As much as kinds are told by."""
    if isinstance(content, bytes):
        return content
    content.seek(0)
    return content.read(TELLING)


def _all_of(content: bytes | BinaryIO) -> bytes:
    if isinstance(content, bytes):
        return content
    content.seek(0)
    return content.read()


def _kind_of(asked: AskedField, name: str, content: bytes) -> tuple[str, str, Kind]:
    """Name, extension and kind of a file whose content begins so."""
    extension = extension_of(name)
    if not extension and (extension := usual_extension(content)):
        name = f"{name}.{extension}"
    kind = KINDS.get(extension, Kind(UNKNOWN, ""))
    fits = bears_out(content, kind) if kind.family else not family_of(content)
    if not fits:
        raise _refusal(asked, "file kind", name)
    return name, extension, kind


def _as_jpeg(asked: AskedField, name: str, content: bytes) -> bytes:
    try:
        return as_jpeg(content)
    except BrokenPicture as error:
        raise _refusal(asked, "file picture", name) from error
    except TooManyPixels as error:
        raise _refusal(asked, "file pixels", name) from error


def _as_picture(asked: AskedField, name: str, content: bytes) -> tuple[str, Kind, bytes]:
    family, longest = family_of(content) or "bmp", asked.options.get("longest")
    try:
        content, made = cleaned(content, family, longest=longest, wanted=str(asked.options.get("wanted", "")))
    except BrokenPicture as error:
        raise _refusal(asked, "file picture", name) from error
    except TooManyPixels as error:
        raise _refusal(asked, "file pixels", name) from error
    if made != family:
        name = f"{name.rpartition('.')[0]}.{_EXTENSIONS.get(made, made)}"
    return name, KINDS[extension_of(name)], content


def _refusal(asked: AskedField, code: str, *parts: str) -> FieldError:
    return FieldError(message(asked.options.get("messages", {}), code, *parts))


def _key(variable: str) -> str:
    # items of a list change places
    return f"upload:{current().request.session}:{_NUMBER.sub('[]', variable)}"
