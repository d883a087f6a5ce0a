"""Reading what is written on pictures and PDFs, with the real Tesseract."""

from __future__ import annotations

import io
import shutil

import pytest
from PIL import Image, ImageDraw, ImageFont

from docassemble_lite.engine.actions import ActionRefused
from docassemble_lite.engine.functions.recognition import ocr_file, recognized_text
from docassemble_lite.engine.searchable import ACTION, RESPONSE
from docassemble_lite.formats.recognition import RecognitionError
from docassemble_lite.host import Current, entered
from docassemble_lite.objects import DAFile, DAFileList
from tests.unit.documents.reopened import pages
from tests.unit.engine.interviewing import HostInMemory, Interview, failure, interview

needs_tesseract = pytest.mark.skipif(
    not shutil.which("tesseract"), reason="tesseract isn't installed (apt install tesseract-ocr)"
)


BACKGROUND = """
mandatory: True
code: |
  page = DAFile('page')
  page.initialize(filename='page.png', content=bytes.fromhex('{given}'))
---
mandatory: True
code: |
  task = ocr_file_in_background(page)
---
mandatory: True
question: |
  ${{ task.get() if task.ready() else 'Wait' }}
"""


def picture(text: str, kind: str = "PNG", *more: str) -> bytes:
    drawn = []
    for words in (text, *more):
        page = Image.new("L", (900, 160), 255)
        ImageDraw.Draw(page).text((30, 40), words, fill=0, font=ImageFont.load_default(60))
        drawn.append(page)
    made = io.BytesIO()
    drawn[0].save(made, kind, **({"save_all": True, "append_images": drawn[1:]} if more else {}))
    return made.getvalue()


def file(content: bytes, name: str = "page.png") -> DAFile:
    made = DAFile("page")
    made.initialize(filename=name, content=content)
    return made


@needs_tesseract
@pytest.mark.parametrize(
    ("name", "kind", "more", "expected"),
    [
        ("page.png", "PNG", (), "Invoice 4711"),
        ("page.tif", "TIFF", ("Second page",), "Invoice 4711\x0cSecond page"),
        ("page.pdf", "PDF", ("Second page",), "Invoice 4711\x0cSecond page"),
    ],
)
def test_the_text_of_pages_is_read(name: str, kind: str, more: tuple[str, ...], expected: str) -> None:
    with entered(Current(host=HostInMemory())):
        assert ocr_file(file(picture("Invoice 4711", kind, *more), name)) == expected


@needs_tesseract
def test_pages_of_a_pdf_can_be_chosen() -> None:
    with entered(Current(host=HostInMemory())):
        pdf = file(picture("One", "PDF", "Two", "Three"), "page.pdf")
        assert ocr_file(DAFileList("files", elements=[pdf]), language="en", psm=7, f=2, l=2) == "Two"


@needs_tesseract
@pytest.mark.parametrize("name", ["page.png", "page.pdf"])
def test_a_broken_file_is_told(name: str) -> None:
    with entered(Current(host=HostInMemory())):
        found = recognized_text(file(b"nothing", name), {})
        assert (found.ok, found.content) == (False, "")
        assert "can't be read as a" in str(found)


@needs_tesseract
@pytest.mark.parametrize("language", ["klingon", "../../x", "--help", ""])
def test_a_language_that_is_not_there_is_told(language: str) -> None:
    with entered(Current(host=HostInMemory())):
        found = recognized_text(file(picture("x")), {"language": language})
        assert found.ok is (language == "")


def test_without_tesseract_it_is_told_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with entered(Current(host=HostInMemory())), pytest.raises(RecognitionError, match="apt install tesseract-ocr"):
        ocr_file(file(picture("x")))


@needs_tesseract
def test_files_are_read_in_the_background() -> None:
    text = BACKGROUND.format(given=picture("Invoice 4711").hex())
    running = interview(text)
    assert running.show().question == "Wait"
    assert running.run_tasks().show().question == "Invoice 4711"


@pytest.mark.parametrize(
    ("options", "problem"),
    [({"use_google": True}, "doesn't know use_google"), ({"psm": 99}, "psm from 0 to 10"), ({"f": 0}, "pages from 1")],
)
def test_wrong_options_are_told(options: dict[str, object], problem: str) -> None:
    with entered(Current(host=HostInMemory())), pytest.raises((TypeError, ValueError), match=problem):
        ocr_file(file(b"x"), **options)  # type: ignore[arg-type]


# --- PDF files that can be searched ------------------------------------------------------------------------------------------

SEARCHABLE = """
mandatory: True
code: |
  scan = DAFile('scan')
  scan.initialize(filename='scan.tif', content=bytes.fromhex('{given}'))
---
objects:
  - paper: DAFile
---
mandatory: True
code: |
  task = {call}
---
mandatory: True
question: |
  ${{ task.state() }} ${{ task.result().error_message if task.failed() else '' }}
subquestion: |
  ${{ {file}.filename if {file}.ok else 'nothing' }}
"""


def said(running: Interview) -> str:
    return running.screen.subquestion_html.strip().removeprefix("<p>").removesuffix("</p>")


@needs_tesseract
@pytest.mark.parametrize(
    ("call", "file", "before", "after"),
    [
        ("scan.make_ocr_pdf_in_background(language='eng')", "scan", "scan.tif", "scan.pdf"),
        (
            "paper.make_ocr_pdf_in_background(scan, filename='both.pdf', preserve_color=True)",
            "paper",
            "nothing",
            "both.pdf",
        ),
    ],
)
def test_a_scan_becomes_a_pdf_that_can_be_searched_in_the_background(call: str, file: str, before: str, after: str) -> None:
    given = picture("Library card", "TIFF", "Second page").hex()
    running = interview(SEARCHABLE.format(given=given, call=call, file=file)).show()
    assert (running.question, said(running)) == ("PENDING", before)
    running.run_tasks().show()
    assert (running.question, said(running)) == ("SUCCESS", after)
    texts = pages(running.host.files[running.answers[file].number][1])
    assert [text.strip() for text in texts] == ["Library card", "Second page"]


def test_a_file_that_cannot_be_read_is_told_by_the_task() -> None:
    text = SEARCHABLE.format(given=b"nothing".hex(), call="scan.make_ocr_pdf_in_background()", file="scan")
    running = interview(text).show().run_tasks().show()
    assert running.question.startswith("FAILURE A file of the kind tif can't be converted to pdf.")
    assert said(running) == "scan.tif"


def test_only_a_file_in_a_variable_is_changed_in_the_background() -> None:
    text = SEARCHABLE.format(given="", call="DAFile('elsewhere').make_ocr_pdf_in_background(scan)", file="scan")
    assert "needs a file in a variable" in failure(text).message


def test_no_address_can_say_what_a_file_becomes() -> None:
    running = interview(SEARCHABLE.format(given="", call="ocr_file_in_background(scan)", file="scan"))
    running.interface = "web"
    for action in (ACTION, RESPONSE):
        with pytest.raises(ActionRefused):
            running.act(action, made="scan")
