"""`/user/sign-in` and `/user/sign-out`."""

from __future__ import annotations

import logging
from math import ceil

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.language.words import word
from docassemble_lite.networks import network_of
from docassemble_lite.store.passwords import TooManyAtOnce
from docassemble_lite.store.people import WrongPassword, email_key
from docassemble_lite.store.tables import EMAIL_LENGTH
from docassemble_lite.web import account_page, signed_in
from docassemble_lite.web.pages import page_context
from docassemble_lite.web.plain_pages import SignInPage
from docassemble_lite.web.same_origin import same_origin_path
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("sign_in", __name__, url_prefix="/user")

#: So many attempts for one account from one network, and so many failures for all accounts, within so many seconds.
MOST = 10
MOST_FAILURES = 60
WITHIN = 60.0
_FAILURES = "sign in anywhere"
_WRONG = "The e-mail address or the password is wrong."
_TOO_OFTEN = "There were too many attempts to sign in. Wait a minute, then try again."
_TOO_MANY = "Too many people are signing in at this moment. Wait a moment, then try again."


@blueprint.get("/sign-in")
def show() -> Response:
    """The form; who is signed in already goes on at once."""
    if signed_in.person().logged_in:
        return _on()
    return _form()


@blueprint.post("/sign-in")
def sign_in() -> Response:
    email, password = request.form.get("email", ""), request.form.get("password", "")
    tried = ("sign in", email_key(email) or "", network_of(request.remote_addr))
    attempts = services().store.attempts
    failed = (_FAILURES, tried[-1])
    wait = attempts.seconds_left(*failed, most=MOST_FAILURES - 1, seconds=WITHIN) or attempts.seconds_to_wait(
        *tried, most=MOST, seconds=WITHIN
    )
    if wait:
        log.warning('action="sign_in_too_often" network=%s', tried[-1])
        return _form(429, _TOO_OFTEN, wait)
    try:
        who = services().store.people.check(email, password)
        if who is not None:
            signed_in.begin(who, password)
    except TooManyAtOnce:
        log.warning('action="sign_in_too_many"')
        return _form(503, _TOO_MANY, 1.0)
    except WrongPassword:
        # it was changed in between
        who = None
    if who is None:
        attempts.seconds_to_wait(*failed, most=MOST_FAILURES, seconds=WITHIN)
        # the address may be a password that was typed into the wrong field
        log.info('action="sign_in_refused" network=%s', tried[-1])
        return _form(422, _WRONG)
    attempts.forget(*tried)
    log.info('action="signed_in" user=%s', who.id)
    return _on()


@blueprint.get("/sign-out")
def ask_to_sign_out() -> str:
    """A button, as only a form can sign somebody out; afterwards, that this was done."""
    return render_template("sign_out.html", page=page_context())


@blueprint.post("/sign-out")
def sign_out() -> Response:
    who = signed_in.person()
    signed_in.end()
    if who.logged_in:
        log.info('action="signed_out" user=%s', who.id)
    return redirect(url_for(".ask_to_sign_out"), 303)


def _form(status: int = 200, error: str = "", wait: float = 0.0) -> Response:
    settings, back = services().settings, _next()
    shown = SignInPage(
        email=request.form.get("email", "")[:EMAIL_LENGTH],
        next=back,
        error=word(error) if error else "",
        register_url=url_for("register.show", next=back or None) if settings.allow_registration else "",
        forgotten_url=url_for("forgotten.show", next=back or None) if settings.allow_forgot_password else "",
    )
    page = page_context(sign_in_url="", action_url=url_for(".sign_in"), notice=account_page.flashed())
    response = make_response(render_template("sign_in.html", sign_in=shown, page=page), status)
    if wait:
        response.headers["Retry-After"] = str(ceil(wait))
    return response


def _on() -> Response:
    return redirect(_next() or url_for("lists.root"), 303)


def _next() -> str:
    """Where a person goes on: a page of this server, or empty."""
    return same_origin_path(request.values.get("next", ""))
