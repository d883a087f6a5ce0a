"""People: added, found, checked, signed in and out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from docassemble_lite.host import Person
from docassemble_lite.settings import Settings
from docassemble_lite.store import passwords
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.passwords import Effort, PasswordRefused
from docassemble_lite.store.people import (
    PRIVILEGES,
    UNUSED_DAYS,
    EmailRefused,
    EmailTaken,
    PersonNotFound,
    PrivilegeRefused,
    ProfileRefused,
    SignIn,
    email_key,
)
from docassemble_lite.store.person_keys import new_secret
from docassemble_lite.store.tables import logins, privileges, users

Clock = Callable[[float], None]
PASSWORD = "kanarienvogel-7261"
DAY = 86400.0
NOBODY = ["", "%", "_", "' OR 1=1 --", "ada", "@", "a@", "@b", "a@b@c", "a b@c.example", "x" * 300 + "@example.com"]
NOBODY += ["ada@example.com\0", "\0", "\ud800@example.com", "ada\n@example.com", "\u202eada@example.com", "ﬃ" * 200 + "@e.org"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """As little effort for a password as there can be, so that the tests don't wait."""
    monkeypatch.setattr(passwords, "EFFORT", Effort(memory=64, iterations=1, lanes=1))


@pytest.fixture
def ada(store: Store, move_clock: Clock) -> Person:
    """An administrator; the clock stands still."""
    return store.people.add("Ada@Example.com", PASSWORD, privileges=["developer", "admin"], first_name="Ada", last_name="L.")


@pytest.fixture
def ben(store: Store) -> Person:
    """Somebody without any privilege."""
    return store.people.add("ben@example.com", "ben's password")


def _column(store: Store, column: Any) -> list[Any]:
    with store.engine.connect() as connection:
        # the user of scheduled tasks is there from the start
        statement = select(column).where(users.c.email.contains("@")) if column.table is users else select(column)
        return list(connection.execute(statement).scalars())


def _log_in(store: Store, person: Person) -> str:
    return store.people.log_in(SignIn(person, new_secret()))


def _who(store: Store, token: str) -> Person | None:
    found = store.people.who(token)
    return found.person if found else None


# --- who there is ----------------------------------------------------------------------------------------------------


def test_a_person_is_found_by_the_address_however_it_is_written(store: Store, ada: Person, ben: Person) -> None:
    for written in ("Ada@Example.com", "ada@example.com", "ADA@EXAMPLE.COM", " ada@example.com\n"):
        assert store.people.find(written) == ada
    assert store.people.find("ben@example.com") == ben
    assert (ada.email, ada.privileges, ada.first_name, ada.logged_in) == ("Ada@Example.com", ("admin", "developer"), "Ada", True)


@pytest.mark.parametrize("email", [*NOBODY, "%@%", "___@example.com"])
def test_nobody_is_found_by_what_is_no_address(store: Store, ada: Person, email: str) -> None:
    assert store.people.find(email) is None
    assert store.people.check(email, PASSWORD) is None


@pytest.mark.parametrize("email", NOBODY)
def test_nobody_is_added_under_what_is_no_address(store: Store, email: str) -> None:
    with pytest.raises(EmailRefused) as refused:
        store.people.add(email, PASSWORD)
    assert len(str(refused.value)) < 600
    assert str(refused.value).isprintable()
    assert _column(store, users.c.id) == []


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@example.COM", "ａda@example.com", " Ada@Example.com "])
def test_an_address_is_given_once(store: Store, ada: Person, email: str) -> None:
    with pytest.raises(EmailTaken):
        store.people.add(email, "another password")
    assert store.people.check("ada@example.com", PASSWORD) == ada


def test_of_several_who_add_one_address_at_the_same_time_one_does(
    store: Store, settings: Settings, new_process: Callable[[Settings], Any]
) -> None:
    others = [new_process(settings) for _ in range(3)]
    for other in others:
        other.wait_until_ready()
    for number, other in enumerate(others):
        other.tell("add_person", email="Ada@example.com" if number else "ada@example.com", password=PASSWORD)
    assert sorted(str(other.answer()) for other in others) == ["EmailTaken", "EmailTaken", "True"]


@pytest.mark.parametrize("names", [["cron"], ["user", "cron"], ["Admin"], [""], ["admin' --"], ["x" * 1000], ["\0"]])
def test_a_privilege_that_nobody_can_have_is_refused(store: Store, ada: Person, names: list[str]) -> None:
    with pytest.raises(PrivilegeRefused):
        store.people.add("new@example.com", PASSWORD, privileges=names)
    with pytest.raises(PrivilegeRefused):
        store.people.set_privileges(ada, names)
    assert store.people.find("ada@example.com") == ada
    assert store.people.find("new@example.com") is None


def test_privileges_are_replaced(store: Store, ada: Person, ben: Person) -> None:
    store.people.set_privileges(ada, ["trainer", "trainer", "user"])
    store.people.set_privileges(ben, PRIVILEGES)
    assert store.people.find("ada@example.com") == replace(ada, privileges=("trainer", "user"))
    assert store.people.find("ben@example.com") == replace(ben, privileges=PRIVILEGES)
    store.people.set_privileges(ada, [])
    assert store.people.find("ada@example.com") == replace(ada, privileges=())


def test_nobody_has_no_privileges_and_no_password(store: Store, ada: Person) -> None:
    for nobody in (Person(), Person(id=ada.id and ada.id + 1000)):
        with pytest.raises(PersonNotFound):
            store.people.set_privileges(nobody, ["admin"])
        with pytest.raises(PersonNotFound):
            store.people.set_password(nobody, PASSWORD)


@pytest.mark.parametrize(
    "profile", [{"first_name": "a\0"}, {"last_name": "\ud800"}, {"language": "x" * 251}, {"timezone": "Mars/Olympus"}]
)
def test_what_cannot_be_said_of_a_person_is_refused(store: Store, profile: dict[str, str]) -> None:
    with pytest.raises(ProfileRefused):
        store.people.add("new@example.com", PASSWORD, **profile)
    assert store.people.listing() == []


def test_the_list_shows_everybody_with_their_privileges(store: Store, ben: Person, ada: Person, move_clock: Clock) -> None:
    move_clock(5)
    _log_in(store, ada)
    move_clock(5)
    _log_in(store, ada)
    first, second = store.people.listing()
    assert (first.person, first.active) == (ada, True)
    assert first.last_seen is not None
    assert (first.last_seen - first.created).total_seconds() == 10
    assert (second.person, second.last_seen) == (ben, None)


def test_a_number_is_never_given_to_somebody_else(store: Store, ada: Person) -> None:
    with store.engine.begin() as connection:
        connection.execute(users.delete())
    assert store.people.add("eve@example.com", PASSWORD).id != ada.id
    assert _column(store, privileges.c.name) == []


# --- passwords -------------------------------------------------------------------------------------------------------


def test_only_the_right_password_lets_in(store: Store, ada: Person, ben: Person) -> None:
    assert store.people.check("ADA@example.com", PASSWORD) == ada
    for email, password in (
        ("ada@example.com", "wrong password"),
        ("ada@example.com", ""),
        ("ada@example.com", PASSWORD + "\0"),
        ("ada@example.com", "\ud800" * 8),
        ("ada@example.com", "x" * 1_000_000),
        ("ben@example.com", PASSWORD),
        ("nobody@example.com", PASSWORD),
    ):
        assert store.people.check(email, password) is None


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com", "no address", "gone@example.com", ""])
def test_every_wrong_attempt_takes_the_work_of_one_password(
    store: Store, ada: Person, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    """The time isn't measured; `test_passwords` shows that this one call is the same work with and without a person."""
    gone = store.people.add("gone@example.com", "wrong password")
    with store.engine.begin() as connection:
        connection.execute(update(users).where(users.c.id == gone.id).values(active=False))
    calls, real = [], passwords.fits
    monkeypatch.setattr(passwords, "fits", lambda *given: calls.append(given) or real(*given))
    assert store.people.check(email, "wrong password") is None
    assert len(calls) == 1


def test_a_password_that_is_changed_signs_out_everywhere(store: Store, ada: Person, ben: Person) -> None:
    """P30: all sign-ins of the person end, and nobody else's."""
    tokens = [_log_in(store, ada) for _ in range(3)]
    bens = _log_in(store, ben)
    store.people.set_password(ada, "another password")
    assert [_who(store, token) for token in tokens] == [None] * 3
    assert _who(store, bens) == ben
    assert store.people.check("ada@example.com", PASSWORD) is None
    assert store.people.check("ada@example.com", "another password") == ada


def test_a_refused_password_changes_nothing(store: Store, ada: Person) -> None:
    token = _log_in(store, ada)
    with pytest.raises(PasswordRefused):
        store.people.set_password(ada, "short")
    assert _who(store, token) == ada
    assert store.people.check("ada@example.com", PASSWORD) == ada


def test_a_password_stored_with_less_effort_is_stored_anew(store: Store, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    token = _log_in(store, ada)
    monkeypatch.setattr(passwords, "EFFORT", Effort(memory=128, iterations=1, lanes=1))
    assert store.people.check("ada@example.com", "wrong password") is None
    assert "m=64," in _column(store, users.c.password_hash)[0]
    assert store.people.check("ada@example.com", PASSWORD) == ada
    assert "m=128," in _column(store, users.c.password_hash)[0]
    assert store.people.check("ada@example.com", PASSWORD) == ada
    assert _who(store, token) == ada


def test_who_is_not_active_is_signed_out_and_stays_out(store: Store, ada: Person) -> None:
    token = _log_in(store, ada)
    with store.engine.begin() as connection:
        connection.execute(update(users).values(active=False))
    assert _who(store, token) is None
    assert store.people.check("ada@example.com", PASSWORD) is None
    assert [account.active for account in store.people.listing()] == [False]


def test_scheduled_tasks_cannot_sign_in(store: Store, ada: Person) -> None:
    with store.engine.begin() as connection:
        connection.execute(insert(privileges), {"user_id": ada.id, "name": "cron"})
    assert store.people.check("ada@example.com", PASSWORD) is None


# --- signed in -------------------------------------------------------------------------------------------------------


def test_a_token_says_who_is_signed_in_until_it_is_signed_out(store: Store, ada: Person, ben: Person) -> None:
    """P30: each sign-in has a token of its own, and its end is the end of that one alone."""
    first, second, bens = _log_in(store, ada), _log_in(store, ada), _log_in(store, ben)
    assert [_who(store, token) for token in (first, second, bens)] == [ada, ada, ben]
    store.people.log_out(first)
    store.people.log_out(first)
    assert [_who(store, token) for token in (first, second, bens)] == [None, ada, ben]


@pytest.mark.parametrize("token", ["", "1", "%", "x" * 100_000, "\0", "é"])
def test_an_odd_token_says_nobody(store: Store, ada: Person, token: str) -> None:
    _log_in(store, ada)
    assert _who(store, token) is None
    store.people.log_out(token)
    assert len(_column(store, logins.c.id)) == 1


def test_all_sign_ins_of_a_person_can_be_ended(store: Store, ada: Person, ben: Person) -> None:
    mine, bens = [_log_in(store, ada) for _ in range(2)], _log_in(store, ben)
    assert store.people.end_logins(ada) == 2
    assert store.people.end_logins(ada) == 0
    assert [_who(store, token) for token in (*mine, bens)] == [None, None, ben]


def test_a_change_of_privileges_holds_at_once(store: Store, ada: Person) -> None:
    token = _log_in(store, ada)
    store.people.set_privileges(ada, [])
    assert _who(store, token) == replace(ada, privileges=())


def test_a_browser_that_comes_back_in_time_stays_signed_in(store: Store, ada: Person, move_clock: Clock) -> None:
    token = _log_in(store, ada)
    for _ in range(3):
        move_clock((UNUSED_DAYS - 1) * DAY)
        assert _who(store, token) == ada


def test_a_browser_that_does_not_is_signed_out_and_forgotten(store: Store, ada: Person, move_clock: Clock) -> None:
    token = _log_in(store, ada)
    move_clock(UNUSED_DAYS * DAY)
    assert _who(store, token) is None
    _log_in(store, ada)
    assert len(_column(store, logins.c.id)) == 1


def test_that_somebody_is_there_is_written_down_every_few_minutes(store: Store, ada: Person, move_clock: Clock) -> None:
    token = _log_in(store, ada)
    (begun,) = _column(store, logins.c.last_seen)
    move_clock(299)
    _who(store, token)
    assert _column(store, logins.c.last_seen) == [begun]
    move_clock(1)
    _who(store, token)
    (seen,) = _column(store, logins.c.last_seen)
    assert (seen - begun).total_seconds() == 300


def test_sign_ins_go_with_their_person(store: Store, ada: Person) -> None:
    _log_in(store, ada)
    with store.engine.begin() as connection:
        connection.execute(users.delete())
    assert _column(store, logins.c.id) == []


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_p36_neither_password_nor_token_is_stored_or_shown(store: Store, ada: Person) -> None:
    """P36: not in the tables, and not in what a log would show."""
    token = _log_in(store, ada)
    with store.engine.connect() as connection:
        stored = repr([connection.execute(select(table)).all() for table in (users, logins, privileges)])
    shown = repr([store, store.people, ada, store.people.listing(), _who(store, token)])
    for secret in (PASSWORD, token):
        assert secret not in stored
        assert secret not in shown


def test_p36_a_store_that_fails_does_not_quote_the_password(store: Store, settings: Settings, ada: Person) -> None:
    gone = open_store(settings)
    with gone.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE users RENAME TO users_elsewhere")
    try:
        with pytest.raises(Exception, match="users") as failed:
            gone.people.add("new@example.com", PASSWORD)
    finally:
        with gone.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE users_elsewhere RENAME TO users")
        gone.close()
    assert PASSWORD not in repr(failed.value) + str(failed.value)
    assert "argon2" not in str(failed.value)


def test_one_address_has_one_key() -> None:
    assert email_key("Ada@Example.com") == email_key(" aDA@eXAMPLE.COM ") == "ada@example.com"
    assert email_key("straße@example.com") == email_key("STRASSE@example.com")
    assert email_key("ada@example.org") != email_key("ada@example.com")
