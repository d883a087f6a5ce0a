"""What is written to people about their accounts. None: there is no such e-mail address."""

from __future__ import annotations

from docassemble_lite.emails import Email, read_address
from docassemble_lite.language.words import word

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


def reset(appname: str, email: str, url: str) -> Email | None:
    """The link by which another password can be chosen."""
    return _letter(email, _RESET_SUBJECT, _RESET, appname=appname, url=url)


def invitation(appname: str, email: str, url: str) -> Email | None:
    """The link by which somebody can register."""
    return _letter(email, _INVITATION_SUBJECT, _INVITATION, appname=appname, url=url)


def _letter(email: str, subject: str, text: str, **known: str) -> Email | None:
    address = read_address(email)
    if address is None:
        return None
    subject, text = word(subject).format(**known), word(text).format(**known)
    return Email(to=(address,), subject=subject, text=text, auto_submitted="auto-generated")
