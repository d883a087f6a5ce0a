"""`/interview`: where a person is in an interview."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as BaseResponse

from docassemble_lite.engine.screen import Exit, Outcome, Redirect, Screen, Sent
from docassemble_lite.engine.screen import Response as RawResponse
from docassemble_lite.errors import SessionNotFound
from docassemble_lite.store.loaded import Peek
from docassemble_lite.visit import Act, Deed, EmailDocuments, GoBack, Send, Show, Submit, Visited
from docassemble_lite.visit.addresses import RESERVED, decoded_action, interview_address
from docassemble_lite.web.current_sessions import known_session, remember
from docassemble_lite.web.doors import SignInFirst, admitted, require_beginning
from docassemble_lite.web.errors import known_text
from docassemble_lite.web.form import sent_files
from docassemble_lite.web.opening import in_session
from docassemble_lite.web.pages import is_glance, keep_flashes, page_context, screen_page
from docassemble_lite.web.services import services
from docassemble_lite.web.signed_in import NotAllowed, person, person_secret
from docassemble_lite.web.visitor import request_for
from docassemble_lite.web.ways_out import go, lead_to

log = logging.getLogger(__name__)
blueprint = Blueprint("interview", __name__)


@blueprint.get("/interview")
def show() -> BaseResponse:
    """The current screen; an address may ask for another session, a new one, or an action."""
    name = _interview_name()
    arguments = request.args
    url_args = {key: value for key, value in arguments.items() if key not in RESERVED}
    if arguments.get("session"):
        return _join(name, arguments["session"])
    if arguments.get("new_session"):
        return _begun(name, url_args)
    known = request.headers.get("X-Session") or known_session(name)
    if arguments.get("reset"):
        return _reset(name, known, url_args)
    if "action" in arguments:
        return _act(name, known, arguments["action"])
    if known is None:
        return _begun(name, url_args)
    return _visited(name, known, Show(url_args, glance=is_glance()))


@blueprint.post("/interview")
def answer() -> BaseResponse:
    """A screen that was answered, or left by Back."""
    name = _interview_name()
    posted = {key: request.form.getlist(key) for key in request.form}
    token = request.form.get("_tracker", "")
    session_id = request.form.get("_session") or known_session(name)
    posted.pop("_session", None)
    if session_id is None:
        raise SessionNotFound
    goes_back = posted.get("_back_one", [""])[-1] == "1"
    deed: Deed = GoBack(token) if goes_back else Submit(posted, token, sent_files())
    return _visited(name, session_id, deed)


@blueprint.post("/documents-by-email")
def email_documents() -> BaseResponse:
    """Documents of a screen that are to be sent by e-mail. The screen says what becomes of it."""
    name = _interview_name()
    session_id = request.form.get("_session") or known_session(name)
    if session_id is None:
        raise SessionNotFound
    given = request.form
    deed = EmailDocuments(
        given.get("_attachment_email_address", ""), "_attachment_include_editable" in given, given.get("_tracker", "")
    )
    visited = in_session(lambda secret: services().visits.visit(session_id, secret, request_for(name), deed))
    if visited.notice or (isinstance(visited.outcome, Screen) and visited.outcome.has_mistakes):
        return _response(visited)
    # loading the page again sends nothing again
    return redirect(f"{interview_address(name)}#da-documents-by-email", 303)


@blueprint.post("/upload")
def upload() -> BaseResponse:
    """A file that a page sends ahead of its form: a ticket for it, or what is wrong with it, as JSON."""
    try:
        name = _interview_name()
    except (SignInFirst, NotAllowed):
        return make_response(jsonify(stale=True), 409)
    session_id = request.form.get("_session") or known_session(name)
    sent = [(control, item) for control, listed in sent_files().items() for item in listed]
    if session_id is None or len(sent) != 1:
        raise BadRequest("upload")
    deed = Send(*sent[0], token=request.form.get("_tracker", ""))
    outcome = in_session(lambda secret: services().visits.visit(session_id, secret, request_for(name), deed)).outcome
    if not isinstance(outcome, Sent):
        # the page is out of date, which it is told when it sends its form
        return make_response(jsonify(stale=True), 409)
    if outcome.kept is None:
        return jsonify(error=outcome.error)
    shown = render_template("kept.html", file=outcome.kept, control=sent[0][0], page=page_context())
    return jsonify(html=shown)


@blueprint.post("/vars")
def variables() -> BaseResponse:
    """The answers of the session as JSON, for the scripts of its pages."""
    try:
        name = _interview_name()
        session_id = request.form.get("_session") or known_session(name) or ""
        found = in_session(lambda secret: services().visits.variables(session_id, secret, request_for(name)))
    except (SessionNotFound, SignInFirst, NotAllowed):
        found = None
    if found is None:
        return jsonify(success=False)
    return jsonify(
        success=True,
        variables=found.variables,
        i=found.interview,
        uid=found.session,
        encrypted=found.encrypted,
        steps=found.steps,
    )


def _interview_name() -> str:
    name = request.args.get("i") or services().settings.default_interview
    if not name:
        raise BadRequest("no interview")
    return admitted(name).name


# --- visits ----------------------------------------------------------------------------------------------------------------


def _begun(name: str, url_args: Mapping[str, Any]) -> BaseResponse:
    """A new session; an address that asked for it leads on to one that doesn't."""
    existing = _only_session(name)
    if existing is not None:
        remember(name, existing)
        return redirect(interview_address(name, **url_args), 303)
    _clear_the_way(name)
    if request.args.keys() & {"new_session", "reset"}:
        remember(name, services().visits.create(name, person_secret(), url_args, person().id))
        return redirect(_first_address(name), 303)
    visited = services().visits.begin(name, person_secret(), request_for(name), url_args)
    remember(name, visited.session)
    return _response(visited)


def _only_session(name: str) -> str | None:
    """The session that the person has already, of an interview of which nobody has more than one."""
    if not services().programs.get(name).access.is_unique(person()):
        return None
    return next((held.session_id for held in _sessions_of(name)), None)


def _clear_the_way(name: str) -> None:
    """Whatever has to be before a session begins. Raises `SignInFirst` or `NotAllowed` if the person may not begin one."""
    program = services().programs.get(name)
    require_beginning(program)
    if program.metadata.get("temporary session") is True:
        for held in _sessions_of(name):
            services().store.sessions.delete(held)


def _sessions_of(name: str) -> list[Peek]:
    """The person's own sessions of an interview, the one saved last first."""
    return [held for held in services().store.sessions.held_by(person_secret()) if held.interview == name]


def _reset(name: str, known: str | None, url_args: Mapping[str, Any]) -> BaseResponse:
    if known is None:
        return _begun(name, url_args)
    try:
        in_session(lambda secret: services().visits.restart(known, secret, name, url_args))
    except SessionNotFound:
        return _begun(name, url_args)
    return redirect(_first_address(name), 303)


def _first_address(name: str) -> str:
    """The address of a session that has just begun, with the action that was asked for besides."""
    return interview_address(name, action=request.args.get("action"))


def _join(name: str, session_id: str) -> BaseResponse:
    """Make another session the current one; whoever can't open it is told that there is none."""
    entrance = in_session(lambda secret: services().store.sessions.enter(session_id, secret))
    if entrance.interview != name:
        raise SessionNotFound
    remember(name, session_id)
    rest = {key: value for key, value in request.args.items() if key not in ("i", "session")}
    return redirect(interview_address(name, **rest), 303)


def _act(name: str, known: str | None, encoded: str) -> BaseResponse:
    try:
        action, arguments = decoded_action(encoded)
    except ValueError as error:
        raise BadRequest("action") from error
    if known is None:
        known = _only_session(name)
    if known is None:
        _clear_the_way(name)
        known = services().visits.begin(name, person_secret(), request_for(name), {}).session
        remember(name, known)
    deed = Act(action, arguments, read_only="X-Read-Only" in request.headers)
    visited = in_session(lambda secret: services().visits.visit(known, secret, request_for(name), deed))
    if isinstance(visited.outcome, Screen) and visited.outcome.asked.block:
        # what is shown from here on isn't the action again when the page is loaded again; a message is there only now
        keep_flashes(visited.outcome)
        return redirect(interview_address(name), 303)
    return _response(visited)


def _visited(name: str, session_id: str, deed: Deed) -> BaseResponse:
    try:
        visited = in_session(lambda secret: services().visits.visit(session_id, secret, request_for(name), deed))
    except SessionNotFound:
        if not isinstance(deed, Show) or session_id != known_session(name):
            raise
        # the session that the cookie remembers is over
        return _begun(name, deed.url_args)
    return _response(visited)


def _response(visited: Visited) -> BaseResponse:
    if visited.error is not None:
        log.error("interview error: %s", known_text(visited.error))
    outcome: Outcome = visited.outcome
    if isinstance(outcome, Screen):
        status = 422 if outcome.has_mistakes else 200
        return make_response(screen_page(visited, outcome), 409 if visited.notice else status)
    if isinstance(outcome, RawResponse):
        return Response(outcome.body, status=outcome.status, content_type=outcome.content_type)
    if isinstance(outcome, Redirect):
        return lead_to(outcome.url)
    if isinstance(outcome, Exit):
        return go(visited)
    return redirect(interview_address(visited.interview), 303)
