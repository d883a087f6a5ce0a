"""A forgotten password where the server sends e-mails: the letters are kept here instead of being sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from docassemble_lite import clock
from docassemble_lite.host import Person
from docassemble_lite.store import passwords
from docassemble_lite.store.passwords import Effort
from docassemble_lite.web import account_mail
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of

Letters = list[tuple[str, str]]


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    """What was sent: (to whom, the link)."""
    sent: Letters = []

    def keep(person: Person, url: str) -> bool:
        sent.append((person.email, url))
        return True

    monkeypatch.setattr(passwords, "EFFORT", Effort(memory=64, iterations=1, lanes=1))
    monkeypatch.setattr(account_mail, "sends_mail", lambda: True)
    monkeypatch.setattr(account_mail, "send_reset", keep)
    return sent


@pytest.fixture
def app(tmp_path: Path, letters: Letters) -> Iterator[Flask]:
    """A server that knows Ada, and how it is reached from outside."""
    with application(tmp_path, {}, url_root="https://forms.example.com/") as made:
        store_of(made).people.add("Ada@example.com", PASSWORD)
        yield made


def ask(app: Flask, email: str) -> str:
    """What the page says to somebody who asks for a link."""
    page = Client(app).post("/user/forgot-password", email=email)
    assert page.status == 200
    return page.words


def test_the_answer_is_the_same_whether_or_not_there_is_such_an_account(app: Flask, letters: Letters) -> None:
    answers = {ask(app, email) for email in ("ADA@example.com", "nobody@example.com", "cron", "", "x" * 300)}
    assert len(answers) == 1
    assert "If there is an account with this address" in answers.pop()
    assert [email for email, _ in letters] == ["Ada@example.com"]


def test_a_link_begins_as_the_configuration_says_and_works_once(app: Flask, letters: Letters) -> None:
    browser = Client(app)
    typed = {"csrf_token": browser.token(), "email": "ada@example.com"}
    browser.flask.post("/user/forgot-password", data=typed, headers={"Host": "localhost:666"}).close()
    ask(app, "ada@example.com")
    (_, first), (_, link) = letters
    assert link.startswith("https://forms.example.com/user/reset-password/")
    path, earlier = (address.removeprefix("https://forms.example.com") for address in (link, first))
    assert browser.get(earlier).status == 410
    assert browser.post(path, password="another password", again="another password").heading == "Profile"
    assert browser.get(path).status == 410
    assert Client(app).post("/user/sign-in", email="ada@example.com", password=PASSWORD).status == 422


def test_a_link_is_good_for_an_hour(app: Flask, letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(app, "ada@example.com")
    path = letters[0][1].removeprefix("https://forms.example.com")
    later = datetime.now(UTC) + timedelta(minutes=61)
    assert Client(app).get(path).status == 200
    monkeypatch.setattr(clock, "now", lambda: later)
    assert Client(app).get(path).status == 410


def test_nobody_is_flooded_with_letters(app: Flask, letters: Letters) -> None:
    answers = {ask(app, "ada@example.com") for _ in range(10)}
    assert len(answers) == 1
    assert len(letters) == 3
    assert Client(app).post("/user/forgot-password", email="ada@example.com").status == 429
