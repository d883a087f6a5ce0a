"""`/uploadedfile`: the files of sessions, for browsers that may open the session, and for those whom its author lets see a file;
`/temporary-file`: for whoever has the address.

A file that somebody may not see and one that isn't there get the same answer.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from flask import Blueprint, Response, abort, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper

from docassemble_lite.errors import AnswersTampered, NoSuchFile, SessionNotFound
from docassemble_lite.formats.kinds import KINDS, PICTURES, UNKNOWN
from docassemble_lite.formats.pdf_pages import PAGE_SIZES, PagesError, pages_of_pdf
from docassemble_lite.formats.pictures import BrokenPicture, TooManyPixels, preview
from docassemble_lite.store.files import StoredFile
from docassemble_lite.store.loaded import Entrance
from docassemble_lite.visit.temporary_files import AddressOver, AddressRefused, opener_of
from docassemble_lite.web.current_sessions import is_known
from docassemble_lite.web.services import services
from docassemble_lite.web.signed_in import person, person_secret

blueprint = Blueprint("uploaded_files", __name__)

#: What a file is served as, by its extension and never by what somebody says of it.
_TYPES = {extension: kind.mimetype for extension, kind in KINDS.items() if extension != "svg"}
#: What browsers show in a viewer of their own; everything else is saved.
_SHOWN = frozenset({"application/pdf"})
_MOST_IN_ARCHIVE = 100
# bytes that are read at once of what is sent
_PIECE = 64 * 1024
_PAGE = re.compile("[1-9][0-9]{0,4}")
# pixels
_LONGEST_OF_PREVIEW = 240
#: An empty page, in place of one that can't be drawn.
_NO_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="85" height="110"><path fill="#fff" d="M0 0h85v110H0z"/></svg>'


@blueprint.get("/uploadedfile/<int:number>")
@blueprint.get("/uploadedfile/<int:number>.<extension>")
@blueprint.get("/uploadedfile/<int:number>/<path:name>")
def uploaded_file(number: int, extension: str = "", name: str = "") -> Response:
    """A file by its number; what follows the number is for people."""
    try:
        file = _found(number)
        if request.args.get("thumb"):
            return _preview(file)
        if "page" in request.args:
            return _page(file, request.args["page"], request.args.get("size", "page"))
        return _sent(file, services().store.files.open(file))
    except NoSuchFile:
        abort(404)


@blueprint.get("/temporary-file/<int:number>.<extension>")
def temporary_file(number: int, extension: str) -> Response:
    """A file for whoever has its address, as long as that holds."""
    store = services().store
    try:
        file = store.files.info_with(number, opener_of(store.vault, number, request.args))
        return _sent(file, store.files.open(file))
    except (AddressRefused, AnswersTampered, NoSuchFile):
        abort(404)
    except AddressOver:
        abort(410)


def _sent(file: StoredFile, content: BinaryIO) -> Response:
    """The file, or the range of it that is asked for, read a piece at a time while it is sent."""
    mimetype = _TYPES.get(file.extension, UNKNOWN)
    saved = mimetype not in _SHOWN or bool(request.args.get("attachment"))
    response = send_file(content, mimetype, as_attachment=saved, download_name=file.name)
    response.content_length = file.size
    # its content never changes, so the number says which it is
    response.set_etag(str(file.number))
    # not `wsgi.file_wrapper`, which leaves it to the server what it reads
    response.response = FileWrapper(content, _PIECE)
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=file.size)
    except RequestedRangeNotSatisfiable:
        content.close()
        raise
    return _private(response, mimetype)


def _page(file: StoredFile, page: str, size: str) -> Response:
    """A picture of a page of a PDF."""
    if file.extension != "pdf" or size not in PAGE_SIZES or not _PAGE.fullmatch(page):
        abort(404)

    def draw() -> bytes:
        content = services().store.files.open(file)
        drawn = pages_of_pdf(content, int(page), int(page), resolution=PAGE_SIZES[size], colored=True)
        return drawn[0] if drawn else abort(404)

    try:
        return _picture(services().pictures.get(file, f"page {page} {size}", draw))
    except PagesError:
        return _private(Response(_NO_PICTURE, mimetype="image/svg+xml"), "image/svg+xml")


def _preview(file: StoredFile) -> Response:
    """A small picture of a picture."""
    kind = KINDS.get(file.extension)
    if kind is None or kind.family not in PICTURES:
        abort(404)
    family = kind.family

    def draw() -> bytes:
        return preview(services().store.files.open(file), family, _LONGEST_OF_PREVIEW)

    try:
        return _picture(services().pictures.get(file, "preview", draw))
    except (BrokenPicture, TooManyPixels):
        abort(404)


def _picture(content: bytes) -> Response:
    return _private(Response(content, mimetype="image/png"), "image/png")


@blueprint.get("/uploadedfiles/<name>")
def archive(name: str) -> Response:
    """Several files in a ZIP file."""
    try:
        numbers = [int(value) for value in request.args.getlist("file")]
    except ValueError:
        abort(404)
    if not 0 < len(numbers) <= _MOST_IN_ARCHIVE:
        abort(404)
    # whether they may all be seen comes before anything is written
    content = _zipped([_opened(number) for number in numbers])
    response = send_file(content, _TYPES["zip"], as_attachment=True, download_name=name)
    response.content_length = content.seek(0, io.SEEK_END)
    content.seek(0)
    return _private(response, _TYPES["zip"])


def _opened(number: int) -> tuple[StoredFile, BinaryIO]:
    """The file with its content, if this browser may have it."""
    try:
        file = _found(number)
        return file, services().store.files.open(file)
    except NoSuchFile:
        abort(404)


def _found(number: int) -> StoredFile:
    """The file, in a session in which this browser is, or as one that others may see. Raises `NoSuchFile`."""
    files = services().store.files
    session_id = files.session_of(number)
    if session_id is not None:
        try:
            return files.info(number, session_id, _entered(session_id).unlock())
        except SessionNotFound:
            pass
    return files.info_for(number, person())


def _entered(session_id: str) -> Entrance:
    """The session of a file. Raises `SessionNotFound` for a browser that isn't and wasn't in it.

    The number of a file doesn't show that somebody knows the session's id, which is what opens a plain one.
    """
    entrance = services().store.sessions.enter(session_id, person_secret())
    if not entrance.held and not is_known(session_id) and not _was_in(session_id):
        raise SessionNotFound
    return entrance


def _was_in(session_id: str) -> bool:
    """Whether whoever is signed in was in that session, with whatever browser."""
    user_id = person().id
    return user_id is not None and services().store.sessions.was_in(session_id, user_id)


def _private(response: Response, mimetype: str) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    if mimetype not in _SHOWN:
        # a viewer of PDF wouldn't start under it
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _zipped(files: Iterable[tuple[StoredFile, BinaryIO]]) -> BinaryIO:
    """A ZIP file on the disk, which goes when it is closed."""
    out = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 (the response closes it)
    try:
        _zip(files, out)
    except BaseException:
        out.close()
        raise
    return out


def _zip(files: Iterable[tuple[StoredFile, BinaryIO]], out: BinaryIO) -> None:
    names: set[str] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for file, content in files:
            info = zipfile.ZipInfo(_new_name(file.name, names), file.created.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.file_size = file.size
            with content, package.open(info, "w") as entry:
                shutil.copyfileobj(content, entry, _PIECE)


def _new_name(name: str, taken: set[str]) -> str:
    """The name, with a number before its extension if another file has it."""
    path, candidate, number = PurePosixPath(name), name, 1
    while candidate in taken:
        number += 1
        candidate = f"{path.stem} ({number}){path.suffix}"
    taken.add(candidate)
    return candidate
