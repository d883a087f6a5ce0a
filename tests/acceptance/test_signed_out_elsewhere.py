"""A page that was open while the sign-in ended elsewhere: what the person typed is kept, and can be sent again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import Page

STORY = """\
metadata:
  {metadata}
---
mandatory: True
question: What happened?
fields:
  - Story: story
  - Word to keep: kept
    datatype: password
    required: False
---
mandatory: True
question: It was ${{ story }}
"""
NAMES = ["open.yml", "login.yml"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    interviews = {"open.yml": STORY.format(metadata="title: Open"), "login.yml": STORY.format(metadata="require login: True")}
    with application(tmp_path_factory.mktemp("elsewhere"), interviews) as running:
        store_of(running).people.add("ada@example.com", PASSWORD)
        yield running


@pytest.fixture
def ada(app: Flask) -> Client:
    return Client(app).sign_in("ada@example.com")


def answered_too_late(app: Flask, ada: Client, name: str, **answers: str) -> Page:
    """What comes back for answers to a page that was open when Ada was signed out everywhere."""
    page = ada.get(f"/interview?i={name}&new_session=1")
    assert page.heading == "What happened?"
    person = store_of(app).people.find("ada@example.com")
    assert person
    store_of(app).people.end_logins(person)
    return ada.answer(page, **answers)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_typed_is_sent_again_after_signing_in_again(app: Flask, ada: Client, name: str) -> None:
    kept = answered_too_late(app, ada, name, story="5 < 6 & more", kept="magpie")
    assert kept.status in (403, 404)
    assert "<dd>5 &lt; 6 &amp; more</dd>" in kept.text
    assert "/user/sign-in?next=" in kept.text
    # in another tab
    ada.sign_in("ada@example.com")
    assert ada.answer(kept).heading == "It was 5 < 6 & more"


@pytest.mark.parametrize("name", NAMES)
def test_a_password_is_not_shown(app: Flask, ada: Client, name: str) -> None:
    kept = answered_too_late(app, ada, name, story="short", kept="magpie")
    assert "<dd>short</dd>" in kept.text
    assert "<dd>magpie</dd>" not in kept.text


@pytest.mark.parametrize("name", NAMES)
def test_sent_again_without_signing_in_it_is_kept_once_more(app: Flask, ada: Client, name: str) -> None:
    kept = answered_too_late(app, ada, name, story="short")
    assert "<dd>short</dd>" in ada.answer(kept).text


def test_somebody_else_who_signs_in_then_gets_nothing_into_the_session(app: Flask, ada: Client) -> None:
    store_of(app).people.add("ben@example.com", PASSWORD)
    kept = answered_too_late(app, ada, "open.yml", story="short")
    again = ada.sign_in("ben@example.com").answer(kept)
    assert (again.status, again.heading) == (404, "This session isn't open to you just now")
