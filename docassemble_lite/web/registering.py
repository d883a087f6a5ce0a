"""`/user/register`: a person makes an account, with a link from an e-mail where such can be sent, or takes up an invitation."""

from __future__ import annotations

import logging

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.language.words import word
from docassemble_lite.store.passwords import TooManyAtOnce
from docassemble_lite.store.people import EmailRefused, EmailTaken, LinkUsed, ProfileRefused
from docassemble_lite.store.tables import EMAIL_LENGTH
from docassemble_lite.store.tickets import Ticket
from docassemble_lite.web import account_page, confirming, signed_in
from docassemble_lite.web.account_page import typed
from docassemble_lite.web.plain_pages import FormField, FormPage, PlainForm
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("register", __name__, url_prefix="/user")

_CLOSED = "Nobody can register here without an invitation. Ask whoever runs this server for one."
_OVER = "This link has been used, or its time is over. Ask for another one."
_TAKEN = "There is somebody with this e-mail address already. If it is you, sign in, or ask for another password."
_NO_ADDRESS = "This is no e-mail address."
_NAME = "This can't be a name."


@blueprint.get("/register")
def show() -> Response:
    """The form; who is signed in already goes on at once."""
    if signed_in.person().logged_in:
        return account_page.go_on()
    if _asks_for_address(_ticket()):
        return confirming.show(error=word(_OVER) if _token() else "")
    return _form()


@blueprint.post("/register")
def register() -> Response:
    ticket = _ticket()
    if ticket is None and not _is_open():
        return _form(403)
    wait = account_page.seconds_to_wait("register")
    if wait:
        page = confirming.show if _asks_for_address(ticket) else _form
        return page(429, word(account_page.TOO_OFTEN), wait=wait)
    if _asks_for_address(ticket):
        return confirming.show(410, word(_OVER)) if _token() else confirming.ask()
    errors = account_page.check_new_password()
    if errors:
        return _form(422, errors=errors)
    try:
        return _add(ticket)
    except EmailRefused:
        return _form(422, errors={"email": word(_NO_ADDRESS)})
    except EmailTaken:
        return _form(422, errors={"email": word(_TAKEN)})
    except ProfileRefused:
        return _form(422, errors={"last_name": word(_NAME)})
    except LinkUsed:
        return _form(410, word(_OVER))
    except TooManyAtOnce:
        return _form(503, word(account_page.TOO_MANY), wait=1.0)


def _add(ticket: Ticket | None) -> Response:
    people, password = services().store.people, request.form.get("password", "")
    # one that was removed since somebody was invited is nobody's any more
    privileges = set(ticket.privileges) & set(people.privileges()) if ticket else ()
    email = (ticket.email if ticket else "") or typed("email")
    names = {name: typed(name) for name in ("first_name", "last_name")}
    person = people.add(email, password, privileges=privileges, link=_token() if ticket else "", **names)
    log.info('action="registered" user=%s invited=%s', person.id, ticket is not None)
    try:
        signed_in.begin(person, password)
    except TooManyAtOnce:
        return redirect(url_for("sign_in.show", next=account_page.next_path() or None), 303)
    return redirect(url_for("recovery.show", next=account_page.next_path() or None), 303)


# --- who may --------------------------------------------------------------------------------------------------------


def _is_open() -> bool:
    return services().settings.allow_registration


def _token() -> str:
    """What an invitation holds, or the link of an e-mail."""
    return request.values.get("token", "")


def _ticket() -> Ticket | None:
    return _invitation() or services().store.tickets.find("register", _token())


def _invitation() -> Ticket | None:
    return services().store.tickets.find("invite", _token())


def _asks_for_address(ticket: Ticket | None) -> bool:
    """Whether somebody without a link that is good is to ask for one."""
    return ticket is None and _is_open() and confirming.is_needed()


# --- the form --------------------------------------------------------------------------------------------------------


def _form(status: int = 200, error: str = "", errors: dict[str, str] | None = None, wait: float = 0.0) -> Response:
    ticket, back = _ticket(), account_page.next_path()
    links = ((word("I have an account already"), url_for("sign_in.show", next=back or None)),)
    over = word(_OVER) if _token() and ticket is None else ""
    if ticket is None and not _is_open():
        texts = () if over else (word(_CLOSED),)
        return account_page.show(FormPage(word("Register"), error=over, texts=texts, links=links), status)
    hidden = (("next", back), ("token", _token() if ticket else ""))
    form = PlainForm("da-register", url_for(".register"), word("Register"), _fields(ticket, errors or {}), hidden=hidden)
    page = FormPage(word("Register"), (form,), _texts(ticket), error or over, links=links)
    return account_page.show(page, status, wait)


def _texts(ticket: Ticket | None) -> tuple[str, ...]:
    if _invitation() is not None:
        return (word("You have been invited to {name}.").format(name=services().settings.appname),)
    return (word("With an account you find your interviews again, on every device. Those that you have begun here come along."),)


def _fields(ticket: Ticket | None, errors: dict[str, str]) -> tuple[FormField, ...]:
    invited = ticket.email if ticket else ""
    return (
        FormField(
            "email",
            word("E-mail address"),
            "email",
            invited or typed("email")[:EMAIL_LENGTH],
            required=not invited,
            error=errors.get("email", ""),
            autocomplete="username",
            longest=EMAIL_LENGTH,
            fixed=bool(invited),
        ),
        *account_page.new_password_fields(errors, "Password"),
        FormField("first_name", word("First name"), value=typed("first_name"), autocomplete="given-name"),
        FormField(
            "last_name",
            word("Last name"),
            value=typed("last_name"),
            autocomplete="family-name",
            error=errors.get("last_name", ""),
        ),
    )
