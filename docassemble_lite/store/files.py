"""Files of sessions: a row says what a file is, its content lies outside of the database, encrypted like the answers.

The content is written before its row and removed after it: whatever is interrupted may leave a content that no row
mentions, and never a row without a content. A file doesn't change; what is to hold something else is another file.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from docassemble_lite.clock import naive_utc
from docassemble_lite.errors import NoSuchFile, SessionNotFound
from docassemble_lite.store import file_queries as queries
from docassemble_lite.store.contents import Contents
from docassemble_lite.store.vault import Vault
from docassemble_lite.store.writing import Writing

log = logging.getLogger(__name__)

#: Numbers are below this, so that JSON and JavaScript can hold them.
NUMBERS = 2**53


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
        # a number that can't be guessed tells nobody how many files there are, and is known before there is a row
        number = secrets.randbelow(NUMBERS - 1) + 1
        extension = PurePosixPath(name).suffix.lower().removeprefix(".")
        added = StoredFile(number, session_id, name, extension, mimetype, len(content), naive_utc())
        self._contents.write(_key(number), self._vault.encrypt(data_key, content, session=session_id, part=_part(number)))
        try:
            with self._writing.begin() as connection:
                connection.execute(queries.insert_file, _row(added))
        except IntegrityError as error:
            # after any other error there may be a row all the same
            self._contents.remove([_key(number)])
            raise SessionNotFound from error
        return added

    def info(self, number: int) -> StoredFile:
        """What is known of a file. Raises `NoSuchFile`."""
        with self._engine.connect() as connection:
            row = connection.execute(queries.info, {"wanted": number}).mappings().first() if 0 < number < NUMBERS else None
        if row is None:
            raise NoSuchFile
        return StoredFile(number=row["id"], **{name: row[name] for name in row if name != "id"})

    def read(self, file: StoredFile, data_key: bytes) -> bytes:
        """The content of a file, with the data key of its session.

        Raises `NoSuchFile`, and `AnswersTampered` when it isn't what this server wrote there.
        """
        try:
            content = self._contents.read(_key(file.number))
        except FileNotFoundError:
            # of the session that is just being deleted, or lost
            log.error('action="content_missing" file=%d', file.number)
            raise NoSuchFile from None
        return self._vault.decrypt(data_key, content, session=file.session_id, part=_part(file.number))

    def numbers_of(self, session_id: str) -> list[int]:
        """The numbers of all files of a session, oldest first."""
        with self._engine.connect() as connection:
            return list(connection.scalars(queries.numbers_of_session, {"of_session": session_id}))

    def remove(self, session_id: str, numbers: Iterable[int]) -> None:
        """Remove files of a session; those that it doesn't have are passed over."""
        wanted = list(numbers)
        with self._writing.begin() as connection:
            connection.execute(queries.remove, {"of_session": session_id, "numbers": wanted})
        self.forget_contents(wanted)

    def forget_contents(self, numbers: Iterable[int]) -> None:
        """Remove the contents of files whose rows have gone."""
        self._contents.remove(_key(number) for number in numbers)


def _row(file: StoredFile) -> dict[str, object]:
    names = ("session_id", "name", "extension", "mimetype", "size", "created")
    return {"id": file.number, **{name: getattr(file, name) for name in names}}


def _key(number: int) -> str:
    return f"{number:014x}"


def _part(number: int) -> str:
    return f"file:{number}"
