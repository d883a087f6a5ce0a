"""E-mails about accounts. This server sends none yet, so whoever needs a link gets it from an administrator.

What is sent to somebody who didn't ask for it in person begins with `links.link_to_send`.
"""

from __future__ import annotations

from docassemble_lite.host import Person


def sends_mail() -> bool:
    """Whether e-mails can be sent: then pages offer that instead of sending people to an administrator."""
    return False


def send_reset(person: Person, url: str) -> bool:
    """Send a person the link by which another password can be chosen; whether it was sent."""
    del person, url
    return False


def send_invitation(email: str, url: str) -> bool:
    """Send somebody the link by which they can register; whether it was sent."""
    del email, url
    return False
