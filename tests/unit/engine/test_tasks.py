"""Background tasks as interviews see them."""

from __future__ import annotations

import pytest

from docassemble_lite.errors import EvaluationError
from docassemble_lite.host import TaskReport
from tests.unit.engine.interviewing import interview

TASK = """
    code: |
      task = background_action('compute', n=4)
    ---
    event: compute
    code: |
      secret = 'thrown away'
      background_response(action_argument('n') ** 2)
    ---
    mandatory: True
    code: |
      if task.ready():
        finished
      else:
        waiting
    ---
    event: waiting
    question: Please wait
    ---
    event: finished
    question: It is ${ task.get() }
"""


def test_a_task_runs_while_the_person_waits():
    session = interview(TASK)
    assert session.question == "Please wait"
    assert session.run_tasks().show().question == "It is 16"


def test_a_task_gets_its_arguments_and_its_mode():
    session = interview(
        """
    mandatory: True
    code: |
      task = background_action('go', 'refresh', a=1, b=[2])
    ---
    mandatory: True
    question: End
    """
    )
    task = session.tasks[0]
    assert (task.action, task.mode, task.arguments) == ("go", "refresh", {"a": 1, "b": [2]})


def test_what_a_task_changes_is_thrown_away():
    session = interview(TASK).run_tasks().show()
    assert "secret" not in session.answers


def test_a_task_is_started_once_although_its_block_runs_again():
    session = interview("""
    mandatory: True
    code: |
      task = background_action('go')
      a
      b
    ---
    code: |
      a = 1
    ---
    code: |
      b = 2
    ---
    mandatory: True
    question: End
    """)
    assert session.question == "End"
    assert len(session.tasks) == 1


def test_two_tasks_of_one_block_that_runs_again_are_two():
    session = interview("""
    mandatory: True
    code: |
      tasks = [background_action('go'), background_action('go'), background_action('go', n=1)]
      a
    ---
    code: |
      a = 1
    ---
    mandatory: True
    question: End
    """)
    assert len(session.tasks) == 3


def test_a_sought_block_that_runs_again_starts_its_task_once():
    session = interview("""
    mandatory: True
    question: ${ bool(task) }
    ---
    code: |
      t = background_action('go')
      need(a)
      task = t
    ---
    code: |
      a = 1
    """)
    assert len(session.tasks) == 1


def test_the_same_action_for_two_items_is_two_tasks():
    session = interview("""
    objects:
      - items: DAList.using(object_type=DAObject, auto_gather=False)
    ---
    mandatory: True
    question: ${ bool(items[0].task) } ${ bool(items[1].task) }
    ---
    code: |
      items[i].task = background_action('go')
    """)
    assert len(session.tasks) == 2


def test_a_block_that_runs_again_in_a_later_request_starts_its_task_again():
    session = interview("""
    mandatory: True
    code: |
      task = background_action('go')
      a
    ---
    question: A?
    fields:
      - A: a
    ---
    mandatory: True
    question: End
    """)
    session.answer(a="x")
    assert len(session.tasks) == 2


def test_a_task_that_fails_says_so():
    session = interview("""
    mandatory: True
    code: |
      task = background_action('go')
    ---
    event: go
    code: |
      1 / 0
    ---
    mandatory: True
    question: ${ task.ready() } ${ task.failed() }
    """)
    assert session.question == "False False"
    assert session.run_tasks().show().question == "True True"
    assert session.tasks[0].report.error_type == "ZeroDivisionError"


def test_a_task_can_be_waited_for_in_the_request_that_started_it():
    session = interview("""
    mandatory: True
    code: |
      task = background_action('go')
      result = task.get()
    ---
    event: go
    code: |
      background_response('done')
    ---
    mandatory: True
    question: ${ result }
    """)
    assert session.question == "done"
    assert len(session.tasks) == 1


def test_a_task_is_stored_as_its_id():
    session = interview(TASK)
    assert vars(session.answers["task"]) == {"id": session.tasks[0].id}


def test_a_task_that_is_over_stays_over():
    session = interview(TASK)
    session.tasks[0].report = TaskReport("failed", error_type="WorkerLost")
    assert session.show().question == "It is None"


def test_a_task_takes_the_name_of_an_action():
    with pytest.raises(EvaluationError, match="TypeError"):
        interview("    mandatory: True\n    code: |\n      background_action(5)")


def test_except_exception_around_background_response_eats_nothing():
    session = interview("""
    mandatory: True
    code: |
      task = background_action('go')
    ---
    event: go
    code: |
      try:
        background_response('kept')
      except Exception:
        background_response('eaten')
    ---
    mandatory: True
    question: ${ task.get() if task.ready() else 'wait' }
    """)
    assert session.run_tasks().show().question == "kept"


def test_a_task_sees_the_answers_as_they_were_saved():
    session = interview("""
    mandatory: True
    code: |
      number = 3
      task = background_action('go')
    ---
    event: go
    code: |
      background_response(number + 1)
    ---
    mandatory: True
    question: ${ task.get() if task.ready() else 'wait' }
    """)
    assert session.run_tasks().show().question == "4"
