"""Pages speak the language of the person's profile where somebody has translated them, and screens that of their interview."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from docassemble_lite.language import words
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of

INTERVIEW = """\
mandatory: True
code: set_language('xy')
---
mandatory: True
question: What?
fields:
  - Name: first_name
---
mandatory: True
question: Done
"""


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(words, "_collections", dict(words._collections))
    monkeypatch.setattr(words, "_added", set())
    words.update_word_collection("xx", {"My interviews": "Moje", "Profile": "Profilo", "This form has expired": "Tro malfrue"})
    words.update_word_collection("xy", {"My interviews": "Mine", "Continue": "Dalej"})
    with application(tmp_path_factory.mktemp("speaking"), {"xy.yml": INTERVIEW}) as running:
        for name, language in (("ada", "xx"), ("ben", "zz"), ("cy", "")):
            store_of(running).people.add(f"{name}@example.com", PASSWORD, language=language)
        yield running


def test_pages_of_an_account_speak_the_language_of_its_person(app: Flask) -> None:
    page = Client(app).sign_in("ada@example.com").get("/user/profile")
    assert page.heading == "Profilo"
    assert '<html lang="xx"' in page.text


@pytest.mark.parametrize("name", ["ben", "cy"])
def test_a_language_without_words_changes_nothing(app: Flask, name: str) -> None:
    page = Client(app).sign_in(f"{name}@example.com").get("/user/profile")
    assert page.heading == "Profile"
    assert '<html lang="en"' in page.text


def test_a_screen_speaks_the_language_of_its_interview_in_all_its_parts(app: Flask) -> None:
    page = Client(app).sign_in("ada@example.com").get("/interview?i=xy.yml")
    assert "Dalej" in page.words
    assert "Mine" in page.words
    assert "Moje" not in page.words


def test_what_one_page_spoke_is_forgotten_by_the_next(app: Flask) -> None:
    ada = Client(app).sign_in("ada@example.com")
    ada.get("/interview?i=xy.yml")
    assert Client(app).get("/user/sign-in").heading == "Sign in"
    assert ada.get("/interviews").heading == "Moje"


def test_error_pages_speak_it_too(app: Flask) -> None:
    ada = Client(app).sign_in("ada@example.com")
    assert ada.post("/user/profile", csrf_token="none").heading == "Tro malfrue"
