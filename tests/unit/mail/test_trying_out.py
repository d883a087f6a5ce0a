"""`doctor` goes as far with a server as an e-mail would need."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import replace

import pytest

from docassemble_lite.cli.doctor import look_at_mail_out
from docassemble_lite.settings import Secret, Settings
from tests.mailbox import Mailbox
from tests.ports import free_port
from tests.unit.mail.conftest import account_at

pytestmark = pytest.mark.usefixtures("trusted")


@pytest.mark.parametrize(("password", "mark", "told"), [("right", "ok", "from u"), ("wrong", "mend", "535")])
def test_a_password_is_tried_and_nothing_is_sent(
    new_mailbox: Callable[..., Mailbox], tls: ssl.SSLContext, password: str, mark: str, told: str
) -> None:
    mailbox = new_mailbox(username="u", password="right", tls=tls)
    account = account_at(mailbox, use_tls=True, username="u", password=Secret(password.encode()))
    (found,) = look_at_mail_out(Settings(mail=(account,)))
    assert (found.mark, mailbox.arrived) == (mark, [])
    assert told in found.text
    assert password not in str(found)


def test_a_server_that_does_not_encrypt_is_told_from_one_that_is_not_there(new_mailbox: Callable[..., Mailbox]) -> None:
    plain = account_at(new_mailbox(), use_tls=True)
    not_encrypting, gone = look_at_mail_out(Settings(mail=(plain, replace(plain, port=free_port()))))
    assert "“use tls”" in not_encrypting.advice
    assert "“server” and “port”" in gone.advice


def test_without_a_server_there_is_nothing_to_mend() -> None:
    assert [item.mark for item in look_at_mail_out(Settings())] == ["note"]
