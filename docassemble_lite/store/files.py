"""Files of sessions: a row says what a file is, its content lies outside of the database, encrypted like the answers.

The content is written before its row and removed after it, so there is never a row without a content. While there is a
content without a row, its number stands in the table of loose contents: what was interrupted, or met a place that was away,
is cleared up later. A file doesn't change; what is to hold something else is another file.
"""

from __future__ import annotations

import io
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import BinaryIO

from sqlalchemy import Connection, Engine, RowMapping
from sqlalchemy.exc import IntegrityError

from docassemble_lite.clock import naive_utc
from docassemble_lite.errors import NoSuchFile, SessionNotFound, StoreAway
from docassemble_lite.host import Person
from docassemble_lite.settings import Secret
from docassemble_lite.store import file_queries as queries
from docassemble_lite.store.chunks import locked_chunks, open_chunks
from docassemble_lite.store.contents import Contents
from docassemble_lite.store.file_access import FileAccesses, unwrapped_key, wrapped_key
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
    """What is known of a file without opening its content. `size` is in bytes, `created` naive UTC."""

    number: int
    # empty: the file has outlived its session
    session_id: str
    # for people; it never becomes a path
    name: str
    # of the name, in lower case and without the dot
    extension: str
    mimetype: str
    size: int
    created: datetime
    # the key that opens it: its own, or that of its session if an earlier version wrote it
    opener: Secret
    has_own_key: bool = True


class Files:
    """The files of all sessions."""

    def __init__(self, engine: Engine, vault: Vault, writing: Writing, contents: Contents) -> None:
        self._engine = engine
        self._vault = vault
        self._writing = writing
        self._contents = contents
        self.access = FileAccesses(engine, vault, writing)

    def add(
        self,
        session_id: str,
        data_key: bytes,
        content: bytes | BinaryIO,
        *,
        name: str,
        mimetype: str,
        like: int | None = None,
    ) -> StoredFile:
        """Keep a file of a session from now on, whether or not its answers are saved.

        Of a `content` that is an open file, everything is read, a piece at a time. The same people may see it as the file `like`
        of the session, whose place it takes. Raises `SessionNotFound` when the session has gone.
        """
        number, key = self.new_number(), self._vault.new_data_key()
        source = io.BytesIO(content) if isinstance(content, bytes) else content
        size = source.seek(0, io.SEEK_END)
        source.seek(0)
        extension = PurePosixPath(name).suffix.lower().removeprefix(".")
        added = StoredFile(number, session_id, name, extension, mimetype, size, naive_utc(), key)
        row = self._row(added, data_key)
        self._write(number, locked_chunks(key, number, size, source))
        try:
            with self._writing.begin() as connection:
                self.insert(connection, row)
                if like is not None:
                    self.access.take_over(connection, session_id, data_key, number, like)
        except IntegrityError as error:
            # after any other error there may be a row all the same
            self.forget_contents([number])
            raise SessionNotFound from error
        return added

    def renewed(self, file: StoredFile, data_key: bytes) -> StoredFile:
        """A file of a session as one with a key of its own: itself, or another one if an earlier version wrote it."""
        if file.has_own_key:
            return file
        content = self.read(file)
        return self.add(file.session_id, data_key, content, name=file.name, mimetype=file.mimetype)

    def _write(self, number: int, locked: Iterable[bytes]) -> None:
        with self._writing.begin() as connection:
            self.loosen(connection, [number])
        self._contents.write(_key(number), locked)

    def new_number(self) -> int:
        """A number that can't be guessed tells nobody how many files there are, and is known before there is a row."""
        return secrets.randbelow(NUMBERS - 1) + 1

    def put_in(self, number: int, session_id: str, slot: bytes, content: bytes) -> Mapping[str, object]:
        """Write the content of a file that only what opens the slot can read, and that nobody finds by its number; its row."""
        locked = self._vault.put_in(slot, content, session=session_id, part=_part(number))
        self._write(number, [locked])
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

    def session_of(self, number: int) -> str | None:
        """The id of the session that a file belongs to; None for one that has outlived its session. Raises `NoSuchFile`."""
        session_id: str | None = self._found(number)["session_id"]
        return session_id

    def info(self, number: int, session_id: str, data_key: bytes) -> StoredFile:
        """What is known of a file of a session. Raises `NoSuchFile`, and `AnswersTampered` when this server didn't write it."""
        row = self._found(number)
        if row["session_id"] != session_id:
            raise NoSuchFile
        return self._stored(row, self._own_key(row, data_key))

    def info_for(self, number: int, person: Person) -> StoredFile:
        """What is known of a file, for somebody who isn't in its session. Raises `NoSuchFile` if that person may not see it."""
        row = self._found(number)
        if row["sealed_key"] is None or not self.access.is_open_to(number, bool(row["private"]), person):
            raise NoSuchFile
        return self._stored(row, self._vault.unseal(row["sealed_key"], "file", str(number)))

    def info_with(self, number: int, opener: bytes) -> StoredFile:
        """What is known of a file whose `opener` somebody has. Raises as `info` does."""
        return self._stored(self._found(number), Secret(opener))

    def _found(self, number: int) -> RowMapping:
        row = None
        if 0 < number < NUMBERS:
            with self._engine.connect() as connection:
                row = connection.execute(queries.row, {"wanted": number}).mappings().first()
        if row is None or not row["name"]:
            raise NoSuchFile
        return row

    def _own_key(self, row: RowMapping, data_key: bytes) -> Secret:
        if row["origin"] is None:
            return Secret(data_key)
        return unwrapped_key(self._vault, row["session_id"], data_key, row["id"], row["wrapped_key"])

    def _stored(self, row: RowMapping, opener: Secret) -> StoredFile:
        number, session_id = row["id"], row["session_id"] or ""
        has_own_key = row["origin"] is not None
        name = self._vault.decrypt(opener, row["name"], session="" if has_own_key else session_id, part=_part(number, "name"))
        columns = {column: row[column] for column in ("extension", "mimetype", "size", "created")}
        return StoredFile(number, session_id, name.decode(), **columns, opener=opener, has_own_key=has_own_key)

    def read(self, file: StoredFile) -> bytes:
        """The whole content of a file. Raises `NoSuchFile`, and `AnswersTampered` when it isn't what this server wrote there."""
        with self.open(file) as content:
            return content.read()

    def open(self, file: StoredFile) -> BinaryIO:
        """The content of a file, to be read a piece at a time from any place. Raises as `read` does, also while it is read."""
        if not file.has_own_key:
            locked = self._locked(file.number)
            return io.BytesIO(self._vault.decrypt(file.opener, locked, session=file.session_id, part=_part(file.number)))
        return open_chunks(file.opener, file.number, file.size, lambda start, length: self._part_of(file.number, start, length))

    def _locked(self, number: int) -> bytes:
        return self._there(number, lambda: self._contents.read(_key(number)))

    def _part_of(self, number: int, start: int, length: int) -> bytes:
        return self._there(number, lambda: self._contents.read_part(_key(number), start, length))

    def _there(self, number: int, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
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
        return {
            "id": file.number,
            "name": self._vault.encrypt(file.opener, file.name.encode(), session="", part=_part(file.number, "name")),
            "wrapped_key": wrapped_key(self._vault, file.session_id, data_key, file.number, file.opener),
            "origin": file.number,
            **{column: getattr(file, column) for column in names},
        }


def _key(number: int) -> str:
    return f"{number:014x}"


def _part(number: int, which: str = "content") -> str:
    return f"file:{number}:{which}"
