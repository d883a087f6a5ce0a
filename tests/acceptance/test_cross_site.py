"""P29: what a page of another site has a browser ask for changes nothing, at whichever address.

The application runs in this process, so that no route can be forgotten: the tests walk its map.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from docassemble_lite.store.tables import db
from docassemble_lite.store.tasks import NewTask
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of

INTERVIEW = """\
mandatory: True
question: Hello
buttons:
  - Go on: continue
"""
SAFE = {"GET", "HEAD", "OPTIONS"}
#: endpoint → why a form from elsewhere may change something there. There is no such reason yet.
OPEN_TO_OTHERS: dict[str, str] = {}
#: endpoint → why a GET changes something there.
CHANGED_BY_GET = {
    "interview.show": "to go to an interview is to begin a session of it, and links in e-mails and pages carry out its actions",
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """The whole application, with an administrator, an interview and a task."""
    with application(tmp_path, {"hello.yml": INTERVIEW}, default_interview="hello.yml") as made:
        store_of(made).people.add("ada@example.com", PASSWORD, privileges=["admin"])
        store_of(made).sessions.create("hello.yml", b"secret", {}, tasks=[NewTask("x", "work", b"")])
        yield made


@pytest.fixture
def ada(app: Flask) -> Client:
    """The administrator's browser, signed in and in an interview."""
    browser = Client(app).sign_in("ada@example.com")
    assert browser.get("/interview?i=hello.yml").heading == "Hello"
    return browser


def rows(app: Flask) -> dict[str, list[Any]]:
    """Everything in the store."""
    with store_of(app).engine.connect() as connection:
        return {table.name: list(connection.execute(select(table))) for table in db.metadata.sorted_tables}


def path_of(app: Flask, rule: Rule) -> str:
    """An address that the rule fits."""
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        return adapter.build(rule.endpoint, {name: "1" for name in rule.arguments}, append_unknown=False)


def changing(app: Flask) -> list[tuple[str, Rule]]:
    """Every method with every rule by which something could be changed."""
    return [(method, rule) for rule in app.url_map.iter_rules() for method in sorted((rule.methods or set()) - SAFE)]


def test_p29_the_walk_comes_by_every_form(app: Flask) -> None:
    endpoints = {rule.endpoint for _, rule in changing(app)}
    assert endpoints >= {"interview.answer", "sign_in.sign_in", "sign_in.sign_out", "tasks.run_again", "tasks.revoke"}
    assert endpoints >= {"register.register", "recovery.make", "leaving.delete", "forgotten.choose", "person.delete"}


def test_p29_every_route_that_changes_something_refuses_other_sites(app: Flask, ada: Client) -> None:
    """P29: with a token that is missing, empty, wrong, somebody else's or in the address, in whatever way it is sent."""
    foreign, own = Client(app).token(), ada.token()
    elsewhere = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}
    sent: list[dict[str, Any]] = [
        {"data": {}},
        {"data": {"csrf_token": ""}},
        {"data": {"csrf_token": foreign}},
        {"data": {"csrf_token": own + "x"}},
        {"data": {}, "query_string": {"csrf_token": own}},
        {"data": f"csrf_token={own}", "content_type": "text/plain"},
        {"json": {"csrf_token": own}},
    ]
    before = rows(app)
    for method, rule in changing(app):
        if rule.endpoint in OPEN_TO_OTHERS:
            continue
        path = path_of(app, rule)
        answers = [ada.flask.open(path, method=method, headers=elsewhere, **how).status_code for how in sent]
        assert answers == [403] * len(sent), f"{method} {path}"
    assert rows(app) == before


def test_p29_a_get_changes_nothing(app: Flask, ada: Client) -> None:
    """P29: but where there is a reason for it."""
    before = rows(app)
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in CHANGED_BY_GET and "GET" in (rule.methods or set()):
            with ada.flask.get(path_of(app, rule)) as answer:
                assert answer.status_code < 500
            assert rows(app) == before, rule.endpoint


def test_p29_every_exception_is_one(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {*OPEN_TO_OTHERS, *CHANGED_BY_GET} <= endpoints
