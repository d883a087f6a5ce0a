"""Sessions that are found, left and deleted by a condition."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from docassemble_lite.session_query import Comparison, Negation, SessionQuery, Together
from docassemble_lite.store import passwords
from docassemble_lite.store.database import Store
from docassemble_lite.store.passwords import Effort


def is_(field: str, value: Any, operator: Any = "==") -> Comparison:
    return Comparison(field, operator, (value,))


ADA, PLAIN = is_("first_name", "Ada"), is_("encrypted", False)


@pytest.fixture
def people(store: Store, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Ada, who has a private and a plain session, Ben, who is in her plain one and has one himself; one is nobody's."""
    monkeypatch.setattr(passwords, "EFFORT", Effort(memory=64, iterations=1, lanes=1))
    ids = {
        name: store.people.add(f"{name}@example.com", "a password", first_name=name.title()).id or 0 for name in ("ada", "ben")
    }
    for interview, owner, plain in (
        ("private", "ada", False),
        ("plain", "ada", True),
        ("ben", "ben", True),
        ("nobody", "", True),
    ):
        made = store.sessions.create(interview, b"a secret", {}, multi_user=plain, owner_id=ids.get(owner))
        if interview == "plain":
            store.sessions.note_person_access(made.session_id, ids["ben"])
    return ids


def found(store: Store, query: SessionQuery | None, user_id: int | None = None) -> set[str]:
    return {listed.interview for listed in store.sessions.listing(user_id, None, most=100, query=query)}


@pytest.mark.parametrize(
    ("query", "interviews"),
    [
        (ADA, {"private", "plain"}),
        (Negation(ADA), {"ben"}),
        (is_("user_id", None), {"nobody"}),
        (is_("user_id", None, "!="), {"private", "plain", "ben"}),
        (PLAIN, {"plain", "ben", "nobody"}),
        (Together("and", (ADA, PLAIN)), {"plain"}),
        (Together("or", (ADA, is_("filename", "nobody"))), {"private", "plain", "nobody"}),
        (is_("email", "%en@example.com", "like"), {"ben"}),
        (Comparison("email", "in", ("ada@example.com", "x' OR '1'='1")), {"private", "plain"}),
        (is_("modtime", datetime(2020, 1, 1), "<"), set()),
        (is_("modtime", datetime(2020, 1, 1), ">="), {"private", "plain", "ben", "nobody"}),
        (is_("subdivisionfirst", ""), {"private", "plain", "ben"}),
        (None, {"private", "plain", "ben", "nobody"}),
    ],
)
def test_sessions_are_found_by_a_condition(
    store: Store, people: dict[str, int], query: SessionQuery | None, interviews: set[str]
) -> None:
    assert found(store, query) == interviews


def test_a_condition_finds_nothing_that_isnt_on_the_list(store: Store, people: dict[str, int]) -> None:
    assert found(store, Together("or", (ADA, Negation(ADA))), people["ben"]) == {"plain", "ben"}
    assert found(store, ADA, people["ben"]) == {"plain"}


def test_what_others_are_in_is_given_up_and_the_rest_is_deleted(store: Store, people: dict[str, int]) -> None:
    ada = people["ada"]
    shared = next(listed for listed in store.sessions.listing(ada, None, most=9) if listed.interview == "plain")
    opened = store.sessions.load(shared.session_id, None)
    assert store.sessions.give_up(ada, query=is_("filename", "private")) == 0
    assert (store.sessions.give_up(ada), store.sessions.delete_listed(ada)) == (1, 1)
    assert found(store, None, ada) == set()
    assert found(store, None) == {"plain", "ben", "nobody"}
    assert found(store, None, people["ben"]) == {"plain", "ben"}
    # who was about to save it doesn't bring the owner back
    assert store.sessions.peek(shared.session_id).version == opened.version + 1


def test_what_others_are_in_can_be_deleted_with_the_rest(store: Store, people: dict[str, int]) -> None:
    ben = people["ben"]
    assert store.sessions.delete_with_others(ben, query=is_("filename", "private")) == 0
    assert store.sessions.delete_with_others(ben) == 2
    assert found(store, None) == {"private", "nobody"}


def test_leaving_and_deleting_keep_to_the_condition(store: Store, people: dict[str, int]) -> None:
    assert store.sessions.delete_listed(people["ben"], query=is_("filename", "plain")) == 1
    assert found(store, None, people["ben"]) == {"ben"}
    assert store.sessions.delete_listed(None, query=is_("user_id", people["ben"])) == 1
    assert found(store, None) == {"private", "plain", "nobody"}
