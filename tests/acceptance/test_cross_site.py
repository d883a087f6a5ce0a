"""P29: what a page of another site has a browser ask for changes nothing, at whichever address.

The application runs in this process, so that no route can be forgotten: the tests walk its map.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from docassemble_lite.settings import Settings
from docassemble_lite.store.schema import migrate
from docassemble_lite.store.tables import db
from docassemble_lite.web import create_app
from docassemble_lite.web.services import EXTENSION
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.visitor import parsed

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
    """The whole application, with an administrator and an interview."""
    (tmp_path / "interviews").mkdir()
    (tmp_path / "interviews" / "hello.yml").write_text(INTERVIEW)
    settings = Settings(data=tmp_path / "data", interviews=tmp_path / "interviews", default_interview="hello.yml")
    migrate(settings)
    made = create_app(settings)
    store = made.extensions[EXTENSION].store
    store.people.add("ada@example.com", PASSWORD, privileges=["admin"])
    yield made
    store.close()


@pytest.fixture
def ada(app: Flask) -> FlaskClient:
    """The administrator's browser, signed in and in an interview."""
    browser = app.test_client()
    token = token_in(browser, "/user/sign-in")
    signed_in = browser.post("/user/sign-in", data={"email": "ada@example.com", "password": PASSWORD, "csrf_token": token})
    assert signed_in.status_code == 303
    browser.get("/interview?i=hello.yml")
    return browser


def token_in(browser: FlaskClient, path: str) -> str:
    """The token that the forms of a page carry."""
    answer = browser.get(path)
    page = parsed(answer.status_code, path, _Html(), answer.data)
    return next(value for form in page.forms.values() for name, value in form if name == "csrf_token")


class _Html(dict[str, str]):
    def get_content_type(self) -> str:
        return "text/html"


def rows(app: Flask) -> dict[str, list[Any]]:
    """Everything in the store."""
    with app.extensions[EXTENSION].store.engine.connect() as connection:
        return {table.name: list(connection.execute(select(table))) for table in db.metadata.sorted_tables}


def path_of(app: Flask, rule: Rule) -> str:
    """An address that the rule fits."""
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        return adapter.build(rule.endpoint, {name: "x" for name in rule.arguments}, append_unknown=False)


def changing(app: Flask) -> list[tuple[str, Rule]]:
    """Every method with every rule by which something could be changed."""
    return [(method, rule) for rule in app.url_map.iter_rules() for method in sorted((rule.methods or set()) - SAFE)]


def test_p29_the_walk_comes_by_every_form(app: Flask) -> None:
    endpoints = {rule.endpoint for _, rule in changing(app)}
    assert endpoints >= {"interview.answer", "sign_in.sign_in", "sign_in.sign_out"}


def test_p29_every_route_that_changes_something_refuses_other_sites(app: Flask, ada: FlaskClient) -> None:
    """P29: with a token that is missing, empty, wrong, somebody else's or in the address, in whatever way it is sent."""
    foreign = token_in(app.test_client(), "/user/sign-in")
    own = token_in(ada, "/user/sign-out")
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
        answers = [ada.open(path, method=method, headers=elsewhere, **how).status_code for how in sent]
        assert answers == [403] * len(sent), f"{method} {path}"
    assert rows(app) == before


def test_p29_a_get_changes_nothing(app: Flask, ada: FlaskClient) -> None:
    """P29: but where there is a reason for it."""
    before = rows(app)
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in CHANGED_BY_GET and "GET" in (rule.methods or set()):
            assert ada.get(path_of(app, rule)).status_code < 500
            assert rows(app) == before, rule.endpoint


def test_p29_every_exception_is_one(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {*OPEN_TO_OTHERS, *CHANGED_BY_GET} <= endpoints
