"""Tasks of an interview that were performed, or not yet."""

from __future__ import annotations

import pytest

from tests.unit.engine.interviewing import Interview, failure, interview

BEGINNING = "mandatory: True\nquestion: First\nfields:\n  - First: first\n"
END = "\n---\nmandatory: True\nquestion: Done"


def _after(code: str) -> Interview:
    lines = "\n".join("  " + line for line in code.splitlines())
    return interview(f"{BEGINNING}---\nmandatory: True\ncode: |\n{lines}{END}").answer(first="x")


def test_a_task_is_performed_once_it_is_marked() -> None:
    answers = _after(
        "before = [task_performed('t'), task_not_yet_performed('t'), times_task_performed('t')]\n"
        "mark_task_as_performed('t')\nmark_task_as_performed('t')\n"
        "after = [task_performed('t'), task_not_yet_performed('t'), times_task_performed('t'), task_performed('other')]"
    ).answers
    assert answers["before"] == [False, True, 0]
    assert answers["after"] == [True, False, 2, False]


def test_a_counter_can_be_set() -> None:
    answers = _after("set_task_counter('t', 5)\na = times_task_performed('t')\nset_task_counter('t', 0)\nb = task_performed('t')")
    assert (answers.answers["a"], answers.answers["b"]) == (5, False)


def test_going_back_takes_it_back_unless_it_is_persistent() -> None:
    session = _after("mark_task_as_performed('t')\nmark_task_as_performed('p', persistent=True)")
    assert session.internal["tasks"] == {"t": 1}
    session.back()
    assert session.internal["tasks"] == {}
    assert session.host.performed == {("session", "p"): 1}


@pytest.mark.parametrize("base", ["session", "interview", "user", "global", "family"])
def test_what_is_persistent_is_counted_for_whom_it_says(base: str) -> None:
    session = _after(
        f"mark_task_as_performed('t', persistent='{base}')\n"
        f"a = [task_performed('t'), times_task_performed('t', persistent='{base}')]\n"
        f"set_task_counter('t', 7, persistent='{base}')"
    )
    assert session.host.performed == {(base, "t"): 7}
    assert session.answers["a"] == [False, 1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("set_task_counter('t', -1)", "0 times or more"),
        ("set_task_counter('t', 'x')", "0 times or more"),
        ("task_performed(None)", "has a name"),
        ("task_performed('t', persistent=5)", "True, False or a text"),
    ],
)
def test_what_makes_no_sense_is_a_mistake_of_the_author(call: str, words: str) -> None:
    assert words in failure(f"mandatory: True\ncode: |\n  {call}\n").message
