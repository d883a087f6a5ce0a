"""The statements of the files, built once, so that SQLAlchemy compiles each of them once."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, exists, func, insert, select

from docassemble_lite.store.tables import files, loose_contents

insert_file = insert(files)
session_of = select(files.c.session_id).where(files.c.id == bindparam("wanted"))
info = select(files).where(files.c.id == bindparam("wanted"), files.c.session_id == bindparam("of_session"))
numbers_of_session = select(files.c.id).where(files.c.session_id == bindparam("of_session")).order_by(files.c.created)
some_of_session = select(files.c.id).where(
    files.c.session_id == bindparam("of_session"), files.c.id.in_(bindparam("numbers", expanding=True))
)
remove = delete(files).where(files.c.id.in_(bindparam("numbers", expanding=True)))
insert_loose = insert(loose_contents)
remove_loose = delete(loose_contents).where(loose_contents.c.id.in_(bindparam("numbers", expanding=True)))
loose = (
    select(loose_contents.c.id)
    # whatever goes wrong, the content of a file that has a row isn't removed
    .where(loose_contents.c.since < bindparam("before"), ~exists().where(files.c.id == loose_contents.c.id))
    .order_by(loose_contents.c.since)
    .limit(bindparam("most"))
)
bytes_of_session = select(func.coalesce(func.sum(files.c.size), 0)).where(files.c.session_id == bindparam("of_session"))
