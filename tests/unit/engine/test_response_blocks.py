"""Blocks that answer with something else than a screen, and `action buttons`."""

from __future__ import annotations

import json

import pytest

from docassemble_lite.engine.screen import Exit, Redirect, Response, TaskAction, TaskResponse
from tests.unit.engine.interviewing import failure, interview, source_mistake
from tests.unit.engine.linking import follow, with_links


def outcome(block: str, **files: str) -> object:
    indented = block.replace("\n", "\n    ")
    return interview(f"    mandatory: True\n    code: n = 5\n    ---\n    mandatory: True\n    {indented}", **files).outcome


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("response: It is ${ n }.", Response(b"It is 5.")),
        ("response: a,b\ncontent type: text/csv\nresponse code: 404", Response(b"a,b", "text/csv", 404)),
        ("binaryresponse: bytes([n])", Response(b"\x05", "application/octet-stream")),
        ("null response: True", Response(b"null")),
        ("redirect url: https://example.com/${ n }", Redirect("https://example.com/5")),
        ("backgroundresponse: n + 1", TaskResponse(6)),
        ("action: store\narguments:\n  a: 1", TaskAction("store", {"a": 1})),
        ("command: leave\nurl: https://example.com", Exit("leave", "https://example.com")),
    ],
)
def test_a_block_answers_with_something_else_than_a_screen(block, expected):
    assert outcome(block) == expected


def test_a_block_answers_with_data():
    found = outcome("json response: |\n  {'n': n}")
    assert isinstance(found, Response)
    assert json.loads(found.body) == {"n": 5}
    found = outcome("all_variables: True")
    assert isinstance(found, Response)
    assert json.loads(found.body)["n"] == 5


def test_a_block_answers_with_a_file():
    found = outcome("response filename: a.csv", **{"static/a.csv": "1,2\n"})
    assert found == Response(b"1,2\n", "text/csv")


def test_an_event_can_be_such_a_block():
    session = interview("mandatory: True\nquestion: Q\n---\nevent: data\nresponse: It is ${ action_argument('n') }.")
    assert session.act("data", n=3).outcome == Response(b"It is 3.")
    assert session.show().question == "Q"


def test_a_redirect_never_runs_code():
    assert "runs code" in str(failure("mandatory: True\nredirect url: javascript:alert(1)"))


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("response: A\ncommand: exit", "can't have both"),
        ("response: A\nresponse code: many", "must be a number like"),
        ("command: explode", "There is no command “explode”"),
        ("command: wait\nsleep: long", "must be a number of seconds"),
        ("json response: 1 +", "isn't Python"),
        ("action: a\narguments: b", "must be the name of an event"),
    ],
)
def test_such_a_block_that_cant_be_read_is_a_mistake(block, message):
    assert message in source_mistake(block).message


# --- action buttons --------------------------------------------------------------------------------------------------

APPLES = """
    code: apples = 4
    ---
    mandatory: True
    question: ${ apples } apples
    continue button field: seen
    action buttons:
      - label: More
        action: change
        arguments:
          amount: 1
          word: ${ apples }
        color: success
        css class: up
      - label: Elsewhere
        action: https://example.com
        placement: before
      - label: Never
        action: change
        show if: apples > 100
    ---
    event: change
    code: apples += action_argument('amount')
    ---
    mandatory: True
    question: End
"""


def test_action_buttons_carry_out_their_actions():
    session = with_links(APPLES)
    assert follow(session, session.screen.links[0].url).question == "5 apples"
    assert session.answer().question == "End"


def test_action_buttons_look_as_their_author_says():
    more, elsewhere = with_links(APPLES).screen.links
    assert (more.label, more.color, more.css_class, more.before) == ("More", "success", "up", False)
    assert (elsewhere.url, elsewhere.before) == ("https://example.com", True)


def test_code_can_make_action_buttons():
    session = with_links("""
        mandatory: True
        question: Q
        action buttons:
          code: |
            [{'label': 'Eat ' + fruit, 'action': 'eat', 'arguments': {'fruit': fruit}}]
        ---
        question: Fruit?
        fields:
          - F: fruit
        ---
        event: eat
        question: Eaten ${ action_argument('fruit') }
    """).answer(fruit="*figs*")
    assert session.screen.links[0].label_html == "Eat *figs*"
    assert follow(session, session.screen.links[0].url).question == "Eaten *figs*"


@pytest.mark.parametrize(
    ("buttons", "message"),
    [
        ("More", "must be a list"),
        ("\n  - label: A", "needs a label and an action"),
        ("\n  - label: A\n    action: b\n    colour: red", "has no “colour”"),
    ],
)
def test_action_buttons_that_cant_be_read_are_a_mistake(buttons, message):
    assert message in source_mistake(f"question: Q\naction buttons: {buttons}").message


def test_an_action_button_never_runs_code():
    text = "mandatory: True\nquestion: Q\naction buttons:\n  - label: A\n    action: javascript:alert(1)"
    assert "can't lead to" in str(failure(text))


def test_a_link_in_a_text_can_look_like_a_button():
    text = "mandatory: True\nquestion: Q\nsubquestion: |\n  ${ action_button_html('https://example.com', label='Go', size='md') }"
    html = interview(text).screen.subquestion_html
    assert '<a href="https://example.com" class="btn btn-md btn-dark"' in html
    assert ">Go</a>" in html
