"""The statements of the sessions, built once, so that SQLAlchemy compiles each of them once."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Insert,
    Select,
    String,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from docassemble_lite.store.tables import privileges, session_keys, session_people, sessions, steps, tasks, users
from docassemble_lite.store.task_queries import has_news, has_open

_wanted = sessions.c.id == bindparam("wanted")
_newest = and_(steps.c.session_id == sessions.c.id, steps.c.number == sessions.c.step)
_is_good = or_(session_keys.c.until.is_(None), session_keys.c.until > bindparam("now"))
_key = and_(session_keys.c.session_id == sessions.c.id, session_keys.c.holder == bindparam("asking"), _is_good)

# a session that isn't open to the asking one is not found at all: no row, no time spent on its answers
_open_to_asking = or_(sessions.c.multi_user, session_keys.c.holder.is_not(None))
_has_news = has_news.where(tasks.c.session_id == sessions.c.id).label("has_news")
_has_open = has_open.where(tasks.c.session_id == sessions.c.id).label("has_open_tasks")
load = (
    select(sessions, steps.c.answers, session_keys.c.wrapped, _has_news, _has_open)
    .select_from(sessions.join(steps, _newest).outerjoin(session_keys, _key))
    .where(_wanted, _open_to_asking)
)
enter = (
    select(sessions.c.id, sessions.c.interview, sessions.c.multi_user, sessions.c.sealed_key, session_keys.c.wrapped, _has_news)
    .select_from(sessions.outerjoin(session_keys, _key))
    .where(_wanted, _open_to_asking)
)
load_any = select(sessions, steps.c.answers).select_from(sessions.join(steps, _newest)).where(_wanted)
load_step = (
    select(steps.c.answers)
    .select_from(sessions.join(steps, steps.c.session_id == sessions.c.id))
    .where(_wanted, sessions.c.version == bindparam("seen"), steps.c.number == bindparam("number"))
)
peek = select(sessions).where(_wanted)
held_by = (
    select(sessions)
    .select_from(sessions.join(session_keys, session_keys.c.session_id == sessions.c.id))
    .where(session_keys.c.holder == bindparam("asking"), _is_good)
    .order_by(sessions.c.modified.desc(), sessions.c.id)
)
_listed = (
    select(sessions, session_keys.c.holder.is_not(None).label("held"), users.c.email)
    .select_from(sessions.outerjoin(session_keys, _key).outerjoin(users, users.c.id == sessions.c.owner_id))
    .order_by(sessions.c.modified.desc(), sessions.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
#: A session that isn't the wanted one by its id or interview is left out; an empty wish is none.
_wished = and_(
    or_(bindparam("session", type_=String) == "", sessions.c.id == bindparam("session")),
    or_(bindparam("interview", type_=String) == "", sessions.c.interview == bindparam("interview")),
)
_of_interview = sessions.c.interview == bindparam("interview", type_=String)
_own = sessions.c.owner_id == bindparam("of_user", type_=sessions.c.owner_id.type)
_joined = select(session_people.c.session_id).where(session_people.c.user_id == bindparam("of_user"))
# a union of what two indices give; "or" would have the whole table read
_on_list = and_(sessions.c.id.in_(select(sessions.c.id).where(_own).union(_joined)), or_(_own, sessions.c.multi_user))
_in_order = (
    select(sessions.c.id).where(_wished, sessions.c.id > bindparam("after")).order_by(sessions.c.id).limit(bindparam("most"))
)
#: The ids of the sessions of a person's list, in their order, some at a time.
ids_on_list = _in_order.where(_on_list)


def listed(condition: ColumnElement[bool] | None, *, of_person: bool, session: bool, interview: bool) -> Select[Any]:
    """Sessions (under a condition), most recently saved first; `held` is whether the secret of the one who asks opens it.

    Those of a person are the person's own, and the plain ones of others in which the person was. A wish that may be empty
    would have the whole table read, so that it is only in the statement if there is one: for one `session`, for an `interview`.
    """
    if condition is None:
        return _all_listed(of_person, session, interview)
    return _listed_under(and_(_having(session, interview), condition), of_person)


@cache
def _all_listed(of_person: bool, session: bool, interview: bool) -> Select[Any]:
    return _listed_under(_having(session, interview), of_person)


def _having(session: bool, interview: bool) -> ColumnElement[bool]:
    wishes = [
        *([sessions.c.id == bindparam("session", type_=String)] if session else []),
        *([_of_interview] if interview else []),
    ]
    return and_(true(), *wishes)


def _listed_under(condition: ColumnElement[bool], of_person: bool) -> Select[Any]:
    if not of_person:
        return _listed.where(condition)
    # the first ones of either kind, so that a person who has very many isn't kept waiting by those that aren't shown
    first = [
        select(sessions.c.id).where(kind, condition).order_by(sessions.c.modified.desc(), sessions.c.id).limit(bindparam("reach"))
        for kind in (_own, and_(sessions.c.id.in_(_joined), sessions.c.multi_user))
    ]
    own, joined = (select(some.subquery().c.id) for some in first)
    return _listed.where(sessions.c.id.in_(own.union(joined)))


@cache
def ids_in_order(*, of_person: bool) -> Select[Any]:
    """The ids of such sessions in their order, some at a time."""
    return _in_order.where(_own) if of_person else _in_order


_allows_cron = and_(sessions.c.multi_user, sessions.c.allow_cron)
interviews_allowing_cron = select(sessions.c.interview).where(_allows_cron).distinct()
_of_interviews = sessions.c.interview.in_(bindparam("interviews", expanding=True))
count_allowing_cron = select(func.count()).select_from(sessions).where(_allows_cron, _of_interviews)
ids_allowing_cron = (
    select(sessions.c.id)
    .where(_allows_cron, _of_interview, sessions.c.id > bindparam("after"))
    .order_by(sessions.c.id)
    .limit(bindparam("most"))
)
_names = select(func.min(sessions.c.interview).label("interview")).cte("names", recursive=True)
_next_name = select(func.min(sessions.c.interview)).where(sessions.c.interview > _names.c.interview).scalar_subquery()
_names = _names.union_all(select(_next_name).where(_names.c.interview.is_not(None)))
#: The interviews that have sessions, each found by the one before: "distinct" would have the whole table read.
interviews = select(_names.c.interview).where(_names.c.interview.is_not(None))
unsaved = (
    select(sessions)
    .where(_of_interview, sessions.c.modified < bindparam("moment"))
    .order_by(sessions.c.modified)
    .limit(bindparam("most"))
)

_owned = sessions.c.owner_id == bindparam("owner", type_=sessions.c.owner_id.type)
_own_key = and_(session_keys.c.session_id == sessions.c.id, session_keys.c.holder == bindparam("asking"), _is_good)
count_private = select(func.count()).select_from(sessions).where(_owned, ~sessions.c.multi_user)
count_shared = select(func.count()).select_from(sessions).where(_owned, sessions.c.multi_user)
count_closed = count_private.where(~select(session_keys.c.holder).where(_own_key).exists())
owned = (
    select(sessions.c.id)
    .where(_owned, or_(~sessions.c.multi_user, bindparam("shared", type_=sessions.c.multi_user.type)))
    .order_by(sessions.c.id)
    .limit(bindparam("most"))
)
_of_others = sessions.c.owner_id.is_distinct_from(bindparam("of_user", type_=sessions.c.owner_id.type))


def leave(condition: ColumnElement[bool]) -> Delete:
    """Takes sessions of others that are under a condition off a person's list; an empty id or interview is any."""
    wanted = select(sessions.c.id).where(_wished, _of_others, condition)
    return delete(session_people).where(session_people.c.user_id == bindparam("of_user"), session_people.c.session_id.in_(wanted))


_others_are_in = (
    select(session_people.c.session_id)
    .where(
        session_people.c.session_id == sessions.c.id,
        # 0 is whoever hasn't signed in, which may have been the owner
        session_people.c.user_id.not_in([0, bindparam("of_user", type_=sessions.c.owner_id.type)]),
    )
    .correlate(sessions)
    .exists()
)
own_with_others = (
    select(sessions.c.id)
    .where(sessions.c.owner_id == bindparam("of_user", type_=sessions.c.owner_id.type), sessions.c.multi_user)
    .where(_others_are_in, _wished)
)
#: A session is nobody's from now on; who is saving it meanwhile begins again.
give_up = update(sessions).where(_wanted).values(owner_id=None, version=sessions.c.version + 1)
forget_access = delete(session_people).where(
    session_people.c.session_id == bindparam("wanted"), session_people.c.user_id == bindparam("person")
)
disown = update(sessions).where(_owned).values(owner_id=None)

raise_version = (
    update(sessions)
    .where(_wanted, sessions.c.version == bindparam("seen"))
    .values(
        version=sessions.c.version + 1,
        step=bindparam("new_step"),
        modified=bindparam("now"),
        title=bindparam("new_title"),
        steps_offset=bindparam("new_steps_offset"),
        multi_user=bindparam("new_multi_user"),
        allow_cron=bindparam("new_allow_cron"),
        owner_id=bindparam("new_owner_id"),
        tags=bindparam("new_tags"),
        # this one is also written without raising the version
        last_person_access=case(
            (bindparam("by_person"), bindparam("now", type_=sessions.c.modified.type)), else_=sessions.c.last_person_access
        ),
    )
)
overwrite_step = (
    update(steps)
    .where(steps.c.session_id == bindparam("wanted"), steps.c.number == bindparam("at"))
    .values(answers=bindparam("frozen"))
)
drop_steps = delete(steps).where(steps.c.session_id == bindparam("wanted"), steps.c.number > bindparam("kept"))
other_steps = select(steps.c.number, steps.c.answers).where(
    steps.c.session_id == bindparam("wanted"), steps.c.number != bindparam("written")
)
set_sealed_key = update(sessions).where(_wanted).values(sealed_key=bindparam("sealed"))
lock_session = select(sessions.c.id).where(_wanted).with_for_update()
delete_session = delete(sessions).where(_wanted, sessions.c.version == bindparam("seen"))
note_access = update(sessions).where(_wanted).values(last_person_access=bindparam("now"))

access_of = select(session_people.c.last_access).where(
    session_people.c.session_id == bindparam("wanted"), session_people.c.user_id == bindparam("person")
)
accesses = (
    select(session_people.c.user_id, session_people.c.last_access, privileges.c.name.label("privilege"))
    .select_from(session_people.outerjoin(privileges, privileges.c.user_id == session_people.c.user_id))
    .where(session_people.c.session_id == bindparam("wanted"))
    .order_by(session_people.c.user_id, privileges.c.name)
)

insert_session = insert(sessions)
insert_step = insert(steps)
#: Taken for the time of the transaction, so that of two who hand over, one does.
keys_of = (
    select(session_keys.c.session_id, session_keys.c.wrapped)
    .where(session_keys.c.holder == bindparam("from_holder"), _is_good)
    .with_for_update()
)
limit_keys = (
    update(session_keys)
    .where(session_keys.c.holder == bindparam("from_holder"), session_keys.c.until.is_(None))
    .values(until=bindparam("ends"))
)
end_keys = delete(session_keys).where(session_keys.c.until <= bindparam("now"))
end_limited_keys = delete(session_keys).where(
    session_keys.c.holder == bindparam("from_holder"), session_keys.c.until.is_not(None)
)
give_to = (
    update(sessions)
    .where(sessions.c.id == bindparam("wanted"), sessions.c.owner_id.is_(None))
    .values(owner_id=bindparam("new_owner"))
)
count_keys = select(func.count()).select_from(session_keys).where(session_keys.c.session_id == bindparam("wanted"))


@cache
def insert_key(dialect: str) -> Insert:
    """The statement that adds a key unless it is there already, which each database says in its own way."""
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(session_keys).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(session_keys).on_conflict_do_nothing()


@cache
def note_person(dialect: str) -> Insert:
    """The statement that notes a person's access, unless one of the last minute (after `before`) is noted already."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as insert_or_update
    else:
        from sqlalchemy.dialects.postgresql import insert as insert_or_update  # type: ignore[assignment]
    now = bindparam("now", type_=session_people.c.last_access.type)
    return (
        insert_or_update(session_people)
        .values(session_id=bindparam("wanted"), user_id=bindparam("person"), last_access=now)
        .on_conflict_do_update(
            index_elements=[session_people.c.session_id, session_people.c.user_id],
            set_={"last_access": now},
            where=session_people.c.last_access <= bindparam("before", type_=session_people.c.last_access.type),
        )
    )
