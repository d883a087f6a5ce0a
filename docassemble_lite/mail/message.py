"""An e-mail in the form in which servers pass it on (RFC 5322)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, make_msgid

from docassemble_lite.clock import now
from docassemble_lite.emails import Email, EmailAddress, EmailAttachment, one_line

_TOKEN = re.compile(r"[a-z0-9][a-z0-9.+_-]*")
_ANYTHING = ("application", "octet-stream")
# parts of these types would be read as e-mails of their own
_NOT_AS_A_FILE = frozenset({"message", "multipart"})


def new_message_id(sender: EmailAddress) -> str:
    """A Message-ID that no other e-mail has."""
    return make_msgid(domain=sender.domain)


def composed(email: Email, default_sender: EmailAddress, message_id: str) -> bytes:
    """The e-mail as bytes, without those who get it unseen."""
    sender = email.sender or default_sender
    message = EmailMessage(policy=_policy_for(email, sender))
    message["From"] = _header(sender)
    if sender.address != default_sender.address:
        # who answers for it (RFC 5322, 3.6.2)
        message["Sender"] = _header(default_sender)
    for name, addresses in (("To", email.to), ("Cc", email.cc), ("Reply-To", (email.reply_to,) if email.reply_to else ())):
        if addresses:
            message[name] = [_header(address) for address in addresses]
    if not (email.to or email.cc):
        message["To"] = "undisclosed-recipients:;"
    message["Subject"] = _words(email.subject)
    message["Date"] = format_datetime(now())
    message["Message-ID"] = message_id
    if email.auto_submitted:
        message["Auto-Submitted"] = email.auto_submitted
    message.set_content(email.text)
    if email.html:
        message.add_alternative(email.html, subtype="html")
    for attachment in email.attachments:
        _attach(message, attachment)
    return message.as_bytes()


def needs_utf8(email: Email, sender: EmailAddress) -> bool:
    """Whether an address has letters that only a server with SMTPUTF8 (RFC 6531) knows; names may have any."""
    addresses: Iterable[EmailAddress | None] = (*email.to, *email.cc, *email.bcc, sender, email.reply_to)
    return not all(address is None or address.address.isascii() for address in addresses)


def _policy_for(email: Email, sender: EmailAddress) -> EmailPolicy[EmailMessage]:
    # where letters of all kinds may stand in headers, they may in the rest, too; any other server is sure to take ASCII only
    return SMTP.clone(utf8=True) if needs_utf8(email, sender) else SMTP.clone(cte_type="7bit")


def _header(address: EmailAddress) -> Address:
    local, _, domain = address.address.rpartition("@")
    return Address(_words(address.name), local, domain)


def _words(text: str) -> str:
    """A text for a header, in one line, and in which nothing is taken for an encoded word (RFC 2047)."""
    return one_line(text).replace("=?", "= ?")


def _attach(message: EmailMessage, attachment: EmailAttachment) -> None:
    main, _, sub = attachment.mimetype.partition(";")[0].strip().lower().partition("/")
    usable = _TOKEN.fullmatch(main) and _TOKEN.fullmatch(sub) and main not in _NOT_AS_A_FILE
    maintype, subtype = (main, sub) if usable else _ANYTHING
    message.add_attachment(
        attachment.content, maintype=maintype, subtype=subtype, filename=one_line(attachment.name) or "file", cte="base64"
    )
