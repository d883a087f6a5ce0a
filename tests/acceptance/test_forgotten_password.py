"""A forgotten password, registering, and an invitation, where the server sends e-mails."""

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


def test_many_networks_together_do_not_flood_somebody_either(app: Flask, mailbox: Mailbox) -> None:
    for number in range(15):
        browser = Client(app)
        browser.flask.environ_base["REMOTE_ADDR"] = f"127.0.{number}.1"
        asked = "/user/forgot-password" if number % 2 else "/user/register"
        assert browser.post(asked, email="ada@example.com").status == 200
    assert len(mailbox.arrived) == 10


def test_an_invitation_goes_to_whom_it_is_for(app: Flask, mailbox: Mailbox) -> None:
    ada = Client(app).sign_in("ada@example.com")
    page = ada.post("/user/people/invite", email="cleo@example.com", privilege="advocate")
    assert "is on its way to cleo@example.com" in page.words
    ((email, path),) = links(mailbox)
    assert email == "cleo@example.com"
    assert "da-register" in Client(app).get(path).forms
    refused = ada.post("/user/people/invite", email="refused@example.com")
    assert "Hand over this link" in refused.words


# --- registering -----------------------------------------------------------------------------------------------------


def want(app: Flask, email: str, **values: str) -> str:
    """What the page says to somebody who wants to register."""
    page = Client(app).post("/user/register", email=email, **values)
    assert page.status == 200
    return page.words


def test_registering_says_the_same_whether_or_not_somebody_has_an_account(app: Flask, mailbox: Mailbox) -> None:
    # also with what a page without e-mails would post
    password = {"password": "another password", "again": "another password"}
    answers = {want(app, email, **more) for email in ("ADA@example.com", "new@example.com") for more in ({}, password)}
    assert len(answers) == 1
    assert "An e-mail to this address is on its way" in answers.pop()
    assert {email for email, _ in links(mailbox)} == {"Ada@example.com", "new@example.com"}
    assert store_of(app).people.find("new@example.com") is None
    known = next(letter for letter in mailbox.arrived if letter.recipients == ["Ada@example.com"])
    assert "You have one already" in known.message.get_content()
    assert known.message["Subject"] == mailbox.arrived[-1].message["Subject"]


def test_the_letter_leads_to_an_account_once(app: Flask, mailbox: Mailbox) -> None:
    browser = Client(app)
    browser.post("/user/register", email="new@example.com", next="/list?a=b")
    ((_, path),) = links(mailbox)
    form = dict(browser.get(path).forms["da-register"])
    assert (form["email"], form["next"]) == ("new@example.com", "/list?a=b")
    typed = {"token": form["token"], "password": PASSWORD, "again": PASSWORD, "next": form["next"]}
    # the address is that of the letter, whatever is typed
    assert browser.post("/user/register", email="other@example.com", **typed).heading == "Recovery code"
    assert "Signed in as new@example.com" in browser.get("/user/profile").words
    assert store_of(app).people.find("other@example.com") is None
    late = Client(app).get(path)
    assert "This link has been used" in late.words
    assert "password" not in dict(late.forms["da-register"])


def test_what_nothing_can_be_sent_to_is_told_to_be_no_address(app: Flask, mailbox: Mailbox) -> None:
    for email in ("", "ada", "a,b@example.com", "x" * 300 + "@example.com", "ada@example.com\r\nBcc: eve@example.com"):
        page = Client(app).post("/user/register", email=email)
        assert (page.status, "This is no e-mail address." in page.words) == (422, True)
    assert mailbox.arrived == []


def test_a_made_up_link_is_told_nothing(app: Flask, mailbox: Mailbox) -> None:
    typed = {"token": "x", "password": PASSWORD, "again": PASSWORD}
    pages = [Client(app).post("/user/register", email=email, **typed) for email in ("ada@example.com", "new@example.com")]
    assert [page.status for page in pages] == [410, 410]
    assert pages[0].words == pages[1].words
    assert mailbox.arrived == []


def test_who_has_an_account_is_led_to_where_to_sign_in(app: Flask, mailbox: Mailbox) -> None:
    want(app, "ada@example.com", next="/list?a=b")
    ((_, path),) = links(mailbox)
    assert dict(Client(app).get(path).forms["da-sign-in"])["next"] == "/list?a=b"
    for _ in range(5):
        want(app, "ada@example.com")
    assert len(mailbox.arrived) == 3


# --- signing in ------------------------------------------------------------------------------------------------------


def test_who_tries_many_accounts_is_stopped_and_others_are_not(app: Flask) -> None:
    """P35."""
    browser = Client(app)
    tries = [browser.post("/user/sign-in", email=f"p{number}@example.com", password=PASSWORD).status for number in range(61)]
    assert tries == [422] * 60 + [429]
    assert browser.post("/user/sign-in", email="ada@example.com", password=PASSWORD).status == 429
    typed = {"csrf_token": browser.token(), "email": "ada@example.com", "password": PASSWORD}
    elsewhere = browser.flask.post("/user/sign-in", data=typed, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 303
