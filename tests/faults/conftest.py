"""Servers that are about to be treated badly, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.faults.fire.databases import Postgresql


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """`measured("P1", words=12)` prints a figure and puts it into the report."""

    def note(promise: str, **figures: object) -> None:
        text = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in figures.items())
        print(f"\n{promise}: {text}")
        record_property(promise, text)

    return note


@pytest.fixture
def own_postgresql() -> Iterator[Postgresql]:
    """A PostgreSQL that can be stopped without disturbing other tests."""
    database = Postgresql()
    yield database
    database.repair()
    database.close()
