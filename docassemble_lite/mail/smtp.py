"""Handing an e-mail to a server that speaks SMTP, for all of its recipients or for none."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from contextlib import suppress

from docassemble_lite.emails import Delivery, Email, EmailAddress
from docassemble_lite.mail.message import composed, needs_utf8, new_message_id
from docassemble_lite.settings import MailAccount

#: Seconds that a server may take for one answer, and for the whole; pages have to be there in 20.
PATIENCE = 8.0
PATIENCE_IN_ALL = 15.0


def send(account: MailAccount, default_sender: EmailAddress, email: Email) -> Delivery:
    """Have the account's server send the e-mail; what became of it."""
    message_id = new_message_id(default_sender)
    message = composed(email, default_sender, message_id)
    conversation = _Conversation(account, message_id)
    try:
        return conversation.hold(email, default_sender, message)
    except (smtplib.SMTPException, OSError) as error:
        return Delivery("away", message_id, reason=_reason(error))
    finally:
        conversation.end()


def try_out(account: MailAccount) -> None:
    """Go as far with the account's server as an e-mail would need, and send none. Raises `SMTPException` and `OSError`."""
    conversation = _Conversation(account, "")
    try:
        conversation.begin()
    finally:
        conversation.end()


class _Conversation:
    """One connection to a server."""

    def __init__(self, account: MailAccount, message_id: str) -> None:
        self._account = account
        self._id = message_id
        self._deadline = time.monotonic() + PATIENCE_IN_ALL
        self._smtp: smtplib.SMTP | None = None

    def hold(self, email: Email, default_sender: EmailAddress, message: bytes) -> Delivery:
        """From the greeting to the last word. Raises `SMTPException` and `OSError` when the server can't be used."""
        smtp = self._smtp = self.begin()
        options = [f"SIZE={len(message)}"] if smtp.has_extn("size") else []
        if needs_utf8(email, email.sender or default_sender):
            if not smtp.has_extn("smtputf8"):
                return Delivery("refused", self._id, reason="NoUTF8")
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        refusal = self._refusal(smtp.mail(default_sender.address, options)[0])
        if refusal:
            return refusal
        self._hurry(smtp)
        codes = [smtp.rcpt(address)[0] for address in email.recipients]
        refused = tuple(number for number, code in enumerate(codes) if not 200 <= code < 300)
        if refused:
            return Delivery("refused", self._id, refused, str(codes[refused[0]]))
        self._hurry(smtp)
        return self._refusal(_data(smtp, message)) or Delivery("sent", self._id)

    def end(self) -> None:
        """Say good-bye, if anybody is there to hear it. Whatever was accepted stays accepted."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._smtp.close()

    def begin(self) -> smtplib.SMTP:
        """A server that is ready to take an e-mail from this account."""
        account = self._account
        # a name that has to be looked up could take long
        ours = socket.gethostname()
        if account.use_ssl:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                account.server, account.port, ours, timeout=PATIENCE, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(account.server, account.port, ours, timeout=PATIENCE)
        self._smtp = smtp
        if account.use_tls:
            self._hurry(smtp)
            smtp.starttls(context=ssl.create_default_context())
        self._hurry(smtp)
        smtp.ehlo_or_helo_if_needed()
        if account.username:
            smtp.login(account.username, bytes(account.password).decode())
        self._hurry(smtp)
        return smtp

    def _hurry(self, smtp: smtplib.SMTP) -> None:
        """Let the next answer take no more than what is left of the time. Raises `TimeoutError`."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if smtp.sock is not None:
            smtp.sock.settimeout(min(PATIENCE, left))

    def _refusal(self, code: int) -> Delivery | None:
        """What a code says that is none of consent: 4xx is for now, 5xx for good."""
        if 200 <= code < 300:
            return None
        return Delivery("refused" if code >= 500 else "away", self._id, reason=str(code))


def _data(smtp: smtplib.SMTP, message: bytes) -> int:
    try:
        return smtp.data(message)[0]
    except smtplib.SMTPDataError as error:
        return error.smtp_code


def _reason(error: Exception) -> str:
    """Why, in a word: what servers say in more words may quote addresses."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if isinstance(code, int) else type(error).__name__
