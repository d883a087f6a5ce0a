"""`/user/change-password`: another password for whoever knows the one there is."""

from __future__ import annotations

import logging

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.language.words import word
from docassemble_lite.store import passwords
from docassemble_lite.store.passwords import TooManyAtOnce
from docassemble_lite.store.people import WrongPassword
from docassemble_lite.web import account_page, signed_in
from docassemble_lite.web.plain_pages import FormField, FormPage, PlainForm
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("password", __name__, url_prefix="/user")

_CHANGED = "You have another password now, and are signed out in all other browsers."
_WRONG = "This isn’t your password."
_TEXT = "You will be signed out in all other browsers. Your interviews and your recovery code stay as they are."


@blueprint.before_request
def let_in() -> Response | None:
    return signed_in.only_signed_in(home=url_for("password.show"))


@blueprint.get("/change-password")
def show() -> Response:
    return _form()


@blueprint.post("/change-password")
def change() -> Response:
    person = signed_in.person()
    wait = account_page.seconds_to_wait("password", str(person.id))
    if wait:
        return _form(429, word(account_page.TOO_OFTEN), wait=wait)
    errors = account_page.check_new_password()
    if errors:
        return _form(422, errors=errors)
    old, new = request.form.get("old", ""), request.form.get("password", "")
    try:
        services().store.people.change_password(person, old, new)
    except WrongPassword:
        log.info('action="password_change_refused" user=%s', person.id)
        return _form(422, errors={"old": word(_WRONG)})
    except TooManyAtOnce:
        return _form(503, word(account_page.TOO_MANY), wait=1.0)
    log.info('action="password_changed" user=%s', person.id)
    try:
        signed_in.begin(person, new)
    except (WrongPassword, TooManyAtOnce):
        # it is changed all the same
        return redirect(url_for("sign_in.show", next=url_for("profile.show")), 303)
    return account_page.go_to(url_for("profile.show"), word(_CHANGED))


def old_password_field(label: str, error: str) -> FormField:
    """The control for the password that there is."""
    return FormField(
        "old", label, "password", required=True, error=error, autocomplete="current-password", longest=passwords.LONGEST
    )


def _form(status: int = 200, error: str = "", errors: dict[str, str] | None = None, wait: float = 0.0) -> Response:
    wrong = errors or {}
    fields = (
        account_page.own_address_field(signed_in.person().email),
        old_password_field(word("Present password"), wrong.get("old", "")),
        *account_page.new_password_fields(wrong),
    )
    form = PlainForm("da-password", url_for(".change"), word("Change the password"), fields)
    links = ((word("Profile"), url_for("profile.show")),)
    return account_page.show(FormPage(word("Change the password"), (form,), (word(_TEXT),), error, links=links), status, wait)
