"""Background tasks as interviews see them."""

from __future__ import annotations

import re

import pytest

from docassemble_lite.engine.screen import Asked, Wait
from docassemble_lite.engine.waiting import waiting_screen
from docassemble_lite.errors import EvaluationError
from docassemble_lite.host import TaskReport
from tests.unit.engine.interviewing import HostInMemory, interview

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


# --- how a task ended ---------------------------------------------------------------------------------------------------


ENDED = """
    code: |
      task = background_action('compute', n=n)
    ---
    event: compute
    code: |
      background_response(10 / action_argument('n'))
    ---
    mandatory: True
    code: |
      n = {n}
    ---
    mandatory: True
    code: |
      if not task.ready():
        waiting
      found = [task.ready(), task.failed(), task.wait(), task.get(), task.state()]
      result = task.result()
    ---
    event: waiting
    question: Please wait
    ---
    mandatory: True
    question: End
"""


def ended(n):
    return interview(ENDED.format(n=n)).run_tasks().show().answers


def test_a_task_that_ended_well_says_so_in_every_way():
    answers = ended(4)
    assert answers["found"] == [True, False, True, 2.5, "SUCCESS"]
    result = answers["result"]
    assert (result.value, result.error_type, result.error_message, result.variables) == (2.5, "", "", [])


def test_a_task_that_failed_says_why():
    answers = ended(0)
    assert answers["found"] == [True, True, True, None, "FAILURE"]
    assert (answers["result"].error_type, answers["result"].error_message) == ("ZeroDivisionError", "division by zero")


def test_a_task_can_be_kept_in_lists_and_attributes():
    session = interview("""
    objects:
      - keeper: DAObject
    ---
    mandatory: True
    code: |
      task = background_action('go')
      keeper.task = task
      every = [task, {'one': task}]
    ---
    event: go
    code: |
      background_response('kept')
    ---
    mandatory: True
    question: ${ [keeper.task.get(), every[0].get(), every[1]['one'].get()] if task.ready() else 'wait' }
    """)
    assert session.run_tasks().show().question == "['kept', 'kept', 'kept']"


def test_a_revoked_task_is_over_and_did_not_end_well():
    session = interview("""
    mandatory: True
    code: |
      task = background_action('go')
      task.revoke()
    ---
    event: go
    code: |
      background_response('never')
    ---
    mandatory: True
    question: ${ task.ready() } ${ task.failed() } ${ task.get() } ${ task.state() }
    """)
    assert session.question == "True True None REVOKED"


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("background_response()", None),
        ("background_response(5)", 5),
        ("background_response(None)", None),
        ("background_response('refresh')", "refresh"),
        ("background_response('Hello', 'flash')", "Hello"),
        ("background_response({'a': 1}, 'fields')", {"a": 1}),
        ("background_response(1, 2, 3)", [1, 2, 3]),
        ("background_response(target='there', content='<b>Hi</b>')", {"target": "there", "content": "<b>Hi</b>"}),
        ("background_response([{'target': 'a', 'content': 'b'}])", [{"target": "a", "content": "b"}]),
    ],
)
def test_a_response_is_the_value_that_it_was_given(call, value):
    session = interview(f"""
    mandatory: True
    code: |
      task = background_action('go')
    ---
    event: go
    code: |
      {call}
      raise Exception('code after a response runs')
    ---
    mandatory: True
    code: |
      value = task.get() if task.ready() else 'not yet'
    ---
    mandatory: True
    question: End
    """)
    assert session.tasks[0].report.state == "waiting"
    session.steps[-1] = session.steps[0]
    session.run_tasks()
    assert (session.tasks[0].report.state, session.tasks[0].report.result) == ("done", value)


# --- what a task changes ------------------------------------------------------------------------------------------------


RESPONSE = """
    code: |
      task = background_action('compute', n={n})
    ---
    event: compute
    code: |
      background_error_action('failed', stage='computing', error_type='the author had that name')
      forgotten = 1
      background_response_action('store_it', answer=12 / action_argument('n'))
    ---
    event: store_it
    code: |
      answer = action_argument('answer')
      background_response('stored')
    ---
    event: failed
    code: |
      mistake = action_arguments()
      background_response('handled')
    ---
    mandatory: True
    code: |
      if not task.ready():
        waiting
    ---
    event: waiting
    question: Please wait
    ---
    mandatory: True
    question: ${{ task.failed() }} ${{ task.get() }}
"""


def test_what_a_response_action_changes_is_saved():
    session = interview(RESPONSE.format(n=3)).run_tasks().show()
    assert session.question == "False stored"
    assert session.answers["answer"] == 4.0
    assert "forgotten" not in session.answers


def test_an_error_action_gets_its_own_arguments_and_those_of_the_error():
    session = interview(RESPONSE.format(n=0)).run_tasks().show()
    assert session.question == "True handled"
    mistake = session.answers["mistake"]
    assert (mistake["stage"], mistake["error_type"], mistake["error_message"]) == (
        "computing",
        "ZeroDivisionError",
        "division by zero",
    )
    assert "test.yml" in mistake["error_trace"]
    assert "answer" not in session.answers


@pytest.mark.parametrize("function", ["background_action", "background_response_action", "background_error_action"])
def test_an_action_is_named_by_a_text(function):
    with pytest.raises(EvaluationError, match="takes the name of an action"):
        interview(f"mandatory: True\ncode: |\n  {function}(5)\n")


def test_a_way_of_telling_that_there_is_not_is_a_mistake():
    with pytest.raises(EvaluationError, match="flash, refresh, javascript, fields"):
        interview("mandatory: True\ncode: |\n  background_action('go', 'shout')\n")


SCRIPT = """
    question: Name?
    fields:
      - Name: name
    ---
    event: greet
    code: |
      {ending}
    ---
    event: respond
    code: |
      background_response("flash('" + name + "')")
    ---
    mandatory: True
    code: |
      name
      task = background_action('greet', 'javascript')
    ---
    mandatory: True
    question: Done
    """


@pytest.mark.parametrize(
    "ending",
    [
        """background_response("flash('" + name + "')")""",
        """background_response("flash('" + name + "')", 'javascript')""",
        """background_response("flash('" + name + "')", 'flash')""",
        "background_response_action('respond')",
    ],
)
def test_a_script_of_a_task_has_what_was_typed_only_in_its_strings(ending):
    session = interview(SCRIPT.format(ending=ending)).answer(name="'); alert(1); ('").run_tasks()
    script = session.host.tasks[0].report.result
    assert "alert" in script
    assert re.fullmatch(r"flash\('[^']*'\)", script)


def test_a_script_of_a_task_with_nothing_to_say_stays_nothing():
    assert (
        interview(SCRIPT.format(ending="background_response()")).answer(name="Ann").run_tasks().host.tasks[0].report.result
        is None
    )


# --- waiting for a task -------------------------------------------------------------------------------------------------


class NeverOver(HostInMemory):
    """A host whose tasks don't end while somebody waits for them."""

    def wait_for_task(self, task_id):
        return self.task(task_id)


WAITS = """
    question: How much?
    fields:
      - Amount: amount
        datatype: integer
    ---
    event: double
    code: |
      background_response(2 * action_argument('amount'))
    ---
    mandatory: True
    code: |
      doubled = background_action('double', amount=amount).get()
    ---
    mandatory: True
    question: It is ${ doubled }
"""


def test_code_that_waits_for_long_ends_with_a_page_that_waits():
    session = interview(WAITS)
    session.host = NeverOver()
    assert isinstance(session.answer(amount=4).outcome, Wait)
    assert isinstance(session.show().outcome, Wait)
    assert len(session.tasks) == 1


def test_when_the_task_is_over_the_code_that_waited_goes_on_with_it():
    session = interview(WAITS)
    session.host = NeverOver()
    session.answer(amount=4).show().run_tasks()
    assert session.show().question == "It is 8"
    assert len(session.tasks) == 1


def test_what_was_waited_for_is_forgotten_afterwards():
    session = interview(WAITS)
    session.host = NeverOver()
    session.answer(amount=4).run_tasks().show()
    assert "started_tasks" not in session.internal


# --- BackgroundAction ---------------------------------------------------------------------------------------------------


OBJECT = """
    objects:
      - bg: BackgroundAction
    ---
    code: |
      answer = bg.run('compute', n={n})
    ---
    event: compute
    code: |
      background_response(12 / action_argument('n'))
    ---
    mandatory: True
    question: ${{ answer }} ${{ bg.running() }} ${{ bg.ready() }}
"""


def test_an_object_that_runs_an_action_waits_until_it_has_ended():
    session = interview(OBJECT.format(n=4))
    assert session.outcome == Wait(4.0)
    saved = session.steps[-1]
    assert session.show().outcome == Wait(4.0)
    assert session.steps[-1] == saved, "a look that finds nothing new saves nothing"
    assert session.run_tasks().show().question == "3.0 False None"
    assert len(session.tasks) == 1


def test_the_value_of_an_action_that_failed_is_none():
    assert interview(OBJECT.format(n=0)).run_tasks().show().question == "None False None"


def test_it_runs_once_more_when_it_is_called_again():
    session = interview("""
    objects:
      - bg: BackgroundAction
    ---
    mandatory: True
    code: |
      first = bg.run('compute', n=1)
    ---
    mandatory: True
    code: |
      second = bg.run('compute', n=2)
    ---
    event: compute
    code: |
      background_response(action_argument('n'))
    ---
    mandatory: True
    question: ${ first } ${ second }
    """)
    assert session.run_tasks().show().outcome == Wait(4.0)
    assert session.run_tasks().show().question == "1 2"


def test_it_waits_as_long_as_it_is_told():
    session = interview("""
    objects:
      - bg: BackgroundAction.using(refresh_seconds=9)
    ---
    event: compute
    code: |
      background_response()
    ---
    mandatory: True
    question: ${ bg.run('compute') }
    """)
    assert session.outcome == Wait(9.0)


def test_a_command_to_wait_can_say_for_how_long():
    assert interview("mandatory: True\ncode: |\n  command('wait', sleep=2.5)\n").outcome == Wait(2.5)


def test_who_waits_is_told_what_for() -> None:
    wait = interview("mandatory: True\ncode: |\n  command('wait', question_text='*Busy*', subquestion_text='Be **patient**')\n")
    assert isinstance(wait.outcome, Wait)
    screen = waiting_screen(wait._begin(), wait.outcome, Asked(block=""))
    assert (screen.question_html, screen.question) == ("<em>Busy</em>", "Busy")
    assert "<strong>patient</strong>" in screen.subquestion_html


# --- what a task may not do ---------------------------------------------------------------------------------------------


def test_messages_of_a_task_go_into_the_log():
    session = interview("""
    mandatory: True
    code: |
      task = background_action('go')
    ---
    event: go
    code: |
      log('quietly')
      log('for nobody to see', 'warning')
      background_response()
    ---
    mandatory: True
    question: End
    """)
    session.run_tasks()
    assert session.host.messages == [("quietly", "log"), ("for nobody to see", "warning")]
