"""Who may see a file besides its session, and whether it outlives it.

Of a file that others may see there is one more copy of its key, sealed by the server, which looks who asks before it uses it.
When nobody else may see the file any more, that copy goes, and only the session's key opens it again.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, Insert, RowMapping

from docassemble_lite.errors import NoSuchFile
from docassemble_lite.host import FileAccess, Person
from docassemble_lite.settings import Secret
from docassemble_lite.store import file_queries as queries
from docassemble_lite.store.vault import Vault
from docassemble_lite.store.writing import Writing


class FileAccesses:
    """The access to all files."""

    def __init__(self, engine: Engine, vault: Vault, writing: Writing) -> None:
        self._engine = engine
        self._vault = vault
        self._writing = writing

    def of(self, number: int) -> FileAccess:
        """Who may see a file. Raises `NoSuchFile`."""
        with self._engine.connect() as connection:
            return _access(connection, _row(connection, number))

    def is_open_to(self, number: int, private: bool, person: Person) -> bool:
        """Whether somebody may see a file that isn't of that person's session."""
        if not private:
            return True
        with self._engine.connect() as connection:
            allowed = list(connection.scalars(queries.privileges_of, {"wanted": number}))
            if person.has_one_of(allowed):
                return True
            return person.id is not None and bool(connection.scalar(queries.is_user, {"wanted": number, "person": person.id}))

    def set(self, session_id: str, data_key: bytes, number: int, access: FileAccess) -> None:
        """Have these people and no others see a file of a session, in all of its versions; it must have a key of its own.

        Raises `NoSuchFile`, and `IntegrityError` for somebody who isn't there.
        """
        with self._writing.begin() as connection:
            row = _row(connection, number)
            if row["session_id"] != session_id or row["origin"] is None:
                raise NoSuchFile
            connection.execute(queries.lock, {"first": row["origin"]})
            versions = connection.execute(queries.versions, {"of_session": session_id, "first": row["origin"]}).mappings().all()
            for version in versions:
                self._write(connection, session_id, data_key, version["id"], version["wrapped_key"], access)

    def take_over(self, connection: Connection, session_id: str, data_key: bytes, number: int, like: int) -> None:
        """Have those see a new file of a session who see the one whose place it takes. One of another session means nothing."""
        before = connection.execute(queries.row, {"wanted": like}).mappings().first()
        if before is None or before["session_id"] != session_id or before["origin"] is None:
            return
        connection.execute(queries.lock, {"first": before["origin"]})
        connection.execute(queries.set_origin, {"wanted": number, "first": before["origin"]})
        access = _access(connection, _row(connection, like))
        if access != FileAccess():
            self._write(connection, session_id, data_key, number, _row(connection, number)["wrapped_key"], access)

    def _write(
        self, connection: Connection, session_id: str, data_key: bytes, number: int, wrapped: bytes, access: FileAccess
    ) -> None:
        sealed = None
        if access.reaches_others:
            key = unwrapped_key(self._vault, session_id, data_key, number, wrapped)
            sealed = self._vault.seal(key, "file", str(number))
        columns = {"is_private": access.private, "is_persistent": access.persistent, "sealed": sealed}
        connection.execute(queries.set_access, {"wanted": number, **columns})
        connection.execute(queries.remove_users, {"numbers": [number]})
        connection.execute(queries.remove_privileges, {"numbers": [number]})
        _insert(connection, queries.insert_users, number, "user_id", access.user_ids)
        _insert(connection, queries.insert_privileges, number, "name", access.privileges)


def wrapped_key(vault: Vault, session_id: str, data_key: bytes, number: int, key: bytes) -> bytes:
    """The key of a file, for its session."""
    return vault.encrypt(data_key, key, session=session_id, part=f"file:{number}:key")


def unwrapped_key(vault: Vault, session_id: str, data_key: bytes, number: int, wrapped: bytes) -> Secret:
    """What `wrapped_key` was given. Raises `AnswersTampered`."""
    return Secret(vault.decrypt(data_key, wrapped, session=session_id, part=f"file:{number}:key"))


def _row(connection: Connection, number: int) -> RowMapping:
    row = connection.execute(queries.row, {"wanted": number}).mappings().first()
    if row is None:
        raise NoSuchFile
    return row


def _access(connection: Connection, row: RowMapping) -> FileAccess:
    wanted = {"wanted": row["id"]}
    return FileAccess(
        private=bool(row["private"]),
        persistent=bool(row["persistent"]),
        user_ids=tuple(connection.scalars(queries.users_of, wanted)),
        privileges=tuple(connection.scalars(queries.privileges_of, wanted)),
    )


def _insert(connection: Connection, statement: Insert, number: int, column: str, values: Iterable[object]) -> None:
    rows = [{"file_id": number, column: value} for value in values]
    if rows:
        connection.execute(statement, rows)
