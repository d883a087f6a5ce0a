"""What opens a person's sessions: with the password, with the recovery code, in a browser; and links that work once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from docassemble_lite.errors import SessionNotFound
from docassemble_lite.host import Person
from docassemble_lite.store import passwords
from docassemble_lite.store.database import Store
from docassemble_lite.store.passwords import Effort, PasswordRefused
from docassemble_lite.store.people import SignIn, WrongCode, WrongPassword

OLD, NEW = "the first password", "the second password"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """As little effort for a password as there can be, so that the tests don't wait."""
    monkeypatch.setattr(passwords, "EFFORT", Effort(memory=64, iterations=1, lanes=1))


@pytest.fixture
def ada(store: Store) -> Person:
    return store.people.add("ada@example.com", OLD)


def _answers(store: Store, session_id: str, secret: bytes) -> Any:
    try:
        return store.sessions.load(session_id, secret).answers
    except SessionNotFound:
        return None


def test_the_same_secret_comes_from_the_password_and_from_the_token_of_a_browser(store: Store, ada: Person) -> None:
    secret = store.people.unlock(ada, OLD)
    assert store.people.unlock(ada, OLD) == secret
    found = store.people.who(store.people.log_in(SignIn(ada, secret)))
    assert found == SignIn(ada, secret)
    with pytest.raises(WrongPassword):
        store.people.unlock(ada, NEW)


def test_of_two_who_sign_in_for_the_first_time_at_once_both_get_one_secret(store: Store, ada: Person) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(store.people.unlock(ada, OLD))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_nothing_that_is_stored_shows_the_secret(store: Store, ada: Person) -> None:
    secret = store.people.unlock(ada, OLD)
    sign_in = SignIn(ada, secret)
    store.people.log_in(sign_in)
    store.people.new_code(sign_in)
    with store.engine.connect() as connection:
        rows = [row for table in ("users", "logins") for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]
    assert not any(bytes(secret) in bytes(value) for row in rows for value in row if isinstance(value, (bytes, memoryview)))
    assert "Secret" in repr(secret)
    assert repr(bytes(secret)) not in repr(sign_in)


def test_another_password_opens_the_same_sessions_and_signs_out_everywhere(store: Store, ada: Person) -> None:
    """P25, P30."""
    secret = store.people.unlock(ada, OLD)
    token = store.people.log_in(SignIn(ada, secret))
    made = store.sessions.create("a.yml", secret, {"x": 1}, owner_id=ada.id)
    store.people.change_password(ada, OLD, NEW)
    assert store.people.who(token) is None
    assert store.people.check("ada@example.com", OLD) is None
    assert _answers(store, made.session_id, store.people.unlock(ada, NEW)) == {"x": 1}


@pytest.mark.parametrize(("old", "new", "error"), [(NEW, OLD, WrongPassword), (OLD, "short", PasswordRefused)])
def test_a_password_that_cannot_be_changed_stays_as_it_is(
    store: Store, ada: Person, old: str, new: str, error: type[Exception]
) -> None:
    secret = store.people.unlock(ada, OLD)
    with pytest.raises(error):
        store.people.change_password(ada, old, new)
    assert store.people.unlock(ada, OLD) == secret


def test_a_change_of_the_password_that_breaks_off_leaves_the_old_one(
    store: Store, ada: Person, break_at: Callable[..., None]
) -> None:
    """P25: at whichever statement it breaks off, the sessions open with the old password or with the new one."""
    made = store.sessions.create("a.yml", store.people.unlock(ada, OLD), {"x": 1})
    passwords_now = [OLD, NEW]
    for statement in range(1, 9):
        break_at(statement)
        try:
            store.people.change_password(ada, *passwords_now)
        except break_at.Broken:  # type: ignore[attr-defined]
            pass
        else:
            passwords_now.reverse()
        break_at(None)
        assert store.people.check("ada@example.com", passwords_now[0]) == ada
        assert _answers(store, made.session_id, store.people.unlock(ada, passwords_now[0])) == {"x": 1}


def test_a_password_that_is_set_anew_loses_the_sessions_without_the_code(store: Store, ada: Person) -> None:
    secret = store.people.unlock(ada, OLD)
    made = store.sessions.create("a.yml", secret, {"x": 1})
    assert not store.people.set_password(ada, NEW)
    other = store.people.unlock(ada, NEW)
    assert other != secret
    assert _answers(store, made.session_id, other) is None


def test_a_password_that_is_set_anew_with_the_code_keeps_the_sessions(store: Store, ada: Person) -> None:
    secret = store.people.unlock(ada, OLD)
    code = store.people.new_code(SignIn(ada, secret))
    assert store.people.has_code(ada)
    assert store.people.set_password(ada, NEW, code=code)
    assert store.people.unlock(ada, NEW) == secret


def test_a_wrong_code_changes_nothing(store: Store, ada: Person) -> None:
    secret = store.people.unlock(ada, OLD)
    with pytest.raises(WrongCode):
        store.people.set_password(ada, NEW, code="AAAAA-AAAAA")
    code = store.people.new_code(SignIn(ada, secret))
    with pytest.raises(WrongCode):
        store.people.set_password(ada, NEW, code=code[:-1])
    assert store.people.unlock(ada, OLD) == secret


def test_the_code_may_be_written_as_people_write(store: Store, ada: Person) -> None:
    secret = store.people.unlock(ada, OLD)
    code = store.people.new_code(SignIn(ada, secret))
    for written in (code.lower(), code.replace("-", " "), code.replace("0", "o").replace("1", "l"), f"  {code}\n"):
        assert store.people.recovered(ada, written) == secret


def test_a_new_code_makes_the_earlier_one_worthless(store: Store, ada: Person) -> None:
    sign_in = SignIn(ada, store.people.unlock(ada, OLD))
    first, second = store.people.new_code(sign_in), store.people.new_code(sign_in)
    assert first != second
    with pytest.raises(WrongCode):
        store.people.recovered(ada, first)
    assert store.people.recovered(ada, second) == sign_in.secret


def test_the_code_opens_the_sessions_also_after_the_password_was_set_anew(store: Store, ada: Person) -> None:
    secret = store.people.unlock(ada, OLD)
    made = store.sessions.create("a.yml", secret, {"x": 1})
    code = store.people.new_code(SignIn(ada, secret))
    store.people.set_password(ada, NEW)
    now = store.people.unlock(ada, NEW)
    assert store.sessions.hand_over(store.people.recovered(ada, code), now) == 1
    assert _answers(store, made.session_id, now) == {"x": 1}


def test_a_key_made_with_less_effort_is_made_anew(store: Store, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = store.people.unlock(ada, OLD)
    monkeypatch.setattr(passwords, "EFFORT", Effort(memory=128, iterations=1, lanes=1))
    assert store.people.unlock(ada, OLD) == secret
    monkeypatch.setattr(passwords, "EFFORT", Effort(memory=64, iterations=1, lanes=1))
    assert store.people.unlock(ada, OLD) == secret


# --- handing sessions over -------------------------------------------------------------------------------------------


def test_what_was_on_its_way_with_the_old_secret_arrives_for_a_while(
    store: Store, alice: bytes, bob: bytes, move_clock: Callable[[float], None]
) -> None:
    """P25."""
    made = store.sessions.create("a.yml", alice, {"x": 1})
    assert store.sessions.hand_over(alice, bob, 7, grace=timedelta(minutes=2)) == 1
    move_clock(119)
    assert _answers(store, made.session_id, alice) == _answers(store, made.session_id, bob) == {"x": 1}
    assert store.sessions.peek(made.session_id).owner_id == 7
    move_clock(2)
    assert _answers(store, made.session_id, alice) is None
    assert _answers(store, made.session_id, bob) == {"x": 1}
    assert store.sessions.held_by(alice) == []


def test_a_session_that_is_somebodys_stays_so(store: Store, alice: bytes, bob: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {}, owner_id=3)
    store.sessions.hand_over(alice, bob, 7)
    assert store.sessions.peek(made.session_id).owner_id == 3


def test_who_joined_a_plain_session_does_not_open_it_when_it_is_private_again(store: Store, alice: bytes, bob: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 1})
    store.sessions.save(made, {"x": 1}, multi_user=True)
    joined = store.sessions.load(made.session_id, bob)
    store.sessions.save(joined, {"x": 2}, multi_user=False)
    assert _answers(store, made.session_id, bob) is None
    assert _answers(store, made.session_id, alice) == {"x": 2}


# --- links that work once --------------------------------------------------------------------------------------------


def test_a_link_works_once_and_for_its_purpose(store: Store, ada: Person) -> None:
    token = store.tickets.make("reset", timedelta(hours=1), user_id=ada.id)
    assert store.tickets.find("invite", token) is None
    assert store.tickets.find("reset", token + "x") is None
    found = store.tickets.find("reset", token)
    assert found is not None
    assert found.user_id == ada.id
    assert store.tickets.take(token)
    assert not store.tickets.take(token)
    assert store.tickets.find("reset", token) is None


def test_a_link_ends_with_its_time_with_a_later_one_and_with_a_new_password(
    store: Store, ada: Person, move_clock: Callable[[float], None]
) -> None:
    lasts = timedelta(hours=1)
    first = store.tickets.make("reset", lasts, user_id=ada.id)
    second = store.tickets.make("reset", lasts, user_id=ada.id)
    assert store.tickets.find("reset", first) is None
    store.people.set_password(ada, NEW)
    assert store.tickets.find("reset", second) is None
    third = store.tickets.make("reset", lasts, user_id=ada.id)
    move_clock(3601)
    assert store.tickets.find("reset", third) is None
    assert not store.tickets.take(third)


def test_an_invitation_says_whom_it_is_for(store: Store) -> None:
    token = store.tickets.make("invite", timedelta(days=1), email="new@example.com", privileges=["trainer", "user"])
    found = store.tickets.find("invite", token)
    assert found is not None
    assert (found.user_id, found.email, found.privileges) == (None, "new@example.com", ("trainer", "user"))
