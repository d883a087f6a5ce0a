"""The first step of registering where the server sends e-mails: whoever reads the mailbox gets a link to go on with.

Somebody who has an account already is written that, too. So neither the page nor the time that it takes tells who has one.
"""

from __future__ import annotations

import logging

from flask import url_for
from werkzeug.wrappers import Response

from docassemble_lite.emails import read_address
from docassemble_lite.language.words import word
from docassemble_lite.store.people import email_key
from docassemble_lite.store.tables import EMAIL_LENGTH
from docassemble_lite.store.tickets import CONFIRMATION
from docassemble_lite.web import account_mail, account_page
from docassemble_lite.web.account_page import typed
from docassemble_lite.web.links import link_to_send
from docassemble_lite.web.plain_pages import FormField, FormPage, PlainForm
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)

# letters to one address that one network may have sent, within so many seconds
_LETTERS = 3
_WITHIN = 3600.0
_ASK = "Type your e-mail address, and you get a link with which you make your account. It is good for a day."
_SENT = "An e-mail to this address is on its way. It says how to go on. Look among unwanted mail, too."
_HERE = "Open the link in this browser, so that interviews that you have begun here come along."
_NO_ADDRESS = "This is no e-mail address."


def is_needed() -> bool:
    """Whether an account is made with a link from an e-mail, and not at once."""
    return services().settings.confirm_registration and account_mail.sends_mail()


def show(status: int = 200, error: str = "", wrong: str = "", wait: float = 0.0) -> Response:
    """The form for the address; `wrong` is what is wrong with it."""
    field = FormField(
        "email",
        word("E-mail address"),
        "email",
        typed("email")[:EMAIL_LENGTH],
        required=True,
        error=wrong,
        autocomplete="username",
        longest=EMAIL_LENGTH,
    )
    hidden = (("next", account_page.next_path()),)
    form = PlainForm("da-register", url_for("register.register"), word("Send me a link"), (field,), hidden=hidden)
    return account_page.show(FormPage(word("Register"), (form,), (word(_ASK),), error, links=_links()), status, wait)


def ask() -> Response:
    """Write to the address; the answer is the same whether or not somebody has an account with it."""
    email, back = typed("email"), account_page.next_path()
    key = email_key(email)
    if key is None or read_address(email) is None:
        return show(422, wrong=word(_NO_ADDRESS))
    response = account_page.show(FormPage(word("Register"), texts=(word(_SENT), word(_HERE)), links=_links()))
    if account_page.may_be_written_to("confirming", key, most=_LETTERS, seconds=_WITHIN):
        account_mail.afterwards(response, lambda: _write_to(email, back))
    return response


def _write_to(email: str, back: str) -> None:
    person = services().store.people.find(email)
    if person is not None:
        sent = account_mail.send_known(person, link_to_send("sign_in.show", next=back or None))
        log.info('action="registered_already" user=%s sent=%s', person.id, sent)
        return
    token = services().store.tickets.make("register", CONFIRMATION, email=email)
    sent = account_mail.send_confirmation(email, link_to_send("register.show", token=token, next=back or None))
    log.info('action="confirmation_sent" sent=%s', sent)


def _links() -> tuple[tuple[str, str], ...]:
    return ((word("I have an account already"), url_for("sign_in.show", next=account_page.next_path() or None)),)
