"""`/checkin`, where open pages ask whether there is something new, and `/events`, which tells them when to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request, session
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as BaseResponse

from docassemble_lite.errors import SessionNotFound
from docassemble_lite.visit.checkin import CheckedIn
from docassemble_lite.web.held import HOLD, Hold
from docassemble_lite.web.security import browser_id, person_secret
from docassemble_lite.web.services import services

blueprint = Blueprint("checkin", __name__)

#: Milliseconds after which a browser connects again.
_CONNECT_AGAIN = 3000


@blueprint.post("/checkin")
def check_in() -> BaseResponse:
    """What is new for a page, as JSON. `awaits` and `told` are ids of tasks with blanks between them."""
    form = request.form
    try:
        session_id = form.get("_session") or _known_session()
        found = services().checkins.check_in(
            session_id,
            person_secret(),
            _interview(),
            browser_id(),
            form.get("awaits", "").split(),
            form.get("told", "").split(),
        )
    except SessionNotFound:
        return jsonify(success=False)
    return jsonify(_as_json(found, form))


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
        entrance = services().store.sessions.enter(request.args.get("session") or _known_session(), person_secret())
    except SessionNotFound:
        return Response(status=204)
    if hold is None or entrance.interview != _interview() or not hold(entrance.session_id, browser_id()):
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
    return services().programs.get(name).name


def _known_session() -> str:
    """The session that this browser's cookie names for the interview; nothing is found by an empty one."""
    known: Mapping[str, str] = session.get("sessions", {})
    return known.get(_interview(), "")
