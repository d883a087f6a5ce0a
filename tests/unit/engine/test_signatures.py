"""`signature` blocks."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.objects import DAFile
from tests.unit.engine.interviewing import Interview, interview
from tests.unit.formats.hostile import picture, pixel_flood

SIGNING = """
    mandatory: True
    question: Thanks
    subquestion: ${ client.mark }
    ---
    objects:
      - client: DAObject
    ---
    question: Sign your name
    signature: client.mark
    under: Ann
"""
CONTROL = control_name("client.mark")


def asking(more: str = "") -> Interview:
    return interview(SIGNING + (f"    {more}\n" if more else ""))


def sign(session: Interview, *texts: str) -> Interview:
    return session.post({CONTROL: list(texts)})


def drawing(color: tuple[int, int, int, int] = (0, 0, 0, 255)) -> str:
    made = Image.new("RGBA", (80, 40), (0, 0, 0, 0))
    made.paste(color, (10, 10, 30, 12))
    out = io.BytesIO()
    made.save(out, "PNG")
    return data_url(out.getvalue())


def data_url(content: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


def test_what_is_drawn_becomes_a_file_with_a_transparent_picture() -> None:
    session = sign(asking(), "", drawing())
    mark = session.answers["client"].mark
    assert isinstance(mark, DAFile)
    assert (mark.filename, mark.mimetype, mark.instanceName) == ("signature.png", "image/png", "client.mark")
    assert Image.open(io.BytesIO(session.host.read_file(mark.number))).getpixel((1, 1))[3] == 0
    assert "/uploadedfile/1.png" in session.screen.subquestion_html


def test_a_typed_name_becomes_a_picture_in_the_color_of_the_pen() -> None:
    session = sign(asking("pen color: ${ 'bl' + 'ue' }"), 'Änn "Bee" #O\'Neil\\')
    shown = Image.open(io.BytesIO(session.host.read_file(1))).convert("RGBA")
    colors = {color[:3] for _, color in shown.getcolors(999_999) or [] if color[3] > 200}
    assert colors == {(0, 0, 255)}
    assert shown.width > shown.height > 20


def test_what_is_drawn_counts_more_than_what_is_typed() -> None:
    session = sign(asking(), "Ann", drawing((255, 0, 0, 255)))
    assert Image.open(io.BytesIO(session.host.read_file(1))).size == (80, 40)


@pytest.mark.parametrize("said", ["", " ", "...", "___", "<b></b>"])
def test_nobody_goes_on_without_a_signature(said: str) -> None:
    session = sign(asking(), said)
    assert session.field("client.mark").error == "You must sign your name to continue."


@pytest.mark.parametrize(
    "forged",
    [
        data_url(b"<script>alert(1)</script>"),
        data_url(pixel_flood()),
        data_url(picture("JPEG")),
        "data:image/png;base64,%%%",
        "data:image/png;base64,",
    ],
)
def test_what_is_no_drawing_is_no_signature(forged: str) -> None:
    session = sign(asking(), forged)
    assert session.field("client.mark").error
    assert session.host.files == {}


def test_a_signature_need_not_be_given_where_the_author_says_so() -> None:
    assert sign(asking("required: False"), "").answers["client"].mark is None


@pytest.mark.parametrize(("color", "hexadecimal"), [("blue", "#0000ff"), ("#1234AB", "#1234ab"), ("nonsense", "#000000")])
def test_the_pen_has_the_color_that_the_author_says(color: str, hexadecimal: str) -> None:
    assert asking(f"pen color: '{color}'").field("client.mark").attributes["data-color"] == hexadecimal
