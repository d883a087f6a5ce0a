"""Documents on a real server: assembled, shown, downloaded, and by nobody else."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.acceptance.test_accessibility import assert_well_made
from tests.acceptance.visitor import Page as Answered
from tests.acceptance.visitor import Visitor
from tests.browsing import open_tab
from tests.unit.documents.reopened import pages, squeezed, texts

ROOT = Path(__file__).resolve().parents[2]
NAME = 'Olíve "Oil" # *y* #read("/etc/passwd") \\input'
LETTER = """\
mandatory: True
question: Here is your letter
attachment:
  name: Letter to ${ full_name }
  filename: letter to ${ full_name }
  description: |
    What you wanted.
  valid formats: [pdf, docx, rtf, html, md]
  metadata:
    SingleSpacing: True
  content: |
    # Dear ${ full_name }

    Will you marry me?
allow downloading: True
---
question: Who?
fields:
  - Name: full_name
"""
PLAIN = LETTER.replace("mandatory: True\n", "mandatory: True\ncode: multi_user = True\n---\nmandatory: True\n", 1)
BACKGROUND = """\
mandatory: True
code: |
  sweetheart
  if the_task.ready():
    the_letter = the_task.get()
    final_screen
  else:
    waiting_screen
---
question: Who?
fields:
  - Name: sweetheart
---
code: |
  the_task = background_action('assembly_task')
---
event: assembly_task
code: |
  background_response(the_document)
---
attachment:
  name: A letter
  filename: letter
  variable name: the_document
  content: |
    ${ sweetheart }, will you
    marry me?
---
event: waiting_screen
question: Please wait
reload: 4
---
event: final_screen
question: Document created
attachment code: the_letter
---
event: leave_it
code: |
  command('exit')
"""
MISTAKEN = """\
code: whom = 'kanarien' + 'vogel'
---
mandatory: True
question: x
attachment:
  name: For ${ whom }
  metadata:
    papersize: napkin
  content: x
"""


LINKED = """\
attachment:
  name: Complaint
  filename: complaint
  variable name: complaint
  valid formats: [pdf]
  content: |
    A complaint [PAGEBREAK] and its end
---
mandatory: True
question: Here it is
subquestion: |
  [for a while](${ complaint.pdf.url_for(temporary=True, seconds=600) }) ${ complaint.pdf }
"""


@pytest.fixture(scope="module")
def server(shared_server: Callable[..., Any]) -> Any:
    return shared_server(
        {"letter.yml": LETTER, "plain.yml": PLAIN, "background.yml": BACKGROUND, "mistaken.yml": MISTAKEN, "linked.yml": LINKED}
    )


@pytest.fixture
def alice(server: Any) -> Visitor:
    """Somebody who has a letter."""
    return Visitor(server.url)


@pytest.fixture
def bob(server: Any) -> Visitor:
    """Somebody else, who has been on the server, too."""
    visitor = Visitor(server.url)
    visitor.show("letter.yml")
    return visitor


def with_letter(visitor: Visitor, interview: str = "letter.yml", name: str = NAME) -> Answered:
    """The screen with the letter."""
    return visitor.answer(visitor.show(interview), full_name=name)


def links(page: Answered) -> dict[str, str]:
    """What can be downloaded: extension → address."""
    found = re.findall(r'href="(/uploadedfile/\d+\.(\w+)\?attachment=1)"', page.text)
    return {extension: address for address, extension in found}


def number_of(page: Answered, extension: str = "pdf") -> int:
    return int(re.findall(r"\d+", links(page)[extension])[0])


def test_whoever_has_a_temporary_address_gets_that_file_and_nothing_else(server: Any, alice: Visitor, bob: Visitor) -> None:
    page = alice.show("linked.yml")
    (address,) = re.findall(rf'href="{server.url}(/temporary-file/[^"]+)"', page.text)
    address = address.replace("&amp;", "&")
    got = bob.get(address)
    assert (got.status, got.headers.get_content_type(), got.headers["Cache-Control"]) == (
        200,
        "application/pdf",
        "private, no-store",
    )
    assert "A complaint" in pages(got.body)[0]
    number = re.findall(r"\d+", address)[0]
    assert bob.get(f"/uploadedfile/{number}.pdf").status == 404
    other = number_of(with_letter(alice))
    for wrong in (address.replace(number, str(other)), address.replace("until=", "until=9"), f"/temporary-file/{number}.pdf"):
        assert bob.get(wrong).status == 404


def test_a_pdf_on_a_screen_is_a_picture_of_its_first_page(alice: Visitor, bob: Visitor) -> None:
    page = alice.show("linked.yml")
    ((link, picture),) = re.findall(
        r'<a href="(/uploadedfile/[^"]+)"[^>]*><img class="daimage dapdf" [^>]*src="([^"]+)"', page.text
    )
    picture = picture.replace("&amp;", "&")
    drawn = alice.get(picture)
    assert (drawn.status, drawn.headers.get_content_type()) == (200, "image/png")
    with Image.open(io.BytesIO(drawn.body)) as opened:
        assert opened.size in ((612, 792), (595, 842), (596, 842))
    assert alice.get(picture.replace("page=1", "page=2")).status == 200
    for wrong in ("page=3", "page=0", "page=x", "page=-1", "page=99999999999"):
        assert alice.get(picture.replace("page=1", wrong)).status == 404
    assert bob.get(picture).status == 404
    assert alice.get(link).headers.get_content_type() == "application/pdf"


# --- what one gets -----------------------------------------------------------------------------------------------------------


def test_every_format_says_what_was_typed(alice: Visitor) -> None:
    page = with_letter(alice)
    assert "The following document has been created for you." in page.words
    files = {extension: alice.get(address).body for extension, address in links(page).items()}
    assert list(files) == ["pdf", "docx", "rtf", "html", "md"]
    for extension, text in texts(files).items():
        found = squeezed(text)
        assert squeezed(f"Dear {NAME}") in found, extension
        assert "Willyoumarryme?" in found


def test_the_name_and_the_description_are_on_the_screen(alice: Visitor) -> None:
    page = with_letter(alice)
    assert f"Letter to {NAME}" in page.words
    assert "What you wanted." in page.words
    assert "Preview" in page.words
    assert "Will you marry me?" in page.words


def test_files_come_with_their_type_and_their_name(alice: Visitor) -> None:
    found = links(with_letter(alice, name="Olíve Oil"))
    expected = {
        "pdf": "application/pdf",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "rtf": "application/rtf",
        "html": "text/html",
        "md": "text/markdown",
    }
    for extension, mimetype in expected.items():
        answer = alice.get(found[extension])
        assert answer.status == 200
        assert answer.headers.get_content_type() == mimetype
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment;")
        assert f"letter%20to%20Ol%C3%ADve%20Oil.{extension}" in disposition


def test_only_a_pdf_is_shown_in_the_browser(alice: Visitor) -> None:
    """P34: a page of somebody's making would run in the name of the server."""
    for extension, address in links(with_letter(alice)).items():
        answer = alice.get(address.partition("?")[0])
        shown = answer.headers["Content-Disposition"].startswith("inline;")
        assert shown is (extension == "pdf"), extension
        assert shown or "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("form", ["{number}", "{number}.pdf", "{number}/letter.pdf", "{number}/any/other name"])
def test_what_follows_the_number_is_for_people(alice: Visitor, form: str) -> None:
    number = number_of(with_letter(alice))
    answer = alice.get("/uploadedfile/" + form.format(number=number).replace(" ", "%20"))
    assert pages(answer.body)[0].endswith("Will you marry me?")


def test_a_part_of_a_file_can_be_had(alice: Visitor) -> None:
    address = links(with_letter(alice))["pdf"]
    whole = alice.get(address).body
    part = alice.get(address, Range="bytes=0-7")
    assert (part.status, part.body) == (206, whole[:8])
    assert alice.get(address, Range=f"bytes={len(whole)}-").status == 416


def test_all_files_can_be_had_at_once(alice: Visitor) -> None:
    page = with_letter(alice)
    addresses = [address.replace("&amp;", "&") for address in re.findall(r'href="(/uploadedfiles/[^"]+)"', page.text)]
    names = []
    for address in addresses:
        answer = alice.get(address)
        assert answer.headers.get_content_type() == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            names.append([name.rpartition(".")[2] for name in archive.namelist()])
            assert archive.testzip() is None
    assert names == [["pdf"], ["pdf", "docx", "rtf", "html", "md"]]


def test_the_same_file_twice_in_one_archive_has_two_names(alice: Visitor) -> None:
    number = number_of(with_letter(alice, name="Ann"))
    answer = alice.get(f"/uploadedfiles/x.zip?file={number}&file={number}")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.namelist() == ["letter to Ann.pdf", "letter to Ann (2).pdf"]


def test_loading_the_page_again_makes_no_other_files(alice: Visitor, server: Any) -> None:
    page = with_letter(alice)
    before = sum(path.is_file() for path in (server.data / "files").rglob("*"))
    assert links(alice.show("letter.yml")) == links(page)
    assert sum(path.is_file() for path in (server.data / "files").rglob("*")) == before


def test_nothing_of_a_document_can_be_read_in_the_data_folder(alice: Visitor, server: Any) -> None:
    """P36"""
    with_letter(alice, name="kanarienvogel-7261")
    for path in server.data.rglob("*"):
        if path.is_file():
            assert b"kanarienvogel" not in path.read_bytes(), path
            assert "kanarienvogel" not in path.name


# --- whose it is -------------------------------------------------------------------------------------------------------------


def test_p31_nobody_else_gets_a_file(alice: Visitor, bob: Visitor, server: Any) -> None:
    """{the owner, somebody with a session, somebody without} × {own, foreign, guessed}: 0 leaks, foreign and missing alike."""
    number = number_of(with_letter(alice))
    stranger = Visitor(server.url)
    for form in (
        "/uploadedfile/{}",
        "/uploadedfile/{}.pdf",
        "/uploadedfile/{}/x.pdf?attachment=1",
        "/uploadedfiles/x.zip?file={}",
    ):
        assert alice.get(form.format(number)).status == 200
        for visitor in (bob, stranger):
            foreign = visitor.get(form.format(number))
            guessed = visitor.get(form.format(number + 1))
            assert (foreign.status, guessed.status) == (404, 404)
            assert foreign.words == guessed.words
            assert b"marry" not in foreign.body


def test_p31_one_foreign_file_spoils_an_archive(alice: Visitor, bob: Visitor) -> None:
    own, foreign = number_of(with_letter(bob)), number_of(with_letter(alice))
    assert bob.get(f"/uploadedfiles/x.zip?file={own}").status == 200
    assert bob.get(f"/uploadedfiles/x.zip?file={own}&file={foreign}").status == 404


def test_p31_a_file_of_a_plain_session_is_only_for_those_who_are_in_it(alice: Visitor, bob: Visitor, server: Any) -> None:
    page = with_letter(alice, "plain.yml")
    address = links(page)["pdf"]
    session = dict(page.form)["_session"]
    assert alice.get(address).status == 200
    assert bob.get(address).status == 404
    assert bob.show("plain.yml", session=session).heading == "Here is your letter"
    assert bob.get(address).status == 200
    assert Visitor(server.url).get(address).status == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/uploadedfile/", "/uploadedfile/0", "/uploadedfile/-1", "/uploadedfile/x", "/uploadedfile/1e3"),
        *("/uploadedfile/99999999999999999999999999", "/uploadedfile/1/../../server.key", "/uploadedfile/%2e%2e/server.key"),
        *("/uploadedfiles/x.zip", "/uploadedfiles/x.zip?file=x", "/uploadedfiles/x.zip?" + "file=1&" * 200),
    ],
)
def test_strange_addresses_are_not_found(alice: Visitor, path: str) -> None:
    with_letter(alice)
    assert alice.get(path).status == 404


def test_a_file_goes_with_its_session(alice: Visitor, server: Any) -> None:
    page = alice.answer(alice.show("background.yml"), sweetheart="Ann")
    while page.heading != "Document created":
        page = alice.show("background.yml")
    address = links(page)["pdf"]
    assert alice.get(address).status == 200
    alice.get("/interview?i=background.yml&action=eyJhY3Rpb24iOiJsZWF2ZV9pdCJ9")
    assert alice.get(address).status == 404


# --- in the background, and with mistakes ------------------------------------------------------------------------------------


def test_a_document_that_a_task_assembled_can_be_had_in_the_interview(alice: Visitor) -> None:
    page = alice.answer(alice.show("background.yml"), sweetheart="Olíve Oil")
    while page.heading != "Document created":
        page = alice.show("background.yml")
    assert "The following document has been created for you." in page.words
    assert "Olíve Oil, will you marry me?" in page.words
    assert pages(alice.get(links(page)["pdf"]).body) == ["Olíve Oil, will you marry me?"]


def test_a_document_that_can_not_be_made_is_told_without_what_was_typed(alice: Visitor, server: Any) -> None:
    """P36"""
    page = alice.show("mistaken.yml")
    assert page.status == 500
    assert "The interview has a mistake." in page.words
    assert "kanarienvogel" not in page.text
    assert "kanarienvogel" not in server.log
    assert "DocumentError" in server.log


# --- in a browser --------------------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_person_reads_and_downloads_a_document(server: Any, tab: Page) -> None:
    tab.goto(server.url + "/interview?i=letter.yml")
    tab.get_by_label("Name").fill(NAME)
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", level=2, name="The following document has been created for you.").wait_for()
    assert_well_made(tab)
    assert not tab.get_by_text("Will you marry me?").is_visible()
    tab.get_by_text("Preview", exact=True).click()
    assert tab.get_by_text("Will you marry me?").is_visible()
    assert_well_made(tab)
    with tab.expect_download() as download:
        tab.get_by_role("link", name=f"Download PDF: Letter to {NAME}").click()
    assert download.value.suggested_filename.startswith("letter to Olíve")
    assert "Will you marry me?" in pages(Path(download.value.path()).read_bytes())[0]


@pytest.mark.browser
def test_it_works_without_scripts_and_on_a_small_screen(server: Any, browser: Browser) -> None:
    with open_tab(browser, java_script_enabled=False, viewport={"width": 320, "height": 640}) as tab:
        tab.goto(server.url + "/interview?i=letter.yml")
        tab.get_by_label("Name").fill("Ann")
        tab.get_by_role("button", name="Continue").click()
        tab.get_by_text("Preview", exact=True).click()
        assert tab.get_by_text("Will you marry me?").is_visible()
        with tab.expect_download() as download:
            tab.get_by_role("link", name="Download RTF: Letter to Ann").click()
        assert download.value.suggested_filename == "letter to Ann.rtf"
