"""Pictures in documents: signatures, photos, and what an interview gives names to."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest

from tests.unit.engine.interviewing import Interview, interview
from tests.unit.formats.hostile import picture

LETTER = """
    objects:
      - mark: DAFile
      - letter: DAFileCollection
    ---
    sets: mark.initialized
    code: |
      import base64
      mark.initialize(filename='mark.%s', content=base64.b64decode('%s'))
    ---
    mandatory: True
    question: Here you are
    attachment:
      name: Letter
      variable name: letter
      valid formats: [pdf, docx, rtf, html, md]
      content: |
        Before %s after
"""


def letter(shown: str, content: bytes | None = None, extension: str = "png") -> Interview:
    data = base64.b64encode(picture(size=(300, 100)) if content is None else content).decode()
    return interview(LETTER % (extension, data, shown))


def made(session: Interview, extension: str) -> bytes:
    file = getattr(session.answers["letter"], extension)
    content: bytes = session.host.read_file(file.number)
    return content


@pytest.mark.parametrize("extension", ["png", "jpg", "gif", "webp"])
def test_a_picture_is_in_every_format_that_can_have_one(extension: str) -> None:
    family = {"jpg": "JPEG"}.get(extension, extension.upper())
    session = letter("${ mark.show(width='2in', alt_text='The *mark*') }", picture(family, (300, 100)), extension)
    assert b"/Subtype /Image" in made(session, "pdf") or b"/Subtype/Image" in made(session, "pdf")
    with zipfile.ZipFile(io.BytesIO(made(session, "docx"))) as docx:
        assert any(name.startswith("word/media/") for name in docx.namelist())
        # two inches in the units of Word
        assert b'cx="1828800"' in docx.read("word/document.xml")
    assert b"\\pict" in made(session, "rtf")
    assert b'src="data:image/' in made(session, "html")
    assert b"data:" not in made(session, "md")


def test_an_interview_of_which_there_is_no_file_says_what_would_be_there() -> None:
    session = letter("[FILE 999999, 2in, The mark]")
    assert b"Before The mark after" in made(session, "md")


def test_a_text_is_put_in_as_a_text() -> None:
    session = letter("${ mark }", b"*one* [PAGEBREAK] ${ two }", "txt")
    text = made(session, "html").decode()
    assert "*one* [PAGEBREAK] ${ two }" in text
    assert "<em>" not in text


def test_a_picture_that_is_none_is_left_out() -> None:
    session = letter("${ mark }", b"no picture", "png")
    assert b"data:image" not in made(session, "html")


def test_markdown_of_an_author_reaches_no_picture_that_is_not_of_the_session() -> None:
    session = letter("![a](/etc/passwd) ![b](http://localhost:1/a.png) ![c](picture-1.png)")
    assert b"img" not in made(session, "html")
    assert b"/Subtype /Image" not in made(session, "pdf")
