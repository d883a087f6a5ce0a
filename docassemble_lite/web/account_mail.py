"""E-mails about accounts. Where the server sends none, whoever needs a link gets it from an administrator.

What is sent to somebody who didn't ask for it in person begins with `links.link_to_send`.
"""

from __future__ import annotations

from docassemble_lite.emails import Email
from docassemble_lite.host import Person
from docassemble_lite.mail import Outbox
from docassemble_lite.visit.account_letters import invitation_letter, reset_letter
from docassemble_lite.web.services import services


def sends_mail() -> bool:
    """Whether e-mails can be sent: then pages offer that instead of sending people to an administrator."""
    return bool(services().settings.mail)


def send_reset(person: Person, url: str) -> bool:
    """Send a person the link by which another password can be chosen; whether it was sent."""
    return _sent(reset_letter(person, url, services().settings.appname))


def send_invitation(email: str, url: str) -> bool:
    """Send somebody the link by which they can register; whether it was sent."""
    return _sent(invitation_letter(email, url, services().settings.appname))


def _sent(letter: Email | None) -> bool:
    return letter is not None and sends_mail() and Outbox(services().settings.mail).send(letter).sent
