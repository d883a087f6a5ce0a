"""Functions that end an evaluation, and those that say how it is saved and shown."""

from __future__ import annotations

import json

import pytest

from docassemble_lite.engine.screen import Exit, Redirect, Refresh, Response, TaskResponse
from docassemble_lite.errors import EvaluationError
from docassemble_lite.host import Person
from tests.unit.engine.interviewing import interview


def running(code: str, **options):
    """An interview that runs the code and then shows its last screen."""
    lines = "\n      ".join(code.splitlines())
    return interview(
        f"    mandatory: True\n    code: |\n      {lines}\n    ---\n    mandatory: True\n    question: The end", **options
    )


# --- message ---------------------------------------------------------------------------------------------------------------


def test_a_message_is_a_screen_at_which_the_interview_ends():
    session = running("message('Not *for* you', 'Sorry, **no**.')")
    assert session.question == "Not for you"
    assert "<strong>no</strong>" in session.screen.subquestion_html
    assert session.labels == ["Restart", "Exit"]


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        ("show_restart=False", ["Exit"]),
        ("show_exit=False", ["Restart"]),
        ("show_restart=False, show_exit=False", []),
        ("show_leave=True, show_exit=False, show_restart=False", ["Leave"]),
        ("buttons=[{'Back to start': 'restart'}]", ["Back to start"]),
    ],
)
def test_the_buttons_of_a_message_can_be_chosen(options, labels):
    assert running(f"message('Q', {options})").labels == labels


@pytest.mark.parametrize(("label", "outcome"), [("Restart", Exit("restart")), ("Exit", Exit("exit", "https://example.com"))])
def test_the_buttons_of_a_message_work(label, outcome):
    session = running("message('Q', url='https://example.com')")
    session.answer(label)
    assert session.outcome == outcome


def test_a_message_is_no_template():
    assert running("message('$' + '{ 1 + 1 }')").question == "${ 1 + 1 }"


# --- command ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["restart", "new_session", "exit", "logout", "exit_logout", "leave"])
def test_a_command_leaves_the_session(kind):
    assert running(f"command('{kind}', url='https://example.com')").outcome == Exit(kind, "https://example.com")


def test_the_command_refresh_shows_the_screen_again():
    assert running("command('refresh')").outcome == Refresh()


def test_a_command_that_is_not_there_is_an_error_with_those_that_are():
    with pytest.raises(EvaluationError, match="restart"):
        running("command('explode')")


# --- response --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "outcome"),
    [
        ("response('hé')", Response("hé".encode())),
        ("response(response='x', content_type='text/csv')", Response(b"x", "text/csv")),
        ("response(binaryresponse=b'\\x00\\xff')", Response(b"\x00\xff", "application/octet-stream")),
        ("response('no', response_code=404)", Response(b"no", status=404)),
        ("response(null=True)", Response(b"null")),
        ("response(url='https://example.com')", Redirect("https://example.com")),
        ("background_response()", TaskResponse(None)),
        ("background_response(5)", TaskResponse(5)),
        ("background_response(1, 2)", TaskResponse([1, 2])),
        ("background_response(a=1)", TaskResponse({"a": 1})),
    ],
)
def test_a_response_ends_the_evaluation(call, outcome):
    assert running(call).outcome == outcome


def test_json_is_sent_as_such():
    outcome = running("json_response({'a': [1, None, 'é']})").outcome
    assert isinstance(outcome, Response)
    assert json.loads(outcome.body) == {"a": [1, None, "é"]}
    assert outcome.content_type.startswith("application/json")


def test_all_variables_can_be_sent():
    outcome = running("a = 5\nb = DAObject('b', c=today())\nresponse(all_variables=True)").outcome
    assert isinstance(outcome, Response)
    assert json.loads(outcome.body)["a"] == 5


# --- how it is saved ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["new", "overwrite", "ignore"])
def test_the_save_status_can_be_set(status):
    assert running(f"set_save_status('{status}')").evaluation.save_status == status


def test_a_save_status_that_is_not_there_is_an_error():
    with pytest.raises(EvaluationError, match="overwrite"):
        running("set_save_status('never')")


def saving(status: str):
    return interview(f"""
    event: go
    code: |
      number = 5
      set_save_status('{status}')
    ---
    mandatory: True
    question: The end
    """)


def test_an_ignored_request_leaves_no_trace():
    session = saving("ignore").act("go")
    assert "number" not in session.answers


def test_an_overwriting_request_makes_no_step():
    session = saving("overwrite")
    steps = len(session.steps)
    session.act("go")
    assert (len(session.steps), session.answers["number"]) == (steps, 5)


def test_going_back_can_be_prevented():
    session = interview("""
    mandatory: True
    question: One
    continue button field: one
    ---
    mandatory: True
    code: |
      prevent_going_back()
    ---
    mandatory: True
    question: Two
    """).answer()
    assert session.internal["steps_offset"] == session.internal["steps"] == 2


# --- what is shown -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "kind"),
    [("log('Saved', 'success')", "success"), ("flash('Saved', 'success')", "success"), ("flash('Saved')", "info")],
)
def test_a_message_can_be_shown_above_the_screen(call, kind):
    assert ("Saved", kind) in running(call).screen.flashes


def test_a_message_is_shown_once():
    assert running("flash('Saved')").show().screen.flashes == ()


def test_a_line_can_be_written_to_the_log():
    session = running("log('Something')")
    assert ("Something", "log") in session.host.messages
    assert session.screen.flashes == ()


def test_interviews_can_read_the_configuration():
    assert running("a = [get_config('appname'), get_config('none', 'default')]", settings={"appname": "Acme"}).answers["a"] == [
        "Acme",
        "default",
    ]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("user_logged_in()", True),
        ("user_info().first_name", "Ann"),
        ("user_info().email", "ann@example.com"),
        ("user_has_privilege('advocate')", True),
        ("user_has_privilege(['admin', 'advocate'])", True),
        ("user_has_privilege('admin')", False),
        ("user_privileges()", ["advocate"]),
        ("interface()", "test"),
        ("referring_url('none')", "none"),
    ],
)
def test_interviews_know_who_is_there(expression, value):
    ann = Person(id=1, email="ann@example.com", first_name="Ann", privileges=("advocate",))
    assert running(f"a = {expression}", person=ann).answers["a"] == value


def test_an_anonymous_person_is_a_user_without_any_privilege():
    assert running("a = [user_logged_in(), user_privileges()]").answers["a"] == [False, ["user"]]
    asked = "a = [user_has_privilege(name) for name in ('user', 'anonymous', 'admin')]"
    assert running(asked).answers["a"] == [False, True, False]


def test_parts_of_the_page_can_be_changed_by_code():
    session = running("set_parts(title='Changed', subtitle='Sub', short_title='Ch')")
    assert (session.screen.title, session.screen.subtitle, session.screen.short_title) == ("Changed", "Sub", "Ch")


def test_all_answers_can_be_sent_as_json():
    outcome = interview("mandatory: True\ncode: |\n  fruit = 'apple'\n  variables_as_json()").outcome
    assert json.loads(outcome.body)["fruit"] == "apple"
    assert "_internal" not in json.loads(outcome.body)
