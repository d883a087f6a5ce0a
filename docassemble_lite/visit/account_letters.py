"""What is written to people about their accounts."""

from __future__ import annotations

from docassemble_lite.emails import Email, EmailAddress, read_address
from docassemble_lite.host import Person
from docassemble_lite.language.words import word

_RESET = (
    "Somebody, probably you, has asked for another password at {appname}. Choose it here within an hour:",
    "If it wasn't you, do nothing: your password stays what it is.",
)
_INVITATION = ("You are invited to make an account at {appname}. Make it here within two weeks:",)


def reset_letter(person: Person, url: str, appname: str) -> Email | None:
    """With the link by which a person can choose another password; None where the person's address is none."""
    name = f"{person.first_name} {person.last_name}".strip()
    return _letter(read_address(person.email, name), word("Another password"), _RESET, url, appname)


def invitation_letter(email: str, url: str, appname: str) -> Email | None:
    """With the link by which somebody can register; None where the address is none."""
    return _letter(read_address(email), word("Your invitation"), _INVITATION, url, appname)


def _letter(to: EmailAddress | None, subject: str, texts: tuple[str, ...], url: str, appname: str) -> Email | None:
    if to is None:
        return None
    first, *more = (word(text).format(appname=appname) for text in texts)
    text = "\n\n".join([first, url, *more]) + "\n"
    return Email(to=(to,), subject=f"{subject} – {appname}", text=text, auto_submitted="auto-generated")
