"""What the metadata of an interview says about who may use it, begin it and see it on the list."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.access import Access, Verdict
from docassemble_lite.host import Person
from tests.unit.engine.interviewing import program, source_mistake

NOBODY = Person()
PLAIN = Person(id=1)
ADVOCATE = Person(id=2, privileges=("advocate",))
ADMIN = Person(id=3, privileges=("admin", "developer"))

YES, SIGN_IN, NO = Verdict.YES, Verdict.SIGN_IN, Verdict.NO


def access(*lines: str) -> Access:
    """What these lines of metadata require."""
    return program("\n".join(["metadata:", "  title: T", *(f"  {line}" for line in lines)]) + "\n---\nquestion: Hello").access


def verdicts(given: Access) -> list[Verdict]:
    return [given.to_use(person) for person in (NOBODY, PLAIN, ADVOCATE, ADMIN)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("short title: t", [YES, YES, YES, YES]),
        ("required privileges: []", [YES, YES, YES, YES]),
        ("required privileges: admin", [SIGN_IN, NO, NO, YES]),
        ("required privileges: [admin, advocate]", [SIGN_IN, NO, YES, YES]),
        ("required privileges: user", [SIGN_IN, YES, NO, NO]),
        ("required privileges: [advocate, anonymous]", [YES, NO, YES, NO]),
        ("require login: True", [SIGN_IN, YES, YES, YES]),
        ("require login: False", [YES, YES, YES, YES]),
        ("sessions are unique: True", [SIGN_IN, YES, YES, YES]),
        ("sessions are unique: [advocate]", [YES, YES, YES, YES]),
    ],
)
def test_who_may_use_an_interview(line, expected):
    assert verdicts(access(line)) == expected


def test_anonymous_people_are_let_in_by_name_whatever_else_is_required():
    given = access("require login: True", "required privileges: [anonymous, user]")
    assert verdicts(given)[:2] == [YES, YES]


def test_a_server_can_want_everybody_to_sign_in():
    assert access("short title: t").to_use(NOBODY, anonymous=False) is SIGN_IN
    assert access("required privileges: anonymous").to_use(NOBODY, anonymous=False) is SIGN_IN
    assert access("short title: t").to_use(PLAIN, anonymous=False) is YES


def test_the_last_metadata_counts():
    text = """
    metadata:
      required privileges: [admin]
      require login: True
    ---
    metadata:
      required privileges: []
    ---
    question: Hello
    """
    given = program(text).access
    assert given.privileges == ()
    assert given.login


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("required privileges for initiating: admin", [SIGN_IN, NO, NO, YES]),
        ("required privileges for initiating: None", [NO, NO, NO, NO]),
        ("required privileges for initiating:", [NO, NO, NO, NO]),
        ("required privileges: admin", [YES, YES, YES, YES]),
    ],
)
def test_who_may_begin_a_session(line, expected):
    assert [access(line).to_begin(person) for person in (NOBODY, PLAIN, ADVOCATE, ADMIN)] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("short title: t", [True, True, True, True]),
        ("unlisted: True", [False, False, False, False]),
        ("unlisted: False", [True, True, True, True]),
        ("required privileges: advocate", [False, False, True, False]),
        ("required privileges for listing: [admin, anonymous]", [True, False, False, True]),
        ("required privileges for initiating: None", [False, False, False, False]),
        ("require login: True", [False, True, True, True]),
    ],
)
def test_who_sees_an_interview_on_the_list(line, expected):
    assert [access(line).is_listed(person) for person in (NOBODY, PLAIN, ADVOCATE, ADMIN)] == expected


def test_what_may_not_be_opened_is_not_listed_either():
    given = access("required privileges: admin", "required privileges for listing: [advocate, admin]")
    assert not given.is_listed(ADVOCATE)
    assert given.is_listed(ADMIN)


def test_nobody_or_some_have_only_one_session():
    assert not access("short title: t").is_unique(ADMIN)
    assert access("sessions are unique: True").is_unique(PLAIN)
    some = access("sessions are unique: [advocate]")
    assert [some.is_unique(person) for person in (NOBODY, PLAIN, ADVOCATE)] == [False, False, True]


@pytest.mark.parametrize(
    "line",
    [
        "required privileges: {admin: True}",
        "required privileges: [5]",
        "required privileges for listing: ['']",
        "required privileges for initiating: 5",
        "sessions are unique: {a: b}",
        "require login: sometimes",
        "unlisted: 1",
        "hidden: 1",
        "temporary session: often",
        "show login: never",
        "tags: wills",
    ],
)
def test_what_cannot_be_understood_is_a_mistake(line):
    mistake = source_mistake(f"metadata:\n  title: T\n  {line}\n---\nquestion: Hello")
    assert f"“{line.partition(':')[0]}”" in mistake.message
    assert mistake.line == 3


def test_tags_are_texts_each_once():
    text = "metadata:\n  title: T\n  tags:\n    - wills\n    - 7\n    - wills\n---\nquestion: Hello"
    assert program(text).tags == ("wills", "7")
    assert program("question: Hello").tags == ()
