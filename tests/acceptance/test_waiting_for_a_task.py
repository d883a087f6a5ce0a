"""Code that waits for a task which the same request has started: the answers are saved first, so that it can run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.acceptance.visitor import Visitor

INTERVIEW = """
question: How much?
fields:
  - Amount: amount
    datatype: integer
---
event: double_it
code: |
  background_response(2 * action_argument('amount'))
---
mandatory: True
code: |
  doubled = background_action('double_it', amount=amount).get()
---
mandatory: True
question: It is ${ doubled } and was worked out once.
"""


def test_a_task_that_is_waited_for_at_once_runs_and_gives_its_value(server: Callable[..., Any]) -> None:
    running = server({"waits.yml": INTERVIEW})
    alice = Visitor(running.url)
    page = alice.answer(alice.show("waits.yml"), amount="21")
    assert page.heading == "It is 42 and was worked out once."
    assert running.log.count('action="task_started"') == 1


def test_back_leads_from_a_screen_that_waited_to_the_question_before(server: Callable[..., Any]) -> None:
    alice = Visitor(server({"waits.yml": INTERVIEW}).url)
    page = alice.back(alice.answer(alice.show("waits.yml"), amount="21"))
    assert page.heading == "How much?"


AGAIN = """
mandatory: True
code: |
  if the_task.failed():
    the_task = background_action('work', divisor=2)
    please_wait
  elif the_task.ready():
    the_end
  else:
    please_wait
---
code: |
  the_task = background_action('work', divisor=0)
---
event: work
code: |
  background_response(1 / action_argument('divisor'))
---
event: please_wait
question: A moment
reload: True
---
event: the_end
question: It is ${ the_task.get() }
"""


def test_a_screen_waits_for_a_task_that_takes_the_place_of_one_that_failed(
    server: Callable[..., Any], eventually: Callable[..., Any]
) -> None:
    running = server({"again.yml": AGAIN})
    alice = Visitor(running.url)
    alice.show("again.yml")
    eventually(lambda: "state=failed" in running.log, "the first task has failed")
    page = alice.show("again.yml")
    assert page.heading == "A moment"
    assert "data-awaits" in page.text
    assert "da-stalled" not in page.text
    assert eventually(lambda: alice.show("again.yml").heading != "A moment", "the second task is over")
    assert alice.show("again.yml").heading == "It is 0.5"
