"""Links that work once: for a password that was forgotten, for somebody who is invited or has asked to register, and of authors.

The link holds a random text; the table holds its digest.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import Engine

from docassemble_lite.clock import naive_utc
from docassemble_lite.store import people_queries as queries
from docassemble_lite.store.people import digest_of
from docassemble_lite.store.writing import Writing

Purpose = Literal["reset", "invite", "register", "link"]
#: How long a link for another password is good that was asked for, one that is handed over, one to register, and an invitation.
ASKED_FOR = timedelta(hours=1)
HANDED_OVER = timedelta(days=1)
CONFIRMATION = timedelta(days=1)
INVITATION = timedelta(days=14)

_TOKEN_BYTES = 32


@dataclass(frozen=True)
class Ticket:
    """What a link allows: to the person `user_id`, or, of an invitation, to whoever has it."""

    user_id: int | None
    email: str
    privileges: tuple[str, ...]


class Tickets:
    """All links that are still good."""

    def __init__(self, engine: Engine, writing: Writing) -> None:
        self._engine = engine
        self._writing = writing

    def make(
        self, purpose: Purpose, lasts: timedelta, *, user_id: int | None = None, email: str = "", privileges: Iterable[str] = ()
    ) -> str:
        """What the link has to hold, 43 characters; an earlier link for the same person is worth nothing any more."""
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), naive_utc()
        row = {"digest": digest_of(token), "purpose": purpose, "user_id": user_id, "email": email}
        with self._writing.begin() as connection:
            connection.execute(queries.end_old_tickets, {"now": now})
            if user_id is not None:
                connection.execute(queries.end_tickets, {"of_user": user_id})
            connection.execute(queries.insert_ticket, {**row, "privileges": ",".join(privileges), "expires": now + lasts})
        return token

    def find(self, purpose: Purpose, token: str) -> Ticket | None:
        """What a link allows; None for one that is none, or not any more."""
        with self._engine.connect() as connection:
            row = connection.execute(queries.ticket, {"wanted": digest_of(token), "now": naive_utc()}).first()
        if row is None or row.purpose != purpose:
            return None
        return Ticket(row.user_id, row.email, tuple(name for name in row.privileges.split(",") if name))

    def take(self, token: str) -> bool:
        """Use a link up; whether it was still good. Of two who use it at once, one does."""
        with self._writing.begin() as connection:
            return connection.execute(queries.take_ticket, {"wanted": digest_of(token), "now": naive_utc()}).rowcount == 1
