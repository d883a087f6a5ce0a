"""What an earlier version writes and reads works on the tables of a later one: during an upgrade, processes of both are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine, NullPool, StaticPool, create_engine, inspect

from docassemble_lite.settings import Settings
from tests.store.test_migrations import VERSIONS, migrate_to

# of a migration that runs before the processes of its version are there
BEFORE = "_pre_"


@dataclass(frozen=True)
class Table:
    """What somebody who reads and writes it depends on: its columns, which of them have to be unique, or in another table."""

    columns: Mapping[str, Mapping[str, Any]]
    unique: frozenset[frozenset[str]]
    foreign: frozenset[frozenset[str]]
    checks: frozenset[str]


def tables_of(engine: Engine) -> dict[str, Table]:
    """The tables as they are in the database."""
    found = inspect(engine)
    tables = {}
    for name in found.get_table_names():
        keys = [found.get_pk_constraint(name)["constrained_columns"]]
        keys += [item["column_names"] for item in found.get_unique_constraints(name)]
        keys += [[str(column) for column in item["column_names"]] for item in found.get_indexes(name) if item["unique"]]
        tables[name] = Table(
            {column["name"]: dict(column) for column in found.get_columns(name)},
            frozenset(map(frozenset, keys)),
            frozenset(frozenset(item["constrained_columns"]) for item in found.get_foreign_keys(name)),
            frozenset(str(item["sqltext"]) for item in found.get_check_constraints(name)),
        )
    return tables


def hindrances(before: Mapping[str, Table], after: Mapping[str, Table]) -> list[str]:
    """What keeps a program that knows the tables of before from working on those of after."""
    found = [f"{name} is gone" for name in before.keys() - after.keys()]
    for name in before.keys() & after.keys():
        found += [f"{name}: {what}" for what in _of_columns(before[name].columns, after[name].columns)]
        known = before[name].columns.keys()
        for kind in ("unique", "foreign"):
            new = getattr(after[name], kind) - getattr(before[name], kind)
            found += [f"{name}: {sorted(key)} must be {kind}" for key in new if key <= known]
        found += [f"{name}: {check} must be true" for check in after[name].checks - before[name].checks]
    return found


def _of_columns(before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]) -> list[str]:
    found = [f"{name} is gone" for name in before.keys() - after.keys()]
    for name, column in after.items():
        former = before.get(name)
        if former is None:
            if not column["nullable"] and column["default"] is None:
                found.append(f"{name} has to be given")
        elif str(former["type"]) != str(column["type"]):
            found.append(f"{name} is {column['type']} and no longer {former['type']}")
        elif former["nullable"] and not column["nullable"]:
            found.append(f"{name} has to be given")
    return found


def test_an_earlier_version_can_work_on_the_tables_of_the_next(empty_settings: Settings) -> None:
    """P39: for each version and the one before it."""
    migrate_to(empty_settings, VERSIONS[0].name[:4])
    engine = create_engine(empty_settings.database_url, poolclass=NullPool)
    for _, path in pairwise(VERSIONS):
        before = tables_of(engine)
        migrate_to(empty_settings, path.name[:4])
        if BEFORE in path.name:
            assert (path.name, hindrances(before, tables_of(engine))) == (path.name, [])
    assert tables_of(engine).keys() > {"sessions", "tasks", "files"}


MADE = "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y INTEGER NOT NULL)"
OTHERS = {
    "CREATE TABLE b (id INTEGER PRIMARY KEY)": "a is gone",
    "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT)": "a: y is gone",
    "CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER, y INTEGER NOT NULL)": "a: x is INTEGER and no longer TEXT",
    "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT NOT NULL, y INTEGER NOT NULL)": "a: x has to be given",
    "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y INTEGER NOT NULL, z TEXT NOT NULL)": "a: z has to be given",
    "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT UNIQUE, y INTEGER NOT NULL)": "a: ['x'] must be unique",
    "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y INTEGER NOT NULL REFERENCES a (id))": "a: ['y'] must be foreign",
    "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y INTEGER NOT NULL CHECK (y > 0))": "a: y > 0 must be true",
}
HARMLESS = (
    MADE,
    "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y INTEGER)",
    "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y INTEGER NOT NULL, z TEXT UNIQUE, w TEXT NOT NULL DEFAULT '')",
)


@pytest.mark.parametrize(("text", "found"), [*OTHERS.items(), *((text, None) for text in HARMLESS)])
def test_what_hinders_an_earlier_version_is_found(text: str, found: str | None) -> None:
    """Otherwise the test above would prove nothing."""
    assert hindrances(made(MADE), made(text)) == ([found] if found else [])


def made(text: str) -> dict[str, Table]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(text)
    tables = tables_of(engine)
    engine.dispose()
    return tables
