"""People who can sign in, what they may do, and where they are signed in.

A browser that signed in keeps a random token; the table keeps its digest. So signing out ends it on the server, and who
reads the table can't pretend to be signed in.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from docassemble_lite.clock import naive_utc
from docassemble_lite.errors import LiteError
from docassemble_lite.host import Person
from docassemble_lite.language.zones import zone_called
from docassemble_lite.store import passwords
from docassemble_lite.store import people_queries as queries
from docassemble_lite.store.tables import EMAIL_LENGTH
from docassemble_lite.store.writing import Writing

#: What a person can be allowed to do.
PRIVILEGES = ("admin", "advocate", "developer", "trainer", "user")
#: The privilege of scheduled tasks, which nobody else can have, and with which nobody can sign in.
CRON = "cron"
#: Days after which a browser that didn't come back is signed out.
UNUSED_DAYS = 30

_TOKEN_BYTES = 32
_LONGEST_NAME = 250
# so often at most is it written down that somebody is there
_SEEN_EVERY = timedelta(minutes=5)


class EmailRefused(LiteError):
    """This is no e-mail address."""


class EmailTaken(LiteError):
    """There is somebody with this e-mail address already."""


class PrivilegeRefused(LiteError):
    """There is no such privilege."""


class ProfileRefused(LiteError):
    """This can't be said of a person."""


class PersonNotFound(LiteError):
    """There is nobody with this e-mail address."""


@dataclass(frozen=True)
class Account:
    """A person as those see one who run the server. Moments are naive UTC."""

    person: Person
    # whether the person may sign in
    active: bool
    created: datetime
    # when a browser that is signed in was last there, to within a few minutes; None: none is
    last_seen: datetime | None


class People:
    """Everybody who can sign in."""

    def __init__(self, engine: Engine, writing: Writing) -> None:
        self._engine = engine
        self._writing = writing

    # --- who there is ------------------------------------------------------------------------------------------------

    def add(
        self,
        email: str,
        password: str,
        *,
        privileges: Iterable[str] = (),
        first_name: str = "",
        last_name: str = "",
        language: str = "",
        timezone: str = "",
    ) -> Person:
        """A new person, who can sign in from now on; an empty `language` or `timezone` is the server's.

        Raises `EmailRefused`, `EmailTaken`, `PasswordRefused`, `PrivilegeRefused` and `ProfileRefused`.
        """
        email = email.strip()
        key = email_key(email)
        if key is None:
            raise EmailRefused(f"“{_shown(email)}” is no e-mail address.")
        allowed = _known(privileges)
        passwords.require_usable(password)
        profile = {"first_name": first_name, "last_name": last_name, "language": language, "timezone": timezone}
        _check_profile(profile)
        row = {"email": email, "email_key": key, "password_hash": passwords.hashed(password), "created": naive_utc(), **profile}
        try:
            with self._writing.begin() as connection:
                user_id = connection.execute(queries.insert_user, row).scalar_one()
                _write_privileges(connection, user_id, allowed)
        except IntegrityError as error:
            raise EmailTaken(f"There is somebody with the e-mail address {email} already.") from error
        return Person(id=user_id, email=email, privileges=allowed, **profile)

    def find(self, email: str) -> Person | None:
        """The person with that e-mail address, however its letters are written; None if there is nobody."""
        rows = self._rows_of(email)
        return _person(rows) if rows else None

    def listing(self) -> list[Account]:
        """Everybody, in the order of their e-mail addresses."""
        with self._engine.connect() as connection:
            rows = connection.execute(queries.listing).all()
        of_each: dict[int, list[Row]] = {}
        for row in rows:
            of_each.setdefault(row.id, []).append(row)
        return [Account(_person(own), own[0].active, own[0].created, own[0].last_seen) for own in of_each.values()]

    def set_privileges(self, person: Person, names: Iterable[str]) -> None:
        """These and no others are the person's privileges from now on. Raises `PrivilegeRefused`, `PersonNotFound`."""
        allowed = _known(names)
        with self._writing.begin() as connection:
            if connection.execute(queries.lock_user, {"of_user": person.id}).first() is None:
                raise PersonNotFound
            connection.execute(queries.delete_privileges, {"of_user": person.id})
            _write_privileges(connection, person.id, allowed)

    # --- passwords ---------------------------------------------------------------------------------------------------

    def check(self, email: str, password: str) -> Person | None:
        """Who may sign in with these; None for nobody, which takes as long whether it is for one or for the other.

        Raises `TooManyAtOnce`.
        """
        rows = self._rows_of(email)
        fits = passwords.fits(password, rows[0].password_hash if rows else None)
        if not fits or not rows or not rows[0].active:
            return None
        person = _person(rows)
        if CRON in person.privileges:
            return None
        if passwords.is_outdated(rows[0].password_hash):
            self._renew(rows[0], password)
        return person

    def set_password(self, person: Person, password: str) -> None:
        """Give a person another password, and sign the person out everywhere. Raises `PasswordRefused`, `PersonNotFound`."""
        passwords.require_usable(password)
        values = {"of_user": person.id, "hashed": passwords.hashed(password)}
        with self._writing.begin() as connection:
            if connection.execute(queries.set_password, values).rowcount != 1:
                raise PersonNotFound
            connection.execute(queries.end_logins, {"of_user": person.id})

    def _renew(self, row: Row, password: str) -> None:
        values = {"of_user": row.id, "hashed": passwords.hashed(password), "checked": row.password_hash}
        with self._writing.begin() as connection:
            connection.execute(queries.renew_password, values)

    # --- signed in ---------------------------------------------------------------------------------------------------

    def log_in(self, person: Person) -> str:
        """Sign a browser in; the token, 43 characters, that it has to show from now on."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = naive_utc()
        row = {"user_id": person.id, "token_digest": _digest(token), "created": now, "last_seen": now}
        with self._writing.begin() as connection:
            connection.execute(queries.end_unused, {"unused_since": now - timedelta(days=UNUSED_DAYS)})
            connection.execute(queries.insert_login, row)
        return token

    def who(self, token: str) -> Person | None:
        """Who is signed in with a token; None if nobody is, or not any more."""
        now = naive_utc()
        values = {"digest": _digest(token), "unused_since": now - timedelta(days=UNUSED_DAYS)}
        with self._engine.connect() as connection:
            rows = connection.execute(queries.who, values).all()
        if not rows:
            return None
        if rows[0].last_seen <= now - _SEEN_EVERY:
            seen = {"login": rows[0].login, "now": now, "before": now - _SEEN_EVERY}
            with self._writing.begin() as connection:
                connection.execute(queries.note_seen, seen)
        return _person(rows)

    def log_out(self, token: str) -> None:
        """The token is worth nothing from now on."""
        with self._writing.begin() as connection:
            connection.execute(queries.log_out, {"digest": _digest(token)})

    def end_logins(self, person: Person) -> int:
        """Sign a person out everywhere; in how many browsers that was."""
        with self._writing.begin() as connection:
            return connection.execute(queries.end_logins, {"of_user": person.id}).rowcount

    # --- inside ------------------------------------------------------------------------------------------------------

    def _rows_of(self, email: str) -> Sequence[Row]:
        key = email_key(email)
        if key is None:
            return ()
        with self._engine.connect() as connection:
            return connection.execute(queries.find, {"key": key}).all()


def email_key(email: str) -> str | None:
    """What all ways to write one e-mail address have in common; None for what is no address.

    Two addresses with one key needn't be one mailbox. So mail goes to the address as it was stored, never as it was typed.
    """
    email = email.strip()
    if len(email) > EMAIL_LENGTH or not email.isprintable():
        return None
    key = unicodedata.normalize("NFKC", email).casefold()
    local, _, domain = key.partition("@")
    usable = local and domain and "@" not in domain and " " not in key and key.isprintable() and len(key) <= EMAIL_LENGTH
    return key if usable else None


def _person(rows: Sequence[Row]) -> Person:
    first = rows[0]
    return Person(
        id=first.id,
        email=first.email,
        first_name=first.first_name,
        last_name=first.last_name,
        privileges=tuple(row.privilege for row in rows if row.privilege is not None),
        language=first.language,
        timezone=first.timezone,
    )


def _known(names: Iterable[str]) -> tuple[str, ...]:
    """The privileges in order, each once."""
    wanted = sorted(set(names))
    for name in wanted:
        if name == CRON:
            raise PrivilegeRefused(f"The privilege “{CRON}” is for scheduled tasks alone.")
        if name not in PRIVILEGES:
            raise PrivilegeRefused(f"There is no privilege “{_shown(name)}”. There are: {', '.join(PRIVILEGES)}.")
    return tuple(wanted)


def _check_profile(profile: dict[str, str]) -> None:
    for what, text in profile.items():
        if len(text) > _LONGEST_NAME or not text.isprintable():
            raise ProfileRefused(f"“{_shown(text)}” can't be the {what.replace('_', ' ')} of a person.")
    if profile["timezone"]:
        try:
            zone_called(profile["timezone"])
        except ValueError as error:
            raise ProfileRefused(str(error)) from error


def _write_privileges(connection: Connection, user_id: int | None, names: tuple[str, ...]) -> None:
    if names:
        connection.execute(queries.insert_privileges, [{"user_id": user_id, "name": name} for name in names])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _shown(text: str) -> str:
    """A text of somebody for a message: not endless, and nothing in it that a terminal would follow."""
    return text[:80].encode("unicode_escape").decode() if not text[:80].isprintable() else text[:80]
