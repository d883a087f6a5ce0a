"""Files of sessions: a row says what a file is, its content lies outside of the database, encrypted like the answers.

The content is written before its row and removed after it, so there is never a row without a content. While there is a
content without a row, its number stands in the table of loose contents: what was interrupted, or met a place that was away,
is cleared up later. A file doesn't change; what is to hold something else is another file.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from docassemble_lite.clock import naive_utc
from docassemble_lite.errors import NoSuchFile, SessionNotFound, StoreAway
from docassemble_lite.store import file_queries as queries
from docassemble_lite.store.contents import Contents
from docassemble_lite.store.vault import Vault
from docassemble_lite.store.writing import Writing

log = logging.getLogger(__name__)

#: Numbers are below this, so that JSON and JavaScript can hold them.
NUMBERS = 2**53
# longer than any content takes to be written
_LOOSE_FOR = timedelta(hours=1)
_AT_ONCE = 500


@dataclass(frozen=True)
class StoredFile:
    """What is known of a file without opening it. `size` is in bytes, `created` naive UTC."""

    number: int
    session_id: str
    # for people; it never becomes a path
    name: str
    # of the name, in lower case and without the dot
    extension: str
    mimetype: str
    size: int
    created: datetime


class Files:
    """The files of all sessions."""

    def __init__(self, engine: Engine, vault: Vault, writing: Writing, contents: Contents) -> None:
        self._engine = engine
        self._vault = vault
        self._writing = writing
        self._contents = contents

    def add(self, session_id: str, data_key: bytes, content: bytes, *, name: str, mimetype: str) -> StoredFile:
        """Keep a file of a session from now on, whether or not its answers are saved.

        Raises `SessionNotFound` when the session has gone.
        """
        number = self.new_number()
        extension = PurePosixPath(name).suffix.lower().removeprefix(".")
        added = StoredFile(number, session_id, name, extension, mimetype, len(content), naive_utc())
        row = self._row(added, data_key)
        self._write(number, self._vault.encrypt(data_key, content, session=session_id, part=_part(number)))
        try:
            with self._writing.begin() as connection:
                self.insert(connection, row)
        except IntegrityError as error:
            # after any other error there may be a row all the same
            self.forget_contents([number])
            raise SessionNotFound from error
        return added

    def _write(self, number: int, locked: bytes) -> None:
        with self._writing.begin() as connection:
            self.loosen(connection, [number])
        self._contents.write(_key(number), locked)

    def new_number(self) -> int:
        """A number that can't be guessed tells nobody how many files there are, and is known before there is a row."""
        return secrets.randbelow(NUMBERS - 1) + 1

    def put_in(self, number: int, session_id: str, slot: bytes, content: bytes) -> Mapping[str, object]:
        """Write the content of a file that only what opens the slot can read, and that nobody finds by its number; its row."""
        locked = self._vault.put_in(slot, content, session=session_id, part=_part(number))
        self._write(number, locked)
        columns = {"session_id": session_id, "size": len(content), "created": naive_utc()}
        return {"id": number, "name": b"", "extension": "eml", "mimetype": "message/rfc822", **columns}

    def insert(self, connection: Connection, row: Mapping[str, object]) -> None:
        """Write the row of a file, whose content is there, within somebody's transaction."""
        connection.execute(queries.insert_file, row)
        connection.execute(queries.remove_loose, {"numbers": [row["id"]]})

    def loosen(self, connection: Connection, numbers: Iterable[int]) -> None:
        """Note within somebody's transaction that these contents have no rows from its end on; `forget_contents` comes next."""
        now = naive_utc()
        rows = [{"id": number, "since": now} for number in numbers]
        if rows:
            connection.execute(queries.insert_loose, rows)

    def taken_out(self, number: int, session_id: str, opener: bytes) -> bytes:
        """The content that was given to `put_in`. Raises `NoSuchFile`, and `AnswersTampered` if it isn't what was put in."""
        return self._vault.take_out(opener, self._locked(number), session=session_id, part=_part(number))

    def session_of(self, number: int) -> str:
        """The id of the session that a file belongs to. Raises `NoSuchFile`."""
        session_id: str | None = None
        if 0 < number < NUMBERS:
            with self._engine.connect() as connection:
                session_id = connection.scalar(queries.session_of, {"wanted": number})
        if session_id is None:
            raise NoSuchFile
        return session_id

    def info(self, number: int, session_id: str, data_key: bytes) -> StoredFile:
        """What is known of a file of a session. Raises `NoSuchFile`, and `AnswersTampered` when this server didn't write it."""
        if not 0 < number < NUMBERS:
            raise NoSuchFile
        with self._engine.connect() as connection:
            row = connection.execute(queries.info, {"wanted": number, "of_session": session_id}).mappings().first()
        if row is None or not row["name"]:
            raise NoSuchFile
        name = self._vault.decrypt(data_key, row["name"], session=session_id, part=_part(number, "name"))
        columns = ("session_id", "extension", "mimetype", "size", "created")
        return StoredFile(number=number, name=name.decode(), **{column: row[column] for column in columns})

    def read(self, file: StoredFile, data_key: bytes) -> bytes:
        """The content of a file, with the data key of its session.

        Raises `NoSuchFile`, and `AnswersTampered` when it isn't what this server wrote there.
        """
        content = self._locked(file.number)
        return self._vault.decrypt(data_key, content, session=file.session_id, part=_part(file.number))

    def _locked(self, number: int) -> bytes:
        try:
            return self._contents.read(_key(number))
        except FileNotFoundError:
            # of the session that is just being deleted, or lost
            log.error('action="content_missing" file=%d', number)
            raise NoSuchFile from None

    def numbers_of(self, session_id: str) -> list[int]:
        """The numbers of all files of a session, oldest first."""
        with self._engine.connect() as connection:
            return list(connection.scalars(queries.numbers_of_session, {"of_session": session_id}))

    def bytes_of(self, session_id: str) -> int:
        """How many bytes all files of a session have together."""
        with self._engine.connect() as connection:
            return int(connection.scalar(queries.bytes_of_session, {"of_session": session_id}) or 0)

    def remove(self, session_id: str, numbers: Iterable[int]) -> None:
        """Remove files of a session; those that it doesn't have are passed over."""
        wanted = {"of_session": session_id, "numbers": list(numbers)}
        with self._writing.begin() as connection:
            found = list(connection.scalars(queries.some_of_session, wanted))
            connection.execute(queries.remove, {"numbers": found})
            self.loosen(connection, found)
        self.forget_contents(found)

    def forget_contents(self, numbers: Iterable[int]) -> None:
        """Remove contents that are loose. If their place is away, that is left to `clear_up`."""
        loose = list(numbers)
        if not loose:
            return
        try:
            self._remove_loose(loose)
        except StoreAway as error:
            log.warning('action="contents_left" number=%d %s', len(loose), type(error.__cause__).__name__)

    def clear_up(self) -> int:
        """Remove the contents that have been loose for an hour; how many they were. Raises `StoreAway`."""
        number, before = 0, naive_utc() - _LOOSE_FOR
        while loose := self._loose(before):
            self._remove_loose(loose)
            number += len(loose)
        return number

    def _loose(self, before: datetime) -> list[int]:
        with self._engine.connect() as connection:
            return list(connection.scalars(queries.loose, {"before": before, "most": _AT_ONCE}))

    def _remove_loose(self, numbers: list[int]) -> None:
        self._contents.remove(_key(number) for number in numbers)
        for start in range(0, len(numbers), _AT_ONCE):
            with self._writing.begin() as connection:
                connection.execute(queries.remove_loose, {"numbers": numbers[start : start + _AT_ONCE]})

    def _row(self, file: StoredFile, data_key: bytes) -> dict[str, object]:
        names = ("session_id", "extension", "mimetype", "size", "created")
        part = _part(file.number, "name")
        name = self._vault.encrypt(data_key, file.name.encode(), session=file.session_id, part=part)
        return {"id": file.number, "name": name, **{column: getattr(file, column) for column in names}}


def _key(number: int) -> str:
    return f"{number:014x}"


def _part(number: int, which: str = "content") -> str:
    return f"file:{number}:{which}"
