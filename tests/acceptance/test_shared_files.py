"""Files that an interview lets others see: who gets them, for how long, and what another session can do with them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import Page, control

SHARING = """\
mandatory: True
question: Paper
fields:
  - Paper: paper
    datatype: file
    allow users: ben@example.com
---
mandatory: True
code: |
  multi_user = False
  paper[0].write("another text")
  paper.set_attributes(persistent=True)
---
mandatory: True
question: Done
subquestion: |
  number=${ paper[0].number } seen by ${ paper[0].user_access()["emails"][0] } private=${ paper[0].private }
  [away](${ paper[0].url_for(temporary=True, seconds=600) })
  [take back](${ url_action("take_back") }) [publish](${ url_action("publish") })
buttons:
  - Away: exit
---
event: take_back
code: |
  paper.user_access(disallow="all")
---
event: publish
code: |
  paper.set_attributes(private=False)
"""
READING = """\
objects:
  - paper: DAFile
---
mandatory: True
code: |
  paper.number = int(url_args["number"])
  paper.filename, paper.extension, paper.mimetype, paper.initialized = "a.txt", "txt", "text/plain", True
---
mandatory: True
question: |
  ${ paper.slurp() }
subquestion: |
  [change](${ url_action("change") })
---
event: change
code: |
  paper.set_attributes(private=False)
"""


class Place:
    """A server, with the browsers of three people and of one who hasn't signed in."""

    def __init__(self, app: Flask) -> None:
        for name in ("ada", "ben", "cleo"):
            store_of(app).people.add(f"{name}@example.com", PASSWORD)
        self.ada, self.ben, self.cleo = (Client(app).sign_in(f"{name}@example.com") for name in ("ada", "ben", "cleo"))
        self.nobody = Client(app)

    def statuses(self, address: str) -> list[int]:
        """What all but ada get."""
        return [browser.get(address).status for browser in (self.ben, self.cleo, self.nobody)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("shared-files")
    with application(folder, {"sharing.yml": SHARING, "reading.yml": READING}) as app:
        yield Place(app)


def _shared(browser: Client) -> Page:
    """The page of somebody who has uploaded a paper."""
    page = browser.get("/interview?i=sharing.yml&new_session=1")
    posted = {**dict(page.form), control("paper"): (io.BytesIO(b"some text"), "a.txt")}
    return browser._page(page.url, browser.flask.post(page.url, data=posted, follow_redirects=True))


def _number(page: Page) -> int:
    found = re.search(r"number=(\d+)", page.text)
    assert found, page.text
    return int(found[1])


def _link(page: Page, words: str) -> str:
    found = re.search(rf'href="([^"]*)"[^>]*>{words}<', page.text)
    assert found, page.text
    return found[1].replace("&amp;", "&").removeprefix("http://localhost")


def test_a_file_is_seen_by_those_whom_its_interview_names_until_it_takes_that_back(place: Place) -> None:
    page = _shared(place.ada)
    assert "seen by ben@example.com private=True" in page.text
    address = f"/uploadedfile/{_number(page)}.txt"
    assert place.ben.get(address).text == "another text"
    assert place.statuses(address) == [200, 404, 404]
    place.ada.get(_link(page, "take back"))
    assert place.statuses(address) == [404, 404, 404]
    place.ada.get(_link(page, "publish"))
    assert place.statuses(address) == [200, 200, 200]
    assert place.ada.get(address).text == "another text"


def test_a_persistent_file_is_there_when_its_session_has_gone(place: Place) -> None:
    page = _shared(place.ada)
    temporary, address = _link(page, "away"), f"/uploadedfile/{_number(page)}.txt"
    place.ada.post(f"/interviews/{dict(page.form)['_session']}/delete")
    assert place.statuses(address) == [200, 404, 404]
    assert place.ada.get(address).status == 404
    assert place.nobody.get(temporary).text == "another text"


def test_code_of_another_session_reads_what_its_person_may_see_and_changes_nothing(place: Place) -> None:
    page = _shared(place.ada)
    file, address = f"/uploadedfile/{_number(page)}.txt", f"/interview?i=reading.yml&new_session=1&number={_number(page)}"
    reading = place.ben.get(address)
    assert reading.heading == "another text"
    assert "another text" not in place.cleo.get(address).text
    assert place.ben.get(_link(reading, "change")).status >= 400
    assert place.nobody.get(file).status == 404
    place.ada.get(_link(page, "publish"))
    assert place.nobody.get(address).heading == "another text"
