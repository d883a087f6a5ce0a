"""A server that takes e-mails, and an account at it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from docassemble_lite.settings import MailAccount
from tests.mailbox import Mailbox


@pytest.fixture
def new_mailbox() -> Iterator[Callable[..., Mailbox]]:
    """`new_mailbox(…)`: a server, until the end of the test."""
    made: list[Mailbox] = []

    def make(**options: Any) -> Mailbox:
        made.append(Mailbox(**options))
        return made[-1]

    yield make
    for mailbox in made:
        mailbox.stop()


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """With this a server can encrypt."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's certificate is one that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def mailbox(new_mailbox: Callable[..., Mailbox]) -> Mailbox:
    """A server that wants no password."""
    return new_mailbox()


@pytest.fixture
def account(mailbox: Mailbox) -> MailAccount:
    """An account at that server."""
    return account_at(mailbox)


def account_at(mailbox: Mailbox, **more: Any) -> MailAccount:
    given = {"use_tls": False, **more}
    return MailAccount(server="127.0.0.1", port=mailbox.port, default_sender="Office <office@example.com>", **given)
