"""What a person typed into a screen and couldn't be taken just now: it is shown, in a form that can be sent again."""

from __future__ import annotations

import base64
import binascii
import json

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.visit.addresses import RESERVED
from docassemble_lite.web.pages import page_context
from docassemble_lite.web.plain_pages import ConflictPage, TypedAnswer
from docassemble_lite.web.same_origin import same_origin_path

#: Datatypes whose texts aren't shown again.
_UNTOLD = frozenset({"password", "file", "files", "camera", "user", "environment", "camcorder", "microphone", "signature"})
_ANSWERS = "interview.answer"


def typed_answers() -> tuple[TypedAnswer, ...]:
    """What the request answers on a screen; nothing for other requests, and for Back, which takes nothing."""
    # another form may hold a password
    if request.endpoint != _ANSWERS or request.form.get("_back_one") == "1":
        return ()
    hidden = _untold(request.form.get("_datatypes", "")) | RESERVED | {"csrf_token"}
    return tuple(
        TypedAnswer("", value)
        for name in request.form
        if name not in hidden and not name.startswith("_")
        for value in request.form.getlist(name)
        if value
    )


def kept_page(status: int, title: str = "", text: str = "", *, signs_in: bool = False) -> Response:
    """The answers of the request, to be sent again; `signs_in`: the page leads to where one signs in before."""
    posted = tuple((name, value) for name in request.form for value in request.form.getlist(name))
    path = request.full_path.rstrip("?")
    url = url_for("sign_in.show", next=same_origin_path(path) or None) if signs_in else ""
    kept = ConflictPage(typed_answers(), posted, title, text, url)
    return make_response(render_template("conflict.html", conflict=kept, page=page_context(action_url=path)), status)


def _untold(datatypes: str) -> set[str]:
    """The controls for passwords, and those that post what only the server can read.

    What the form itself says of its controls is believed: nobody looks at more than their own.
    """
    try:
        named = json.loads(base64.b64decode(datatypes))
    except (binascii.Error, ValueError, RecursionError):
        return set()
    return {name for name, kind in named.items() if kind in _UNTOLD} if isinstance(named, dict) else set()
