"""From the start of a task to its end, in the store: what is saved, what isn't, and what its session learns."""

from __future__ import annotations

import dataclasses
import datetime
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from docassemble_lite.errors import EvaluationError
from docassemble_lite.host import Person
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.freezer import thaw
from docassemble_lite.store.tables import tasks
from docassemble_lite.store.tasks import LateReport
from docassemble_lite.visit import Show
from docassemble_lite.visit.checkin import CheckIns
from docassemble_lite.visit.limits import TooLong
from docassemble_lite.visit.task_run import Failure, Stopped, TaskRun
from tests.store.tasking import Begin, Session, surroundings_for

#: A task whose action is given by `act`, and whose response adds to the list `seen`.
INTERVIEW = """\
mandatory: True
code: |
  seen = []
  task = background_action('go', {mode!r}, n=4)
---
event: go
code: |
{act}
---
event: respond
code: |
{respond}
---
event: failed
code: |
  seen.append(action_argument('error_type'))
  mistake = action_arguments()
  background_response('handled')
---
event: waiting
question: Please wait
---
event: add
code: |
  seen.append(action_argument('what'))
---
question: A number?
fields:
  - Number: number
    datatype: integer
---
question: Only a person knows
fields:
  - Answer: asked_of_a_person
---
mandatory: True
code: |
  if not task.ready():
    {first}
    waiting
---
mandatory: True
question: |
  ${{ task.state() }} ${{ task.get() }} ${{ seen }}
"""
RESPOND = "seen.append(action_argument('what'))\nbackground_response('responded')"


@pytest.fixture
def begin(store: Store, settings: Settings, alice: bytes, tmp_path: Path) -> Iterator[Begin]:
    """`begin("code of the action")` begins a session that has started a task; `text` is another interview altogether."""
    with ExitStack() as open_ones:

        def start(
            act: str = "", *, respond: str = RESPOND, mode: str | None = None, first: str = "pass", text: str = "", **more: Any
        ) -> Session:
            made = INTERVIEW.format(act=_indented(act), respond=_indented(respond), mode=mode, first=first)
            around = open_ones.enter_context(surroundings_for(store, settings, tmp_path / "interviews", text or made))
            return Session(around, alice, **more)

        yield start


def _indented(code: str) -> str:
    return "\n".join(f"  {line}" for line in code.split("\n"))


def _details(session: Session, number: int = 0) -> dict[str, Any]:
    return dict(thaw(session.report(number).result or b"")[0])


# --- how it ends ---------------------------------------------------------------------------------------------------------


def test_a_task_that_responds_is_done_and_has_its_value(begin: Begin) -> None:
    session = begin("background_response(action_argument('n') * 2)").run()
    assert session.report().state == "done"
    assert session.show().question == "SUCCESS 8 []"


def test_what_the_action_changes_is_forgotten_and_what_the_response_changes_is_saved(begin: Begin) -> None:
    session = begin("seen.append('forgotten')\nbackground_response_action('respond', what='kept')").run()
    assert session.show().question == "SUCCESS responded ['kept']"


def test_a_response_adds_no_step_and_leaves_the_open_page_valid(begin: Begin) -> None:
    session = begin("background_response_action('respond', what='kept')", first="number")
    page = session.visited
    session.run()
    session.visited = page
    assert session.answer(number="5").question == "SUCCESS responded ['kept']"
    assert session.answers["number"] == 5


@pytest.mark.parametrize(
    ("act", "error_type", "sought"),
    [
        ("1 / 0", "ZeroDivisionError", "go"),
        ("background_response(asked_of_a_person)", "NameError", "asked_of_a_person"),
        ("background_response(nobody_knows)", "NameError", "nobody_knows"),
        ("pass", "NoBackgroundResponse", "waiting"),
        ("command('exit')", "NoBackgroundResponse", "go"),
        ("command('wait')", "NoBackgroundResponse", "go"),
    ],
)
def test_a_task_that_does_not_respond_ends_as_failed_and_says_why(begin: Begin, act: str, error_type: str, sought: str) -> None:
    session = begin(act).run()
    assert (session.report().state, session.report().error_type) == ("failed", error_type)
    details = _details(session)
    assert details["variables"][0] == sought
    assert details["error_message"]
    assert session.show().question == "FAILURE None []"


def test_a_task_for_which_there_is_no_block_ends_as_failed(begin: Begin) -> None:
    text = """
    mandatory: True
    code: |
      task = background_action('there_is_no_such_block')
    ---
    mandatory: True
    question: ${ task.ready() and task.failed() }
    """
    assert begin(text=text).run().show().question == "True"


def test_response_ends_a_task_like_background_response(begin: Begin) -> None:
    assert begin("response('text')").run().report().state == "done"
    assert begin("background_response_action('respond')", respond="seen.append('kept')\nresponse()").run().answers["seen"] == [
        "kept"
    ]


# --- error actions -------------------------------------------------------------------------------------------------------


def test_an_error_action_is_told_of_the_error_and_its_changes_are_saved(begin: Begin) -> None:
    """P12: type, message and trace."""
    session = begin("background_error_action('failed', stage=2)\n1 / 0").run()
    assert (session.report().state, session.report().error_type) == ("failed", "ZeroDivisionError")
    assert session.show().question == "FAILURE handled ['ZeroDivisionError']"
    mistake = session.answers["mistake"]
    assert (mistake["stage"], mistake["error_message"]) == (2, "division by zero")
    assert "test.yml" in mistake["error_trace"]
    assert "ZeroDivisionError" in mistake["error_trace"]


def test_of_a_response_that_fails_midway_nothing_is_saved(begin: Begin) -> None:
    """P12."""
    session = begin("background_response_action('respond')", respond="seen.append('half')\n1 / 0").run()
    assert session.report().state == "failed"
    assert session.answers["seen"] == []


def test_a_response_that_fails_runs_the_error_action(begin: Begin) -> None:
    """P12."""
    act = "background_error_action('failed')\nbackground_response_action('respond')"
    session = begin(act, respond="seen.append('half')\n1 / 0").run()
    assert session.report().state == "failed"
    assert session.answers["seen"] == ["ZeroDivisionError"]


def test_a_response_that_would_ask_a_person_fails_and_saves_nothing(begin: Begin) -> None:
    session = begin(
        "background_response_action('respond')", respond="seen.append(asked_of_a_person)\nbackground_response()"
    ).run()
    assert (session.report().state, _details(session)["variables"]) == ("failed", ["asked_of_a_person"])
    assert session.answers["seen"] == []


def test_an_error_action_that_fails_itself_leaves_the_first_error(begin: Begin) -> None:
    session = begin("background_error_action('respond')\n1 / 0", respond="seen.append(1)\n[][0]").run()
    assert (session.report().state, session.report().error_type) == ("failed", "ZeroDivisionError")
    assert session.answers["seen"] == []


def test_a_value_that_cannot_be_stored_is_an_error(begin: Begin) -> None:
    session = begin("import threading\nbackground_error_action('failed')\nbackground_response(threading.Lock())").run()
    assert session.report().error_type == "AnswersNotStorable"
    assert session.answers["seen"] == ["AnswersNotStorable"]


def test_a_response_that_makes_the_answers_unstorable_is_an_error_and_saves_nothing(begin: Begin) -> None:
    respond = "import threading\nlock = threading.Lock()\nseen.append(1)\nbackground_response()"
    session = begin("background_response_action('respond')", respond=respond).run()
    assert session.report().error_type == "AnswersNotStorable"
    assert session.answers["seen"] == []


def test_an_error_action_in_a_page_is_a_mistake(begin: Begin) -> None:
    with pytest.raises(EvaluationError, match="for code that runs in the background"):
        begin(text="mandatory: True\ncode: |\n  background_error_action('failed')\n")


# --- arguments and identity ----------------------------------------------------------------------------------------------


def test_arguments_are_whatever_answers_can_hold(begin: Begin) -> None:
    text = """
    objects:
      - ada: Individual
    ---
    mandatory: True
    code: |
      ada.name.first = 'Ada'
      import datetime
      task = background_action('go', None, who=ada, when=datetime.date(2026, 5, 4), mixed={'list': [1, None, {2}]})
    ---
    event: go
    code: |
      arguments = action_arguments()
      background_response([arguments['who'].name.first, arguments['when'].year, arguments['mixed'], sorted(arguments)])
    ---
    mandatory: True
    code: |
      value = task.get() if task.ready() else None
    ---
    mandatory: True
    question: End
    """
    session = begin(text=text).run()
    assert _details(session)["value"] == ["Ada", 2026, {"list": [1, None, {2}]}, ["mixed", "when", "who"]]


def test_a_function_as_an_argument_is_a_mistake(begin: Begin) -> None:
    with pytest.raises(EvaluationError, match="The argument what"):
        begin(text="mandatory: True\ncode: |\n  background_action('go', what=len)\n")


def test_a_task_knows_the_person_who_started_it(begin: Begin) -> None:
    carol = Person(7, "carol@example.com", "Carol", "Cole", privileges=("advocate",))
    act = (
        "background_response_action('respond', what=[user_logged_in(), user_info().email, user_has_privilege('advocate'),"
        " user_has_privilege('admin'), interview_url().partition('/interview')[0]])"
    )
    respond = "seen.extend([action_argument('what'), user_info().first_name])\nbackground_response()"
    session = begin(act, respond=respond, person=carol).run()
    assert session.answers["seen"] == [[True, "carol@example.com", True, False, "https://example.com"], "Carol"]


def test_a_task_of_somebody_who_is_not_signed_in_knows_that(begin: Begin) -> None:
    session = begin("background_response([user_logged_in(), user_privileges()])").run()
    assert _details(session)["value"] == [False, ["user"]]


# --- tasks that start tasks ----------------------------------------------------------------------------------------------


def test_a_task_starts_another_one_at_once(begin: Begin) -> None:
    session = begin("child = background_action('add_later', n=1)\nbackground_response(child.ready())").run()
    assert session.report(0).state == "done"
    assert (session.report(1).action, session.report(1).state) == ("add_later", "waiting")
    assert session.surroundings.broker.woken == session.task_ids  # type: ignore[attr-defined]


def test_a_response_starts_tasks_together_with_what_it_saves(begin: Begin) -> None:
    respond = "seen.append(background_action('go'))\nbackground_response()"
    session = begin("background_response_action('respond')", respond=respond).run()
    assert session.report(1).state == "waiting"
    assert session.answers["seen"][0].id == session.task_ids[1]


def test_a_response_that_fails_starts_nothing(begin: Begin) -> None:
    session = begin("background_response_action('respond')", respond="background_action('go')\n1 / 0").run()
    assert len(session.task_ids) == 1


def test_a_response_can_hand_on_to_another_action(begin: Begin) -> None:
    respond = "seen.append(1)\nif len(seen) < 3:\n  background_response_action('respond')\nbackground_response(len(seen))"
    session = begin("background_response_action('respond')", respond=respond).run()
    assert session.show().question == "SUCCESS 3 [1, 1, 1]"


def test_a_response_can_end_the_session(begin: Begin, store: Store) -> None:
    session = begin("background_response_action('respond')", respond="command('exit')").run()
    with store.engine.connect() as connection:
        assert connection.execute(select(tasks)).first() is None
    assert session.task_ids == []


# --- others in the same session --------------------------------------------------------------------------------------------


def test_p11_a_response_and_a_post_of_the_same_moment_are_both_there(begin: Begin) -> None:
    """P11: the response finds that somebody else saved first, and runs again on the fresh answers."""
    act = "background_response_action('respond', what='by the task')"
    session = begin(act, first="number")
    run = TaskRun(session.surroundings, session.claim(), limit=_once(lambda: session.answer(number="7"), when=2))
    assert run.run() == "done"
    assert (session.answers["number"], session.answers["seen"]) == (7, ["by the task"])


def _once(work: Callable[[], object], when: int) -> Any:
    """A limit within which `work` is done, once, when code runs for the `when`-th time: after the answers were loaded."""
    count = []

    @contextmanager
    def limit(_: float) -> Iterator[None]:
        count.append(1)
        if len(count) == when:
            work()
        yield

    return limit


SAME = """
mandatory: True
code: |
  score = 1
  task = background_action('go')
---
event: go
code: |
  background_response_action('respond')
---
event: respond
code: |
  score = 100
  background_response()
---
event: change
code: |
  score = 50
---
question: Which score?
fields:
  - The score: score
    datatype: integer
continue button field: scored
---
mandatory: True
code: |
  scored
---
mandatory: True
question: ${ score }
"""


def test_p11_whoever_answers_a_screen_that_a_task_has_changed_is_told_so(begin: Begin) -> None:
    """P11: the later commit wins, and the person learns that there was another value."""
    session = begin(text=SAME)
    page = session.visited
    session.run()
    assert session.answers["score"] == 100
    session.visited = page
    session.answer(score="7")
    assert session.question == "7"
    ((text, kind),) = session.screen.flashes
    assert kind == "warning"
    assert "The score" in text
    assert session.show().screen.flashes == ()


def test_p11_whose_answer_a_task_has_replaced_is_told_so(begin: Begin) -> None:
    """P11: the task began before the person's answer and commits after it."""
    session = begin(text=SAME)
    run = TaskRun(session.surroundings, session.claim(), _once(lambda: session.act("change"), when=1))
    run.run()
    assert session.answers["score"] == 100
    ((text, _),) = session.show().screen.flashes
    assert "score" in text
    assert session.show().screen.flashes == ()


def test_a_person_who_saw_what_the_task_changed_is_not_told(begin: Begin) -> None:
    session = begin(text=SAME).run().show()
    assert session.answer(score="7").screen.flashes == ()


# --- attempts ------------------------------------------------------------------------------------------------------------


def test_p9_a_task_that_was_taken_over_changes_nothing(begin: Begin, store: Store) -> None:
    """P9, P10: two attempts at one task, of which the first has lost it."""
    session = begin("background_response_action('respond', what='once')")
    first = session.claim()
    with store.engine.begin() as connection:
        connection.execute(update(tasks).values(state="waiting"))
    session.run()
    with pytest.raises(LateReport):
        TaskRun(session.surroundings, first, _once(lambda: None, 1)).run()
    assert session.answers["seen"] == ["once"]


def test_p4_the_error_action_of_a_lost_task_runs_and_its_effect_is_there(
    begin: Begin, store: Store, move_clock: Callable[[float], None]
) -> None:
    """P4: the worker died after it had said what to do then."""
    session = begin("background_error_action('failed', stage='lost')\nbackground_response()")
    with pytest.raises(SystemExit):
        TaskRun(session.surroundings, session.claim(), _dying).run()
    move_clock(31)
    (lost,) = store.tasks.lost(30)
    assert TaskRun(session.surroundings, lost, _once(lambda: None, 0)).end_lost() == "failed"
    assert session.answers["seen"] == ["WorkerLost"]
    assert session.answers["mistake"]["stage"] == "lost"
    assert session.report().error_type == "WorkerLost"


@contextmanager
def _dying(_: float) -> Iterator[None]:
    """A limit at the end of which the process ends."""
    yield
    raise SystemExit


@contextmanager
def _too_long(_: float) -> Iterator[None]:
    yield
    raise TooLong


def test_p37_a_task_that_took_too_long_ends_as_failed(begin: Begin) -> None:
    """P37: with an error type of its own."""
    session = begin("background_response()")
    assert TaskRun(session.surroundings, session.claim(), _too_long).run() == "failed"
    assert session.report().error_type == "TooLong"


def test_a_task_that_was_stopped_reports_nothing(begin: Begin) -> None:
    session = begin("background_response()")

    @contextmanager
    def stopped(_: float) -> Iterator[None]:
        yield
        raise Stopped

    with pytest.raises(Stopped):
        TaskRun(session.surroundings, session.claim(), stopped).run()
    assert session.report().state == "running"


def test_an_author_who_catches_everything_does_not_catch_the_end(begin: Begin) -> None:
    act = "try:\n  background_response('kept')\nexcept Exception:\n  background_response('eaten')"
    assert _details(begin(act).run())["value"] == "kept"


def test_p43_a_task_runs_the_interview_as_it_was_when_it_began(begin: Begin) -> None:
    """P43: its file is changed between the action and the response."""
    session = begin("background_response_action('respond', what='as it was')")
    file = session.surroundings.settings.interviews / "test.yml"

    def edit() -> None:
        file.write_text(file.read_text().replace("action_argument('what')", "'as it is now'"))

    TaskRun(session.surroundings, session.claim(), _once(edit, when=1)).run()
    assert session.answers["seen"] == ["as it was"]


def test_a_failure_that_is_not_the_authors_ends_the_task(begin: Begin) -> None:
    session = begin("background_response()")
    run = TaskRun(session.surroundings, session.claim(), _once(lambda: None, 0))
    assert run.fail(Failure("OSError", "no space left")) == "failed"
    assert (session.report().error_type, _details(session)["error_message"]) == ("OSError", "no space left")


def test_the_log_of_a_task_names_task_interview_and_action(begin: Begin, caplog: pytest.LogCaptureFixture) -> None:
    session = begin("log('said by the author')\nbackground_response()")
    with caplog.at_level(logging.INFO):
        session.run()
    (record,) = [record for record in caplog.records if "said by the author" in record.getMessage()]
    for part in (f"task={session.task_ids[0]}", "interview=test.yml", "name=go"):
        assert part in record.getMessage()


def test_p36_the_log_of_a_mistake_holds_no_answer(begin: Begin, caplog: pytest.LogCaptureFixture) -> None:
    """P36: Python's messages quote values; the log has the place and the kind of the mistake."""
    with caplog.at_level(logging.DEBUG):
        begin("int('the canary')").run()
    assert "canary" not in caplog.text
    assert "ValueError" in caplog.text


# --- telling the browser -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "act", "command"),
    [
        ("flash", "background_response('Done it.')", ("flash", "Done it.")),
        ("flash", "background_response(5)", ("flash", "5")),
        ("refresh", "background_response('whatever')", ("refresh", None)),
        ("javascript", "background_response('alert(1)')", ("javascript", "alert(1)")),
        ("fields", "background_response({'number': 5, 'not_on_the_screen': 6})", ("fields", {"number": {"texts": ["5"]}})),
        ("flash", "background_response_action('respond')", ("flash", "responded")),
        ("flash", "background_error_action('failed')\n1 / 0", ("flash", "handled")),
        ("refresh", "1 / 0", ("refresh", None)),
    ],
)
def test_a_page_is_told_once(begin: Begin, mode: str, act: str, command: tuple[str, Any]) -> None:
    session = begin(act, mode=mode, first="number")
    assert session.check_in().commands == ()
    assert session.check_in().pending
    session.run()
    (told,) = session.check_in().commands
    assert (told.action, told.value) == command
    assert session.check_in().commands == ()
    after = session.check_in(told=(told.id,))
    assert (after.commands, after.pending) == ((), False)


def test_a_task_that_fails_silently_tells_nothing(begin: Begin) -> None:
    session = begin("1 / 0", mode="flash").run()
    assert session.check_in().commands == ()
    assert not session.check_in().pending


def test_another_browser_in_the_session_is_not_told(begin: Begin) -> None:
    session = begin("background_response('Done it.')", mode="flash").run()
    assert session.check_in(who="bob").commands == ()
    assert len(session.check_in().commands) == 1


def test_whoever_a_task_starts_another_for_is_told_of_that(begin: Begin) -> None:
    text = """
    mandatory: True
    code: |
      task = background_action('first')
    ---
    event: first
    code: |
      background_action('second', 'flash')
      background_response()
    ---
    event: second
    code: |
      background_response('From the second.')
    ---
    mandatory: True
    question: End
    """
    session = begin(text=text).run(0).run(1)
    assert [command.value for command in session.check_in().commands] == ["From the second."]


def test_a_page_that_waits_learns_that_the_task_is_over(begin: Begin) -> None:
    session = begin("background_response()")
    assert session.visited
    assert dict(session.visited.tasks) == {session.task_ids[0]: "waiting"}
    found = session.check_in()
    assert (found.over, dict(found.states)) == (False, {session.task_ids[0]: "waiting"})
    session.run()
    assert session.check_in().over


def test_a_visit_says_whether_the_page_may_have_to_be_told(begin: Begin) -> None:
    session = begin("background_response('Done it.')", mode="flash")
    assert session.visited
    assert session.visited.has_news
    (told,) = session.run().check_in().commands
    session.check_in(told=(told.id,))
    assert session.show().visited
    assert not session.visited.has_news


def test_fields_are_filled_in_whatever_their_datatype(begin: Begin) -> None:
    text = """
    mandatory: True
    code: |
      task = background_action('go', 'fields')
    ---
    event: go
    code: |
      import datetime
      background_response({
        'born': datetime.date(2026, 5, 4), 'agreed': True, 'fruit': ['apple'], 'amount': 2.5, 'color': 'red', 'no_field': 1,
        'person.name': 'Ada', 'nothing': object.__doc__})
    ---
    objects:
      - person: DAObject
    ---
    mandatory: True
    question: Q
    fields:
      - Born: born
        datatype: date
      - Agreed: agreed
        datatype: yesno
      - Fruit: fruit
        datatype: checkboxes
        choices: [apple, pear]
      - Amount: amount
        datatype: currency
      - Color: color
        choices: [red, green]
      - Name: person.name
      - Nothing: nothing
        required: False
    """
    (told,) = begin(text=text).run().check_in().commands
    values = dict(told.value)
    assert values.pop("nothing")["texts"]
    assert {name: filling["texts"] for name, filling in values.items()} == {
        "born": ["2026-05-04"],
        "agreed": ["True"],
        "fruit": ["apple"],
        "amount": ["2.50"],
        "color": ["red"],
        "person.name": ["Ada"],
    }


def test_fields_that_are_no_dictionary_fill_nothing_in(begin: Begin, caplog: pytest.LogCaptureFixture) -> None:
    (told,) = begin("background_response('text')", mode="fields", first="number").run().check_in().commands
    assert told.value == {}
    assert "fields_refused" in caplog.text


# --- time limits of pages ------------------------------------------------------------------------------------------------


def test_p37_code_of_a_page_that_takes_too_long_is_stopped_with_its_line(
    store: Store, settings: Settings, alice: bytes, tmp_path: Path
) -> None:
    """P37: also where it sits in a call of the system, and what comes of it later isn't saved."""
    held = tmp_path / "held"
    os.mkfifo(held)
    text = f"""
    mandatory: True
    code: |
      started = True
    ---
    event: endless
    code: |
      import os
      os.close(os.open({str(held)!r}, os.O_RDONLY))
      late = True
    ---
    mandatory: True
    question: Here
    """
    short = dataclasses.replace(settings, time_limit=1.0)
    with surroundings_for(store, short, tmp_path / "interviews", text) as around:
        session = Session(around, alice)
        with pytest.raises(EvaluationError, match="more than 1 seconds") as caught:
            session.act("endless")
        assert (caught.value.cause_name, caught.value.line) == ("TooLong", 8)
        assert session.show().question == "Here"
        os.close(os.open(held, os.O_WRONLY))
        end = datetime.datetime.now() + datetime.timedelta(seconds=1)
        while datetime.datetime.now() < end:
            assert "late" not in session.answers


def test_a_page_can_take_its_messages_along(begin: Begin, alice: bytes) -> None:
    """Where no script runs nothing checks in: the next page shows them, once."""
    session = begin("background_response('Done it.')", mode="flash").run()
    checkins = CheckIns(session.surroundings)
    assert checkins.take_flashes(session.id, alice, "bob") == []
    assert checkins.take_flashes(session.id, alice, "alice") == ["Done it."]
    assert checkins.take_flashes(session.id, alice, "alice") == []
    assert session.check_in().commands == ()


def test_a_glance_saves_nothing(begin: Begin) -> None:
    """The page on which somebody is typing stays valid, whatever there would be to see by now."""
    session = begin("background_response()", first="number")
    page = session.visited
    assert page
    session.run()
    glance = session.visits.visit(session.id, session.secret, session._request(), Show(glance=True))
    assert glance.outcome != page.outcome
    session.visited = page
    assert session.answer(number="5").question == "SUCCESS None []"
    assert session.answers["number"] == 5


def test_a_visit_says_whether_there_are_tasks_that_are_not_over(begin: Begin) -> None:
    session = begin("background_response()")
    assert session.show().visited
    assert session.visited.has_open_tasks
    assert session.surroundings.store.tasks.open_ids(session.id) == session.task_ids
    assert not session.run().show().visited.has_open_tasks
    assert session.surroundings.store.tasks.open_ids(session.id) == []
