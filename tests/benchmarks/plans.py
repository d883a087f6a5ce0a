"""Which statements read whole tables: everything that is executed is noted, and the database asked how it does it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

from docassemble_lite.store.tables import db

# tables that have more rows when there are more sessions
GROWING = ("sessions", "session_keys", "session_people", "steps", "tasks", "files", "counters", "cron_claims")
_STATEMENT = re.compile(r"^\s*(SELECT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


@contextmanager
def noted(engine: Engine) -> Iterator[dict[str, Any]]:
    """What is executed meanwhile: statement → the parameters that it had last."""
    found: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, _context: object, many: bool) -> None:
        if _STATEMENT.match(statement) and not many:
            found[statement] = parameters

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def full_scans(connection: Connection, statements: dict[str, Any]) -> list[str]:
    """What these statements read from one end to the other, each as the table and how it is read.

    Reading all of an index that holds only a part of the table is none, nor reading in the order of an index some rows long.
    """
    scans = _SCANS[connection.dialect.name]
    found = [scan for statement, parameters in statements.items() for scan in scans(connection, statement, parameters)]
    return sorted({f"{scan.table}: {scan.how}" for scan in found if _reads_all(scan)})


@dataclass(frozen=True)
class _Scan:
    """A table that is read without looking for anything; `index` is empty if not in the order of one."""

    table: str
    index: str
    how: str
    # whether it ends after some rows
    ends: bool


def _reads_all(scan: _Scan) -> bool:
    return scan.table in GROWING and scan.index not in _PARTIAL and not (scan.index and scan.ends)


def _scans_of_sqlite(connection: Connection, statement: str, parameters: Any) -> Iterator[_Scan]:
    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all():
        scanned = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", row.detail)
        if scanned:
            yield _Scan(scanned[1], scanned[2] or "", row.detail, re.search(r"\sLIMIT\s", statement) is not None)


def _scans_of_postgresql(connection: Connection, statement: str, parameters: Any) -> Iterator[_Scan]:
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    yield from _scans_below(plan[0]["Plan"], ends=False)


def _scans_below(node: dict[str, Any], *, ends: bool) -> Iterator[_Scan]:
    kind = node["Node Type"]
    if "Relation Name" in node and kind in ("Seq Scan", "Index Scan", "Index Only Scan") and "Index Cond" not in node:
        yield _Scan(node["Relation Name"], node.get("Index Name", ""), kind, ends)
    # what is sorted has to be read to its end first
    goes_on = (ends or kind == "Limit") and kind != "Sort"
    for below in node.get("Plans", ()):
        yield from _scans_below(below, ends=goes_on)


_SCANS = {"sqlite": _scans_of_sqlite, "postgresql": _scans_of_postgresql}
_PARTIAL = {
    index.name
    for table in db.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["postgresql"]["where"] is not None
}
