"""Mailboxes of sessions: addresses to which e-mails can be sent, and the e-mails.

Whoever receives an e-mail has no key to a private session. So a mailbox has a slot: a public key that locks what is put in,
while what opens it is encrypted with the session's data key. A message is a file of its session, locked in that way.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, RowMapping
from sqlalchemy.exc import IntegrityError

from docassemble_lite.clock import naive_utc
from docassemble_lite.errors import LiteError, SessionNotFound
from docassemble_lite.store import mailbox_queries as queries
from docassemble_lite.store import task_queries
from docassemble_lite.store.files import Files
from docassemble_lite.store.tasks import NewTask, new_rows
from docassemble_lite.store.vault import Vault
from docassemble_lite.store.writing import Writing

#: Random bytes of an address.
ADDRESS_BYTES = 10
_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz234567")

Key = str | int | None
Row = Mapping[str, Any]


class MailboxGone(LiteError):
    """There is no such mailbox any more."""


@dataclass(frozen=True)
class Mailbox:
    """An address of a session; `key` and `index` say what it is for."""

    local_part: str
    session_id: str
    key: Key
    index: Key
    closed: bool
    # whatever was kept of the person who obtained it
    owner: bytes = field(repr=False)
    opener: bytes = field(repr=False)


@dataclass(frozen=True)
class Slot:
    """A mailbox as it is known to who puts something in. `sealed_key` is only there while the session is plain."""

    local_part: str
    session_id: str
    interview: str
    multi_user: bool
    slot: bytes = field(repr=False)
    owner: bytes = field(repr=False)
    sealed_key: bytes | None = field(repr=False)


@dataclass(frozen=True)
class StoredEmail:
    """An e-mail that came. `reading` is what the session has kept of having read it; `received` is naive UTC."""

    number: int
    local_part: str
    received: datetime
    size: int
    reading: bytes | None = field(repr=False)


class Mailboxes:
    """The mailboxes of all sessions."""

    def __init__(self, engine: Engine, vault: Vault, writing: Writing, files: Files) -> None:
        self._engine = engine
        self._vault = vault
        self._writing = writing
        self._files = files

    # --- for the session ---------------------------------------------------------------------------------------------

    def obtain(self, session_id: str, data_key: bytes, key: Key, index: Key, owner: bytes) -> Mailbox:
        """The open mailbox of a session for `key` and `index`; a new one, on behalf of `owner`, if there is none.

        Raises `SessionNotFound` when the session has gone.
        """
        values = {"of_session": session_id, "digest": _label_digest(data_key, key, index)}
        with self._engine.connect() as connection:
            row = connection.execute(queries.open_one, values).mappings().first()
        if row is None:
            try:
                with self._writing.begin() as connection:
                    connection.execute(queries.insert_mailbox, self._new_row(session_id, data_key, key, index, owner))
            except IntegrityError as error:
                if not self._is_open(values):
                    raise SessionNotFound from error
            with self._engine.connect() as connection:
                row = connection.execute(queries.open_one, values).mappings().one()
        return self._mailbox(row, data_key)

    def close(self, session_id: str, data_key: bytes, key: Key, index: Key) -> bool:
        """Give a mailbox up: nothing more comes in. Whether it was open."""
        values = {"of_session": session_id, "digest": _label_digest(data_key, key, index), "now": naive_utc()}
        with self._writing.begin() as connection:
            return connection.execute(queries.close, values).rowcount == 1

    def of_session(self, session_id: str, data_key: bytes) -> list[Mailbox]:
        """All mailboxes of a session, oldest first, those that were given up as well."""
        with self._engine.connect() as connection:
            rows = connection.execute(queries.of_session, {"of_session": session_id}).mappings().all()
        return [self._mailbox(row, data_key) for row in rows]

    def emails_of(self, mailbox: Mailbox) -> list[StoredEmail]:
        """The e-mails of a mailbox, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(queries.emails_of, {"of_mailbox": mailbox.local_part}).mappings().all()
        return [_email(row) for row in rows]

    def email(self, session_id: str, number: int) -> StoredEmail | None:
        """One e-mail of a session."""
        with self._engine.connect() as connection:
            row = connection.execute(queries.email, {"wanted": number, "of_session": session_id}).mappings().first()
        return _email(row) if row else None

    def message(self, mailbox: Mailbox, email: StoredEmail) -> bytes:
        """The whole message as it came. Raises `NoSuchFile` and `AnswersTampered`."""
        return self._files.taken_out(email.number, mailbox.session_id, mailbox.opener)

    def reading(self, mailbox: Mailbox, email: StoredEmail, data_key: bytes) -> bytes | None:
        """What was kept with `keep_reading`. Raises `AnswersTampered`."""
        if email.reading is None:
            return None
        return self._vault.decrypt(data_key, email.reading, session=mailbox.session_id, part=_part(email.number))

    def keep_reading(self, mailbox: Mailbox, email: StoredEmail, data_key: bytes, reading: bytes) -> bool:
        """Keep what the session has read of an e-mail; False if somebody did that before."""
        row = self._vault.encrypt(data_key, reading, session=mailbox.session_id, part=_part(email.number))
        with self._writing.begin() as connection:
            return connection.execute(queries.keep_reading, {"wanted": email.number, "read": row}).rowcount == 1

    def progress(self, session_id: str) -> str:
        """A mark that is another one when an e-mail has come, or when the task that it started is over."""
        with self._engine.connect() as connection:
            number, settled = connection.execute(queries.progress, {"of_session": session_id}).one()
        return f"{number}.{settled}"

    # --- for who receives ----------------------------------------------------------------------------------------------

    def find(self, local_part: str) -> Slot | None:
        """The mailbox of an address into which something may be put."""
        wanted = local_part.lower()
        if len(wanted) != ADDRESS_BYTES * 8 // 5 or not set(wanted) <= _ALPHABET:
            return None
        with self._engine.connect() as connection:
            row = connection.execute(queries.find, {"wanted": wanted}).mappings().first()
        if row is None:
            return None
        names = ("local_part", "session_id", "interview", "multi_user", "slot", "owner", "sealed_key")
        return Slot(**{name: row[name] for name in names})

    def has_room(self, slot: Slot, size: int, most: int) -> bool:
        """Whether the files of the session stay within so many bytes."""
        return self._files.bytes_of(slot.session_id) + size <= most

    def owner_of(self, slot: Slot, data_key: bytes) -> bytes:
        """What was kept of the person who obtained the mailbox."""
        return self._vault.decrypt(data_key, slot.owner, session=slot.session_id, part=_part(slot.local_part, "owner"))

    def data_key_of(self, slot: Slot) -> bytes:
        """The data key of a plain session. Raises `AnswersTampered`."""
        return self._vault.unseal(slot.sealed_key or b"", "session", slot.session_id)

    def new_number(self) -> int:
        """The number of an e-mail that is about to be put in."""
        return self._files.new_number()

    def put_in(
        self, slot: Slot, number: int, message: bytes, digest: str, data_key: bytes = b"", task: NewTask | None = None
    ) -> bool:
        """Keep an e-mail, and the task that it starts, in one transaction; False if the mailbox has the same one already.

        Only a session whose `data_key` is known can have a task. Raises `MailboxGone`.
        """
        known = {"of_mailbox": slot.local_part, "digest": digest}
        if self._has(known):
            return False
        wanted = (task,) if task is not None else ()
        task_rows = new_rows(self._vault, slot.session_id, slot.interview, data_key, wanted)
        file_row = self._files.put_in(number, slot.session_id, slot.slot, message)
        email_row = {
            "file_id": number,
            "local_part": slot.local_part,
            "message_digest": digest,
            "received": naive_utc(),
            "task_id": task.id if task is not None else None,
        }
        try:
            self._write(slot, file_row, email_row, task_rows)
        except MailboxGone:
            self._files.forget_contents([number])
            raise
        except IntegrityError as error:
            # after any other error there may be rows all the same
            self._files.forget_contents([number])
            if self._has(known):
                return False
            raise MailboxGone from error
        return True

    def _write(self, slot: Slot, file_row: Row, email_row: Row, task_rows: list[Row]) -> None:
        with self._writing.begin() as connection:
            if connection.execute(queries.hold_session, {"wanted": slot.local_part}).first() is None:
                raise MailboxGone
            self._files.insert(connection, file_row)
            connection.execute(queries.insert_email, email_row)
            if task_rows:
                connection.execute(task_queries.insert_tasks, task_rows)

    # --- inside --------------------------------------------------------------------------------------------------------

    def _has(self, known: dict[str, str]) -> bool:
        with self._engine.connect() as connection:
            return connection.execute(queries.is_there, known).first() is not None

    def _is_open(self, values: dict[str, str]) -> bool:
        with self._engine.connect() as connection:
            return connection.execute(queries.open_one, values).first() is not None

    def _new_row(self, session_id: str, data_key: bytes, key: Key, index: Key, owner: bytes) -> dict[str, object]:
        local_part = base64.b32encode(os.urandom(ADDRESS_BYTES)).decode().lower()
        slot, opener = self._vault.new_slot()
        hidden = {"label": _label(key, index), "owner": owner, "opener": opener}
        return {
            "local_part": local_part,
            "session_id": session_id,
            "label_digest": _label_digest(data_key, key, index),
            "slot": slot,
            "created": naive_utc(),
            **{
                name: self._vault.encrypt(data_key, value, session=session_id, part=_part(local_part, name))
                for name, value in hidden.items()
            },
        }

    def _mailbox(self, row: RowMapping, data_key: bytes) -> Mailbox:
        session_id, local_part = row["session_id"], row["local_part"]

        def opened(name: str) -> bytes:
            return self._vault.decrypt(data_key, row[name], session=session_id, part=_part(local_part, name))

        key, index = json.loads(opened("label"))
        return Mailbox(local_part, session_id, key, index, row["closed"] is not None, opened("owner"), opened("opener"))


def _email(row: RowMapping) -> StoredEmail:
    return StoredEmail(row["file_id"], row["local_part"], row["received"], row["size"], row["reading"])


def _label(key: Key, index: Key) -> bytes:
    return json.dumps([key, index]).encode()


def _label_digest(data_key: bytes, key: Key, index: Key) -> str:
    return hmac.new(data_key, b"mailbox" + _label(key, index), "sha256").hexdigest()


def _part(which: object, what: str = "reading") -> str:
    return f"mail:{which}:{what}"
