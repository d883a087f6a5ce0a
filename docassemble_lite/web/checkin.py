"""`/checkin`, where open pages ask whether there is something new, and `/events`, which tells them when to ask."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as BaseResponse

from docassemble_lite.errors import AuthorError, SessionNotFound
from docassemble_lite.language.words import word
from docassemble_lite.metrics import count
from docassemble_lite.visit import CheckIn, Visited
from docassemble_lite.visit.addresses import read_json
from docassemble_lite.visit.checkin import CheckedIn, commands_of
from docassemble_lite.web.current_sessions import known_session
from docassemble_lite.web.doors import SignInFirst, admitted
from docassemble_lite.web.errors import known_text
from docassemble_lite.web.held import HOLD, Hold
from docassemble_lite.web.opening import in_session
from docassemble_lite.web.security import browser_id
from docassemble_lite.web.services import services
from docassemble_lite.web.signed_in import NotAllowed
from docassemble_lite.web.visitor import request_for

log = logging.getLogger(__name__)

blueprint = Blueprint("checkin", __name__)

#: Milliseconds after which a browser connects again.
_CONNECT_AGAIN = 3000


@blueprint.post("/checkin")
def check_in() -> BaseResponse:
    """What is new for a page, as JSON.

    `awaits` and `told` are ids of tasks with blanks between them. With `do_action` the action of the screen is run;
    `parameters` is then what stands in its controls, as JSON, with "_initial" and "_changed".
    """
    form = request.form
    count("check_ins", with_action="yes" if form.get("do_action") else "no")
    try:
        session_id = form.get("_session") or _known_session()
        visited = _ran(session_id, form) if form.get("do_action") else None
        if visited is not None and visited.notice:
            return jsonify(success=True, commands=[], checkin_code=form.get("checkinCode", ""), reload=True)
        commands = commands_of(visited) if visited is not None else ()
        awaits, told = form.get("awaits", "").split(), form.get("told", "").split()
        found = CheckedIn()
        if visited is None or visited.has_news or awaits or told:
            found = in_session(
                lambda secret: services().checkins.check_in(session_id, secret, _interview(), browser_id(), awaits, told)
            )
    except (SessionNotFound, SignInFirst, NotAllowed):
        return jsonify(success=False)
    except AuthorError as error:
        return _failed(error)
    return jsonify(_as_json(replace(found, commands=(*commands, *found.commands)), form))


def _ran(session_id: str, form: Mapping[str, str]) -> Visited:
    """Run the action of the screen."""
    try:
        parameters = read_json(form.get("parameters") or "{}")
    except ValueError as error:
        raise BadRequest("parameters") from error
    if not isinstance(parameters, dict):
        raise BadRequest("parameters")
    initial, changed = parameters.pop("_initial", False) is True, parameters.pop("_changed", None)
    deed = CheckIn(form.get("_tracker", ""), parameters, initial, changed if isinstance(changed, str) else None)
    return in_session(lambda secret: services().visits.visit(session_id, secret, request_for(_interview()), deed))


def _failed(error: AuthorError) -> Response:
    """The interview has a mistake. The person goes on undisturbed; developers are told, in their browser's console."""
    log.error("check-in: %s", known_text(error))
    text = error.message if services().settings.debug else word("The interview has a mistake.")
    response = jsonify(success=True, commands=[], checkin_code=request.form.get("checkinCode", ""), error=text)
    response.status_code = 500
    return response


def _as_json(found: CheckedIn, form: Mapping[str, str]) -> dict[str, Any]:
    return {
        "success": True,
        "commands": [{"id": item.id, "extra": item.action, "value": item.value} for item in found.commands],
        "checkin_code": form.get("checkinCode", ""),
        "pending": found.pending,
        "over": found.over,
        "states": dict(found.states),
    }


@blueprint.get("/events")
def events() -> BaseResponse:
    """A stream that says when to check in; 204, after which a browser doesn't try again, where it can't be had."""
    hold: Hold | None = request.environ.get(HOLD)
    try:
        name, session_id = _interview(), request.args.get("session") or _known_session()
        entrance = in_session(lambda secret: services().store.sessions.enter(session_id, secret))
    except (SessionNotFound, SignInFirst, NotAllowed):
        return Response(status=204)
    if hold is None or entrance.interview != name or not hold(entrance.session_id, browser_id()):
        return Response(status=204)
    # nobody knows how long it gets, and a proxy must not keep what it gets to itself
    response = Response(iter([f"retry: {_CONNECT_AGAIN}\n\n"]), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.headers["Cache-Control"] = "no-store"
    return response


def _interview() -> str:
    name = request.args.get("i")
    if not name:
        raise BadRequest("no interview")
    return admitted(name).name


def _known_session() -> str:
    """The session that this browser's cookie names for the interview; nothing is found by an empty one."""
    return known_session(_interview()) or ""
