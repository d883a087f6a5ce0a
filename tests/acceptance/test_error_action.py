"""`error action`: what an interview does when it fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.acceptance.in_process import Client, application
from tests.acceptance.visitor import interview_path

FAILING = """\
metadata:
  title: Failing
  error action: on_error
---
initial: True
code: |
  if given_up:
    the_end
---
code: |
  given_up = False
---
question: A number?
fields:
  - Number: number
---
mandatory: True
code: |
  result = 10 / int(number)
---
mandatory: True
question: ${ result }
---
event: the_end
question: We have given up
---
"""
SCREEN = """\
event: on_error
question: Something is wrong
subquestion: |
  It says: ${ action_argument('error_message') }
buttons:
  - Exit: exit
"""
CODE = """\
event: on_error
scan for variables: False
code: |
  given_up = True
"""
FAILING_TOO = """\
event: on_error
code: |
  raise RuntimeError('also wrong')
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    actions = {"screen.yml": SCREEN, "code.yml": CODE, "too.yml": FAILING_TOO}
    texts = {name: FAILING + action for name, action in actions.items()}
    with application(tmp_path_factory.mktemp("failing"), texts, debug=True) as running:
        yield running


@pytest.fixture
def visitor(app: Flask) -> Client:
    return Client(app)


def test_its_screen_is_shown_in_place_of_the_mistake(visitor, caplog):
    page = visitor.answer(visitor.get(interview_path("screen.yml")), number="0")
    assert (page.status, page.heading) == (200, "Something is wrong")
    assert "It says: ZeroDivisionError: division by zero" in page.words
    assert "ZeroDivisionError" in caplog.text
    assert visitor.get(interview_path("screen.yml")).heading == "Something is wrong"


def test_what_a_mistake_quotes_is_no_markup(visitor):
    page = visitor.answer(visitor.get(interview_path("screen.yml")), number="<b>*1*</b>")
    assert "<b>" not in page.text
    assert "<em>" not in page.text


def test_it_can_change_the_course_of_the_interview(visitor):
    page = visitor.answer(visitor.get(interview_path("code.yml")), number="0")
    assert page.heading == "We have given up"
    assert visitor.get(interview_path("code.yml")).heading == "We have given up"


def test_one_that_fails_too_is_a_mistake_as_any_other(visitor):
    page = visitor.answer(visitor.get(interview_path("too.yml")), number="0")
    assert page.status == 500
    assert "also wrong" in page.words


def test_one_goes_on_where_nothing_fails(visitor):
    assert visitor.answer(visitor.get(interview_path("screen.yml")), number="5").heading == "2.0"
