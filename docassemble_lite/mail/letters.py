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
_CONFIRMATION_SUBJECT = "Your account with {appname}"
_CONFIRMATION = """\
Somebody, probably you, wants to make an account with {appname}. With this link, which is good once, for a day, you go on:

{url}

If it wasn't you, there is nothing to do: no account is made.
"""
_KNOWN = """\
Somebody, probably you, wanted to make an account with {appname}. You have one already, with this e-mail address. Sign in \
here; the page also says what to do about a forgotten password:

{url}

If it wasn't you, there is nothing to do: your account stays as it is, and nobody was told that there is one.
"""


def reset(appname: str, email: str, url: str) -> Email | None:
    """The link by which another password can be chosen."""
    return _letter(email, _RESET_SUBJECT, _RESET, appname=appname, url=url)


def invitation(appname: str, email: str, url: str) -> Email | None:
    """The link by which somebody can register."""
    return _letter(email, _INVITATION_SUBJECT, _INVITATION, appname=appname, url=url)


def confirmation(appname: str, email: str, url: str) -> Email | None:
    """The link by which somebody goes on with registering."""
    return _letter(email, _CONFIRMATION_SUBJECT, _CONFIRMATION, appname=appname, url=url)


def known(appname: str, email: str, url: str) -> Email | None:
    """To somebody who wants to register and has an account: where to sign in."""
    return _letter(email, _CONFIRMATION_SUBJECT, _KNOWN, appname=appname, url=url)


def _letter(email: str, subject: str, text: str, **known: str) -> Email | None:
    address = read_address(email)
    if address is None:
        return None
    subject, text = word(subject).format(**known), word(text).format(**known)
    return Email(to=(address,), subject=subject, text=text, auto_submitted="auto-generated")
