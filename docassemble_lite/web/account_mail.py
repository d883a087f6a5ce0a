"""E-mails about accounts. Where none can be sent, whoever needs a link gets it from an administrator.

What is sent to somebody who didn't ask for it in person begins with `links.link_to_send`.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app
from werkzeug.wrappers import Response

from docassemble_lite.emails import Email
from docassemble_lite.host import Person
from docassemble_lite.mail import Outbox, letters
from docassemble_lite.web.services import services


def sends_mail() -> bool:
    """Whether e-mails can be sent: then pages offer that instead of sending people to an administrator."""
    return bool(services().settings.mail)


def send_reset(person: Person, url: str) -> bool:
    """Send a person the link by which another password can be chosen; whether the mail server accepted it."""
    return _send(letters.reset(services().settings.appname, person.email, url))


def send_invitation(email: str, url: str) -> bool:
    """Send somebody the link by which they can register; whether the mail server accepted it."""
    return _send(letters.invitation(services().settings.appname, email, url))


def send_confirmation(email: str, url: str) -> bool:
    """Send somebody the link by which to go on with registering; whether the mail server accepted it."""
    return _send(letters.confirmation(services().settings.appname, email, url))


def send_known(person: Person, url: str) -> bool:
    """Write to somebody who wants to register that there is an account, and where to sign in; whether that was accepted."""
    return _send(letters.known(services().settings.appname, person.email, url))


def afterwards(response: Response, send: Callable[[], None]) -> None:
    """Do something when the answer has gone out, so that the time that it takes tells nobody anything."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def run() -> None:
        with app.app_context():
            send()

    response.call_on_close(run)


def _send(letter: Email | None) -> bool:
    settings = services().settings
    return letter is not None and bool(settings.mail) and Outbox(settings.mail).send(letter).sent
