"""The statements of the mailboxes, built once, so that SQLAlchemy compiles each of them once."""

from __future__ import annotations

from sqlalchemy import bindparam, case, delete, func, insert, or_, select, update

from docassemble_lite.store.tables import emails, files, mailboxes, sessions, tasks

_of_session = mailboxes.c.session_id == bindparam("of_session")
_of_mailbox = emails.c.local_part == bindparam("of_mailbox")

insert_mailbox = insert(mailboxes)
open_one = select(mailboxes).where(_of_session, mailboxes.c.label_digest == bindparam("digest"))
of_session = select(mailboxes).where(_of_session).order_by(mailboxes.c.created, mailboxes.c.local_part)
close = (
    update(mailboxes)
    .where(_of_session, mailboxes.c.label_digest == bindparam("digest"))
    .values(label_digest=None, closed=bindparam("now"))
)
remove_all = delete(mailboxes).where(_of_session)
#: A mailbox into which something may be put, with what the server knows of its session.
find = (
    select(mailboxes, sessions.c.interview, sessions.c.multi_user, sessions.c.sealed_key)
    .select_from(mailboxes.join(sessions, sessions.c.id == mailboxes.c.session_id))
    .where(mailboxes.c.local_part == bindparam("wanted"), mailboxes.c.closed.is_(None))
)
#: The session can't be deleted before the end of the transaction; that it is saved meanwhile is no matter.
hold_session = (
    select(sessions.c.id)
    .join(mailboxes, sessions.c.id == mailboxes.c.session_id)
    .where(mailboxes.c.local_part == bindparam("wanted"), mailboxes.c.closed.is_(None))
    .with_for_update(read=True, key_share=True, of=sessions)
)
is_there = select(emails.c.file_id).where(_of_mailbox, emails.c.message_digest == bindparam("digest"))
insert_email = insert(emails)
_columns = (emails.c.file_id, emails.c.local_part, emails.c.received, emails.c.reading, files.c.size)
_with_files = emails.join(files, files.c.id == emails.c.file_id)
emails_of = select(*_columns).select_from(_with_files).where(_of_mailbox).order_by(emails.c.received, emails.c.file_id)
email = (
    select(*_columns)
    .select_from(_with_files)
    .where(emails.c.file_id == bindparam("wanted"), files.c.session_id == bindparam("of_session"))
)
keep_reading = (
    update(emails).where(emails.c.file_id == bindparam("wanted"), emails.c.reading.is_(None)).values(reading=bindparam("read"))
)
_is_settled = or_(tasks.c.id.is_(None), tasks.c.state.not_in(["waiting", "running"]))
#: How many e-mails a session has, and with how many of them nothing is going on any more.
progress = (
    select(func.count(), func.coalesce(func.sum(case((_is_settled, 1), else_=0)), 0))
    .select_from(
        emails.join(mailboxes, mailboxes.c.local_part == emails.c.local_part).outerjoin(tasks, tasks.c.id == emails.c.task_id)
    )
    .where(_of_session)
)
