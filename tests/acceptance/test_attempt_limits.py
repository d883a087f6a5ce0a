"""P35: ten attempts a minute from one network, at every form that takes a password, a code or an address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from docassemble_lite.settings import MailAccount
from docassemble_lite.web import create_app
from docassemble_lite.web.services import EXTENSION
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of

MOST = 10
WRONG = {"password": "a guess of it", "again": "another guess", "old": "a guess of it"}
# the address of a form → what is typed into it, and the status of its answer
FORMS: dict[str, tuple[dict[str, str], int]] = {
    "/user/sign-in": ({"email": "ada@example.com", "password": "a guess of it"}, 422),
    "/user/register": ({"email": "no address"}, 422),
    "/user/forgot-password": ({"email": "nobody@example.com"}, 200),
    "/user/recover": ({"code": "AAAAA-BBBBB"}, 422),
    "/user/change-password": ({**WRONG, "again": WRONG["password"]}, 422),
    "/user/delete-account": ({"old": WRONG["old"]}, 422),
}
OF_ACCOUNT = ("/user/recover", "/user/change-password", "/user/delete-account")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    # nothing is sent: nobody has the address that is typed
    with application(tmp_path, {}, mail=(MailAccount(server="127.0.0.1", port=1, default_sender="a@example.com"),)) as made:
        store_of(made).people.add("ada@example.com", PASSWORD)
        yield made


def browser_at(app: Flask, address: str, form: str) -> Client:
    """A browser on the machine of that address, signed in where the form is of an account."""
    client = Client(app)
    client.flask.environ_base["REMOTE_ADDR"] = address
    return client.sign_in("ada@example.com") if form in OF_ACCOUNT else client


@pytest.mark.parametrize("form", FORMS)
def test_p35_ten_attempts_a_minute_at_each_form_over_a_restart_but_not_from_elsewhere(app: Flask, form: str) -> None:
    typed, status = FORMS[form]
    browser = browser_at(app, "127.0.2.1", form)
    assert [browser.post(form, **typed).status for _ in range(MOST + 1)] == [status] * MOST + [429]
    again = create_app(app.extensions[EXTENSION].settings)
    assert browser_at(again, "127.0.2.200", form).post(form, **typed).status == 429
    assert browser_at(again, "127.0.3.1", form).post(form, **typed).status == status
    store_of(again).close()
