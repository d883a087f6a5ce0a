"""`/user/forgot-password` and `/user/reset-password/…`: another password for whoever has forgotten it."""

from __future__ import annotations

import logging

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.host import Person
from docassemble_lite.language.words import word
from docassemble_lite.store.passwords import TooManyAtOnce
from docassemble_lite.store.people import LinkUsed, PersonNotFound, WrongCode, WrongPassword, email_key
from docassemble_lite.store.tables import EMAIL_LENGTH
from docassemble_lite.store.tickets import ASKED_FOR
from docassemble_lite.web import account_mail, account_page, signed_in
from docassemble_lite.web.account_page import typed
from docassemble_lite.web.links import link_to_send
from docassemble_lite.web.plain_pages import FormField, FormPage, PlainForm
from docassemble_lite.web.recovery import LONGEST_CODE
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("forgotten", __name__, url_prefix="/user")

# links that may be asked for, for one person from one network, within so many seconds
_LINKS = 3
_LINKS_WITHIN = 3600.0
_TITLE = "Forgot your password?"
_ASK = "Type your e-mail address, and you get a link by which you can choose another password. It is good for an hour."
_SENT = "If there is an account with this address, an e-mail with a link is on its way. Look among unwanted mail, too."
_NO_MAIL = (
    "This server sends no e-mails. An administrator can make a link for you, by which you choose another password yourself.",
    "Tell the administrator the e-mail address of your account.",
)
_OVER = "This link has been used, or its time is over. Ask for another one."
_WRONG_CODE = "This isn’t your recovery code. Nothing was changed: try again, or leave the field empty."
_CHANGED = "You have another password now."
_CHANGED_OPEN = "You have another password now, and your private interviews are open to you as before."
_NOTHING_LOST = "You have no private interviews, so none is lost."
_CLOSED = "With another password, nothing but your recovery code opens your {number} private interviews any more."
_ONE_CLOSED = "With another password, nothing but your recovery code opens your private interview any more."
_LOST = "With another password, your {number} private interviews are lost for good, as you have made no recovery code."
_ONE_LOST = "With another password, your private interview is lost for good, as you have made no recovery code."
_REMEMBER = "So if you may still remember the old password, try that first."
_OTHERS = "Interviews in which others take part stay open to you in any case."
_CODE_HINT = "You can also enter it later, on the page of your profile."


# --- asking for a link -----------------------------------------------------------------------------------------------


@blueprint.get("/forgot-password")
def show() -> Response:
    _require_allowed()
    return _ask_page()


@blueprint.post("/forgot-password")
def ask() -> Response:
    """The answer, and the time that it takes, is the same whether or not there is such an account."""
    _require_allowed()
    if not account_mail.sends_mail():
        return _ask_page(422)
    email = typed("email")
    wait = account_page.seconds_to_wait("forgotten")
    if wait:
        return _ask_page(429, word(account_page.TOO_OFTEN), wait)
    allowed = account_page.may_be_written_to("forgotten", email_key(email) or "", most=_LINKS, seconds=_LINKS_WITHIN)
    response = account_page.show(FormPage(word(_TITLE), texts=(word(_SENT),), links=_links()))
    person = services().store.people.find(email) if allowed else None
    if person is not None:
        account_mail.afterwards(response, lambda: _send_to(person))
    return response


def _send_to(person: Person) -> None:
    token = services().store.tickets.make("reset", ASKED_FOR, user_id=person.id)
    sent = account_mail.send_reset(person, link_to_send("forgotten.reset", token=token))
    log.info('action="reset_link_sent" user=%s sent=%s', person.id, sent)


def _require_allowed() -> None:
    if not services().settings.allow_forgot_password:
        abort(404)


def _ask_page(status: int = 200, error: str = "", wait: float = 0.0) -> Response:
    if not account_mail.sends_mail():
        texts = tuple(word(text) for text in _NO_MAIL)
        return account_page.show(FormPage(word(_TITLE), texts=texts, links=_links()), status)
    field = FormField(
        "email",
        word("E-mail address"),
        "email",
        typed("email")[:EMAIL_LENGTH],
        required=True,
        autocomplete="username",
        longest=EMAIL_LENGTH,
    )
    hidden = (("next", account_page.next_path()),)
    form = PlainForm("da-forgot", url_for(".ask"), word("Send me a link"), (field,), hidden=hidden)
    return account_page.show(FormPage(word(_TITLE), (form,), (word(_ASK),), error, links=_links()), status, wait)


def _links() -> tuple[tuple[str, str], ...]:
    return ((word("Sign in"), url_for("sign_in.show", next=account_page.next_path() or None)),)


# --- using a link ----------------------------------------------------------------------------------------------------


@blueprint.get("/reset-password/<token>")
def reset(token: str) -> Response:
    """What another password costs, and the form for it."""
    person = _person(token)
    return _reset_page(person, token) if person else _over()


@blueprint.post("/reset-password/<token>")
def choose(token: str) -> Response:
    wait = account_page.seconds_to_wait("reset")
    person = _person(token)
    if person is None:
        return _over()
    if wait:
        return _reset_page(person, token, 429, word(account_page.TOO_OFTEN), wait=wait)
    errors = account_page.check_new_password()
    if errors:
        return _reset_page(person, token, 422, errors=errors)
    password, code = request.form.get("password", ""), typed("code")[:LONGEST_CODE]
    try:
        opened = services().store.people.set_password(person, password, code=code, link=token)
    except WrongCode:
        log.info('action="recovery_code_refused" user=%s', person.id)
        return _reset_page(person, token, 422, errors={"code": word(_WRONG_CODE)})
    except (LinkUsed, PersonNotFound):
        return _over()
    except TooManyAtOnce:
        return _reset_page(person, token, 503, word(account_page.TOO_MANY), wait=1.0)
    log.info('action="password_reset" user=%s with_code=%s', person.id, opened)
    return _signed_in(person, password, word(_CHANGED_OPEN if opened else _CHANGED))


def _signed_in(person: Person, password: str, text: str) -> Response:
    try:
        signed_in.begin(person, password)
    except (WrongPassword, TooManyAtOnce):
        # it is another one all the same
        return account_page.go_to(url_for("sign_in.show"), text)
    return account_page.go_to(url_for("profile.show"), text)


def _person(token: str) -> Person | None:
    """For whom the link is; None if it isn't good any more."""
    ticket = services().store.tickets.find("reset", token)
    return services().store.people.find_by_id(ticket.user_id) if ticket and ticket.user_id is not None else None


def _over() -> Response:
    offered = services().settings.allow_forgot_password
    links = (((word(_TITLE), url_for(".show")),) if offered else ()) + _links()
    return account_page.show(FormPage(word("Choose another password"), error=word(_OVER), links=links), 410)


def _reset_page(
    person: Person, token: str, status: int = 200, error: str = "", errors: dict[str, str] | None = None, wait: float = 0.0
) -> Response:
    wrong = errors or {}
    number = services().store.sessions.count_private(person.id or 0)
    has_code = services().store.people.has_code(person)
    address = account_page.own_address_field(person.email)
    code = FormField("code", word("Recovery code"), hint=word(_CODE_HINT), error=wrong.get("code", ""), longest=LONGEST_CODE)
    fields = (address, *account_page.new_password_fields(wrong), *((code,) if has_code else ()))
    form = PlainForm("da-reset", url_for(".choose", token=token), word("Set this password"), fields)
    page = FormPage(word("Choose another password"), (form,), cost(number, has_code), error)
    return account_page.show(page, status, wait)


def cost(number: int, has_code: bool) -> tuple[str, ...]:
    """What becomes of so many private interviews when their owner's password is replaced by another one."""
    if not number:
        return (word(_NOTHING_LOST),)
    one, many = (_ONE_CLOSED, _CLOSED) if has_code else (_ONE_LOST, _LOST)
    return word(one if number == 1 else many).format(number=number), word(_REMEMBER), word(_OTHERS)
