"""People who can sign in, what they may do, and where they are signed in.

A browser that signed in keeps a random token; the table keeps its digest. So signing out ends it on the server, and who
reads the table can't pretend to be signed in. The token also opens the person's secret, which opens the person's sessions.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, update
from sqlalchemy.exc import IntegrityError

from docassemble_lite.clock import naive_utc
from docassemble_lite.errors import LiteError
from docassemble_lite.host import PROFILE, KnownPerson, Person
from docassemble_lite.language.zones import zone_called
from docassemble_lite.settings import Secret
from docassemble_lite.store import file_queries, passwords, person_keys
from docassemble_lite.store import people_queries as queries
from docassemble_lite.store.tables import EMAIL_LENGTH, PRIVILEGE_LENGTH, users
from docassemble_lite.store.vault import Vault
from docassemble_lite.store.writing import SingleReads, Writing

#: Privileges that are always there. Administrators may add others.
PRIVILEGES = ("admin", "advocate", "developer", "trainer", "user")
#: The privilege of scheduled tasks, which nobody else can have, and with which nobody can sign in.
CRON = "cron"
#: How interviews call those who haven't signed in, so that nobody else can be called so.
ANONYMOUS = "anonymous"
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


class WrongPassword(LiteError):
    """This isn't the person's password."""


class WrongCode(LiteError):
    """This isn't the person's recovery code."""


class LinkUsed(LiteError):
    """This link has been used, or its time is over."""


class LastAdmin(LiteError):
    """There would be no administrator any more."""


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


@dataclass(frozen=True)
class SignIn:
    """Somebody who is signed in, and what opens this person's sessions."""

    person: Person
    secret: Secret = field(repr=False)


class People:
    """Everybody who can sign in."""

    def __init__(self, engine: Engine, writing: Writing, vault: Vault) -> None:
        self._engine = engine
        self._single_reads = SingleReads(engine)
        self._writing = writing
        self._vault = vault

    # --- who there is ------------------------------------------------------------------------------------------------

    def add(
        self,
        email: str,
        password: str,
        *,
        privileges: Iterable[str] = (),
        link: str = "",
        **profile: str,
    ) -> Person:
        """A new person, who can sign in from now on; without a `language` or `timezone` those of the server are used.

        `profile` has names of `PROFILE`; `link` is what an invitation held, which is used up. Raises `EmailRefused`,
        `EmailTaken`, `PasswordRefused`, `PrivilegeRefused`, `ProfileRefused` and `LinkUsed`; nothing is changed then.
        """
        email = email.strip()
        key = email_key(email)
        if key is None:
            raise EmailRefused(f"“{_shown(email)}” is no e-mail address.")
        allowed = self.checked(privileges)
        passwords.require_usable(password)
        _check_profile(profile)
        row = {"email": email, "email_key": key, "password_hash": passwords.hashed(password), "created": naive_utc(), **profile}
        try:
            with self._writing.begin() as connection:
                _use_up(connection, link)
                user_id = connection.execute(queries.insert_user, row).scalar_one()
                _write_privileges(connection, user_id, allowed)
        except IntegrityError as error:
            raise EmailTaken(f"There is somebody with the e-mail address {email} already.") from error
        return Person(id=user_id, email=email, privileges=allowed, **profile)

    def require_free(self, email: str) -> None:
        """Raises `EmailRefused` for what is no e-mail address, and `EmailTaken` for that of somebody who is there."""
        email = email.strip()
        if email_key(email) is None:
            raise EmailRefused(f"“{_shown(email)}” is no e-mail address.")
        if self.find(email) is not None:
            raise EmailTaken(f"There is somebody with the e-mail address {email} already.")

    def find(self, email: str) -> Person | None:
        """The person with that e-mail address, however its letters are written; None if there is nobody."""
        rows = self._rows_of(email)
        return _person(rows) if rows else None

    def find_by_id(self, user_id: int) -> Person | None:
        """The person with that number; None if there is nobody."""
        with self._engine.connect() as connection:
            rows = connection.execute(queries.find_by_id, {"of_user": user_id}).all()
        return _person(rows) if rows else None

    def known(self, user_id: int | None, email: str | None = None) -> KnownPerson | None:
        """The person with that number, or else with that e-mail address, and whether this person may sign in."""
        if user_id is None:
            rows = self._rows_of(email or "")
        else:
            with self._engine.connect() as connection:
                rows = connection.execute(queries.find_by_id, {"of_user": user_id}).all()
        return KnownPerson(_person(rows), rows[0].active) if rows else None

    def some(self, after: int, most: int, *, include_inactive: bool = False) -> list[KnownPerson]:
        """So many people whose numbers are above `after`, in the order of these."""
        values = {"after": after, "most": most, "with_inactive": include_inactive}
        with self._engine.connect() as connection:
            rows = connection.execute(queries.some, values).all()
        return [KnownPerson(_person(own), own[0].active) for own in _of_each(rows)]

    def cron(self) -> Person:
        """On whose behalf scheduled tasks run. The migration made this one; whoever removed it gets it back."""
        with self._engine.connect() as connection:
            rows = connection.execute(queries.find, {"key": CRON}).all()
        return _person(rows) if rows else self._add_cron()

    def _add_cron(self) -> Person:
        row = {"email": CRON, "email_key": CRON, "password_hash": "", "created": naive_utc()}
        try:
            with self._writing.begin() as connection:
                user_id = connection.execute(queries.insert_user, {**row, "active": False}).scalar_one()
                _write_privileges(connection, user_id, (CRON,))
        except IntegrityError:
            # somebody else did just now
            return self.cron()
        return Person(id=user_id, email=CRON, privileges=(CRON,))

    def listing(self) -> list[Account]:
        """Everybody, in the order of their e-mail addresses."""
        with self._engine.connect() as connection:
            return _accounts(connection.execute(queries.listing).all())

    def page(self, words: str, *, most: int, skipped: int = 0) -> list[Account]:
        """Those in whose e-mail address or name these words stand, in the order of their addresses."""
        values = {"words": _pattern(words), "most": most, "skipped": skipped}
        with self._engine.connect() as connection:
            return _accounts(connection.execute(queries.page, values).all())

    def count(self, words: str) -> int:
        """How many there are in whose e-mail address or name these words stand."""
        with self._engine.connect() as connection:
            return connection.scalar(queries.count_found, {"words": _pattern(words)}) or 0

    def account(self, user_id: int) -> Account:
        """A person as those see one who run the server. Raises `PersonNotFound`."""
        with self._engine.connect() as connection:
            found = _accounts(connection.execute(queries.account, {"of_user": user_id}).all())
        if not found:
            raise PersonNotFound
        return found[0]

    def set_privileges(self, person: Person, names: Iterable[str], *, keep_admin: bool = False) -> None:
        """These and no others are the person's privileges from now on.

        Raises `PrivilegeRefused`, `PersonNotFound`, and `LastAdmin` if somebody is to remain an administrator (`keep_admin`).
        """
        allowed = self.checked(names)
        with self._writing.begin() as connection:
            if keep_admin and "admin" not in allowed:
                _require_other_admin(connection, person)
            if connection.execute(queries.lock_user, {"of_user": person.id}).first() is None:
                raise PersonNotFound
            connection.execute(queries.delete_privileges, {"of_user": person.id})
            _write_privileges(connection, person.id, allowed)

    def set_profile(self, person: Person, **profile: str) -> Person:
        """Change what is known of a person, by names of `PROFILE`; the person as it is now. Raises `ProfileRefused`."""
        _check_profile(profile)
        if profile:
            with self._writing.begin() as connection:
                statement = update(users).where(users.c.id == person.id).values(**profile)
                if connection.execute(statement).rowcount != 1:
                    raise PersonNotFound
        return replace(person, **profile)  # type: ignore[arg-type]

    def set_active(self, person: Person, *, active: bool, keep_admin: bool = False) -> None:
        """Whether the person may sign in; who may not is signed out everywhere. Raises as `set_privileges` does."""
        with self._writing.begin() as connection:
            if keep_admin and not active:
                _require_other_admin(connection, person)
            if connection.execute(queries.set_active, {"of_user": person.id, "may_sign_in": active}).rowcount != 1:
                raise PersonNotFound
            if not active:
                for statement in (queries.end_logins, queries.end_tickets):
                    connection.execute(statement, {"of_user": person.id})

    def delete(self, person: Person) -> None:
        """Nobody can sign in as this person any more. What becomes of the sessions is for the caller."""
        with self._writing.begin() as connection:
            if connection.execute(queries.delete_user, {"of_user": person.id}).rowcount != 1:
                raise PersonNotFound
            connection.execute(queries.forget_accesses, {"of_user": person.id})

    # --- privileges --------------------------------------------------------------------------------------------------

    def privileges(self) -> tuple[str, ...]:
        """All privileges that a person can have, in alphabetical order."""
        with self._engine.connect() as connection:
            added = connection.execute(queries.names_of_privileges).scalars()
            return tuple(sorted({*PRIVILEGES, *added}))

    def add_privilege(self, name: str) -> None:
        """Let people have a privilege of that name. Raises `PrivilegeRefused` for one that can't be, or that is there."""
        if not name.strip() or name != name.strip() or len(name) > PRIVILEGE_LENGTH or not name.isprintable() or "," in name:
            raise PrivilegeRefused(f"“{_shown(name)}” can't be the name of a privilege.")
        if name == ANONYMOUS:
            raise PrivilegeRefused(f"“{ANONYMOUS}” is what interviews call people who haven't signed in; nobody can have it.")
        if name == CRON or name in self.privileges():
            raise PrivilegeRefused(f"There is a privilege “{_shown(name)}” already.")
        with self._writing.begin() as connection:
            connection.execute(queries.insert_privilege_name, {"name": name})

    def remove_privilege(self, name: str) -> None:
        """There is no such privilege any more, and nobody has it. Raises `PrivilegeRefused` for one that is always there."""
        # not every database may be asked for any text
        known = name in self.privileges()
        with self._writing.begin() as connection:
            if not known or connection.execute(queries.delete_privilege_name, {"gone": name}).rowcount != 1:
                raise PrivilegeRefused(f"There is no privilege “{_shown(name)}” that could be removed.")
            connection.execute(queries.take_privilege, {"gone": name})
            connection.execute(file_queries.take_privilege, {"gone": name})

    def checked(self, names: Iterable[str]) -> tuple[str, ...]:
        """The privileges in order, each once. Raises `PrivilegeRefused` for one that there isn't."""
        wanted, there = sorted(set(names)), self.privileges()
        for name in wanted:
            if name == CRON:
                raise PrivilegeRefused(f"The privilege “{CRON}” is for scheduled tasks alone.")
            if name not in there:
                raise PrivilegeRefused(f"There is no privilege “{_shown(name)}”. There are: {', '.join(there)}.")
        return tuple(wanted)

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

    def set_password(self, person: Person, password: str, *, code: str = "", link: str = "") -> bool:
        """Give a person another password, and sign the person out everywhere; whether the sessions stay open to it.

        They do with the recovery `code`. Without one a code that is kept opens them again later (`recovered`). `link` is
        what a link held that allowed this, which is used up. Raises `PasswordRefused`, `PersonNotFound`, `WrongCode`,
        `LinkUsed` and `TooManyAtOnce`; nothing is changed then.
        """
        passwords.require_usable(password)
        secret = self.recovered(person, code) if code else None
        wrapped = person_keys.wrapped_by_password(self._vault, secret, password, _id_of(person)) if secret else None
        self._write_password(person, password, wrapped, link)
        return secret is not None

    def change_password(self, person: Person, old: str, new: str) -> None:
        """Give a person who knows the `old` password a new one, and sign the person out everywhere; the sessions stay open.

        Raises `WrongPassword`, `PasswordRefused`, `PersonNotFound`, `TooManyAtOnce`.
        """
        passwords.require_usable(new)
        if self.check(person.email, old) is None:
            raise WrongPassword
        secret = self.unlock(person, old)
        self._write_password(person, new, person_keys.wrapped_by_password(self._vault, secret, new, _id_of(person)))

    def _write_password(self, person: Person, password: str, wrapped: bytes | None, link: str = "") -> None:
        """One row changes, and all of it at once: at every moment the old password is good for everything, or the new one."""
        values = {"of_user": person.id, "hashed": passwords.hashed(password), "by_password": wrapped}
        with self._writing.begin() as connection:
            _use_up(connection, link)
            if connection.execute(queries.set_password, values).rowcount != 1:
                raise PersonNotFound
            for statement in (queries.end_logins, queries.end_tickets):
                connection.execute(statement, {"of_user": person.id})

    def _renew(self, row: Row, password: str) -> None:
        values = {"of_user": row.id, "hashed": passwords.hashed(password), "checked": row.password_hash}
        with self._writing.begin() as connection:
            connection.execute(queries.renew_password, values)

    # --- what opens a person's sessions ------------------------------------------------------------------------------

    def unlock(self, person: Person, password: str) -> Secret:
        """What opens the sessions of a person who has shown the password; it is made when there is none.

        Raises `WrongPassword` when it is changed at this very moment, `PersonNotFound`, `TooManyAtOnce`.
        """
        wrapped = self._secrets_of(person).secret_by_password or self._first_secret(person, password)
        secret = person_keys.opened_by_password(self._vault, wrapped, password, _id_of(person))
        if secret is None:
            raise WrongPassword
        if person_keys.is_outdated(wrapped):
            renewed = person_keys.wrapped_by_password(self._vault, secret, password, _id_of(person))
            with self._writing.begin() as connection:
                connection.execute(queries.renew_secret, {"of_user": person.id, "by_password": renewed, "opened": wrapped})
        return secret

    def _first_secret(self, person: Person, password: str) -> bytes:
        made = person_keys.wrapped_by_password(self._vault, person_keys.new_secret(), password, _id_of(person))
        with self._writing.begin() as connection:
            connection.execute(queries.set_first_secret, {"of_user": person.id, "by_password": made})
        # of two who come at once, both take what the first has written
        return self._secrets_of(person).secret_by_password or made

    def has_code(self, person: Person) -> bool:
        """Whether the person has been given a recovery code."""
        return self._secrets_of(person).secret_by_recovery is not None

    def new_code(self, sign_in: SignIn) -> str:
        """A recovery code, which is shown once and stored nowhere; an earlier one is worth nothing from now on."""
        code = person_keys.new_recovery_code()
        self.keep_code(sign_in, code)
        return code

    def keep_code(self, sign_in: SignIn, code: str) -> None:
        """Let a recovery code open what the person can open now."""
        wrapped = person_keys.wrapped_by_code(self._vault, sign_in.secret, code, _id_of(sign_in.person))
        with self._writing.begin() as connection:
            connection.execute(queries.set_recovery, {"of_user": sign_in.person.id, "by_recovery": wrapped})

    def recovered(self, person: Person, code: str) -> Secret:
        """What opened the sessions of a person when the recovery code was made. Raises `WrongCode`."""
        wrapped = self._secrets_of(person).secret_by_recovery
        secret = person_keys.opened_by_code(self._vault, wrapped, code, _id_of(person)) if wrapped else None
        if secret is None:
            raise WrongCode
        return secret

    def _secrets_of(self, person: Person) -> Row:
        with self._engine.connect() as connection:
            row = connection.execute(queries.secrets_of, {"of_user": person.id}).first()
        if row is None:
            raise PersonNotFound
        return row

    # --- signed in ---------------------------------------------------------------------------------------------------

    def log_in(self, sign_in: SignIn) -> str:
        """Sign a browser in; the token, 43 characters, that it has to show from now on."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now, digest = naive_utc(), digest_of(token)
        wrapped = person_keys.wrapped_by_token(self._vault, sign_in.secret, token, digest)
        row = {"user_id": sign_in.person.id, "token_digest": digest, "created": now, "last_seen": now, "secret": wrapped}
        with self._writing.begin() as connection:
            connection.execute(queries.end_unused, {"unused_since": now - timedelta(days=UNUSED_DAYS)})
            connection.execute(queries.insert_login, row)
        return token

    def who(self, token: str) -> SignIn | None:
        """Who is signed in with a token; None if nobody is, or not any more."""
        now, digest = naive_utc(), digest_of(token)
        values = {"digest": digest, "unused_since": now - timedelta(days=UNUSED_DAYS)}
        with self._single_reads.connect() as connection:
            rows = connection.execute(queries.who, values).all()
        # an earlier version kept no secret
        if not rows or rows[0].secret is None:
            return None
        if rows[0].last_seen <= now - _SEEN_EVERY:
            seen = {"login": rows[0].login, "now": now, "before": now - _SEEN_EVERY}
            with self._writing.begin() as connection:
                connection.execute(queries.note_seen, seen)
        return SignIn(_person(rows), person_keys.opened_by_token(self._vault, rows[0].secret, token, digest))

    def log_out(self, token: str) -> None:
        """The token is worth nothing from now on."""
        with self._writing.begin() as connection:
            connection.execute(queries.log_out, {"digest": digest_of(token)})

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
    profile = {name: getattr(first, name) for name in PROFILE}
    return Person(first.id, first.email, privileges=tuple(row.privilege for row in rows if row.privilege is not None), **profile)


def _accounts(rows: Sequence[Row]) -> list[Account]:
    return [Account(_person(own), own[0].active, own[0].created, own[0].last_seen) for own in _of_each(rows)]


def _pattern(words: str) -> str:
    """The words for use in LIKE, where they stand for themselves, in small letters."""
    text = unicodedata.normalize("NFKC", words[:EMAIL_LENGTH].replace("\0", "")).casefold().strip()
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _use_up(connection: Connection, link: str) -> None:
    """Of two who use a link at once, one does."""
    values = {"wanted": digest_of(link), "now": naive_utc()}
    if link and connection.execute(queries.take_ticket, values).rowcount != 1:
        raise LinkUsed


def _require_other_admin(connection: Connection, person: Person) -> None:
    if list(connection.scalars(queries.admins)) == [person.id]:
        raise LastAdmin


def _of_each(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows of each person, as there is one for each of the person's privileges."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    return list(found.values())


def _id_of(person: Person) -> int:
    if person.id is None:
        raise PersonNotFound
    return person.id


def _check_profile(profile: dict[str, str]) -> None:
    unknown = profile.keys() - set(PROFILE)
    if unknown:
        raise ProfileRefused(f"Nothing is kept of a person under {', '.join(sorted(unknown))}.")
    for what, text in profile.items():
        if len(text) > _LONGEST_NAME or not text.isprintable():
            raise ProfileRefused(f"“{_shown(text)}” can't be the {what.replace('_', ' ')} of a person.")
    if profile.get("timezone"):
        try:
            zone_called(profile["timezone"])
        except ValueError as error:
            raise ProfileRefused(str(error)) from error


def _write_privileges(connection: Connection, user_id: int | None, names: tuple[str, ...]) -> None:
    if names:
        connection.execute(queries.insert_privileges, [{"user_id": user_id, "name": name} for name in names])


def digest_of(token: str) -> str:
    """What is stored of a random text, so that it can be found and not be read: SHA-256 in 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def _shown(text: str) -> str:
    """A text of somebody for a message: not endless, and nothing in it that a terminal would follow."""
    return text[:80].encode("unicode_escape").decode() if not text[:80].isprintable() else text[:80]
