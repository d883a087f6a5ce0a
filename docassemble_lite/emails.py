"""What an e-mail is that is to be sent, and how an e-mail address is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

_LONGEST_ADDRESS = 254
_LONGEST_LOCAL_PART = 64
_LONGEST_NAME = 250
# what has a meaning in a header, or none at all in an address
_PART = r"[^\s\x00-\x20\x7f()<>\[\]:;@\\,\"]+"
_ADDRESS = re.compile(rf"(?P<local>{_PART})@(?P<domain>{_PART})")
_NAMED = re.compile(r"(?P<name>\"(?:[^\"\\]|\\.)*\"|[^<>\"]*)\s*<(?P<address>[^<>]*)>", re.DOTALL)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)


@dataclass(frozen=True)
class EmailAddress:
    """Where an e-mail goes or comes from. The domain of `address` is ASCII; `name` is in one line and may be empty."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class EmailAttachment:
    """A file that goes with an e-mail."""

    name: str
    mimetype: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Email:
    """An e-mail that is to be sent. Without a `sender` it comes from that of the configuration; an empty `html` is none.

    `auto_submitted` is what the header of that name says (RFC 3834): "auto-generated", "auto-replied", or empty for an e-mail
    that follows from what a person did.
    """

    to: tuple[EmailAddress, ...] = ()
    cc: tuple[EmailAddress, ...] = ()
    bcc: tuple[EmailAddress, ...] = ()
    sender: EmailAddress | None = None
    reply_to: EmailAddress | None = None
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[EmailAttachment, ...] = ()
    auto_submitted: str = ""

    @property
    def recipients(self) -> tuple[str, ...]:
        """All addresses that it goes to, each once."""
        return tuple(dict.fromkeys(item.address for item in (*self.to, *self.cc, *self.bcc)))


@dataclass(frozen=True)
class Delivery:
    """What became of an e-mail: all or none of its recipients get it.

    "sent": the server has accepted it for all of them. "refused": it doesn't want the e-mail, or not for the recipients of the
    numbers `refused` (in the order of `Email.recipients`). "away": the server can't be reached or used just now, as `reason`
    says. "unconfigured": there is none. `id` is the Message-ID, `again` whether it is about an e-mail that was sent before.
    """

    state: Literal["sent", "refused", "away", "unconfigured"]
    id: str = ""
    refused: tuple[int, ...] = ()
    reason: str = ""
    again: bool = False

    @property
    def sent(self) -> bool:
        return self.state == "sent"


def read_address(text: str, name: str | None = None) -> EmailAddress | None:
    """The one address that a text is, "jane@example.com" or "Jane Doe <jane@example.com>"; None if it isn't exactly one.

    `name` takes the place of the text's own name.
    """
    text = text.strip()
    named = _NAMED.fullmatch(text)
    found = _ADDRESS.fullmatch(named["address"].strip() if named else text)
    if found is None:
        return None
    domain = _ascii_domain(found["domain"])
    local = found["local"]
    if domain is None or len(local) > _LONGEST_LOCAL_PART or len(local) + 1 + len(domain) > _LONGEST_ADDRESS:
        return None
    own_name = _unquoted(named["name"].strip()) if named else ""
    return EmailAddress(f"{local}@{domain}", one_line(own_name if name is None else name)[:_LONGEST_NAME])


def one_line(text: str) -> str:
    """The text without line breaks and control characters, which have no place in a header."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _unquoted(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if name.startswith('"') else name


def _ascii_domain(domain: str) -> str | None:
    """The domain as the mail servers know it; None if there can't be such a domain."""
    if not domain.isascii():
        # most addresses don't need it
        import idna

        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    return domain if all(_LABEL.fullmatch(label) for label in domain.split(".")) else None
