"""P33: five hundred addresses to go on to, through every page that takes one; none of them leads to another server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.test_tricky_addresses import tricky

INTERVIEW = "mandatory: True\nquestion: Hello\nbuttons:\n  - Leave: exit\n"
# a page that takes an address to go on to → whether somebody is signed in there
PAGES = {
    "/user/sign-in": False,
    "/user/register": False,
    "/user/forgot-password": False,
    "/user/recovery-code": True,
    "/user/recover": True,
    "/user/profile": True,
    "/user/change-password": True,
    "/user/sign-out": True,
    "/exit": False,
    "/leave": False,
    "/way-out": False,
    "/interviews": False,
    "/tasks": False,
    "/user/people": False,
    "/interview?i=hello.yml": False,
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with application(tmp_path, {"hello.yml": INTERVIEW}) as made:
        store_of(made).people.add("ada@example.com", "a password for tests")
        yield made


def leads_elsewhere(answer: TestResponse) -> str:
    """The first address of a redirect, a link or a form of the page that leads to another server; empty: none does."""
    text = answer.data.decode("utf-8", "replace")
    found = [answer.headers.get("Location", "/"), *re.findall(r'(?:href|action|name="next" value)="([^"]*)"', text)]
    return next((address for address in found if not _is_here(address)), "")


def _is_here(address: str) -> bool:
    if address in ("", "#daMainQuestion"):
        return True
    parts = urlsplit(address)
    return address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme


def test_p33_no_address_to_go_on_to_leads_to_another_server_at_any_page(app: Flask) -> None:
    nobody, ada = Client(app), Client(app).sign_in("ada@example.com")
    asked = [address for address in tricky() if "\ud800" not in address]
    assert len(asked) >= 480
    for number, address in enumerate(asked):
        for page in [*PAGES][number % 5 :: 5]:
            browser = ada if PAGES[page] else nobody
            path = page + ("&" if "?" in page else "?") + "next=" + quote(address, safe="")
            with browser.flask.get(path) as answer:
                assert answer.status_code < 500, (path, answer.status_code)
                assert leads_elsewhere(answer) == "", path
        # who is signed in already goes on at once
        for page in ("/user/sign-in", "/user/register"):
            with ada.flask.get(f"{page}?next={quote(address, safe='')}") as answer:
                assert answer.status_code in (302, 303)
                assert leads_elsewhere(answer) == "", (page, address)
