"""One pass through an interview: what runs, in which order, and what is never run again."""

from __future__ import annotations

import pytest

from docassemble_lite.errors import EvaluationError
from tests.unit.engine.interviewing import failure, interview, program, source_mistake

END = """
    ---
    mandatory: True
    question: The end
"""


def test_mandatory_blocks_are_carried_out_in_the_order_of_the_file():
    session = interview("""
    mandatory: True
    question: First
    continue button field: a
    ---
    mandatory: True
    question: Second
    """)
    assert session.question == "First"
    assert session.answer().question == "Second"


def test_a_block_that_is_not_mandatory_runs_only_when_it_is_needed():
    session = interview(
        """
    code: |
      a = 1
    """
        + END
    )
    assert session.answers == {}


def test_mandatory_code_runs_once():
    session = interview(
        """
    code: |
      count = 0
    ---
    mandatory: True
    code: |
      count += 1
    """
        + END
    )
    assert session.show().show().answers["count"] == 1


def test_initial_code_runs_in_every_request():
    session = interview(
        """
    initial: True
    code: |
      count = (count if defined('count') else 0) + 1
    """
        + END
    )
    first = session.answers["count"]
    assert session.show().answers["count"] > first


def test_code_that_turns_out_to_need_something_begins_again_from_its_first_line():
    session = interview(
        """
    mandatory: True
    code: |
      begun = (begun if defined('begun') else 0) + 1
      a
    ---
    question: A?
    fields:
      - A: a
    """
        + END
    )
    assert session.answers["begun"] == 1
    assert session.answer(a="x").answers["begun"] == 2


def test_a_false_condition_makes_a_block_not_mandatory():
    session = interview(
        """
    mandatory: 1 == 2
    question: Never
    """
        + END
    )
    assert session.question == "The end"


def test_a_condition_of_mandatory_is_sought_like_any_variable():
    session = interview(
        """
    mandatory: wants
    question: You want it
    continue button field: seen
    ---
    question: Do you?
    yesno: wants
    """
        + END
    )
    assert session.question == "Do you?"
    assert session.answer("Yes").question == "You want it"


def test_the_modifier_if_does_not_hold_back_a_mandatory_block():
    assert (
        interview("""
    mandatory: True
    if: 1 == 2
    question: Shown
    """).question
        == "Shown"
    )


def test_a_mandatory_question_is_answered_by_its_submission():
    session = interview(
        """
    mandatory: True
    question: A?
    fields:
      - A: a
    """
        + END
    )
    session.answer(a="x")
    assert session.internal["answered"] == {"Question_0"}


def test_a_mandatory_question_is_asked_even_if_its_variable_is_there():
    session = interview(
        """
    mandatory: True
    code: |
      a = 'before'
    ---
    mandatory: True
    question: A?
    fields:
      - A: a
    """
        + END
    )
    assert session.question == "A?"
    assert session.field("a").value == "before"


def test_the_bookkeeping_uses_the_id_of_a_block():
    session = interview(
        """
    id: first
    mandatory: True
    question: A?
    fields:
      - A: a
    """
        + END
    )
    session.answer(a="x")
    assert session.internal["answered"] == {"ID first"}


def test_the_result_of_a_block_can_be_forgotten():
    session = interview(
        """
    id: count
    mandatory: True
    code: |
      count = (count if defined('count') else 0) + 1
    ---
    event: again
    code: |
      forget_result_of('count', 'no such block')
    """
        + END
    )
    assert session.answers["count"] == 1
    assert session.act("again").answers["count"] == 2


def test_an_interview_without_an_end_is_an_error_that_says_so():
    error = failure("""
    mandatory: True
    code: |
      a = 1
    """)
    assert isinstance(error, EvaluationError)
    assert "without reaching a screen" in error.message
    assert error.hint


def test_mandatory_objects_are_all_made():
    session = interview(
        """
    mandatory: True
    objects:
      - a: DAObject
      - b: DAList
    """
        + END
    )
    assert [type(session.answers[name]).__name__ for name in "ab"] == ["DAObject", "DAList"]


def test_reset_variables_are_forgotten_at_the_beginning_of_each_request():
    session = interview("""
    reset:
      - total
    ---
    code: |
      total = a * 2
    ---
    mandatory: True
    question: The total is ${ total }
    ---
    mandatory: True
    question: never
    ---
    code: |
      a = 1
    ---
    event: more
    scan for variables: False
    code: |
      a = 5
    """)
    assert session.question == "The total is 2"
    assert session.act("more").question == "The total is 10"


def test_a_block_with_reconsider_true_is_run_anew_in_each_request():
    session = interview("""
    reconsider: True
    code: |
      total = a * 2
    ---
    mandatory: True
    question: The total is ${ total }
    ---
    code: |
      a = 1
    ---
    event: more
    scan for variables: False
    code: |
      a = 5
    """)
    assert session.act("more").question == "The total is 10"


def test_code_without_reconsider_keeps_its_result():
    session = interview("""
    code: |
      total = a * 2
    ---
    mandatory: True
    question: The total is ${ total }
    ---
    code: |
      a = 1
    ---
    event: more
    scan for variables: False
    code: |
      a = 5
    """)
    assert session.act("more").question == "The total is 2"


def test_the_loop_limit_ends_an_interview_that_runs_in_circles():
    error = failure("""
    features:
      loop limit: 7
    ---
    mandatory: True
    code: |
      re_run_logic()
    """)
    assert "7 times" in error.message


def test_running_again_is_no_circle_when_something_changed():
    session = interview(
        """
    mandatory: True
    code: |
      if not defined('again'):
        again = True
        re_run_logic()
    """
        + END
    )
    assert session.question == "The end"


def test_except_exception_in_author_code_does_not_keep_the_interview_from_seeking():
    session = interview(
        """
    mandatory: True
    code: |
      try:
        a
      except NameError:
        a = 'caught'
    """
        + END
    )
    assert session.answers["a"] == "caught"


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ("message('Stop')", "Screen"),
        ("command('exit')", "Exit"),
        ("command('refresh')", "Refresh"),
        ("response('x')", "Response"),
        ("json_response([1])", "Response"),
        ("response(url='/x')", "Redirect"),
        ("background_response(1)", "TaskResponse"),
        ("force_ask('b')", "Screen"),
    ],
)
def test_except_exception_in_author_code_does_not_eat_what_steers_the_interview(call, kind):
    session = interview(
        f"""
    mandatory: True
    code: |
      try:
        {call}
      except Exception:
        eaten = True
    ---
    question: B?
    fields:
      - B: b
    ---
    mandatory: True
    question: The end
    """
    )
    assert type(session.outcome).__name__ == kind
    assert "eaten" not in session.answers
    if kind == "Screen":
        assert session.question != "The end"


def test_except_exception_around_re_run_logic_lets_it_run_again():
    session = interview(
        """
    mandatory: True
    code: |
      if not defined('tried'):
        tried = True
        try:
          re_run_logic()
        except Exception:
          eaten = True
    """
        + END
    )
    assert "eaten" not in session.answers


def test_the_answers_hold_nothing_but_answers():
    session = interview(
        """
    mandatory: True
    code: |
      a = format_date('2026-05-04')
      b = Individual
    """
        + END
    )
    assert set(session.answers) <= {"a", "b"}


def test_a_variable_of_the_author_stands_before_a_function_of_that_name():
    session = interview("""
    mandatory: True
    code: |
      word = 'mine'
    ---
    mandatory: True
    question: ${ word }
    """)
    assert session.question == "mine"


def test_a_function_defined_in_a_block_can_be_used_in_the_same_request():
    session = interview("""
    initial: True
    code: |
      def twice(n):
        return 2 * n
    ---
    mandatory: True
    question: ${ twice(4) }
    """)
    assert session.question == "8"
    assert session.show().question == "8"


def test_code_that_is_no_python_keeps_the_interview_from_compiling():
    error = source_mistake("""
    question: A
    ---
    mandatory: True
    code: |
      a = 1
      b = (
    """)
    assert error.line is not None
    assert error.line >= 6


def test_a_program_knows_for_which_names_it_has_blocks():
    found = program("""
    event: cron_daily
    code: |
      a = 1
    ---
    event:
      - cron_hourly
      - other
    code: |
      a = 1
    """)
    assert [found.has_blocks_for(name) for name in ("cron_daily", "cron_hourly", "other", "cron_weekly")] == [
        True,
        True,
        True,
        False,
    ]


def test_the_arguments_of_the_address_can_be_read():
    from tests.unit.engine.interviewing import Interview

    session = Interview(program("mandatory: True\nquestion: ${ url_args['a'] }"), url_args={"a": "<b>x"})
    assert "x" in session.question
