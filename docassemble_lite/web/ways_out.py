"""Where people go who leave an interview, or who are to sign in and come back."""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.engine.leaving import ENDING, LEAVING, SIGNING_OUT
from docassemble_lite.engine.screen import Exit
from docassemble_lite.errors import SessionNotFound
from docassemble_lite.visit import Leave, Visited
from docassemble_lite.visit.addresses import RESERVED, interview_address
from docassemble_lite.visit.ways_out import WayOut, read_way_out
from docassemble_lite.web import signed_in
from docassemble_lite.web.current_sessions import known_session, remember
from docassemble_lite.web.opening import in_session
from docassemble_lite.web.pages import page_context
from docassemble_lite.web.plain_pages import ExitPage, LeadingPage
from docassemble_lite.web.same_origin import same_origin_path
from docassemble_lite.web.security import browser_id
from docassemble_lite.web.services import services
from docassemble_lite.web.visitor import request_for

blueprint = Blueprint("ways_out", __name__)


@blueprint.get("/exit")
def goodbye() -> str:
    """The last page of a session."""
    return render_template("exit.html", exit=ExitPage(), page=page_context())


@blueprint.get("/leave")
def leave() -> str:
    """The last page of a session that can be gone on with."""
    return goodbye()


@blueprint.get("/way-out")
def follow() -> Response:
    """Do what a link in a page of this browser says; any other address changes nothing."""
    way_out = read_way_out(services().store.vault, request.args.get("key", ""), browser_id())
    if way_out is None:
        return redirect(url_for(".goodbye"), 303)
    return go(_visited(way_out))


def go(visited: Visited) -> Response:
    """What follows an outcome that is an `Exit`."""
    way_out = visited.outcome
    assert isinstance(way_out, Exit)
    if way_out.kind in LEAVING:
        return _gone(visited.interview, way_out)
    match way_out.kind:
        case "new_session":
            return redirect(interview_address(visited.interview, **_arguments(visited), new_session=1), 303)
        case "signin":
            return redirect(url_for("sign_in.show", next=_way_back(visited)), 303)
        case "register":
            endpoint = "register.show" if "register.show" in current_app.view_functions else "sign_in.show"
            return redirect(url_for(endpoint, next=_way_back(visited)), 303)
    return redirect(interview_address(visited.interview), 303)


def lead_to(address: str) -> Response:
    """Send the browser to an address that an author or the operator has named.

    A browser follows a form only to where the page's policy allows it, and that is this server. So what follows a form and
    leads elsewhere is a page that leads on.
    """
    if request.method == "GET" or same_origin_path(address):
        return redirect(address, 303)
    page = page_context(action_url="/")
    return make_response(render_template("leading.html", leading=LeadingPage(address), page=page))


def _visited(way_out: WayOut) -> Visited:
    deed = Leave(way_out.kind, way_out.url)
    try:
        visit = services().visits.visit
        return in_session(lambda secret: visit(way_out.session, secret, request_for(way_out.interview), deed))
    except SessionNotFound:
        # it is over already
        return Visited(Exit(way_out.kind, way_out.url), way_out.session, way_out.interview)


def _gone(interview: str, way_out: Exit) -> Response:
    signs_out = way_out.kind in SIGNING_OUT and signed_in.person().logged_in
    if way_out.kind in ENDING or signs_out:
        remember(interview, None)
    if signs_out:
        signed_in.end()
    settings = services().settings
    usual = (settings.logoutpage if signs_out else "") or settings.exitpage
    return lead_to(way_out.url or usual or url_for("ways_out.goodbye"))


def _arguments(visited: Visited) -> dict[str, str]:
    """The arguments of the address with which the session began."""
    return {key: value for key, value in visited.url_args.items() if isinstance(value, str) and key not in RESERVED}


def _way_back(visited: Visited) -> str:
    """Where a person comes back to who signs in: the page that the author names, or the session.

    The browser may have forgotten that it is the current one of its interview.
    """
    assert isinstance(visited.outcome, Exit)
    named = same_origin_path(visited.outcome.url)
    if named:
        return named
    is_current = known_session(visited.interview) == visited.session
    return interview_address(visited.interview, session=None if is_current else visited.session)
