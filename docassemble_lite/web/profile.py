"""`/user/profile`: what a person says of themselves, and the ways to everything else about the account."""

from __future__ import annotations

import logging

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from docassemble_lite.host import Person
from docassemble_lite.language.words import word
from docassemble_lite.store.people import ProfileRefused
from docassemble_lite.web import account_page, recovery, signed_in
from docassemble_lite.web.plain_pages import FormPage, PlainForm
from docassemble_lite.web.profile_fields import profile_fields, typed_profile
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("profile", __name__, url_prefix="/user")

_SAVED = "Your profile is saved."
_OUT = "This signs you out in every browser, also in this one."
_SIGNED_IN = "You sign in as {email}."
_NO_CODE = "You have no recovery code yet: if you forget your password, your private interviews are lost."


@blueprint.before_request
def let_in() -> Response | None:
    return signed_in.only_signed_in(home=url_for("profile.show"))


@blueprint.get("/profile")
def show() -> Response:
    return _page(signed_in.person())


@blueprint.post("/profile")
def save() -> Response:
    person = signed_in.person()
    try:
        services().store.people.set_profile(person, **typed_profile(person))
    except ProfileRefused as error:
        return _page(person, 422, error.message)
    log.info('action="profile_saved" user=%s', person.id)
    return account_page.go_to(url_for(".show"), word(_SAVED))


@blueprint.post("/sign-out-everywhere")
def sign_out_everywhere() -> Response:
    person = signed_in.person()
    services().store.people.end_logins(person)
    signed_in.end()
    log.info('action="signed_out_everywhere" user=%s', person.id)
    return redirect(url_for("sign_in.ask_to_sign_out"), 303)


def _page(person: Person, status: int = 200, error: str = "") -> Response:
    saving = PlainForm("da-profile", url_for(".save"), word("Save"), profile_fields(person))
    ending = PlainForm(
        "da-everywhere",
        url_for(".sign_out_everywhere"),
        word("Sign out everywhere"),
        title=word("Other browsers"),
        texts=(word(_OUT),),
    )
    no_code = "" if services().store.people.has_code(person) else word(_NO_CODE)
    texts = (word(_SIGNED_IN).format(email=person.email), recovery.closed_text(), no_code)
    page = FormPage(word("Profile"), (saving, ending), tuple(filter(None, texts)), error, links=_links())
    return account_page.show(page, status)


def _links() -> tuple[tuple[str, str], ...]:
    links = [
        (word("Change the password"), url_for("password.show")),
        (word("Recovery code"), url_for("recovery.show")),
        (word("Open interviews with a recovery code"), url_for("recovery.ask")),
    ]
    if services().settings.user_can_delete_account:
        links.append((word("Delete the account"), url_for("leaving.show")))
    return tuple(links)
