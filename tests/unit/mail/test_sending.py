"""Sending e-mails to a real server, which may be away or refuse them."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace

import pytest

from docassemble_lite.emails import Email, EmailAddress, EmailAttachment
from docassemble_lite.mail import Outbox, smtp
from docassemble_lite.settings import MailAccount, Secret
from tests.mailbox import Mailbox
from tests.unit.mail.conftest import account_at

ANN = EmailAddress("ann@example.com", "Ann")
PLAIN = Email(to=(ANN,), subject="Secret subject", text="Secret text")


def test_an_accepted_email_arrives_as_it_was_sent(account: MailAccount, mailbox: Mailbox) -> None:
    bcc = EmailAddress("bob@example.com")
    file = EmailAttachment("a.bin", "application/octet-stream", bytes(range(256)))
    email = replace(PLAIN, text="One\n.\n.two\nä\n", html="<p>ä</p>", bcc=(bcc, ANN), attachments=(file,))
    delivery = Outbox((account,)).send(email)
    assert (delivery.state, delivery.sent) == ("sent", True)
    (arrived,) = mailbox.arrived
    assert (arrived.sender, arrived.recipients) == ("office@example.com", ["ann@example.com", "bob@example.com"])
    assert arrived.message["Message-ID"] == delivery.id
    body = arrived.message.get_body(("plain",))
    assert body is not None
    assert body.get_content().split() == ["One", ".", ".two", "ä"]
    assert [part.get_payload(decode=True) for part in arrived.message.iter_attachments()] == [file.content]


def test_one_refused_recipient_and_nobody_gets_it(account: MailAccount, mailbox: Mailbox) -> None:
    email = replace(PLAIN, cc=(EmailAddress("refused@example.com"), EmailAddress("busy@example.com")))
    delivery = Outbox((account,)).send(email)
    assert (delivery.state, delivery.refused, delivery.reason, mailbox.arrived) == ("refused", (1, 2), "550", [])


def test_a_server_that_refuses_the_whole_has_refused_it(account: MailAccount, mailbox: Mailbox) -> None:
    delivery = Outbox((account,)).send(replace(PLAIN, text="refused as a whole"))
    assert (delivery.state, delivery.reason, mailbox.arrived) == ("refused", "554", [])


def test_a_server_that_is_not_there_is_away() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        account = MailAccount(server="127.0.0.1", port=closed.getsockname()[1], default_sender="a@b.c")
        delivery = Outbox((account,)).send(PLAIN)
    assert (delivery.state, delivery.reason) == ("away", "ConnectionRefusedError")


def test_a_server_that_says_nothing_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "PATIENCE", 0.1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        account = MailAccount(server="127.0.0.1", port=silent.getsockname()[1], default_sender="a@b.c")
        delivery = Outbox((account,)).send(PLAIN)
    assert delivery.state == "away"


def test_a_server_that_falls_silent_is_away(account: MailAccount, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "PATIENCE", 0.2)
    mailbox.answering.clear()
    assert Outbox((account,)).send(PLAIN).state == "away"


def test_a_server_without_encryption_is_not_told_anything(mailbox: Mailbox) -> None:
    account = account_at(mailbox, use_tls=True, username="u", password=Secret(b"secret"))
    delivery = Outbox((account,)).send(PLAIN)
    assert (delivery.state, delivery.reason, mailbox.arrived) == ("away", "SMTPNotSupportedError", [])


@pytest.mark.parametrize(("password", "state"), [(b"right", "sent"), (b"wrong", "away")])
def test_the_password_decides(
    new_mailbox: Callable[..., Mailbox], tls: ssl.SSLContext, trusted: None, password: bytes, state: str
) -> None:
    mailbox = new_mailbox(username="u", password="right", tls=tls)
    delivery = Outbox((account_at(mailbox, use_tls=True, username="u", password=Secret(password)),)).send(PLAIN)
    assert delivery.state == state
    assert len(mailbox.arrived) == (state == "sent")


def test_a_server_that_anybody_could_be_is_not_told_anything(new_mailbox: Callable[..., Mailbox], tls: ssl.SSLContext) -> None:
    mailbox = new_mailbox(tls=tls)
    delivery = Outbox((account_at(mailbox, use_tls=True),)).send(PLAIN)
    assert (delivery.state, delivery.reason, mailbox.arrived) == ("away", "SSLCertVerificationError", [])


def test_other_letters_in_an_address_need_a_server_that_knows_them(new_mailbox: Callable[..., Mailbox]) -> None:
    email = replace(PLAIN, to=(EmailAddress("zoë@xn--exmple-cua.com", "Zoë"),))
    knows, knows_not = new_mailbox(), new_mailbox(utf8=False)
    assert Outbox((account_at(knows),)).send(email).state == "sent"
    assert knows.arrived[0].recipients == ["zoë@xn--exmple-cua.com"]
    assert Outbox((account_at(knows_not),)).send(email).state == "refused"


# --- the outbox ------------------------------------------------------------------------------------------------------


def test_an_equal_email_is_sent_once(account: MailAccount, mailbox: Mailbox) -> None:
    outbox = Outbox((account,))
    first, second = outbox.send(PLAIN), outbox.send(replace(PLAIN))
    assert (first.id, first.again, second.again, len(mailbox.arrived)) == (second.id, False, True, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"to": (EmailAddress("other@example.com"),)},
        {"text": "x"},
        {"subject": "x"},
        {"attachments": (EmailAttachment("a", "text/plain", b"1"),)},
    ],
)
def test_another_email_is_sent_too(account: MailAccount, mailbox: Mailbox, change: dict[str, object]) -> None:
    outbox = Outbox((account,))
    outbox.send(PLAIN)
    outbox.send(replace(PLAIN, **change))  # type: ignore[arg-type]
    assert len(mailbox.arrived) == 2


def test_an_email_that_could_not_be_sent_is_not_tried_again_in_the_same_visit(account: MailAccount, mailbox: Mailbox) -> None:
    outbox, email = Outbox((account,)), replace(PLAIN, to=(EmailAddress("busy@example.com"),))
    assert [outbox.send(email).state, outbox.send(email).again] == ["refused", True]


def test_the_account_is_chosen_by_its_name(new_mailbox: Callable[..., Mailbox]) -> None:
    usual, other = new_mailbox(), new_mailbox()
    outbox = Outbox((account_at(usual, name="default"), account_at(other, name="other")))
    outbox.send(PLAIN)
    outbox.send(PLAIN, "other")
    assert (len(usual.arrived), len(other.arrived)) == (1, 1)
    with pytest.raises(ValueError, match=r"no e-mail account “third”. There are: default, other"):
        outbox.send(PLAIN, "third")


@pytest.mark.parametrize("name", [None, "other"])
def test_without_a_configuration_nothing_is_sent_and_that_is_logged(name: str | None, caplog: pytest.LogCaptureFixture) -> None:
    assert Outbox(()).send(PLAIN, name).state == "unconfigured"
    assert 'action="mail_unconfigured"' in caplog.text


def test_the_log_knows_no_address_no_text_and_no_password(
    new_mailbox: Callable[..., Mailbox], tls: ssl.SSLContext, trusted: None, caplog: pytest.LogCaptureFixture
) -> None:
    """P36"""
    caplog.set_level(logging.DEBUG)
    mailbox = new_mailbox(username="canary", password="canary", tls=tls)
    account = account_at(mailbox, use_tls=True, username="canary", password=Secret(b"canary"))
    bad = replace(account, password=Secret(b"canary-wrong"))
    email = Email(
        to=(EmailAddress("canary@example.com", "canary"),),
        subject="canary",
        text="canary",
        attachments=(EmailAttachment("canary", "text/plain", b"canary"),),
    )
    good = Outbox((account,)).send(email)
    for other in (replace(email, cc=(EmailAddress("refused-canary@example.com"),)), replace(email, text="refused as a whole")):
        Outbox((account,)).send(other)
    Outbox((bad,)).send(email)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("docassemble_lite")]
    assert [line.split()[0] for line in ours] == [
        *('action="mail_sent"', 'action="mail_refused"', 'action="mail_refused"', 'action="mail_away"')
    ]
    assert good.id in ours[0]
    assert "canary" not in "".join(ours)
    assert "canary" not in repr(account).replace("username='canary'", "")
