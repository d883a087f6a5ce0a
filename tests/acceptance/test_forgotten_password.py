"""A forgotten password, and an invitation, where the server sends e-mails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from docassemble_lite import clock
from docassemble_lite.settings import MailAccount
from docassemble_lite.store import passwords
from docassemble_lite.store.passwords import Effort
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of
from tests.mailbox import Mailbox


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A server that takes e-mails."""
    box = Mailbox()
    yield box
    box.stop()


@pytest.fixture
def app(tmp_path: Path, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A server that knows Ada, how it is reached from outside, and where e-mails go."""
    monkeypatch.setattr(passwords, "EFFORT", Effort(memory=64, iterations=1, lanes=1))
    account = MailAccount(default_sender="Office <office@example.com>", server="127.0.0.1", port=mailbox.port, use_tls=False)
    with application(tmp_path, {}, url_root="https://forms.example.com/", mail=(account,)) as made:
        store_of(made).people.add("Ada@example.com", PASSWORD, privileges=["admin"])
        yield made


def links(mailbox: Mailbox) -> list[tuple[str, str]]:
    """To whom the letters went, and the paths that they lead to."""
    found = []
    for letter in mailbox.arrived:
        link = re.search(r"https://forms\.example\.com(/\S+)", letter.message.get_content())
        assert link, letter.message.get_content()
        found.append((letter.recipients[0], link[1]))
    return found


def ask(app: Flask, email: str) -> str:
    """What the page says to somebody who asks for a link."""
    page = Client(app).post("/user/forgot-password", email=email)
    assert page.status == 200
    return page.words


def test_the_answer_is_the_same_whether_or_not_there_is_such_an_account(app: Flask, mailbox: Mailbox) -> None:
    answers = {ask(app, email) for email in ("ADA@example.com", "nobody@example.com", "cron", "", "x" * 300)}
    assert len(answers) == 1
    assert "If there is an account with this address" in answers.pop()
    assert [email for email, _ in links(mailbox)] == ["Ada@example.com"]


def test_a_link_begins_as_the_configuration_says_and_works_once(app: Flask, mailbox: Mailbox) -> None:
    browser = Client(app)
    typed = {"csrf_token": browser.token(), "email": "ada@example.com"}
    browser.flask.post("/user/forgot-password", data=typed, headers={"Host": "localhost:666"}).close()
    ask(app, "ada@example.com")
    (_, earlier), (_, path) = links(mailbox)
    assert path.startswith("/user/reset-password/")
    assert browser.get(earlier).status == 410
    assert browser.post(path, password="another password", again="another password").heading == "Profile"
    assert browser.get(path).status == 410
    assert Client(app).post("/user/sign-in", email="ada@example.com", password=PASSWORD).status == 422


def test_a_link_is_good_for_an_hour(app: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(app, "ada@example.com")
    ((_, path),) = links(mailbox)
    later = datetime.now(UTC) + timedelta(minutes=61)
    assert Client(app).get(path).status == 200
    monkeypatch.setattr(clock, "now", lambda: later)
    assert Client(app).get(path).status == 410


def test_nobody_is_flooded_with_letters(app: Flask, mailbox: Mailbox) -> None:
    answers = {ask(app, "ada@example.com") for _ in range(10)}
    assert len(answers) == 1
    assert len(mailbox.arrived) == 3
    assert Client(app).post("/user/forgot-password", email="ada@example.com").status == 429


def test_an_invitation_goes_to_whom_it_is_for(app: Flask, mailbox: Mailbox) -> None:
    ada = Client(app).sign_in("ada@example.com")
    page = ada.post("/user/people/invite", email="cleo@example.com", privilege="advocate")
    assert "is on its way to cleo@example.com" in page.words
    ((email, path),) = links(mailbox)
    assert email == "cleo@example.com"
    assert "da-register" in Client(app).get(path).forms
    refused = ada.post("/user/people/invite", email="refused@example.com")
    assert "Hand over this link" in refused.words
