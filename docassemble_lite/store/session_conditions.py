"""The conditions under which sessions are wanted, as conditions of SQL."""

from __future__ import annotations

from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select, true

from docassemble_lite.session_query import Comparison, Negation, SessionQuery, Together
from docassemble_lite.store.tables import sessions, users

_OPERATORS = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
# what isn't called here as authors call it
_OF_SESSION: dict[str, ColumnElement[Any]] = {
    "filename": sessions.c.interview,
    "session": sessions.c.id,
    "encrypted": ~sessions.c.multi_user,
    "modtime": sessions.c.modified,
    "user_id": sessions.c.owner_id,
}
_OF_OWNER = {
    "subdivisionfirst": users.c.subdivision_first,
    "subdivisionsecond": users.c.subdivision_second,
    "subdivisionthird": users.c.subdivision_third,
}


def condition_of(query: SessionQuery | None) -> ColumnElement[bool]:
    """The condition for a statement that has the sessions in it; None: all are wanted.

    Of a session that is nobody's, what is asked of its owner is neither so nor not so, as usual in SQL.
    """
    return true() if query is None else _condition(query)


def _condition(query: SessionQuery) -> ColumnElement[bool]:
    match query:
        case Together(word, parts):
            return (and_ if word == "and" else or_)(*(_condition(part) for part in parts))
        case Negation(part):
            return not_(_condition(part))
        case Comparison(name, operator, values):
            return _compared(_column(name), operator, values)


def _compared(column: ColumnElement[Any], operator: str, values: tuple[Any, ...]) -> ColumnElement[bool]:
    if operator == "in":
        return column.in_(values)
    (value,) = values
    if operator == "like":
        return column.like(value)
    if value is None:
        return column.is_(None) if operator == "==" else column.is_not(None)
    found: ColumnElement[bool] = _OPERATORS[operator](column, value)
    return found


def _column(name: str) -> ColumnElement[Any]:
    if name in _OF_SESSION:
        return _OF_SESSION[name]
    of_owner = _OF_OWNER.get(name)
    column = users.c[name] if of_owner is None else of_owner
    return select(column).where(users.c.id == sessions.c.owner_id).correlate(sessions).scalar_subquery()
