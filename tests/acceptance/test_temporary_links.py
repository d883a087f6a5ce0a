"""Addresses that lead to a session, or anywhere else, for a while or once: `interview_url(temporary=…)`, `url_of('temp_url')`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from docassemble_lite import clock
from tests.acceptance.in_process import Client, application
from tests.acceptance.visitor import Page

INTERVIEW = """\
metadata:
  title: Shared
---
mandatory: True
code: multi_user = True
---
mandatory: True
question: Which address?
fields:
  - Expression: expression
---
mandatory: True
code: |
  address = eval(expression, globals())
---
mandatory: True
question: |
  % if url_args.get('from'):
  You come by ${ url_args['from'] }
  % else:
  Here it is
  % endif
subquestion: |
  «${ address }»
---
event: greet
question: Hello ${ action_argument('name') }
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with application(tmp_path_factory.mktemp("links"), {"shared.yml": INTERVIEW}) as running:
        yield running


def address_of(app: Flask, expression: str) -> str:
    """What the expression gives in a session that has just begun."""
    browser = Client(app)
    page = browser.answer(browser.get("/interview?i=shared.yml"), expression=expression)
    return page.words.partition("«")[2].partition("»")[0]


def path_of(address: str) -> str:
    assert address.startswith("http://localhost/")
    return address.removeprefix("http://localhost")


def later(monkeypatch: pytest.MonkeyPatch, **amount: Any) -> None:
    moment = clock.now() + timedelta(**amount)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_temporary_address_opens_the_session_and_does_not_tell_which(app: Flask) -> None:
    path = path_of(address_of(app, "interview_url(temporary=2, **{'from': 'letter'})"))
    assert urlsplit(path).path == "/goto"
    assert "session" not in path
    assert Client(app).get(path).heading == "You come by letter"


@pytest.mark.parametrize(("argument", "hours"), [("temporary=2", 2), ("temporary=0", 24), ("temporary=True", 24)])
def test_it_holds_for_so_many_hours(app: Flask, monkeypatch: pytest.MonkeyPatch, argument: str, hours: int) -> None:
    path = path_of(address_of(app, f"interview_url({argument})"))
    later(monkeypatch, hours=hours, minutes=-1)
    assert Client(app).get(path).status == 200
    later(monkeypatch, minutes=2)
    assert Client(app).get(path).status == 410


def test_an_address_for_one_time_asks_first_and_holds_once(app: Flask) -> None:
    path = path_of(address_of(app, "interview_url(once_temporary=2)"))
    # a program that looks at links in e-mails uses nothing up
    Client(app).get(path)
    browser = Client(app)
    assert gone_on(browser, browser.get(path)).heading == "Here it is"
    assert Client(app).get(path).status == 410


def gone_on(browser: Client, page: Page) -> Page:
    return browser.post("/goto", **dict(page.forms["da-goto"]))


def test_of_two_who_go_on_at_once_one_does(app: Flask) -> None:
    path = path_of(address_of(app, "interview_url(once_temporary=2)"))
    browsers = [Client(app), Client(app)]
    pages = [browser.get(path) for browser in browsers]
    assert sorted(gone_on(browser, page).status for browser, page in zip(browsers, pages, strict=True)) == [200, 410]


@pytest.mark.parametrize("code", ["", "AAAA", "ä", "G" * 200])
def test_an_address_that_somebody_made_up_leads_nowhere(app: Flask, code: str) -> None:
    assert Client(app).get(f"/goto?c={code}").status == 404


@pytest.mark.parametrize(
    ("expression", "address"),
    [
        ("interview_url(i='shared.yml', local=True, new_session=1)", "/interview?i=shared.yml&new_session=1"),
        ("interview_url(i='shared.yml', session='abc', style='short')", "http://localhost/interview?i=shared.yml&session=abc"),
        ("url_of('https://example.com', query='Hello, world!')", "https://example.com?query=Hello%2C+world%21"),
        ("url_of('mailto:ada@example.com', subject='Two words')", "mailto:ada@example.com?subject=Two%20words"),
    ],
)
def test_addresses_are_of_the_kind_that_is_asked_for(app: Flask, expression: str, address: str) -> None:
    assert address_of(app, expression).replace("&amp;", "&") == address


def test_an_action_in_a_temporary_address_is_carried_out(app: Flask) -> None:
    path = path_of(address_of(app, "interview_url_action('greet', temporary=1, name='Ada')"))
    assert Client(app).get(path).heading == "Hello Ada"


def test_an_action_can_be_the_first_of_a_new_session(app: Flask) -> None:
    path = path_of(address_of(app, "interview_url_action('greet', i='shared.yml', new_session=1, name='Ada')"))
    assert Client(app).get(path.replace("&amp;", "&")).heading == "Hello Ada"


def test_an_address_can_lead_to_another_server_for_a_while(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    path = path_of(address_of(app, "url_of('temp_url', url='https://example.com/a', expire=60)"))
    assert Client(app).flask.get(path).location == "https://example.com/a"
    later(monkeypatch, minutes=2)
    assert Client(app).get(path).status == 410
