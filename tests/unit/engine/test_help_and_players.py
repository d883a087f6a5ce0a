"""Help of questions and of the whole interview; sound and films."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.markup import to_html
from tests.unit.engine.interviewing import interview, program, source_mistake

QUESTION = "mandatory: True\nquestion: Hi\n"
GENERAL = "interview help:\n  label: More info\n  heading: About *us*\n  content: We **help**.\n---\n"


def test_the_help_of_the_interview_is_on_every_screen() -> None:
    screen = interview(GENERAL + QUESTION).screen
    assert '<h2 class="da-help-heading">About <em>us</em></h2>' in screen.help_html
    assert "We <strong>help</strong>." in screen.help_html
    assert (screen.help_label, screen.helps_question) == ("More info", False)


def test_the_help_of_a_question_comes_first() -> None:
    screen = interview(GENERAL + QUESTION + "help: Just *press*.").screen
    assert screen.help_html.index("Just <em>press</em>.") < screen.help_html.index("We <strong>")
    assert screen.helps_question


def test_the_label_of_a_question_comes_before_that_of_the_interview() -> None:
    screen = interview(GENERAL + QUESTION + "help:\n  label: Stuck?\n  content: x").screen
    assert (screen.help_label, screen.help_button) == ("Stuck?", "")


@pytest.mark.parametrize(
    ("own", "button"), [("", ""), ("help: x", "More info"), ("help:\n  label: Stuck?\n  content: x", "Stuck?")]
)
def test_a_button_in_the_question_can_open_the_help(own: str, button: str) -> None:
    screen = interview("features:\n  question help button: True\n---\n" + GENERAL + QUESTION + own).screen
    assert (screen.help_label, screen.help_button) == ("More info", button)


def test_help_can_be_a_text_alone_and_have_a_language() -> None:
    text = "interview help: Hello ${ 1 + 1 }\n---\nlanguage: es\ninterview help: Hola\n---\n"
    assert "Hello 2" in interview(text + QUESTION).screen.help_html
    spanish = interview(text + "initial: True\ncode: set_language('es')\n---\n" + QUESTION).screen.help_html
    assert "Hola" in spanish
    assert "Hello" not in spanish


def test_what_help_needs_is_asked_for() -> None:
    session = interview("interview help: Dear ${ name }\n---\n" + QUESTION + "---\ncode: name = 'Ann'")
    assert "Dear Ann" in session.screen.help_html


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("interview help:\n  contents: x", "“interview help” has no “contents”."),
        ("question: x\nhelp:\n  label: x", "“help” explains nothing."),
    ],
)
def test_help_that_helps_nobody_is_a_mistake(text: str, told: str) -> None:
    assert source_mistake(text).message == told


def test_a_recording_is_played_from_whichever_file_a_browser_can_play() -> None:
    screen = interview(QUESTION + "audio: hi.mp3", **{"static/hi.mp3": "x", "static/hi.ogg": "x"}).screen
    assert '<source src="/packagestatic/~/hi.mp3" type="audio/mpeg">' in screen.player_html
    assert '<source src="/packagestatic/~/hi.ogg" type="audio/ogg">' in screen.player_html


def test_recordings_may_be_listed_and_lie_elsewhere() -> None:
    text = "video:\n  - https://example.com/${ 'a&b' }.mp4\n  - https://example.com/a.ogv"
    html = interview(QUESTION + text).screen.player_html
    assert '<source src="https://example.com/a&amp;b.mp4" type="video/mp4">' in html
    assert '<source src="https://example.com/a.ogv" type="video/ogg">' in html


def test_help_can_be_heard() -> None:
    text = "help:\n  audio: hi.mp3\n  content: Listen."
    assert "<audio" in interview(QUESTION + text, **{"static/hi.mp3": "x"}).screen.help_html


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (QUESTION + "audio: none.mp3", 3),
        (QUESTION + "help:\n  video: none.mp3", 4),
        (f"interview help:\n  audio:\n    - none.mp3\n---\n{QUESTION}", 2),
    ],
)
def test_a_recording_that_is_not_there_is_told_and_left_out(text: str, line: int) -> None:
    (warning,) = program(text).warnings
    assert warning.message == "There is no static file “none.mp3”."
    assert warning.line == line
    screen = interview(text).screen
    assert screen.player_html == ""
    assert "none.mp3" not in screen.help_html


TYPED = QUESTION + "audio: ${ typed }\n---\nquestion: T?\nfields:\n  - T: typed"


def test_an_address_that_was_typed_is_no_markup_in_a_player() -> None:
    html = interview(TYPED).answer(typed='https://x/" onerror=alert(1) ".mp3').screen.player_html
    assert "<audio" in html
    assert '" onerror' not in html


@pytest.mark.parametrize("typed", ["[FILE 1]", "javascript:alert(1)", "data:audio/mpeg,x"])
def test_what_was_typed_and_is_no_address_is_not_played(typed: str) -> None:
    assert "<audio" not in interview(TYPED).answer(typed=typed).screen.player_html


@pytest.mark.parametrize(
    ("tag", "address"),
    [
        ("[YOUTUBE 9bZkp7q19f0]", "https://www.youtube-nocookie.com/embed/9bZkp7q19f0"),
        ("[YOUTUBE4:3 9bZkp7q19f0]", 'da-film-narrow" src="https://www.youtube-nocookie.com/embed/9bZkp7q19f0'),
        ("[VIMEO 96044910]", "https://player.vimeo.com/video/96044910"),
    ],
)
def test_films_of_other_servers_are_embedded(tag: str, address: str) -> None:
    assert address in to_html(tag)
    assert address in interview(QUESTION + f"video: |\n  {tag}\n").screen.player_html


def test_what_is_no_film_stays_text() -> None:
    assert "<iframe" not in to_html('[YOUTUBE "><script>]')
