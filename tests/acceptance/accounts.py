"""People who can sign in at a server that runs."""

from __future__ import annotations

from typing import Any

from docassemble_lite.host import Person
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import open_store

PASSWORD = "a password for tests"


def add_person(
    running: Any, email: str, *privileges: str, password: str = PASSWORD, database: str = "", **profile: str
) -> Person:
    """Write the person into the server's store, as the command does, which takes longer."""
    store = open_store(Settings(data=running.data, database=database))
    try:
        return store.people.add(email, password, privileges=privileges, **profile)
    finally:
        store.close()
