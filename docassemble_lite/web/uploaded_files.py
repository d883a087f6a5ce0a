"""`/uploadedfile`: the files of sessions, for browsers that may open the session; `/temporary-file`: for whoever has the address.

A file that belongs to somebody else and one that isn't there get the same answer.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath

from flask import Blueprint, Response, abort, request, send_file

from docassemble_lite.errors import AnswersTampered, NoSuchFile, SessionNotFound
from docassemble_lite.formats.kinds import KINDS, PICTURES, UNKNOWN
from docassemble_lite.formats.pdf_pages import PAGE_SIZES, PagesError, pages_of_pdf
from docassemble_lite.formats.pictures import BrokenPicture, TooManyPixels, preview
from docassemble_lite.store.files import StoredFile
from docassemble_lite.store.loaded import Entrance
from docassemble_lite.visit.temporary_files import AddressOver, AddressRefused, data_key_of
from docassemble_lite.web.current_sessions import is_known
from docassemble_lite.web.services import services
from docassemble_lite.web.signed_in import person, person_secret

blueprint = Blueprint("uploaded_files", __name__)

#: What a file is served as, by its extension and never by what somebody says of it.
_TYPES = {extension: kind.mimetype for extension, kind in KINDS.items() if extension != "svg"}
#: What browsers show in a viewer of their own; everything else is saved.
_SHOWN = frozenset({"application/pdf"})
_MOST_IN_ARCHIVE = 100
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
        file, data_key = _entered_file(number)
        if request.args.get("thumb"):
            return _preview(file, data_key)
        if "page" in request.args:
            return _page(file, data_key, request.args["page"], request.args.get("size", "page"))
        return _sent(file, services().store.files.read(file, data_key))
    except NoSuchFile:
        abort(404)


@blueprint.get("/temporary-file/<int:number>.<extension>")
def temporary_file(number: int, extension: str) -> Response:
    """A file for whoever has its address, as long as that holds."""
    store = services().store
    try:
        data_key = data_key_of(store.vault, number, request.args)
        file = store.files.info(number, store.files.session_of(number), data_key)
        return _sent(file, store.files.read(file, data_key))
    except (AddressRefused, AnswersTampered, NoSuchFile):
        abort(404)
    except AddressOver:
        abort(410)


def _sent(file: StoredFile, content: bytes) -> Response:
    mimetype = _TYPES.get(file.extension, UNKNOWN)
    saved = mimetype not in _SHOWN or bool(request.args.get("attachment"))
    # its content never changes, so the number says which it is
    response = send_file(
        io.BytesIO(content), mimetype, as_attachment=saved, download_name=file.name, etag=str(file.number), conditional=True
    )
    return _private(response, mimetype)


def _page(file: StoredFile, data_key: bytes, page: str, size: str) -> Response:
    """A picture of a page of a PDF."""
    if file.extension != "pdf" or size not in PAGE_SIZES or not _PAGE.fullmatch(page):
        abort(404)

    def draw() -> bytes:
        content = services().store.files.read(file, data_key)
        drawn = pages_of_pdf(content, int(page), int(page), resolution=PAGE_SIZES[size], colored=True)
        return drawn[0] if drawn else abort(404)

    try:
        return _picture(services().pictures.get(file, f"page {page} {size}", data_key, draw))
    except PagesError:
        return _private(Response(_NO_PICTURE, mimetype="image/svg+xml"), "image/svg+xml")


def _preview(file: StoredFile, data_key: bytes) -> Response:
    """A small picture of a picture."""
    kind = KINDS.get(file.extension)
    if kind is None or kind.family not in PICTURES:
        abort(404)
    family = kind.family

    def draw() -> bytes:
        return preview(services().store.files.read(file, data_key), family, _LONGEST_OF_PREVIEW)

    try:
        return _picture(services().pictures.get(file, "preview", data_key, draw))
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
    content = _zipped(_opened(number) for number in numbers)
    response = send_file(io.BytesIO(content), _TYPES["zip"], as_attachment=True, download_name=name)
    return _private(response, _TYPES["zip"])


def _opened(number: int) -> tuple[StoredFile, bytes]:
    """The file with its content, if this browser may have it."""
    try:
        file, data_key = _entered_file(number)
        return file, services().store.files.read(file, data_key)
    except NoSuchFile:
        abort(404)


def _entered_file(number: int) -> tuple[StoredFile, bytes]:
    """The file with what opens its content, if this browser may have it. Raises `NoSuchFile`."""
    files = services().store.files
    session_id = files.session_of(number)
    try:
        data_key = _entered(session_id).unlock()
    except SessionNotFound as error:
        raise NoSuchFile from error
    return files.info(number, session_id, data_key), data_key


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


def _zipped(files: Iterable[tuple[StoredFile, bytes]]) -> bytes:
    out = io.BytesIO()
    names: set[str] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for file, content in files:
            info = zipfile.ZipInfo(_new_name(file.name, names), file.created.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, content)
    return out.getvalue()


def _new_name(name: str, taken: set[str]) -> str:
    """The name, with a number before its extension if another file has it."""
    path, candidate, number = PurePosixPath(name), name, 1
    while candidate in taken:
        number += 1
        candidate = f"{path.stem} ({number}){path.suffix}"
    taken.add(candidate)
    return candidate
