"""P36: passwords, recovery codes, links, tokens and secrets are nowhere but where they are typed or shown once."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import Page, value_of

FIRST, SECOND, THIRD, WRONG = (f"kanarienvogel-{number}" for number in (7261, 9173, 5511, 3108))
INTERVIEW = "mandatory: True\nquestion: The word is ${ the_word }\n---\nquestion: Word?\nfields:\n  - Word: the_word\n"
ANSWER = "goldhaehnchen-6021"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with application(tmp_path, {"own.yml": INTERVIEW}, debug=True) as made:
        yield made


def test_p36_nothing_secret_of_an_account_is_in_a_log_the_store_an_address_or_a_page(
    app: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """P36: through all that can be done with an account, rightly and wrongly."""
    caplog.set_level(logging.DEBUG, "docassemble_lite")
    browser, root, pages = Client(app), Client(app), list[Page]()
    store_of(app).people.add("root@example.com", "a password for tests", privileges=["admin"])
    root.sign_in("root@example.com")
    browser.answer(browser.get("/interview?i=own.yml"), the_word=ANSWER)
    secret = browser.flask.get_cookie("secret")
    assert secret
    pages += [browser.post("/user/register", email="ada@example.com", password=FIRST, again=FIRST)]
    made = browser.post("/user/recovery-code")
    found = re.search(r'id="da-code">([0-9A-Z-]+)<', made.text)
    assert found, made.words
    code = found[1]
    pages += [browser.get("/user/recovery-code"), browser.post("/user/recover", code=code[:-1] + "A")]
    pages += [browser.post("/user/recover", code=code), browser.get("/user/profile")]
    pages += [browser.post("/user/change-password", old=WRONG, password=SECOND, again=SECOND)]
    pages += [browser.post("/user/change-password", old=FIRST, password=SECOND, again=SECOND)]
    pages += [browser.post("/user/delete-account", old=WRONG), browser.post("/user/sign-out")]
    pages += [Client(app).post("/user/sign-in", email=SECOND, password=WRONG)]
    person = store_of(app).people.find("ada@example.com")
    assert person
    handed = root.post(f"/user/people/{person.id}/link")
    link = re.search(r"/user/reset-password/([\w-]+)", handed.text)
    assert link, handed.words
    path = f"/user/reset-password/{link[1]}"
    pages += [browser.post(path, password=THIRD, again=THIRD, code="AAAAA"), browser.get("/user/sign-in")]
    used = browser.post(path, password=THIRD, again=THIRD, code=code)
    assert "as before" in used.words
    session = value_of(browser.get("/interview?i=own.yml").form, "_session")
    pages += [used, root.get("/user/people"), root.get("/tasks"), root.get(f"/interview?i=own.yml&session={session}")]
    hidden = [FIRST, SECOND, THIRD, WRONG, code, code.replace("-", ""), secret.value]
    places = {"log": caplog.text, "reprs": repr(store_of(app).people) + repr(person) + repr(app.extensions)}
    places |= {f"page {number}": page.text for number, page in enumerate(pages)}
    files = [file for file in tmp_path.rglob("*") if file.is_file() and file.suffix != ".yml"]
    places |= {file.name: file.read_bytes().decode("latin-1") for file in files}
    shown = [(text, place) for text in [*hidden, ANSWER, link[1]] for place, told in places.items() if text in told]
    # what is typed as an address comes back in its field, and a link stands in the form that it opens
    assert [item for item in shown if item not in ((SECOND, "page 9"), (link[1], "page 10"))] == []
    assert 'action="password_reset"' in caplog.text
