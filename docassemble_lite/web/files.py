"""Static files of interviews and packages."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from flask import Blueprint, abort, send_file
from werkzeug.wrappers import Response

from docassemble_lite.web.services import services

blueprint = Blueprint("files", __name__)

#: What is shown in the browser; anything else is downloaded, and nothing is served as a page.
_SHOWN = {
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".webp",
    ".ico",
    ".css",
    ".js",
    ".pdf",
    ".mp3",
    ".mp4",
    ".ogg",
    ".woff2",
    ".json",
    ".txt",
}


@cache
def jquery_version() -> str:
    """Tells the versions of jQuery apart for browsers that keep what they have loaded."""
    return version("XStatic-jQuery")


@blueprint.get("/jquery.js")
def jquery() -> Response:
    """jQuery, for the scripts of interviews; the pages themselves don't use it."""
    return send_file(_jquery_path())


@cache
def _jquery_path() -> Path:
    return Path(str(files("xstatic.pkg.jquery") / "data" / "jquery.min.js"))


@blueprint.get("/packagestatic/<package>/<path:name>")
def package_file(package: str, name: str) -> Response:
    """A file of a package's `data/static`, or of the `static` folder beside an interview."""
    found = services().programs.sources.static_file(package, name)
    if found is None:
        abort(404)
    response = send_file(found, as_attachment=found.suffix.lower() not in _SHOWN)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
