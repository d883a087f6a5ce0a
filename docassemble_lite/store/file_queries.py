"""The statements of the files, built once, so that SQLAlchemy compiles each of them once."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, exists, func, insert, select, update

from docassemble_lite.store.tables import file_privileges, file_users, files, loose_contents

insert_file = insert(files)
row = select(files).where(files.c.id == bindparam("wanted"))
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

# --- who may see them ------------------------------------------------------------------------------------------------

users_of = select(file_users.c.user_id).where(file_users.c.file_id == bindparam("wanted")).order_by(file_users.c.user_id)
privileges_of = (
    select(file_privileges.c.name).where(file_privileges.c.file_id == bindparam("wanted")).order_by(file_privileges.c.name)
)
is_user = exists().where(file_users.c.file_id == bindparam("wanted"), file_users.c.user_id == bindparam("person")).select()
# who may see the versions of a file is changed by one at a time, or a version that is just being written would be missed
lock = select(files.c.id).where(files.c.id == bindparam("first")).with_for_update()
versions = (
    select(files.c.id, files.c.wrapped_key)
    .where(files.c.session_id == bindparam("of_session"), files.c.origin == bindparam("first"))
    .order_by(files.c.id)
)
set_access = (
    update(files)
    .where(files.c.id == bindparam("wanted"))
    .values(private=bindparam("is_private"), persistent=bindparam("is_persistent"), sealed_key=bindparam("sealed"))
)
set_origin = update(files).where(files.c.id == bindparam("wanted")).values(origin=bindparam("first"))
remove_users = delete(file_users).where(file_users.c.file_id.in_(bindparam("numbers", expanding=True)))
remove_privileges = delete(file_privileges).where(file_privileges.c.file_id.in_(bindparam("numbers", expanding=True)))
insert_users = insert(file_users)
insert_privileges = insert(file_privileges)
take_privilege = delete(file_privileges).where(file_privileges.c.name == bindparam("gone"))
let_outlive = (
    update(files)
    .where(files.c.session_id == bindparam("of_session"), files.c.persistent)
    .values(session_id=None, wrapped_key=None)
)
