"""Images with names, decorations, and `[FILE …]` in pages."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.images import file_html
from docassemble_lite.host import Current, entered
from docassemble_lite.objects import DAStaticFile, static_image
from tests.unit.engine.interviewing import HostInMemory, Interview, interview, program

IMAGES = """
    image sets:
      ours:
        attribution: Drawn by *Ann*
        images:
          house: house.svg
    ---
    images:
      car: car.png
    ---
    mandatory: True
    question: 'A :house:'
    subquestion: |
      %s
    decoration: %s
"""
FILES = {"static/house.svg": "<svg/>", "static/car.png": "x", "static/sound.mp3": "x", "static/paper.pdf": "x"}


def shown(text: str = "Text", decoration: str = "none") -> Interview:
    return interview(IMAGES % (text, decoration), **FILES)


def test_a_name_between_colons_is_an_image_as_large_as_the_text() -> None:
    screen = shown().screen
    assert screen.question_html == 'A <img class="daicon" alt="" src="/packagestatic/~/house.svg">'
    assert screen.question == "A"


@pytest.mark.parametrize("text", ["At 10:30:15", "a:unknown:b", ":house", "`:house:`", "[NO_EMOJIS] :house:"])
def test_what_is_no_name_of_an_image_stays_as_it_is(text: str) -> None:
    assert "<img" not in shown(text).screen.subquestion_html


def test_what_a_person_types_is_no_image() -> None:
    session = interview(IMAGES % ("${ said }", "none") + "    ---\n    question: Say\n    fields:\n      - S: said\n", **FILES)
    session.answer(said=":house: [FILE car.png]")
    assert "<img" not in session.screen.subquestion_html
    assert ":house: [FILE car.png]" in session.screen.subquestion_html


def test_images_decorate_a_question() -> None:
    html = shown(decoration="house, car, unknown").screen.decoration_html
    assert html.count('<img class="dadecoration" alt=""') == 2


def test_whoever_made_an_image_is_thanked_where_it_is_shown() -> None:
    assert shown().screen.attribution_html == "<p>Drawn by <em>Ann</em></p>\n"
    plain = interview((IMAGES % ("Text", "car")).replace("A :house:", "A house"), **FILES)
    assert plain.screen.attribution_html == ""


@pytest.mark.parametrize(
    "choices",
    [
        "- By car: car\n        image: car\n      - On foot: foot",
        "- code: |\n          [{'car': 'By car', 'image': 'car'}, {'foot': 'On foot'}]",
    ],
)
@pytest.mark.parametrize("kind", ["buttons", "choices"])
def test_a_choice_can_have_an_image(choices: str, kind: str) -> None:
    text = f"    mandatory: True\n    question: How?\n    field: way\n    {kind}:\n      {choices}\n"
    screen = interview("    images:\n      car: car.png\n    ---\n" + text, **FILES).screen
    shown = screen.buttons if kind == "buttons" else screen.fields[0].choices
    assert ['src="/packagestatic/~/car.png"' in item.label_html for item in shown] == [True, False]
    assert [item.label for item in shown] == ["By car", "On foot"]


@pytest.mark.parametrize(
    ("tag", "html"),
    [
        ("[FILE car]", '<img class="daimage" alt="" src="/packagestatic/~/car.png">'),
        ("[FILE car, 50%]", '<img class="daimage" style="width: 50%" alt="" src="/packagestatic/~/car.png">'),
        ("[FILE car, 50, A car]", '<img class="daimage" style="width: 50px" alt="A car" src="/packagestatic/~/car.png">'),
        ('[FILE car, None, A "red" <car>]', 'alt="A &quot;red&quot; &lt;car>"'),
        ("[FILE car, 1px; color: red]", '<img class="daimage" alt=""'),
    ],
)
def test_a_file_is_shown_as_the_tag_says(tag: str, html: str) -> None:
    assert html in shown(tag).screen.subquestion_html


def test_a_static_file_that_is_not_there_is_told_to_the_author() -> None:
    (warning,) = program("images:\n  house: no_house.svg\n---\nmandatory: True\nquestion: Q\n").warnings
    assert "no_house.svg" in warning.message


@pytest.mark.parametrize(
    ("name", "html"),
    [
        ("a.png", '<img class="daimage" alt="" src="/uploadedfile/1.png">'),
        ("a.mp3", '<audio class="damedia" controls preload="metadata" src="/uploadedfile/1.mp3"></audio>'),
        ("a.mp4", '<video class="damedia" controls preload="metadata" src="/uploadedfile/1.mp4"></video>'),
        ("a.txt", '<span class="da-file-text">&lt;b&gt;</span>'),
        ("a.svg", '<a href="/uploadedfile/1.svg" target="_blank" rel="noopener noreferrer">a.svg</a>'),
        ("a.html", '<a href="/uploadedfile/1.html" target="_blank" rel="noopener noreferrer">a.html</a>'),
    ],
)
def test_a_stored_file_is_shown_by_its_kind(name: str, html: str) -> None:
    host = HostInMemory()
    types = {"png": "image/png", "mp3": "audio/mpeg", "mp4": "video/mp4", "txt": "text/plain", "svg": "image/svg+xml"}
    number = host.make_file(name, b"<b>", types.get(name[2:], "text/html"))
    with entered(Current(host=host)):
        assert file_html(str(number), "", "") == html
        assert BlockText.of_value(f"[FILE {number}]").inline({}) == html
        assert file_html("99", "", "") == ""


def test_a_static_file_is_an_object_that_shows_itself() -> None:
    file = DAStaticFile("picture", filename="docassemble.demo:data/static/car.png", alt_text="A car")
    assert str(file) == "[FILE docassemble.demo:data/static/car.png, None, A car]"
    assert (file.extension, file.mimetype) == ("png", "image/png")
    assert static_image("car.png", width="2in") == "[FILE car.png, 2in]"
