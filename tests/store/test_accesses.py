"""Who was in a session when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import event

from docassemble_lite.host import Person, PersonAccess
from docassemble_lite.store.database import Store

Clock = Callable[[float], None]
BEGAN = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def _person(store: Store, name: str, *privileges: str) -> int:
    made: Person = store.people.add(f"{name}@example.com", "correct horse battery", privileges=privileges)
    assert made.id is not None
    return made.id


def _after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def test_a_save_of_a_person_is_an_access_and_one_of_a_task_is_none(store: Store, alice: bytes, move_clock: Clock) -> None:
    """P18"""
    made = store.sessions.create("a.yml", alice, {})
    saved = store.sessions.save(made, {}, person_access=True)
    move_clock(3600)
    store.sessions.save(saved, {})
    assert store.sessions.accesses(made.session_id) == [PersonAccess(None, (), BEGAN)]
    assert store.sessions.peek(made.session_id).last_person_access == BEGAN.replace(tzinfo=None)


def test_people_have_a_row_each_and_all_who_are_not_signed_in_have_one(store: Store, alice: bytes, move_clock: Clock) -> None:
    ann, bob = _person(store, "ann", "advocate", "developer"), _person(store, "bob")
    session = store.sessions.create("a.yml", alice, {})
    for user_id in (ann, bob, None, None, ann):
        session = store.sessions.save(session, {}, person_access=True, user_id=user_id)
        move_clock(100)
    assert sorted(store.sessions.accesses(session.session_id), key=lambda access: access.moment) == [
        PersonAccess(bob, (), _after(100)),
        PersonAccess(None, (), _after(300)),
        PersonAccess(ann, ("advocate", "developer"), _after(400)),
    ]


def test_an_access_of_the_same_minute_is_not_written_again(store: Store, alice: bytes, move_clock: Clock) -> None:
    session = store.sessions.create("a.yml", alice, {})
    session = store.sessions.save(session, {}, person_access=True)
    move_clock(59)
    session = store.sessions.save(session, {}, person_access=True)
    assert store.sessions.accesses(session.session_id)[0].moment == BEGAN
    move_clock(1)
    store.sessions.save(session, {}, person_access=True)
    assert store.sessions.accesses(session.session_id)[0].moment == _after(60)


def test_a_look_is_noted_unless_that_person_was_there_in_the_last_minute(store: Store, alice: bytes, move_clock: Clock) -> None:
    ann = _person(store, "ann")
    session = store.sessions.save(store.sessions.create("a.yml", alice, {}), {}, person_access=True)
    store.sessions.note_person_access(session.session_id, ann)
    move_clock(59)
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    store.sessions.note_person_access(session.session_id, ann)
    assert [statement.split()[0] for statement in statements] == ["SELECT"]
    move_clock(1)
    store.sessions.note_person_access(session.session_id, ann)
    assert PersonAccess(ann, (), _after(60)) in store.sessions.accesses(session.session_id)
    seen = store.sessions.peek(session.session_id)
    assert (seen.version, seen.last_person_access) == (session.version, _after(60).replace(tzinfo=None))


def test_a_look_at_a_session_that_is_gone_changes_nothing(store: Store, alice: bytes, move_clock: Clock) -> None:
    session = store.sessions.create("a.yml", alice, {})
    store.sessions.delete(session)
    move_clock(60)
    store.sessions.note_person_access(session.session_id)
    assert store.sessions.accesses(session.session_id) == []


def test_accesses_go_with_the_session_and_stay_when_it_is_restarted(store: Store, alice: bytes) -> None:
    session = store.sessions.create("a.yml", alice, {})
    session = store.sessions.save(session, {}, person_access=True)
    session = store.sessions.restart(session, {})
    assert len(store.sessions.accesses(session.session_id)) == 1
    store.sessions.delete(session)
    assert store.sessions.accesses(session.session_id) == []


def test_a_person_who_is_gone_keeps_nobody_from_saving(store: Store, alice: bytes) -> None:
    session = store.sessions.create("a.yml", alice, {})
    store.sessions.save(session, {}, person_access=True, user_id=987654)
    assert [access.user_id for access in store.sessions.accesses(session.session_id)] == [987654]
