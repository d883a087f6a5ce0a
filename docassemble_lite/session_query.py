"""Which sessions are wanted, as a value that authors write down and the store looks for: no text that becomes SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Operator = Literal["==", "!=", "<", "<=", ">", ">=", "like", "in"]
#: Texts, whole numbers, whether something is so, or a moment (naive UTC); None: there is none.
Value = str | int | bool | datetime | None

#: What is known of a session and of its owner → of which type it is.
FIELDS: dict[str, type] = {
    "filename": str,
    "session": str,
    "encrypted": bool,
    "modtime": datetime,
    "user_id": int,
    "email": str,
    "first_name": str,
    "last_name": str,
    "country": str,
    "subdivisionfirst": str,
    "subdivisionsecond": str,
    "subdivisionthird": str,
    "organization": str,
    "timezone": str,
    "language": str,
}


@dataclass(frozen=True)
class Comparison:
    """A field of `FIELDS` compared with a value, or, with "in", with several."""

    field: str
    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Together:
    """All of these ("and") or at least one of them ("or")."""

    word: Literal["and", "or"]
    parts: tuple[SessionQuery, ...]


@dataclass(frozen=True)
class Negation:
    """Not this."""

    part: SessionQuery


SessionQuery = Comparison | Together | Negation
