"""The conditions by which authors say which sessions they want."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from docassemble_lite.engine.functions.session_filters import DA, NoQuery, query_of
from docassemble_lite.session_query import Comparison, Negation, Together

S = DA.Sessions


def is_(field: str, value: Any, operator: Any = "==") -> Comparison:
    return Comparison(field, operator, (value,))


JOE, JOSEPH, SMITH = is_("first_name", "Joe"), is_("first_name", "Joseph"), is_("last_name", "Smith")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (lambda: S.user_id.In(1, 41), Comparison("user_id", "in", (1, 41))),
        (lambda: S.user_id.In([1, 41]), Comparison("user_id", "in", (1, 41))),
        (lambda: S.encrypted == True, is_("encrypted", True)),  # noqa: E712
        (lambda: S.user_id != None, is_("user_id", None, "!=")),  # noqa: E711
        (lambda: S.email.Like("%@abc.com"), is_("email", "%@abc.com", "like")),
        (lambda: (S.first_name == "Joe") | (S.last_name == "Smith"), Together("or", (JOE, SMITH))),
        (lambda: DA.Or(S.first_name == "Joe", S.last_name == "Smith"), Together("or", (JOE, SMITH))),
        (lambda: DA.And(S.first_name == "Joe"), Together("and", (JOE,))),
        (lambda: ~S.first_name.like("Jo%"), Negation(is_("first_name", "Jo%", "like"))),
        (lambda: ~(S.first_name == "Joseph"), Negation(JOSEPH)),
        # without parentheses
        (lambda: S.first_name == "Joseph" | S.first_name == "Joe", Together("or", (JOSEPH, JOE))),
        (
            lambda: S.first_name == "Joseph" | (S.first_name == "Joe" & S.last_name == "Smith"),
            Together("or", (JOSEPH, Together("and", (JOE, SMITH)))),
        ),
        (
            lambda: S.first_name == "Joseph" | S.first_name == "Joe" & S.last_name == "Smith",
            Together("or", (JOSEPH, Together("and", (JOE, SMITH)))),
        ),
        (
            lambda: S.first_name == "Joe" & S.last_name == "Smith" | S.first_name == "Joseph",
            Together("or", (Together("and", (JOE, SMITH)), JOSEPH)),
        ),
        (
            lambda: S.email.Like("%@abc.com") & S.last_name == "Smith",
            Together("and", (is_("email", "%@abc.com", "like"), SMITH)),
        ),
        (
            lambda: S.last_name == "Smith" & S.email.Like("%@abc.com"),
            Together("and", (SMITH, is_("email", "%@abc.com", "like"))),
        ),
        (
            lambda: S.user_id >= 3 & S.user_id < 7,
            Together("and", (is_("user_id", 3, ">="), is_("user_id", 7, "<"))),
        ),
    ],
)
def test_a_condition_means_what_it_says(written: Any, meant: Any) -> None:
    assert query_of(written()) == meant


def test_a_date_is_meant_in_the_time_zone_of_the_person() -> None:
    from tests.unit.engine.interviewing import interview

    text = """
    mandatory: True
    code: |
      query = DA.Sessions.modtime < '7/5/2026'
    ---
    mandatory: True
    question: Hello
    """
    found = query_of(interview(text).answers["query"])
    assert found == is_("modtime", datetime(2026, 7, 5, 4, 0), "<")


@pytest.mark.parametrize(
    "written",
    [
        lambda: S.email == 3,
        lambda: S.email == "a\0b",
        lambda: S.user_id == "3",
        lambda: S.user_id == 2**40,
        lambda: S.encrypted == 1,
        lambda: S.modtime.Like("2026%"),
        lambda: query_of(S.email),
        lambda: query_of("email = 'x'"),
        lambda: (S.email == "x") & True,
        lambda: DA.And(),
    ],
)
def test_what_cannot_be_meant_is_told(written: Any) -> None:
    with pytest.raises(NoQuery):
        written()


def test_what_is_not_known_of_sessions_is_told_with_what_is() -> None:
    with pytest.raises(AttributeError, match=r"“password_hash”.*There are: filename"):
        S.password_hash
