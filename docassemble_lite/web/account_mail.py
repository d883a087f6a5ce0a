"""E-mails about accounts. Where none can be sent, whoever needs a link gets it from an administrator.

What is sent to somebody who didn't ask for it in person begins with `links.link_to_send`.
"""

from __future__ import annotations

from docassemble_lite.emails import Email, read_address
from docassemble_lite.host import Person
from docassemble_lite.language.words import word
from docassemble_lite.mail import Outbox
from docassemble_lite.web.services import services

_RESET_SUBJECT = "Another password for {appname}"
_RESET = """\
Somebody, probably you, asked for another password for your account with {appname}. This link leads to the page where you \
choose it. It is good once, for an hour:

{url}

If it wasn't you, there is nothing to do: your password stays as it is.
"""
_INVITATION_SUBJECT = "You have been invited to {appname}"
_INVITATION = """\
You have been invited to {appname}. With this link, which is good once, for two weeks, you make your account:

{url}
"""


def sends_mail() -> bool:
    """Whether e-mails can be sent: then pages offer that instead of sending people to an administrator."""
    return bool(services().settings.mail)


def send_reset(person: Person, url: str) -> bool:
    """Send a person the link by which another password can be chosen; whether the mail server accepted it."""
    return _send(person.email, _RESET_SUBJECT, _RESET, url)


def send_invitation(email: str, url: str) -> bool:
    """Send somebody the link by which they can register; whether the mail server accepted it."""
    return _send(email, _INVITATION_SUBJECT, _INVITATION, url)


def _send(email: str, subject: str, text: str, url: str) -> bool:
    settings, address = services().settings, read_address(email)
    if address is None or not settings.mail:
        return False
    known = {"appname": settings.appname, "url": url}
    letter = Email(to=(address,), subject=word(subject).format(**known), text=word(text).format(**known))
    return Outbox(settings.mail).send(letter).sent
