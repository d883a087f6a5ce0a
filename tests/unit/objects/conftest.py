"""An evaluation for each test, so that what one test sets is gone in the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from docassemble_lite.host import Current, Person, Request, entered
from docassemble_lite.objects import Individual


@pytest.fixture(autouse=True)
def evaluation() -> Iterator[Current]:
    account = Person(id=7, email="alice@example.com", first_name="Alice", last_name="Archer")
    with entered(Current(request=Request(person=account))) as state:
        yield state


@pytest.fixture
def alice() -> Individual:
    """A woman whose name is known."""
    individual = Individual("alice", gender="female")
    individual.name.first = "Alice"
    individual.name.last = "Archer"
    return individual


@pytest.fixture
def bob() -> Individual:
    """A man whose name is known."""
    individual = Individual("bob", gender="male")
    individual.name.first = "Bob"
    individual.name.last = "Baker"
    return individual
