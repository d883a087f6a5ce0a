"""Files that people upload and signatures that they give, in a real browser; and what others get to see of them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.acceptance.accounts import PASSWORD, add_person
from tests.acceptance.playing import begin, fill, go_on, press, see, see_text
from tests.acceptance.visitor import Visitor, control, value_of
from tests.conftest import Server
from tests.unit.formats.hostile import from_a_phone, picture

PAPERS = """\
mandatory: True
question: Thanks
subquestion: |
  ${ photo }

  % for paper in papers:
  * ${ paper.filename } ${ paper.url_for() }
  % endfor

  ${ mark }
---
question: Papers
fields:
  - Name: name
  - Photo: photo
    datatype: camera
  - Papers: papers
    datatype: files
---
question: Sign your name
signature: mark
"""
CHANGING = """\
mandatory: True
question: Thanks
subquestion: ${ paper[0].filename }
---
code: seen = 0
---
question: Papers
subquestion: Seen ${ seen } times
fields:
  - Name: name
  - Paper: paper
    datatype: file
check in: look
---
event: look
code: |
  if action_argument('_changed') == 'name':
    seen = seen + 1
    background_response(None, 'refresh')
"""
LIMIT = 200_000
# milliseconds
PATIENCE = 30_000


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    server: Server = shared_server(
        {"papers.yml": PAPERS, "open.yml": "initial: True\ncode: multi_user = True\n---\n" + PAPERS, "changing.yml": CHANGING},
        maximum_content_length=LIMIT,
        file_quota=4 * LIMIT,
    )
    return server


@pytest.fixture(params=["page", "plain_page"], ids=["with scripts", "without scripts"])
def either_page(request: pytest.FixtureRequest) -> Page:
    """A page of a browser, with scripts and without; it may be told of mistakes."""
    page: Page = request.getfixturevalue(request.param)
    page.set_default_timeout(PATIENCE)
    return page


def a_file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/html", "buffer": content}


def choose(tab: Page, label: str, *files: FilePayload) -> None:
    tab.get_by_label(label, exact=True).set_input_files(list(files))


def kept(tab: Page) -> list[str]:
    """The names of files that needn't be chosen again."""
    return tab.locator(".da-kept-name").all_inner_texts()


# --- a person ----------------------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_what_was_sent_need_not_be_chosen_again_after_a_mistake(running: Server, either_page: Page) -> None:
    begin(either_page, running, "papers.yml")
    choose(either_page, "Photo", a_file("me.jpg", from_a_phone()))
    choose(either_page, "Papers", a_file("a.txt", b"one"), a_file("b.txt", b"two"))
    # what arrives moves the button away from under a mouse
    either_page.get_by_role("button", name="Continue", exact=True).press("Enter")
    either_page.locator("#da-errors").wait_for()
    assert kept(either_page) == ["me.jpg", "a.txt", "b.txt"]
    either_page.get_by_role("checkbox", name="a.txt").uncheck()
    fill(either_page, "Name", "Ann")
    go_on(either_page)
    see(either_page, "Sign your name")
    fill(either_page, "Type your name", "Ann")
    go_on(either_page)
    see(either_page, "Thanks")
    assert either_page.locator("#daquestion li").all_inner_texts()[0].startswith("b.txt ")
    shown = either_page.locator("#daquestion img")
    expect(shown).to_have_count(2)
    for number in range(2):
        expect(shown.nth(number)).to_have_js_property("complete", True)
        assert shown.nth(number).evaluate("image => image.naturalWidth") > 20


@pytest.mark.browser
def test_a_file_is_judged_as_soon_as_it_is_chosen(running: Server, tab: Page) -> None:
    begin(tab, running, "papers.yml")
    choose(tab, "Papers", a_file("good.txt", b"one"), a_file("bad.pdf", b"<html>"), a_file("fine.txt", b"two"))
    tab.get_by_text("bad.pdf isn’t what its name says.").wait_for()
    expect(tab.locator(".da-kept-name")).to_have_text(["good.txt", "fine.txt"])
    choose(tab, "Papers", a_file("big.txt", b"x" * (LIMIT + 1)))
    tab.get_by_text("big.txt is too large. A file may have at most 195 kB.").wait_for()
    assert tab.get_by_label("Papers", exact=True).evaluate("input => input.files.length") == 0


@pytest.mark.browser
def test_a_file_can_be_dropped(running: Server, tab: Page) -> None:
    begin(tab, running, "papers.yml")
    data = tab.evaluate_handle(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["dropped"], "dropped.txt"));
            return data;
        }"""
    )
    target = tab.locator(".da-drop").nth(1)
    target.dispatch_event("dragover", {"dataTransfer": data})
    expect(tab.locator(".da-dropping")).to_have_count(1)
    target.dispatch_event("drop", {"dataTransfer": data})
    expect(tab.locator(".da-kept-name")).to_have_text(["dropped.txt"])
    expect(tab.locator(".da-dropping")).to_have_count(0)


@pytest.mark.browser
def test_a_form_that_is_sent_while_a_file_is_on_its_way_waits_for_it(running: Server, tab: Page) -> None:
    begin(tab, running, "papers.yml")
    fill(tab, "Name", "Ann")
    choose(tab, "Papers", a_file("a.txt", b"one"))
    choose(tab, "Photo", a_file("me.png", picture()))
    # what arrives moves the button away from under a mouse
    tab.get_by_role("button", name="Continue", exact=True).press("Enter")
    see(tab, "Sign your name")


@pytest.mark.browser
def test_a_form_that_is_too_large_comes_back_with_what_was_typed(running: Server, plain_tab: Page) -> None:
    begin(plain_tab, running, "papers.yml")
    fill(plain_tab, "Name", "Ann")
    choose(plain_tab, "Papers", a_file("big.txt", b"x" * (3 * LIMIT)), a_file("small.txt", b"one"))
    go_on(plain_tab)
    plain_tab.locator("#da-errors").get_by_text("big.txt is too large. A file may have at most 195 kB.").wait_for()
    expect(plain_tab.get_by_label("Name", exact=True)).to_have_value("Ann")
    assert kept(plain_tab) == ["small.txt"]


@pytest.mark.browser
def test_a_file_stays_when_a_fresh_screen_takes_the_place_of_its_own(running: Server, tab: Page) -> None:
    begin(tab, running, "changing.yml")
    choose(tab, "Paper", a_file("a.txt", b"one"))
    expect(tab.locator(".da-kept-name")).to_have_text(["a.txt"])
    fill(tab, "Name", "Ann")
    tab.get_by_label("Name", exact=True).blur()
    see_text(tab, "Seen 1 times")
    expect(tab.locator(".da-kept-name")).to_have_text(["a.txt"])
    expect(tab.get_by_label("Name", exact=True)).to_have_value("Ann")
    go_on(tab)
    see(tab, "Thanks")


def to_the_signature(tab: Page, running: Server) -> None:
    begin(tab, running, "papers.yml")
    fill(tab, "Name", "Ann")
    choose(tab, "Photo", a_file("me.png", picture()))
    choose(tab, "Papers", a_file("a.txt", b"one"))
    expect(tab.locator(".da-kept-name")).to_have_count(2)
    go_on(tab)
    see(tab, "Sign your name")


def draw(tab: Page) -> None:
    # a script shows it
    tab.locator("#dasigcanvas").wait_for()
    area = tab.locator("#dasigcanvas").bounding_box()
    assert area
    tab.mouse.move(area["x"] + 30, area["y"] + 100)
    tab.mouse.down()
    tab.mouse.move(area["x"] + 200, area["y"] + 40, steps=4)
    tab.mouse.up()


@pytest.mark.browser
def test_a_signature_is_drawn_cleared_and_drawn_again(running: Server, page: Page) -> None:
    to_the_signature(page, running)
    draw(page)
    press(page, "Clear")
    go_on(page)
    page.locator("#da-errors").get_by_text("You must sign your name to continue.").wait_for()
    draw(page)
    go_on(page)
    see(page, "Thanks")
    expect(page.locator("#daquestion img")).to_have_count(2)


# --- others -------------------------------------------------------------------------------------------------------------------


class Uploading(Visitor):
    """A browser without scripts that sends files."""

    def send(self, path: str, posted: list[tuple[str, str]], *files: tuple[str, str, bytes]) -> Any:
        """Send a form with files: (variable, name, content) of each."""
        body = io.BytesIO()
        for name, value in posted:
            body.write(f'--xxx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for variable, name, content in files:
            disposition = f'form-data; name="{control(variable)}"; filename="{name}"'
            body.write(f"--xxx\r\nContent-Disposition: {disposition}\r\nContent-Type: text/html\r\n\r\n".encode())
            body.write(content + b"\r\n")
        body.write(b"--xxx--\r\n")
        return self.post_body(path, body.getvalue(), "multipart/form-data; boundary=xxx")

    def upload(self, page: Any, *files: tuple[str, str, bytes]) -> Any:
        """Send a file ahead of the form of a page; what the server says."""
        interview = re.search(r"i=([\w.]+)", page.url)
        assert interview
        return self.send(f"/upload?i={interview[1]}", page.form, *files)


def number_in(answer: Any) -> str:
    found = re.search(r"/uploadedfile/(\d+)\.", json.loads(answer.text)["html"])
    assert found
    return found[1]


@pytest.mark.parametrize("interview", ["papers.yml", "open.yml"])
def test_nobody_else_sees_a_file_and_a_number_that_is_guessed_gets_the_same_answer(running: Server, interview: str) -> None:
    ann, bob = Uploading(running.url), Uploading(running.url)
    number = number_in(ann.upload(ann.show(interview), ("photo", "me.png", picture())))
    bob.show(interview)
    for suffix in ("", ".png", ".png?thumb=1", "/me.png", ".png?attachment=1"):
        assert ann.get(f"/uploadedfile/{number}{suffix}").status == 200
        answers = [bob.get(f"/uploadedfile/{guess}{suffix}") for guess in (number, str(int(number) + 1), "1", "9" * 15)]
        assert {answer.status for answer in answers} == {404}
        assert len({re.sub(r"\d{3,}|nonce=\S+|value=\S+", "", answer.words) for answer in answers}) == 1
    assert bob.get(f"/uploadedfiles/all.zip?file={number}").status == 404


def test_who_was_in_a_shared_session_keeps_its_files_after_beginning_another_one(running: Server) -> None:
    """P31."""
    add_person(running, "cleo@example.com")
    ann, bob, cleo, dan = (Uploading(running.url) for _ in range(4))
    page = ann.show("open.yml")
    session, number = value_of(page.form, "_session"), number_in(ann.upload(page, ("photo", "me.png", picture())))
    cleo.sign_in("cleo@example.com", PASSWORD)
    for joined in (bob, cleo):
        assert value_of(joined.show("open.yml", session=session).form, "_session") == session
        assert value_of(joined.show("open.yml", new_session=1).form, "_session") != session
        assert joined.get(f"/uploadedfile/{number}").status == 200
    cleo_elsewhere = Uploading(running.url)
    cleo_elsewhere.sign_in("cleo@example.com", PASSWORD)
    assert cleo_elsewhere.get(f"/uploadedfile/{number}").status == 200
    cleo.sign_out()
    for browser in (cleo, dan):
        assert browser.get(f"/uploadedfile/{number}").status == 404


def test_a_ticket_opens_nothing_in_another_session(running: Server) -> None:
    ann, bob = Uploading(running.url), Uploading(running.url)
    sent = json.loads(ann.upload(ann.show("papers.yml"), ("papers", "a.txt", b"secret")).text)["html"]
    ticket = re.search(r'value="([^"]+)"', sent)
    assert ticket
    page = bob.show("papers.yml")
    answer = bob.answer(page, name="Bob", papers=ticket[1])
    assert "Please choose the file again." in answer.words
    assert "a.txt" not in answer.words


def test_a_file_is_served_as_what_it_was_judged_to_be_and_to_be_saved(running: Server) -> None:
    ann = Uploading(running.url)
    page = ann.show("papers.yml")
    for name, content, mimetype in (
        ("page.html", b"<script>alert(1)</script>", "text/html"),
        ("drawing.svg", b"<svg><script>alert(1)</script></svg>", "application/octet-stream"),
        ("a.unheard-of", b"anything", "application/octet-stream"),
        ("me.png", picture(), "image/png"),
    ):
        answer = ann.upload(page, ("papers", name, content))
        shown = json.loads(answer.text)["html"]
        if mimetype == "image/png":
            number = number_in(answer)
            served = ann.get(f"/uploadedfile/{number}.html")
            assert served.headers.get_content_type() == mimetype
            assert served.headers["Content-Disposition"].startswith("attachment; filename=me.png")
            assert served.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in served.headers["Content-Security-Policy"]
            assert ann.get(f"/uploadedfile/{number}", Range="bytes=1-3").body == b"PNG"
        else:
            # no address of it stands in the page
            assert "<img" not in shown


def test_a_file_for_nothing_that_the_page_asks_is_refused(running: Server) -> None:
    ann = Uploading(running.url)
    page = ann.show("papers.yml")
    assert ann.upload(page, ("name", "a.txt", b"one")).status == 400
    assert ann.upload(page, ("other", "a.txt", b"one")).status == 400
    assert ann.upload(page).status == 400
    stale = [(name, "stale" if name == "_tracker" else value) for name, value in page.form]
    assert ann.send("/upload?i=papers.yml", stale, ("papers", "a.txt", b"one")).status == 409
    forged = [(name, "" if name == "csrf_token" else value) for name, value in page.form]
    assert ann.send("/upload?i=papers.yml", forged, ("papers", "a.txt", b"one")).status == 403


def test_a_session_takes_so_many_bytes_and_no_more(running: Server) -> None:
    ann = Uploading(running.url)
    page = ann.show("papers.yml")
    answers = [json.loads(ann.upload(page, ("papers", "a.txt", b"x" * (LIMIT - 1))).text) for _ in range(5)]
    assert ["html" in answer for answer in answers] == [True, True, True, True, False]
    assert "There is no room for a.txt" in answers[-1]["error"]


def test_nothing_of_a_file_lies_readable_on_the_disk(running: Server) -> None:
    ann = Uploading(running.url)
    ann.upload(ann.show("papers.yml"), ("papers", "kanarienvogel-name.txt", b"kanarienvogel-content"))
    for path in (path for path in Path(running.data).rglob("*") if path.is_file()):
        assert b"kanarienvogel" not in path.read_bytes(), path
