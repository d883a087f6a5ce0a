"""Who is let into interviews. Every way to a session names its interview and comes by here."""

from __future__ import annotations

from flask import Flask, redirect, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.engine.access import Verdict
from docassemble_lite.engine.program import Program
from docassemble_lite.errors import LiteError
from docassemble_lite.language.words import word
from docassemble_lite.visit.addresses import interview_address
from docassemble_lite.web.kept_answers import kept_page, typed_answers
from docassemble_lite.web.same_origin import same_origin_path
from docassemble_lite.web.services import services
from docassemble_lite.web.signed_in import NotAllowed, person

_SIGN_IN = "You are signed out"
_SIGN_IN_TEXT = "Nothing that you typed is lost: sign in again in another tab, and then send it again here."


class SignInFirst(LiteError):
    """This is only for people who have signed in."""


def init_app(app: Flask) -> None:
    app.register_error_handler(SignInFirst, lead_to_sign_in)


def admitted(name: str) -> Program:
    """The interview of that name, if the person may use it. Raises `SignInFirst`, `NotAllowed` and what `Programs.get` does."""
    program = services().programs.get(name)
    _require(program.access.to_use(person(), anonymous=services().settings.allow_anonymous_access))
    return program


def require_beginning(program: Program) -> None:
    """Raises `SignInFirst` or `NotAllowed` for somebody who may not begin a session of the interview."""
    _require(program.access.to_begin(person()))


def may_see(program: Program) -> bool:
    """Whether the interview is on the list that the person sees."""
    return program.access.is_listed(person(), anonymous=services().settings.allow_anonymous_access)


def lead_to_sign_in(_: SignInFirst) -> Response:
    """To the page for signing in, and from there back to where the person wanted to go. What was typed is kept on a page."""
    if typed_answers():
        return kept_page(403, word(_SIGN_IN), word(_SIGN_IN_TEXT), signs_in=True)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else interview_address(request.args.get("i", ""))
    return redirect(url_for("sign_in.show", next=same_origin_path(wanted) or None), 303)


def _require(verdict: Verdict) -> None:
    if verdict is Verdict.SIGN_IN:
        raise SignInFirst
    if verdict is Verdict.NO:
        raise NotAllowed
