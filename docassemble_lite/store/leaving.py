"""Deleting a person with what is the person's."""

from __future__ import annotations

from docassemble_lite.host import Person
from docassemble_lite.store.database import Store
from docassemble_lite.store.people import PersonNotFound


def delete_person(store: Store, person: Person, *, shared: bool, keep_admin: bool = False) -> int:
    """Delete a person and the person's private sessions, and with `shared` the plain ones, too; how many sessions that were.

    The person is locked out first, so what is interrupted leaves nobody who could sign in, and can be done again. Raises
    `PersonNotFound`, and `LastAdmin` if somebody is to remain an administrator (`keep_admin`).
    """
    if person.id is None:
        raise PersonNotFound
    store.people.set_active(person, active=False, keep_admin=keep_admin)
    deleted = store.sessions.delete_of(person.id, shared=shared)
    store.people.delete(person)
    return deleted
