"""P30: what a copy of a browser's cookies is worth after its owner has signed out, or chosen another password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from docassemble_lite.store.people import Person
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import Page, value_of

CANARY = "kanarienvogel-3055"
INTERVIEW = """\
mandatory: True
question: The word is ${ the_word }
---
question: Word?
fields:
  - Word: the_word
"""
SHARED = """\
mandatory: True
code: |
  multi_user = True
---
mandatory: True
question: |
  Word: ${ the_word }
subquestion: ${ document.url_for() }
---
question: Word?
fields:
  - Word: the_word
---
code: |
  document = DAFile('document')
  document.initialize(filename='word.txt')
  document.write(the_word)
  document.commit()
"""
ALL = """\
mandatory: True
question: All
subquestion: |
  % for item in interview_list(user_id='all', exclude_invalid=False)[0]:
  ${ item['session'] } ${ item['valid'] } ${ item['dict'] }

  % endfor
"""
ADDRESS = "/interview?i=own.yml"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with application(tmp_path, {"own.yml": INTERVIEW, "shared.yml": SHARED, "all.yml": ALL}) as made:
        yield made


@pytest.fixture
def ada(app: Flask) -> Person:
    return store_of(app).people.add("ada@example.com", PASSWORD)


def begun(browser: Client) -> str:
    """The id of a session of the browser that holds the canary."""
    page = browser.answer(browser.get(ADDRESS), the_word=CANARY)
    assert CANARY in page.words
    return value_of(browser.get(ADDRESS).form, "_session")


def copy_of(app: Flask, browser: Client) -> Client:
    """A browser with the same cookies."""
    copied = Client(app)
    for name in ("secret", "da_session"):
        cookie = browser.flask.get_cookie(name)
        if cookie:
            copied.flask.set_cookie(name, cookie.value)
    return copied


def look(browser: Client, session: str) -> Page:
    return browser.get(f"{ADDRESS}&session={session}")


def test_p30_a_copy_from_before_signing_out_opens_nothing_afterwards(app: Flask, ada: Person) -> None:
    """P30: nor does the secret with which the session was begun before signing in, which was good for a moment longer."""
    browser = Client(app)
    session = begun(browser)
    before = copy_of(app, browser)
    browser.sign_in("ada@example.com")
    while_signed_in = copy_of(app, browser)
    assert [look(copied, session).status for copied in (before, while_signed_in)] == [200, 200]
    browser.post("/user/sign-out")
    assert [look(copied, session).status for copied in (before, while_signed_in, browser)] == [404, 404, 404]
    assert CANARY not in while_signed_in.get(ADDRESS).text + before.get(ADDRESS).text


def test_p30_a_copy_from_before_signing_out_is_in_no_shared_session_and_opens_no_file_of_one(app: Flask, ada: Person) -> None:
    """P30: neither of the one that was its current one nor of one before."""
    browser = Client(app).sign_in("ada@example.com")
    files = []
    for begin in ("", "&new_session=1"):
        page = browser.answer(browser.get(f"/interview?i=shared.yml{begin}"), the_word=CANARY)
        files.append(re.findall(r"/uploadedfile/\S+", page.words)[0])
    copied = copy_of(app, browser)
    assert [copied.get(path).status for path in files] == [200, 200]
    browser.post("/user/sign-out")
    assert [copied.get(path).status for path in files] == [404, 404]
    assert "Word?" in copied.get("/interview?i=shared.yml").words


def test_p30_another_password_ends_every_copy(app: Flask, ada: Person) -> None:
    browser = Client(app).sign_in("ada@example.com")
    session = begun(browser)
    copied = copy_of(app, browser)
    browser.post("/user/change-password", old=PASSWORD, password="another password", again="another password")
    assert look(copied, session).status == 404
    assert look(browser, session).status == 200


def test_p30_signing_in_gives_the_browser_another_session_and_token(app: Flask, ada: Person) -> None:
    browser = Client(app)
    before, token = copy_of(app, browser), browser.token()
    browser.sign_in("ada@example.com")
    assert browser.token() != token
    assert "ada@example.com" not in before.get("/list").words


def test_p30_every_cookie_is_out_of_reach_of_scripts_and_of_other_sites(tmp_path: Path) -> None:
    """P30: and behind HTTPS of other hosts and of the network."""
    for is_https in (False, True):
        folder = tmp_path / str(is_https)
        folder.mkdir()
        made = application(folder, {"own.yml": INTERVIEW}, behind_https_load_balancer=is_https)
        with made as app, app.test_client().get(ADDRESS) as answer:
            cookies = answer.headers.getlist("Set-Cookie")
        assert len(cookies) == 2
        for cookie in cookies:
            assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")), cookie
            assert "Domain" not in cookie
            assert cookie.startswith("__Host-") == ("Secure" in cookie) == is_https


def test_what_an_administrator_is_told_opens_no_private_session(app: Flask, ada: Person) -> None:
    """P30: neither the pages about people nor what an interview is told of everybody's sessions."""
    store_of(app).people.add("root@example.com", PASSWORD, privileges=["admin"])
    session = begun(Client(app).sign_in("ada@example.com"))
    root = Client(app).sign_in("root@example.com")
    pages = [
        root.get(path) for path in ("/user/people", f"/user/people/{ada.id}", "/tasks", "/interviews", "/interview?i=all.yml")
    ]
    assert [page.status for page in pages] == [200] * 5
    assert f"{session} False" in pages[-1].words
    assert CANARY not in "".join(page.text for page in pages)
    assert look(root, session).status == 404
