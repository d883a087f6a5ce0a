"""`/user/delete-account`: a person goes, with all that is only this person's."""

from __future__ import annotations

import logging

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.language.words import word
from docassemble_lite.store.leaving import delete_person
from docassemble_lite.store.passwords import TooManyAtOnce
from docassemble_lite.store.people import LastAdmin
from docassemble_lite.web import account_page, signed_in
from docassemble_lite.web.password import old_password_field
from docassemble_lite.web.plain_pages import FormField, FormPage, PlainForm
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("leaving", __name__, url_prefix="/user")

_WRONG = "This isn’t your password. Nothing was deleted."
_LAST = "You are the only administrator of this server. Make somebody else one before you go."
_DELETED = "Your account is deleted."
_TEXTS = (
    "Your account, your profile and your private interviews ({private}) are deleted at once, with answers, documents and files. "
    "Nobody can bring them back.",
    "Interviews of others in which you took part stay.",
)
_SHARED = "Also delete the interviews ({shared}) that I began and in which others may take part"


@blueprint.get("/account-deleted")
def goodbye() -> Response:
    return account_page.show(FormPage(word(_DELETED), links=((word("Interviews"), url_for("lists.index")),)))


@blueprint.get("/delete-account")
def show() -> Response:
    return _refused() or _form()


@blueprint.post("/delete-account")
def delete() -> Response:
    refused = _refused()
    if refused is not None:
        return refused
    person, store = signed_in.person(), services().store
    wait = account_page.seconds_to_wait("password", str(person.id))
    if wait:
        return _form(429, word(account_page.TOO_OFTEN), wait=wait)
    try:
        if store.people.check(person.email, request.form.get("old", "")) is None:
            log.info('action="account_deletion_refused" user=%s', person.id)
            return _form(422, wrong=word(_WRONG))
        number = delete_person(store, person, shared=bool(request.form.get("shared")), keep_admin=True)
    except TooManyAtOnce:
        return _form(503, word(account_page.TOO_MANY), wait=1.0)
    except LastAdmin:
        return _form(422, word(_LAST))
    log.info('action="account_deleted" user=%s sessions=%d', person.id, number)
    signed_in.end()
    return redirect(url_for(".goodbye"), 303)


def _refused() -> Response | None:
    """What keeps away from this page."""
    if not services().settings.user_can_delete_account:
        abort(404)
    return signed_in.only_signed_in(home=url_for("leaving.show"))


def _form(status: int = 200, error: str = "", wrong: str = "", wait: float = 0.0) -> Response:
    sessions, person = services().store.sessions, signed_in.person()
    number = person.id or 0
    private, shared = sessions.count_private(number), sessions.count_shared(number)
    box = FormField("shared", word(_SHARED).format(shared=shared), "checkbox", checked=bool(request.form.get("shared")))
    address, password = account_page.own_address_field(person.email), old_password_field(word("Password"), wrong)
    fields = (address, password, *((box,) if shared else ()))
    form = PlainForm("da-delete", url_for(".delete"), word("Delete the account"), fields, is_final=True)
    texts = tuple(word(text).format(private=private) for text in _TEXTS)
    links = ((word("Back to the profile"), url_for("profile.show")),)
    return account_page.show(FormPage(word("Delete the account"), (form,), texts, error, links=links), status, wait)
