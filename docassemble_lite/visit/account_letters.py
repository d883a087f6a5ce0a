"""What is written to people about their accounts."""

from __future__ import annotations

from docassemble_lite.emails import Email, read_address
from docassemble_lite.host import Person
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


def reset_letter(person: Person, url: str, appname: str) -> Email | None:
    """With the link by which a person can choose another password; None where the person's address is none."""
    return _letter(person.email, _RESET_SUBJECT, _RESET, url, appname)


def invitation_letter(email: str, url: str, appname: str) -> Email | None:
    """With the link by which somebody can register; None where the address is none."""
    return _letter(email, _INVITATION_SUBJECT, _INVITATION, url, appname)


def _letter(email: str, subject: str, text: str, url: str, appname: str) -> Email | None:
    address, known = read_address(email), {"appname": appname, "url": url}
    if address is None:
        return None
    return Email(
        to=(address,),
        subject=word(subject).format(**known),
        text=word(text).format(**known),
        auto_submitted="auto-generated",
    )
