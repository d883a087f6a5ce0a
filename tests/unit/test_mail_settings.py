"""`mail` in the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from docassemble_lite.errors import SettingsError
from docassemble_lite.settings import MailAccount, load_settings

ONE = """\
mail:
  default sender: '"Administrator" <no-reply@example.com>'
  username: mailuser
  password: abc123
  server: smtp.example.com
  port: 25
  use ssl: False
  use tls: True
"""
SEVERAL = """\
mail:
  - name: abc
    default sender: helpdesk@abc.example.com
    server: smtp.abc.example.com
  - name: default
    username: info@def.example.com
    server: smtp.def.example.com
    use ssl: True
"""


def _accounts(folder: Path, text: str) -> tuple[MailAccount, ...]:
    config = folder / "config.yml"
    config.write_text(text)
    return load_settings(config).mail


def test_one_account(tmp_path: Path) -> None:
    (account,) = _accounts(tmp_path, ONE)
    assert (account.server, account.port, account.use_ssl, account.use_tls) == ("smtp.example.com", 25, False, True)
    assert (account.username, bytes(account.password)) == ("mailuser", b"abc123")
    assert "abc123" not in repr(account)


def test_of_several_the_one_called_default_comes_first(tmp_path: Path) -> None:
    first, second = _accounts(tmp_path, SEVERAL)
    assert (first.name, first.port, first.use_ssl, first.use_tls) == ("default", 465, True, False)
    assert first.default_sender == "info@def.example.com"
    assert (second.name, second.port, second.use_tls) == ("abc", 587, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mail: smtp.example.com", "must have lines of the form"),
        ("mail:\n  default sender: a@b.c", "needs the directive “server”"),
        ("mail:\n  server: x", "needs the directive “default sender”"),
        ("mail:\n  server: x\n  default sender: nobody", "needs the directive “default sender”"),
        ("mail:\n  server: x\n  default sender: a@b.c, d@e.f", "needs the directive “default sender”"),
        ("mail:\n  server: x\n  default sender: a@b.c\n  port: yes", "port must be of the kind int"),
        ("mail:\n  server: x\n  default sender: a@b.c\n  port: 70000", "from 0 to 65535"),
        ("mail:\n  server: x\n  default sender: a@b.c\n  use tls: 3", "use tls must be of the kind bool"),
        ("mail:\n  server: x\n  default sender: a@b.c\n  sender: y", "there is no directive “sender”"),
        ("mail:\n  default sender: a@b.c\n  mailgun api key: canary", "Only servers that speak SMTP"),
        ("mail:\n  server: x\n  default sender: a@b.c\n  password: [canary]", "password must be a text"),
        ("mail:\n- {server: x, default sender: a@b.c}\n- {server: y, default sender: a@b.c}", "a “name” of its own"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        _accounts(tmp_path, text)
    assert str(tmp_path / "config.yml") in caught.value.message
    assert "canary" not in caught.value.message
