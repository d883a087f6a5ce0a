"""The statements of the files, built once, so that SQLAlchemy compiles each of them once."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, insert, select

from docassemble_lite.store.tables import files

insert_file = insert(files)
session_of = select(files.c.session_id).where(files.c.id == bindparam("wanted"))
info = select(files).where(files.c.id == bindparam("wanted"), files.c.session_id == bindparam("of_session"))
numbers_of_session = select(files.c.id).where(files.c.session_id == bindparam("of_session")).order_by(files.c.created)
remove = delete(files).where(files.c.session_id == bindparam("of_session"), files.c.id.in_(bindparam("numbers", expanding=True)))
bytes_of_session = select(func.coalesce(func.sum(files.c.size), 0)).where(files.c.session_id == bindparam("of_session"))
