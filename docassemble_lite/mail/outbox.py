"""The e-mails that leave during one visit, or one attempt of a task: none of them leaves twice."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, replace

from docassemble_lite.emails import Delivery, Email, EmailAddress, read_address
from docassemble_lite.mail.smtp import send
from docassemble_lite.metrics import count
from docassemble_lite.settings import MailAccount

log = logging.getLogger(__name__)


class Outbox:
    """Sends e-mails. An e-mail that is equal to one that it was given before shares that one's fate.

    The code of an interview runs again from its beginning whenever it turns out to need a variable, and a visit runs again when
    somebody else saved first. Whatever holds for all these runs has one outbox. `left_before` is asked, once, whether an e-mail
    with this digest has left before all of them and is to count as one of theirs.
    """

    def __init__(self, accounts: tuple[MailAccount, ...], left_before: Callable[[str], bool] | None = None) -> None:
        self._accounts = accounts
        self._left_before = left_before or (lambda _: False)
        self._known: dict[str, Delivery] = {}

    def send(self, email: Email, account_name: str | None = None) -> Delivery:
        """Have an account's server send the e-mail, None for the usual one. Raises `ValueError` when there is no such account."""
        account = self._account(account_name)
        key = _digest(email, account)
        if key in self._known:
            return replace(self._known[key], again=True)
        self._known[key] = Delivery("sent", again=True) if self._left_before(key) else self._sent(email, account)
        return self._known[key]

    @property
    def sent(self) -> list[str]:
        """The digests of the e-mails that have left."""
        return [digest for digest, delivery in self._known.items() if delivery.sent]

    def _sent(self, email: Email, account: MailAccount | None) -> Delivery:
        if account is None:
            count("mails_sent", state="unconfigured")
            log.warning('action="mail_unconfigured" The configuration has no “mail”, so an e-mail was not sent.')
            return Delivery("unconfigured")
        delivery = send(account, _default_sender(account), email)
        count("mails_sent", state=delivery.state)
        level = logging.INFO if delivery.sent else logging.WARNING
        log.log(
            level,
            'action="mail_%s" message=%s account=%s recipients=%d attachments=%d%s',
            delivery.state,
            delivery.id,
            account.name or "default",
            len(email.recipients),
            len(email.attachments),
            _why(delivery),
        )
        return delivery

    def _account(self, name: str | None) -> MailAccount | None:
        if not self._accounts or name is None:
            return self._accounts[0] if self._accounts else None
        for account in self._accounts:
            if account.name == name:
                return account
        names = ", ".join(account.name for account in self._accounts if account.name) or "none that has a name"
        raise ValueError(f"The configuration has no e-mail account “{name}”. There are: {names}.")


def _default_sender(account: MailAccount) -> EmailAddress:
    sender = read_address(account.default_sender)
    assert sender is not None, "the settings have seen to that"
    return sender


def _why(delivery: Delivery) -> str:
    refused = f" refused={','.join(map(str, delivery.refused))}" if delivery.refused else ""
    return refused + (f" reason={delivery.reason!r}" if delivery.reason else "")


def _digest(email: Email, account: MailAccount | None) -> str:
    parts = asdict(email)
    files = [(item.name, item.mimetype, hashlib.sha256(item.content).hexdigest()) for item in email.attachments]
    whole = json.dumps([account.name if account else "", {**parts, "attachments": files}], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()
