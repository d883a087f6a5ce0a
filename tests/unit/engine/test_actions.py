"""Actions: what a link asks of an interview, the stack of what is still to be gone through, and who may name what."""

from __future__ import annotations

import contextlib

import pytest

from docassemble_lite.engine.actions import ActionRefused
from docassemble_lite.engine.screen import Exit, Response
from docassemble_lite.errors import EvaluationError
from tests.unit.engine.interviewing import interview

FRUIT = """
    question: Fruit?
    fields:
      - F: fruit
    ---
    question: Color?
    fields:
      - C: color
    ---
    event: show_page
    question: A page
    ---
    event: page_with_continue
    question: A page to leave
    continue button field: page_seen
    ---
    event: set_number
    code: |
      number = action_argument('number')
    ---
    event: ask_both
    code: |
      force_ask('fruit', 'color')
    ---
    mandatory: True
    question: ${ fruit } ${ color }
"""


@pytest.fixture
def session():
    """An interview at its last screen: fruit is fig and color is red."""
    return interview(FRUIT).answer(fruit="fig").answer(color="red")


# --- what an action does ---------------------------------------------------------------------------------------------


def test_an_action_asks_a_question_that_is_answered_already(session):
    assert session.question == "fig red"
    assert session.act("fruit").question == "Fruit?"
    assert session.field("fruit").value == "fig"


def test_an_action_is_over_when_its_question_is_answered(session):
    assert session.act("fruit").answer(fruit="pear").question == "pear red"
    assert session.internal["event_stack"] == {}


def test_an_action_stays_until_its_question_is_answered(session):
    assert session.act("fruit").show().show().question == "Fruit?"


def test_an_action_can_show_an_event_screen(session):
    assert session.act("show_page").question == "A page"


def test_an_event_screen_with_a_button_is_left_by_it(session):
    assert session.act("page_with_continue").answer().question == "fig red"


def test_event_code_runs_and_is_done(session):
    session.act("set_number", number=5)
    assert session.question == "fig red"
    assert session.answers["number"] == 5
    assert session.internal["event_stack"] == {}


def test_event_code_runs_again_after_what_it_needs_was_asked():
    session = interview("""
    event: go
    code: |
      total = action_argument('n') + extra
    ---
    question: Extra?
    fields:
      - E: extra
        datatype: integer
    ---
    mandatory: True
    question: End ${ showifdef('total') }
    """)
    assert session.act("go", n=2).question == "Extra?"
    assert session.answer(extra="3").question == "End 5"


def test_code_that_defines_the_variable_of_an_action_is_run():
    session = interview("""
    code: |
      count = (count if defined('count') else runs) + 1
      runs = count
    ---
    initial: True
    code: |
      runs = runs if defined('runs') else 0
    ---
    mandatory: True
    question: ${ count }
    """)
    before = int(session.question)
    assert int(session.act("count").question) > before


def test_an_action_that_nothing_answers_is_forgotten(session):
    assert session.act("nothing_of_the_kind").question == "fig red"
    assert session.internal["event_stack"] == {}


def test_an_action_for_a_part_of_an_object_uses_generic_blocks():
    session = interview("""
    objects:
      - friend: Individual
    ---
    mandatory: True
    code: |
      friend.fruit = 'fig'
    ---
    generic object: Individual
    question: Fruit?
    fields:
      - F: x.fruit
    ---
    mandatory: True
    question: ${ friend.fruit }
    """)
    assert session.act("friend.fruit").variables == ["friend.fruit"]
    assert session.answer({"friend.fruit": "pear"}).question == "pear"


def test_an_action_can_end_with_a_response():
    session = interview("""
    event: data
    code: |
      json_response({'a': action_argument('a')})
    ---
    mandatory: True
    question: End
    """)
    session.act("data", a=[1, None])
    assert isinstance(session.outcome, Response)
    assert b"null" in session.outcome.body


# --- arguments -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("action_argument('a')", "1"),
        ("action_argument('none')", "None"),
        ("action_argument('none', 'other')", "other"),
        ("sorted(action_arguments())", "['a', 'b']"),
        ("action_argument()['b']", "2"),
    ],
)
def test_the_arguments_of_an_action_can_be_read(expression, shown):
    session = interview(f"""
    event: page
    question: ${{ {expression} }}
    ---
    mandatory: True
    question: End
    """)
    assert session.act("page", a=1, b=2).question == shown


def test_the_arguments_stay_while_the_screen_of_the_action_is_shown_again():
    session = interview("""
    event: page
    question: ${ action_argument('a') }
    ---
    mandatory: True
    question: End
    """)
    assert session.act("page", a="x").show().question == "x"


def test_there_are_no_arguments_without_an_action():
    assert interview("    mandatory: True\n    question: ${ action_argument('a') } ${ action_arguments() }").question == "None {}"


# --- force_ask and the stack -----------------------------------------------------------------------------------------


def test_force_ask_goes_through_its_names_in_their_order(session):
    assert session.act("ask_both").question == "Fruit?"
    assert session.answer(fruit="pear").question == "Color?"
    assert session.answer(color="green").question == "pear green"


def test_an_action_within_an_action_returns_to_the_first(session):
    session.act("fruit").act("color")
    assert session.question == "Color?"
    assert session.answer(color="green").question == "Fruit?"
    assert session.answer(fruit="pear").question == "pear green"


def test_the_same_action_is_not_stacked_twice(session):
    session.act("fruit").act("fruit")
    assert session.answer(fruit="pear").question == "pear red"


def test_an_action_with_priority_forgets_the_others(session):
    session.act("fruit").act("_da_priority_action", _action="color", _arguments={})
    assert session.question == "Color?"
    assert session.answer(color="green").question == "fig green"


def test_each_browser_has_its_own_stack(session):
    session.act("fruit")
    session.browser = "another"
    assert session.show().question == "fig red"
    session.browser = "test"
    assert session.show().question == "Fruit?"


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        ("'fruit', {'undefine': 'color'}", "Color?"),
        ("'fruit', {'set': {'color': 'blue'}}", "pear blue"),
        ("'fruit', {'set': [{'color': 'blue'}]}", "pear blue"),
        ("'fruit', {'invalidate': ['color']}", "Color?"),
        ("'fruit', {'action': 'set_number', 'arguments': {'number': 9}}", "pear red"),
        ("'fruit', {'recompute': 'length'}", "pear red"),
        ("'fruit', 'nothing_of_the_kind'", "pear red"),
        ("'fruit', {'follow up': ['color']}", "Color?"),
    ],
)
def test_force_ask_takes_commands(items, shown):
    session = interview(
        FRUIT
        + f"""
    ---
    event: go
    code: |
      force_ask({items})
    ---
    scan for variables: False
    sets: length
    code: |
      length = len(fruit)
    """
    )
    session.answer(fruit="fig").answer(color="red")
    assert session.act("go").question == "Fruit?"
    assert session.answer(fruit="pear").question == shown


def test_recompute_computes_anew():
    session = interview(
        FRUIT
        + """
    ---
    event: go
    code: |
      length
      force_ask('fruit', {'recompute': 'length'})
    ---
    code: |
      length = len(fruit)
    """
    )
    session.answer(fruit="fig").answer(color="red").act("go").answer(fruit="apple")
    assert session.answers["length"] == 5


def test_an_invalidated_value_is_the_default_when_it_is_asked_again(session):
    session.act("_da_invalidate", variables=["color"])
    assert session.question == "Color?"
    assert session.field("color").value == "red"


def test_force_ask_refuses_what_is_no_item():
    with pytest.raises(EvaluationError):
        interview("    mandatory: True\n    code: |\n      force_ask(5)")


def test_force_ask_seeks_variables_although_they_are_there():
    session = interview("""
    mandatory: True
    code: |
      fruit = 'fig'
      if not defined('asked'):
        asked = True
        force_ask('fruit')
    ---
    scan for variables: False
    code: |
      pass
    ---
    question: Fruit?
    fields:
      - F: fruit
    ---
    mandatory: True
    question: End
    """)
    assert session.question == "Fruit?"


def test_force_gather_asks_in_later_requests_too_until_the_variable_is_there(session):
    session = interview(
        FRUIT
        + """
    ---
    event: go
    code: |
      force_gather('extra')
    ---
    question: Extra?
    fields:
      - E: extra
    """
    )
    session.answer(fruit="fig").answer(color="red")
    assert session.act("go").question == "Extra?"
    assert session.show().question == "Extra?"
    assert session.answer(extra="x").question == "fig red"


# --- process_action --------------------------------------------------------------------------------------------------


def test_an_interview_may_carry_actions_out_where_it_wants():
    session = interview("""
    initial: True
    code: |
      prepared = True
      process_action()
    ---
    event: go
    code: |
      done = prepared
    ---
    mandatory: True
    question: End
    """)
    assert session.act("go").answers["done"] is True


def test_an_interview_may_refuse_actions():
    session = interview("""
    initial: True
    code: |
      if user_logged_in():
        process_action()
    ---
    event: go
    code: |
      done = True
    ---
    mandatory: True
    question: End
    """)
    assert "done" not in session.act("go").answers


# --- the actions that every interview has ----------------------------------------------------------------------------


def test_da_force_ask_asks_in_order(session):
    assert session.act("_da_force_ask", variables=["fruit", "color"]).question == "Fruit?"
    assert session.answer(fruit="pear").question == "Color?"
    assert session.answer(color="green").question == "pear green"


def test_da_undefine_forgets(session):
    assert session.act("_da_undefine", variables=["color"]).question == "Color?"


def test_da_set_sets(session):
    assert session.act("_da_set", variables=[{"color": "blue"}]).question == "fig blue"


def test_da_define_asks_only_for_what_is_not_there(session):
    assert session.act("_da_define", variables=["color"]).question == "fig red"
    assert session.act("_da_define", variables=["page_seen"]).question == "A page to leave"


@pytest.mark.parametrize("action", ["_da_define", "_da_compute", "need"])
def test_a_name_that_nothing_defines_does_not_spoil_the_session(session, action):
    assert session.act(action, variables=["nothing_of_the_kind"]).question == "fig red"
    assert session.show().question == "fig red"


def test_da_force_ask_takes_commands_too(session):
    session.act("_da_force_ask", variables=["fruit", {"undefine": ["color"]}])
    assert session.answer(fruit="pear").question == "Color?"


def test_da_compute_computes_anew():
    session = interview("""
    code: |
      total = n * 2
    ---
    scan for variables: False
    event: more
    code: |
      n = 5
    ---
    code: |
      n = 1
    ---
    mandatory: True
    question: ${ total }
    """)
    session.act("more")
    assert session.question == "2"
    assert session.act("_da_compute", variables=["total"]).question == "10"


def test_need_seeks_what_is_missing(session):
    assert session.act("need", variables=["page_seen"]).question == "A page to leave"


def test_da_exit_leaves_the_session(session):
    session.act("_da_exit")
    assert session.outcome == Exit("exit")


# --- names from outside ----------------------------------------------------------------------------------------------


HOSTILE = [
    "a[__import__('os').system('x')].b",
    "fruit[ran()]",
    "fruit[__import__('builtins').exit()]",
    "ran()",
    "ran().a",
    "(ran())",
    "fruit; ran()",
    "fruit\nran()",
    "[ran() for x in 'a']",
    "f'{ran()}'",
    "fruit if ran() else color",
    "lambda: ran()",
    "fruit.__class__.__init__",
    "_internal['answered']",
    "__builtins__",
    "x" * 300,
    "fruit[" * 200 + "]" * 200,
    "",
    " ",
    "\x00",
    "\ud800",
    "${ ran() }",
    "{ran()}",
    "%s%n",
    "_da_nothing",
    "_da_force_ask",
    "_da_priority_action",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_of_an_action_is_never_run_as_code(name):
    session = interview(
        FRUIT
        + """
    ---
    initial: True
    code: |
      def ran():
        global hit
        hit = True
    """
    )
    session.answer(fruit="fig").answer(color="red")
    assert session.act(name).question == "fig red"
    assert "hit" not in session.answers


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("action", ["_da_force_ask", "_da_compute", "_da_define", "_da_undefine", "_da_invalidate", "need"])
def test_the_variables_of_a_built_in_action_are_never_run_as_code(action, name):
    session = interview(
        FRUIT
        + """
    ---
    initial: True
    code: |
      def ran():
        global hit
        hit = True
    """
    )
    session.answer(fruit="fig").answer(color="red")
    assert session.act(action, variables=[name]).question == "fig red"
    assert "hit" not in session.answers


@pytest.mark.parametrize("name", HOSTILE)
def test_the_names_that_an_action_sets_are_never_run_as_code(name):
    session = interview(FRUIT).answer(fruit="fig").answer(color="red")
    session.act("_da_set", variables=[{name: "x"}])
    assert session.question == "fig red"
    assert set(session.answers) <= {"fruit", "color", "x" * 300}


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"variables": None},
        {"variables": 5},
        {"variables": {}},
        {"variables": [[]]},
        {"variables": [{"a": 1}, None]},
        {"x": 1},
    ],
)
@pytest.mark.parametrize(
    "action",
    ["_da_force_ask", "_da_compute", "_da_define", "_da_undefine", "_da_invalidate", "_da_set", "_da_priority_action", "need"],
)
def test_arguments_of_any_shape_are_no_server_error(session, action, arguments):
    session.act(action, **arguments)
    assert session.question


@pytest.mark.parametrize("arguments", [5, "text", [1], None])
def test_a_priority_action_takes_arguments_of_any_shape(session, arguments):
    assert session.act("_da_priority_action", _action="fruit", _arguments=arguments).question == "Fruit?"


def test_an_action_can_not_undefine_what_is_no_answer(session):
    session.act("_da_undefine", variables=["format_date", "_internal"])
    assert session.question == "fig red"


def test_an_action_can_not_overwrite_the_books(session):
    session.act("_da_set", variables=[{"_internal": {}}, {"__builtins__": {}}])
    assert session.question == "fig red"
    assert session.internal["tracker"] > 0


CHANGING = ["_da_compute", "_da_define", "_da_undefine", "_da_invalidate", "_da_set"]


@pytest.mark.parametrize("action", CHANGING)
def test_an_address_can_not_ask_for_an_action_that_changes_answers_by_itself(session, action):
    session.interface = "web"
    with pytest.raises(ActionRefused):
        session.act(action, variables=["color"])
    assert session.answers["color"] == "red"


@pytest.mark.parametrize("action", CHANGING)
def test_nor_can_it_do_so_by_way_of_another_action(session, action):
    session.interface = "web"
    with pytest.raises(ActionRefused):
        session.act("_da_priority_action", _action=action, _arguments={"variables": ["color"]})


@pytest.mark.parametrize(
    "command",
    [{"set": {"color": "x"}}, {"undefine": "color"}, {"invalidate": "color"}, {"recompute": "color"}, {"action": "_da_set"}],
)
def test_nor_by_a_command_to_ask(session, command):
    session.interface = "web"
    with contextlib.suppress(ActionRefused):
        session.act("_da_force_ask", variables=[command, "fruit", command])
        session.answer(fruit="fig")
    assert session.answers["color"] == "red"


@pytest.mark.parametrize("action", ["_da_force_ask", "need"])
def test_an_address_can_ask_for_questions(session, action):
    session.interface = "web"
    assert session.act(action, variables=["page_seen"]).question == "A page to leave"


def test_a_priority_action_can_not_name_code(session):
    session.act("_da_priority_action", _action="fruit[__import__('os').abort()]", _arguments={})
    assert session.question == "fig red"


# --- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "address"),
    [
        ("url_action('a')", "action:a?"),
        ("url_action('a', b=1)", "action:a?b=1"),
        ("url_action('a', _forget_prior=True)", "action:priority:a?"),
        ("interview_url_action('a', b=1)", "action:session:a?b=1"),
        ("interview_url()", "interview:?"),
        ("interview_url(i='other.yml', a=1)", "interview:other.yml?a=1"),
        ("url_of('exit')", "page:exit"),
    ],
)
def test_addresses_come_from_the_host(call, address):
    session = interview(
        f"    mandatory: True\n    code: |\n      address = {call}\n    ---\n    mandatory: True\n    question: End"
    )
    assert session.answers["address"] == address


def test_an_action_that_answers_by_itself_is_over():
    running = interview("""
        mandatory: True
        code: |
          count = 0
        ---
        mandatory: True
        question: Counted ${ count }
        ---
        event: count_up
        code: |
          count += step
          json_response(count)
        ---
        question: By how much?
        fields:
          - Step: step
            datatype: integer
    """)
    running.act("count_up")
    assert running.question == "By how much?"
    assert running.answer(step="2").outcome.body == b"2"
    assert running.show().question == "Counted 2"
    assert running.act("count_up").outcome.body == b"4"
    assert running.show().question == "Counted 4"


@pytest.mark.parametrize("name", ["people[i].name", "people[nobody].name", "x.name"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_name_with_something_in_it_that_nobody_has_is_forgiven_now_and_later(name, wrapped):
    session = interview("""
    objects:
      - people: DAList.using(object_type=DAObject, there_are_any=True, auto_gather=False)
    ---
    question: Name?
    fields:
      - N: people[i].name
    ---
    generic object: DAObject
    question: Name of x?
    fields:
      - N: x.name
    ---
    question: Color?
    fields:
      - C: color
    ---
    mandatory: True
    question: ${ color }
    """).answer(color="red")
    if wrapped:
        assert session.act("_da_force_ask", variables=["color", name]).question == "Color?"
        assert session.answer(color="blue").question == "blue"
    else:
        assert session.act(name).question == "red"
    assert session.act("need", variables=[name]).show().screen.question in ("red", "blue")


@pytest.mark.parametrize(
    ("expression", "address"),
    [("interview_url_as_qr(x=1)", "interview:?x=1"), ("interview_url_action_as_qr('go', x=1)", "action:session:go?x=1")],
)
def test_the_address_of_a_session_can_be_a_code_for_a_telephone(expression, address):
    session = interview(f"mandatory: True\ncode: |\n  made = {expression}\n---\nmandatory: True\nquestion: ${{ made }}")
    assert session.answers["made"] == f"[QR {address}, None]"
    assert "<svg" in session.screen.question_html
