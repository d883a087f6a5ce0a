"""Who may open a session: adding a holder, and changing the secret of one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from docassemble_lite.errors import SessionNotFound
from docassemble_lite.store.database import Store


def test_an_added_holder_opens_the_session(store: Store, alice: bytes, bob: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 1})
    store.sessions.add_holder(made, bob)
    store.sessions.add_holder(made, bob)
    for secret in (alice, bob):
        assert store.sessions.load(made.session_id, secret).answers == {"x": 1}


def test_after_a_change_of_the_secret_only_the_new_one_opens(store: Store, alice: bytes, bob: bytes) -> None:
    """P25: log-in and a change of password change keys, not answers."""
    made = [store.sessions.create("a.yml", alice, {"x": number}) for number in range(3)]
    other = store.sessions.create("a.yml", bob, {})
    assert store.sessions.hand_over(alice, b"new") == 3
    for number, session in enumerate(made):
        assert store.sessions.load(session.session_id, b"new").answers == {"x": number}
        with pytest.raises(SessionNotFound):
            store.sessions.load(session.session_id, alice)
    assert store.sessions.load(other.session_id, bob)


def test_a_session_that_both_secrets_open_stays_open_to_the_new_one(store: Store, alice: bytes, bob: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 1})
    store.sessions.add_holder(made, bob)
    store.sessions.hand_over(alice, bob)
    assert store.sessions.load(made.session_id, bob).answers == {"x": 1}


def test_changing_a_secret_into_itself_changes_nothing(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 1})
    assert store.sessions.hand_over(alice, alice) == 0
    assert store.sessions.load(made.session_id, alice).answers == {"x": 1}


def test_a_post_in_another_tab_survives_a_change_of_the_secret(store: Store, alice: bytes) -> None:
    """P25: what was loaded before the change can still be saved."""
    made = store.sessions.create("a.yml", alice, {"x": 1})
    loaded = store.sessions.load(made.session_id, alice)
    store.sessions.hand_over(alice, b"new")
    store.sessions.save(loaded, {"x": 2})
    assert store.sessions.load(made.session_id, b"new").answers == {"x": 2}


def test_a_change_of_the_secret_that_breaks_off_leaves_the_old_one(
    store: Store, alice: bytes, break_at: Callable[..., None]
) -> None:
    """P25: at whichever statement it breaks off, the sessions open with the old secret; never with neither."""
    made = [store.sessions.create("a.yml", alice, {"x": number}) for number in range(3)]
    for statement in range(1, 5):
        break_at(statement)
        with pytest.raises(break_at.Broken):  # type: ignore[attr-defined]
            store.sessions.hand_over(alice, b"new")
        break_at(None)
        for number, session in enumerate(made):
            assert store.sessions.load(session.session_id, alice).answers == {"x": number}
    assert store.sessions.hand_over(alice, b"new") == 3
