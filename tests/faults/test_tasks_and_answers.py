"""A task is written with the answers of the visit that starts it, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from docassemble_lite.visit.addresses import encoded_action
from tests.acceptance.visitor import Visitor
from tests.faults.shared_words import InBackground

Eventually = Callable[..., Any]

#: The task is started early in a visit that goes on to define what the task looks at, and that may then fail.
INTERVIEW = """\
mandatory: True
code: |
  multi_user = True
---
mandatory: True
code: |
  number
  the_task = background_action('look', number=number)
  late_answer = number
  import time
  time.sleep(0.05)
  if how == 'fails':
    raise ValueError('on purpose')
---
mandatory: True
code: |
  if the_task.ready():
    the_end
  else:
    please_wait
---
question: Number?
subquestion: |
  ${ interview_url() }
fields:
  - Number: number
  - How: how
    required: False
---
event: look
code: |
  with open('runs', 'a') as out:
    out.write(action_argument('number') + '\\n')
  background_response(late_answer)
---
event: please_wait
question: A moment
---
event: add
code: |
  added = True
---
event: begin
code: |
  import os, time
  begun_task = background_action('look', number='one')
  late_answer = 'one'
  open('begun', 'w').close()
  while not os.path.exists('go-on'):
    time.sleep(0.01)
---
event: the_end
question: Seen ${ 'a failure' if the_task.failed() else the_task.get() }
"""
NAME = "early.yml"


def runs_of(running: Any) -> list[str]:
    """The numbers of the tasks that ran."""
    path = Path(running.folder) / "runs"
    return path.read_text().split() if path.exists() else []


def result_of(visitor: Visitor, eventually: Eventually) -> str:
    return str(eventually(lambda: visitor.show(NAME).heading.partition("Seen ")[2], "the task is over"))


def test_p8_a_task_sees_the_answers_of_the_visit_that_started_it(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually, long_form: bool, measured: Callable[..., None]
) -> None:
    """P8: even those that were set after it was started, while the visit still went on."""
    running = server({NAME: INTERVIEW}, **stored)
    times = 100 if long_form else 10
    for number in range(times):
        visitor = Visitor(running.url)
        visitor.answer(visitor.show(NAME), number=f"n{number}")
        assert result_of(visitor, eventually) == f"n{number}"
    measured("P8", tasks=times, that_saw_older_answers=0)


def test_p8_a_visit_that_fails_leaves_no_task(server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually) -> None:
    """P8: neither a row nor a run, whatever happens later."""
    running = server({NAME: INTERVIEW}, task_sweep=0.2, **stored)
    for number in range(3):
        alice = Visitor(running.url)
        assert alice.answer(alice.show(NAME), number=f"bad{number}", how="fails").status == 500
    bob = Visitor(running.url)
    bob.answer(bob.show(NAME), number="good")
    assert result_of(bob, eventually) == "good"
    assert runs_of(running) == ["good"]
    assert alice.show(NAME).heading == "Number?"


def test_p8_a_visit_that_has_to_run_again_starts_its_task_once(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually
) -> None:
    """P8: somebody else saves the session between the start of the task and the end of the visit."""
    running = server({NAME: INTERVIEW}, concurrency_lock_timeout=0.1, **stored)
    alice, bob = Visitor(running.url), Visitor(running.url)
    code = alice.show(NAME).words.partition("session=")[2].split()[0]
    assert bob.show(NAME, session=code).status == 200
    slow = InBackground(lambda: alice.show(NAME, action=encoded_action("begin", {})))
    eventually((running.folder / "begun").exists, "the visit is under way")
    assert bob.show(NAME, action=encoded_action("add", {})).status == 200
    (running.folder / "go-on").touch()
    assert slow.result().status == 200
    eventually(lambda: runs_of(running), "the task runs")
    carol = Visitor(running.url)
    carol.answer(carol.show(NAME), number="two")
    assert result_of(carol, eventually) == "two"
    assert runs_of(running) == ["one", "two"]
