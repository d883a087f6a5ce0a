"""Having the documents of a screen sent by e-mail, to an address that the person enters: what is wrong with that, if anything."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from docassemble_lite.emails import EmailAddress, read_address
from docassemble_lite.engine.screen import DocumentEmails, Screen
from docassemble_lite.host import Request
from docassemble_lite.language.words import word
from docassemble_lite.networks import network_of
from docassemble_lite.store.attempts import Attempts
from docassemble_lite.visit.deeds import EmailDocuments

#: So many e-mails from one session, and from one network, within so many seconds: a server that sends what anybody likes to
#: whom they like would soon be one whose e-mails nobody takes.
MOST_OF_SESSION = 10
MOST_OF_NETWORK = 60
WITHIN = 3600.0


def addressed(deed: EmailDocuments) -> EmailAddress | str:
    """The address that was entered, or what is wrong with it."""
    text = deed.address.strip()
    if not text:
        return word("Enter the e-mail address that the documents go to.")
    # a name would be one more text that somebody can have sent to a stranger
    address = read_address(text, "") if "<" not in text else None
    return address or word("This is not an e-mail address. One looks like name@example.com.")


def too_often(attempts: Attempts, request: Request) -> str:
    """Count one more e-mail; what to say if it is one too many, else empty."""
    limits = (("session", request.session, MOST_OF_SESSION), ("network", network_of(request.address), MOST_OF_NETWORK))
    waits = [
        attempts.seconds_to_wait("documents by e-mail", kind, whose, most=most, seconds=WITHIN) for kind, whose, most in limits
    ]
    if not any(waits):
        return ""
    minutes = max(1, ceil(max(waits) / 60))
    return word("No more e-mails can be sent at the moment. Try again in %s minutes.") % minutes


def mistaken(screen: Screen, form: DocumentEmails, deed: EmailDocuments, error: str) -> Screen:
    """The screen with what was entered, and what is wrong with it."""
    assert screen.documents is not None
    shown = replace(form, address=deed.address, editable=deed.editable, error=error)
    return replace(screen, documents=replace(screen.documents, emailing=shown))
