"""What a check-in does to a session, and what it answers, as HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from flask import Flask

from docassemble_lite.visit.addresses import encoded_action
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import Page, interview_path, value_of

COUNTING = """
    mandatory: True
    code: |
      counter = 0
      heard = []
    ---
    question: Food ${ counter }
    fields:
      - Food: food
      - Fruit: fruit
        datatype: checkboxes
        choices: [apple, it's a pear]
        required: False
      - Agreed: agreed
        datatype: yesno
    check in: listen
    ---
    event: listen
    code: |
      counter += 1
      heard.append([action_argument('_initial'), action_argument('_changed'), action_arguments()])
    ---
    mandatory: True
    question: Ate ${ food } after ${ counter }
    subquestion: ${ heard }
"""
ANSWERING = """
    question: Q
    fields:
      - Food: food
        required: False
      - State: state
        choices: [old, older]
    check in: hear
    ---
    event: hear
    code: |
      {code}
    ---
    mandatory: True
    question: It is ${{ state }}
"""


WITHOUT = """
    mandatory: True
    question: Q
    yesno: there
    ---
    event: it
    code: |
      there = 5
    ---
    mandatory: True
    question: E
"""


class Person:
    """Somebody on a page of an interview, at which the browser checks in."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = Client(app)
        self.path = interview_path("made.yml")
        self.address = self.path.replace("interview?", "checkin?")
        self.page = self.client.get(self.path)

    def check_in(self, page: Page | None = None, **parameters: Any) -> dict[str, Any]:
        """What the server answers to the check-in of a page, of the present one if none is given."""
        answer = self.client.flask.post(
            self.path.replace("interview?", "checkin?"), data=self.sent(page or self.page, parameters)
        )
        assert answer.status_code in (200, 500), answer.data
        found: dict[str, Any] = answer.json
        return found

    def sent(self, page: Page, parameters: Any) -> dict[str, str]:
        """What a page posts when it checks in."""
        names = ("csrf_token", "_session", "_tracker")
        known = {name: value_of(page.form, name) for name in names}
        return {**known, "action": "checkin", "checkinCode": "7", "do_action": "it", "parameters": json.dumps(parameters)}

    def commands(self, **parameters: Any) -> list[tuple[str, Any]]:
        """What the check-in has the page do."""
        return [(item["extra"], item["value"]) for item in self.check_in(**parameters)["commands"]]

    def submit(self, **answers: str) -> Page:
        """Fill in the form of the present page, and send it."""
        self.page = self.client.answer(self.page, **answers)
        return self.page


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., Person]]:
    """`begin(text)`: a person on the first screen of that interview."""
    opened = []

    def begun(text: str, **directives: Any) -> Person:
        opened.append(application(tmp_path, {"made.yml": dedent(text)}, **directives))
        return Person(opened[0].__enter__())

    yield begun
    opened[0].__exit__(None, None, None)


def hearing(code: str) -> str:
    """An interview whose check-in runs this code."""
    return ANSWERING.format(code="\n      ".join(dedent(code).strip().splitlines()))


# --- what it changes ---------------------------------------------------------------------------------------------------


def test_what_the_action_changes_is_saved_on_the_current_step(begin: Callable[..., Person]) -> None:
    person = begin(COUNTING)
    for _ in range(3):
        assert person.commands(food="x") == []
    assert "dabackform" not in person.client.get(person.path).forms
    assert person.submit(food="bread").heading == "Ate bread after 3"


def test_the_action_knows_the_texts_of_the_screen_and_the_occasion(begin: Callable[..., Person]) -> None:
    person = begin(COUNTING)
    person.check_in(food="a", agreed="", _initial=True, _changed=None)
    boxes = {"fruit['apple']": "True", 'fruit["it\'s a pear"]': ""}
    person.check_in(food="ab", agreed="True", _initial=False, _changed="food", **boxes)
    heard = [[True, None, {"food": "a", "agreed": ""}], [False, "food", {"food": "ab", "agreed": "True", **boxes}]]
    # Markdown drops the backslash
    assert str(heard).replace("\\", "") in person.submit(food="abc").words


def test_what_the_screen_does_not_ask_for_is_no_argument(begin: Callable[..., Person]) -> None:
    person = begin(COUNTING)
    person.check_in(food="a", counter="99", __builtins__="x", _changed="counter", agreed=5, fruit={"a": 1})
    shown = person.submit(food="bread").words
    assert "[[False, None, {'food': 'a'}]]" in shown


def test_an_action_that_changes_nothing_saves_nothing(begin: Callable[..., Person]) -> None:
    person = begin(hearing("background_response()"))
    version = store_of(person.app).sessions.peek(value_of(person.page.form, "_session")).version
    assert person.commands(food="<b>'\"") == []
    assert store_of(person.app).sessions.peek(value_of(person.page.form, "_session")).version == version


def test_nothing_is_saved_where_the_action_says_so(begin: Callable[..., Person]) -> None:
    person = begin(COUNTING.replace("counter += 1", "counter += 1\n      set_save_status('ignore')"))
    person.check_in(food="x")
    assert person.submit(food="bread").heading == "Ate bread after 0"


def test_p13_a_check_in_of_an_old_page_changes_nothing_and_has_it_loaded_again(begin: Callable[..., Person]) -> None:
    person = begin(COUNTING)
    old = person.page
    person.submit(food="bread")
    assert person.check_in(old, food="x")["reload"] is True
    assert person.client.get(person.path).heading == "Ate bread after 0"


def test_a_screen_without_an_action_runs_none(begin: Callable[..., Person]) -> None:
    person = begin(
        "mandatory: True\nquestion: Q\nyesno: there\n---\nevent: it\ncode: |\n  there = 5\n---\nmandatory: True\nquestion: E"
    )
    assert person.check_in()["reload"] is True
    assert person.client.get(person.path).heading == "Q"


def test_a_task_can_be_started(begin: Callable[..., Person]) -> None:
    person = begin(hearing("task = background_action('far', 'flash')\nbackground_response(task.ready())"))
    assert person.commands() == [("backgroundresponse", False)]
    assert len(store_of(person.app).tasks.listing()) == 1


def test_p32_the_screens_own_actions_need_not_be_allowed_to_browsers(begin: Callable[..., Person]) -> None:
    suggesting = """
    mandatory: True
    code: |
      seen = 0
    ---
    features:
      allowed actions: []
    ---
    question: Q
    fields:
      - Town: town
        input type: ajax
        action: towns
    check in: look
    ---
    event: look
    code: |
      background_response_action('look_on')
    ---
    event: look_on
    code: |
      seen += 1
      background_response('heard', 'flash')
    ---
    event: towns
    code: |
      json_response(['Barre'])
    ---
    mandatory: True
    question: ${ town } ${ seen }
    """
    person = begin(suggesting)
    assert person.commands() == [("flash", "heard")]
    assert json.loads(person.client.get(asking(person, "towns", wordstart="B")).text) == ["Barre"]
    for refused in ("look", "look_on", "town"):
        assert person.client.get(asking(person, refused)).status == 400
    assert person.submit(town="Barre").heading == "Barre 1"
    assert person.client.get(asking(person, "towns", wordstart="B")).status == 400


def asking(person: Person, action: str, **arguments: Any) -> str:
    """The address that asks for an action."""
    return interview_path("made.yml", action=encoded_action(action, arguments))


@pytest.mark.parametrize("parameters", ["[", "5", "[1]", "null", '"x"'])
def test_parameters_that_are_no_dictionary_are_refused(begin: Callable[..., Person], parameters: str) -> None:
    person = begin(COUNTING)
    data = {**person.sent(person.page, {}), "parameters": parameters}
    assert person.client.flask.post(person.address, data=data).status_code == 400


def test_a_mistake_of_the_interview_changes_nothing_and_disturbs_nobody(begin: Callable[..., Person]) -> None:
    person = begin(COUNTING.replace("counter += 1", "counter += 1\n      1 / 0"))
    found = person.check_in(food="x")
    assert found["commands"] == []
    assert "ZeroDivisionError" not in found["error"]
    assert person.submit(food="bread").heading == "Ate bread after 0"


# --- what it answers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("background_response('Hello', 'flash')", ("flash", "Hello")),
        ("background_response('refresh')", ("refresh", None)),
        ("background_response('val(1)', 'javascript')", ("javascript", "val(1)")),
        ("background_response(target='a', content='<b>x</b>')", ("backgroundresponse", {"target": "a", "content": "<b>x</b>"})),
        ("background_response([{'target': 'a', 'content': '1'}])", ("backgroundresponse", [{"target": "a", "content": "1"}])),
        ("background_response({'food': 'pie', 'other': 1}, 'fields')", ("fields", {"food": {"texts": ["pie"]}})),
        ("background_response({'state': 'older'}, 'fields')", ("fields", {"state": {"texts": ["older"]}})),
        ("background_response({'state': 'none of these'}, 'fields')", ("fields", {})),
        ("background_response({'a': [1]})", ("backgroundresponse", {"a": [1]})),
        ("background_response_action('next', word='x')", ("flash", "next x")),
        ("there", ("backgroundresponse", {"target": "place", "content": "<em>Well</em>, food"})),
    ],
)
def test_the_answer_has_the_page_do_something(begin: Callable[..., Person], code: str, command: tuple[str, Any]) -> None:
    more = """
    ---
    template: there
    content: _Well_, ${ action_argument('food') }
    target: place
    ---
    event: next
    code: background_response('next ' + action_argument('word'), 'flash')
    """
    assert begin(dedent(hearing(code)) + dedent(more)).commands(food="food") == [command]


@pytest.mark.parametrize(
    "choices",
    [
        "['new', 'newer']",
        "{'new': 'new', 'newer': 'newer'}",
        "[{'new': 'new'}, {'newer': 'newer'}]",
        "[['new', 'new'], ['newer', 'newer']]",
    ],
)
def test_choices_are_those_of_the_screen_from_then_on(begin: Callable[..., Person], choices: str) -> None:
    person = begin(hearing(f"background_response({{'state': {{'choices': {choices}}}}}, 'fields')"))
    assert person.commands() == [("fields", {"state": {"choices": [["new", "new"], ["newer", "newer"]]}})]
    assert person.submit(state="old").status == 422
    assert 'value="newer"' in person.page.text
    assert 'value="older"' not in person.page.text
    assert person.submit(state="newer").heading == "It is newer"


def test_choices_have_labels_and_one_may_be_chosen(begin: Callable[..., Person]) -> None:
    code = "background_response({'state': {'choices': {'ON': 'Ontario', 'QC': 'Québec'}, 'value': 'QC'}}, 'fields')"
    person = begin(hearing(code))
    filling = {"choices": [["ON", "Ontario"], ["QC", "Québec"]], "texts": ["QC"]}
    assert person.commands() == [("fields", {"state": filling})]
    assert ">Québec</option>" in person.client.get(person.path).text
    assert person.submit(state="QC").heading == "It is QC"


def test_a_refresh_brings_back_the_choices_of_the_block(begin: Callable[..., Person]) -> None:
    code = """
    if action_argument('food'):
      background_response('refresh')
    background_response({'state': {'choices': ['new']}}, 'fields')
    """
    person = begin(hearing(code))
    person.check_in()
    assert 'value="new"' in person.client.get(person.path).text
    person.check_in(food="x")
    assert 'value="old"' in person.client.get(person.path).text


# --- what was typed ------------------------------------------------------------------------------------------------------

TYPED = '<img src=x onerror="alert(1)">'


@pytest.mark.parametrize(
    "content", ["action_argument('food')", "'<p>You like ' + action_argument('food') + '</p>'", "action_argument('food').upper()"]
)
def test_p27_what_was_typed_is_no_html_in_a_target(begin: Callable[..., Person], content: str) -> None:
    ((_, part),) = begin(hearing(f"background_response(target='a', content={content})")).commands(food=TYPED)
    assert "<img" not in part["content"].lower()
    assert "&lt;img" in part["content"].lower()


def test_p27_what_was_typed_is_no_code_in_a_script(begin: Callable[..., Person]) -> None:
    code = "background_response('flash(\"' + action_argument('food') + '\")', 'javascript')"
    ((_, script),) = begin(hearing(code)).commands(food='"); alert(1); ("')
    assert script == 'flash("\\u0022\\u0029\\u003b alert\\u00281\\u0029\\u003b \\u0028\\u0022")'


def test_p27_what_was_typed_is_known_to_the_action_that_follows(begin: Callable[..., Person]) -> None:
    more = """
    ---
    event: next
    code: background_response(target='a', content=action_argument('word'))
    """
    text = dedent(hearing("background_response_action('next', word=action_argument('food'))")) + dedent(more)
    ((_, part),) = begin(text).commands(food=TYPED)
    assert part["content"].startswith("&lt;img")
