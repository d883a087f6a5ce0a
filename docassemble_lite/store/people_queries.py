"""The statements of people, built once, so that SQLAlchemy compiles each of them once."""

from __future__ import annotations

from functools import cache

from sqlalchemy import bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.sql.dml import ReturningInsert

from docassemble_lite.host import PROFILE
from docassemble_lite.store.tables import attempts, logins, privilege_names, privileges, session_people, tickets, users

_of_user = bindparam("of_user", type_=users.c.id.type)
_person = ("id", "email", *PROFILE)

# --- users -----------------------------------------------------------------------------------------------------------

insert_user = insert(users).returning(users.c.id)
insert_privileges = insert(privileges)
delete_privileges = delete(privileges).where(privileges.c.user_id == _of_user)
# two who change the privileges of one person take turns
lock_user = select(users.c.id).where(users.c.id == _of_user).with_for_update()
set_password = (
    update(users)
    .where(users.c.id == _of_user)
    .values(password_hash=bindparam("hashed"), secret_by_password=bindparam("by_password"))
)
set_recovery = update(users).where(users.c.id == _of_user).values(secret_by_recovery=bindparam("by_recovery"))
#: Only where there is none yet: of two who sign in for the first time at once, one makes it.
set_first_secret = (
    update(users)
    .where(users.c.id == _of_user, users.c.secret_by_password.is_(None))
    .values(secret_by_password=bindparam("by_password"))
)
renew_secret = (
    update(users)
    .where(users.c.id == _of_user, users.c.secret_by_password == bindparam("opened"))
    .values(secret_by_password=bindparam("by_password"))
)
secrets_of = select(users.c.secret_by_password, users.c.secret_by_recovery).where(users.c.id == _of_user)
set_active = update(users).where(users.c.id == _of_user).values(active=bindparam("may_sign_in"))
delete_user = delete(users).where(users.c.id == _of_user)
#: Only where it is still the one that was checked.
renew_password = (
    update(users)
    .where(users.c.id == _of_user, users.c.password_hash == bindparam("checked"))
    .values(password_hash=bindparam("hashed"))
)
#: A row for each privilege of the person, one without any for a person who has none.
find = (
    select(*(users.c[name] for name in _person), users.c.active, users.c.password_hash, privileges.c.name.label("privilege"))
    .select_from(users.outerjoin(privileges))
    .where(users.c.email_key == bindparam("key"))
    .order_by(privileges.c.name)
)
find_by_id = (
    select(*(users.c[name] for name in _person), users.c.active, users.c.password_hash, privileges.c.name.label("privilege"))
    .select_from(users.outerjoin(privileges))
    .where(users.c.id == _of_user)
    .order_by(privileges.c.name)
)
_last_seen = select(func.max(logins.c.last_seen)).where(logins.c.user_id == users.c.id).scalar_subquery()
listing = (
    select(*(users.c[name] for name in _person), users.c.active, users.c.created, _last_seen.label("last_seen"))
    .add_columns(privileges.c.name.label("privilege"))
    .select_from(users.outerjoin(privileges))
    # the one of scheduled tasks, who can't sign in, has no address
    .where(users.c.email_key.contains("@"))
    .order_by(users.c.email_key, privileges.c.name)
)

_words = bindparam("words", type_=users.c.email_key.type)
_name = func.lower(users.c.first_name + " " + users.c.last_name)
#: Those whose address or name holds some words, which are in small letters.
_found = select(users.c.id).where(
    users.c.email_key.contains("@"),
    or_(
        users.c.email_key.contains(_words, autoescape=False, escape="\\"),
        _name.contains(_words, autoescape=False, escape="\\"),
    ),
)
count_found = select(func.count()).select_from(_found.subquery())
_page = _found.order_by(users.c.email_key).limit(bindparam("most")).offset(bindparam("skipped"))
page = listing.where(users.c.id.in_(_page.scalar_subquery()))
account = listing.where(users.c.id == _of_user)
#: Taken for the time of the transaction, so that two who take the privilege from one another take turns.
admins = (
    select(privileges.c.user_id)
    .select_from(privileges.join(users))
    .where(privileges.c.name == "admin", users.c.active)
    .order_by(privileges.c.user_id)
    .with_for_update()
)
_some_ids = (
    select(users.c.id)
    .where(users.c.email_key.contains("@"), users.c.id > bindparam("after"), or_(users.c.active, bindparam("with_inactive")))
    .order_by(users.c.id)
    .limit(bindparam("most"))
)
some = (
    select(*(users.c[name] for name in _person), users.c.active, users.c.created, privileges.c.name.label("privilege"))
    .select_from(users.outerjoin(privileges))
    .where(users.c.id.in_(_some_ids))
    .order_by(users.c.id, privileges.c.name)
)

# --- logins ----------------------------------------------------------------------------------------------------------

insert_login = insert(logins)
who = (
    select(*(users.c[name] for name in _person), privileges.c.name.label("privilege"))
    .add_columns(logins.c.id.label("login"), logins.c.last_seen, logins.c.secret)
    .select_from(logins.join(users).outerjoin(privileges, privileges.c.user_id == users.c.id))
    .where(logins.c.token_digest == bindparam("digest"), logins.c.last_seen > bindparam("unused_since"), users.c.active)
    .order_by(privileges.c.name)
)
note_seen = (
    update(logins)
    .where(logins.c.id == bindparam("login"), logins.c.last_seen <= bindparam("before"))
    .values(last_seen=bindparam("now"))
)
log_out = delete(logins).where(logins.c.token_digest == bindparam("digest"))
end_logins = delete(logins).where(logins.c.user_id == _of_user)
end_unused = delete(logins).where(logins.c.last_seen <= bindparam("unused_since"))

forget_accesses = delete(session_people).where(session_people.c.user_id == _of_user)

# --- tickets ---------------------------------------------------------------------------------------------------------

insert_ticket = insert(tickets)
ticket = select(tickets).where(tickets.c.digest == bindparam("wanted"), tickets.c.expires > bindparam("now"))
take_ticket = delete(tickets).where(tickets.c.digest == bindparam("wanted"), tickets.c.expires > bindparam("now"))
end_tickets = delete(tickets).where(tickets.c.user_id == _of_user)
end_old_tickets = delete(tickets).where(tickets.c.expires <= bindparam("now"))

# --- names of privileges ---------------------------------------------------------------------------------------------

names_of_privileges = select(privilege_names.c.name).order_by(privilege_names.c.name)
insert_privilege_name = insert(privilege_names)
delete_privilege_name = delete(privilege_names).where(privilege_names.c.name == bindparam("gone"))
take_privilege = delete(privileges).where(privileges.c.name == bindparam("gone"))

# --- attempts --------------------------------------------------------------------------------------------------------

attempts_of = select(attempts.c.number, attempts.c.began).where(attempts.c.what_digest == bindparam("what"))
forget_attempts = delete(attempts).where(attempts.c.what_digest == bindparam("what"))
_over = (
    select(attempts.c.what_digest)
    .where(attempts.c.began <= bindparam("before"))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
clear_attempts = delete(attempts).where(attempts.c.what_digest.in_(select(_over.cte("over").c.what_digest)))


@cache
def count_attempt(dialect: str) -> ReturningInsert[tuple[object, ...]]:
    """The statement that counts an attempt and tells the number, at once, which each database says in its own way."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as insert_or_update
    else:
        from sqlalchemy.dialects.postgresql import insert as insert_or_update  # type: ignore[assignment]
    now = bindparam("now", type_=attempts.c.began.type)
    # one that began long after now is of a clock that was set back since; a little after is somebody who was served first
    anew = or_(attempts.c.began <= bindparam("before"), attempts.c.began > bindparam("after"))
    return (
        insert_or_update(attempts)
        .values(what_digest=bindparam("what"), began=now, number=1)
        .on_conflict_do_update(
            index_elements=[attempts.c.what_digest],
            set_={"began": case((anew, now), else_=attempts.c.began), "number": case((anew, 1), else_=attempts.c.number + 1)},
        )
        .returning(attempts.c.number, attempts.c.began)
    )
