"""Sessions of interviews: create, load, save, undo, restart, delete, list.

Every save is one transaction that begins with raising the version of the session. Where somebody else did that first,
the save raises `SavedByAnother` and nothing of it is written.
"""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, select

from docassemble_lite.clock import naive_utc
from docassemble_lite.errors import AnswersNotStorable, SavedByAnother, SessionNotFound
from docassemble_lite.host import PersonAccess
from docassemble_lite.session_query import SessionQuery
from docassemble_lite.store import file_queries, mailbox_queries, queries, task_queries
from docassemble_lite.store.files import Files
from docassemble_lite.store.freezer import freeze, thaw
from docassemble_lite.store.ids import is_id
from docassemble_lite.store.loaded import Entrance, Listed, Loaded, Peek
from docassemble_lite.store.session_conditions import condition_of
from docassemble_lite.store.tables import SESSION_ID_LENGTH
from docassemble_lite.store.tasks import FinishedTask, NewTask, Tasks, new_rows
from docassemble_lite.store.vault import Vault
from docassemble_lite.store.writing import SingleReads, Writing

# so often at most it is written down who is there
_NOTED_EVERY = timedelta(minutes=1)
# sessions that are looked at together
_AT_ONCE = 100
_ALPHABET = string.ascii_letters + string.digits


def new_session_id() -> str:
    """32 random letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(SESSION_ID_LENGTH))


class Sessions:
    """All sessions, of all interviews."""

    def __init__(self, engine: Engine, vault: Vault, writing: Writing, tasks: Tasks, files: Files) -> None:
        self._engine = engine
        self._single_reads = SingleReads(engine)
        self._writing = writing
        self._vault = vault
        self._tasks = tasks
        self._files = files

    # --- opening ---

    def create(
        self,
        interview: str,
        secret: bytes | None,
        answers: dict[str, Any],
        extra: Any = None,
        *,
        title: str = "",
        multi_user: bool = False,
        allow_cron: bool = False,
        steps_offset: int = 0,
        owner_id: int | None = None,
        tasks: Iterable[NewTask] = (),
    ) -> Loaded:
        """Begin a session with its first step; `secret` opens it from now on. A private session needs one."""
        if secret is None and not multi_user:
            raise ValueError("Nobody could open a private session that has no secret.")
        now = naive_utc()
        loaded = Loaded(
            session_id=new_session_id(),
            interview=interview,
            title=title,
            created=now,
            modified=now,
            version=1,
            step=1,
            steps_offset=steps_offset,
            multi_user=multi_user,
            allow_cron=allow_cron,
            last_person_access=now,
            owner_id=owner_id,
            tags=(),
            newest=1,
            answers=answers,
            extra=extra,
            data_key=self._vault.new_data_key(),
            secret=secret,
        )
        self._insert(loaded, tuple(tasks))
        return loaded

    def load(self, session_id: str, secret: bytes | None) -> Loaded:
        """The session, if it is plain or `secret` opens it.

        Raises `SessionNotFound`, for sessions of others as for those that don't exist, and `AnswersTampered`.
        """
        holder = self._vault.holder_of(secret) if secret is not None else ""
        row = self._first(queries.load, {"wanted": session_id, "asking": holder, "now": naive_utc()})
        if row["multi_user"]:
            return self._open_plain(row, secret)
        if secret is None:
            raise SessionNotFound
        return self._open(row, self._vault.unwrap(row["wrapped"], secret, session_id), secret)

    def enter(self, session_id: str, secret: bytes) -> Entrance:
        """The session without its answers, if it is plain or `secret` opens it. Raises `SessionNotFound`."""
        row = self._first(queries.enter, {"wanted": session_id, "asking": self._vault.holder_of(secret), "now": naive_utc()})
        if row["multi_user"]:
            unlock = partial(self._vault.unseal, row["sealed_key"] or b"", "session", session_id)
        else:
            unlock = partial(self._vault.unwrap, row["wrapped"], secret, session_id)
        return Entrance(session_id, row["interview"], unlock, held=row["wrapped"] is not None, has_news=bool(row["has_news"]))

    def load_with_key(self, session_id: str, data_key: bytes) -> Loaded:
        """The session of a task, with the data key that came with the task. Raises as `load` does."""
        return self._open(self._first(queries.load_any, {"wanted": session_id}), data_key, None)

    def load_plain(self, session_id: str) -> Loaded:
        """A plain session, for the server itself. Raises `SessionNotFound` for a private one."""
        return self._open_plain(self._first(queries.load, {"wanted": session_id, "asking": "", "now": naive_utc()}), None)

    def load_previous(self, loaded: Loaded) -> Loaded | None:
        """The step before, to be saved in place of the newest: nothing changes until then. None when there is none.

        Raises `SavedByAnother` when the session isn't what it was when it was loaded.
        """
        if loaded.step <= 1:
            return None
        wanted = {"wanted": loaded.session_id, "number": loaded.step - 1, "seen": loaded.version}
        with self._engine.connect() as connection:
            row = connection.execute(queries.load_step, wanted).first()
        if row is None:
            raise SavedByAnother
        answers, extra = thaw(self._decode(loaded, loaded.step - 1, row.answers))
        return replace(loaded, step=loaded.step - 1, answers=answers, extra=extra, discarded=loaded.answers)

    # --- saving ---

    def save(
        self,
        loaded: Loaded,
        answers: dict[str, Any],
        extra: Any = None,
        *,
        new_step: bool = False,
        person_access: bool = False,
        user_id: int | None = None,
        tasks: Iterable[NewTask] = (),
        finish: FinishedTask | None = None,
        title: str | None = None,
        multi_user: bool | None = None,
        allow_cron: bool | None = None,
        steps_offset: int | None = None,
        owner_id: int | None = None,
        tags: Iterable[str] | None = None,
        anew: bool = False,
    ) -> Loaded:
        """Save the answers, over the loaded step or (`new_step`) as the one after it, and whatever belongs to them.

        `person_access` says that a person is there, `user_id` who, if it is somebody who has signed in. `anew` says that the
        session begins anew: its files go, and its mailboxes with the e-mails.
        All or nothing: new tasks, the end of a task (`finish`), columns that are not None. A change of `multi_user`
        converts all steps. Returns the session as it is now, fit to be saved again. Raises `SavedByAnother`,
        `LateReport` (for `finish`) and `AnswersNotStorable`; nothing is saved then.
        """
        given = {
            "title": title,
            "multi_user": multi_user,
            "allow_cron": allow_cron,
            "steps_offset": steps_offset,
            "owner_id": owner_id,
            "tags": None if tags is None else tuple(sorted(tags)),
        }
        after = _after_save(loaded, answers, extra, new_step, person_access, given)
        # all that takes time comes before the transaction
        row = self._step_row(after)
        task_rows = new_rows(self._vault, loaded.session_id, loaded.interview, loaded.data_key, tuple(tasks))
        with self._writing.begin() as connection:
            _raise_version(connection, loaded, after, person_access)
            _write_step(connection, loaded, row, new_step)
            if after.multi_user != loaded.multi_user:
                self._convert(connection, loaded, after)
            if task_rows:
                connection.execute(task_queries.insert_tasks, task_rows)
            if person_access:
                self._note_person(connection, loaded.session_id, user_id, after.modified)
            if finish is not None:
                self._tasks.write_end(connection, finish)
            removed = self._remove_belongings(connection, loaded.session_id) if anew else []
        self._files.forget_contents(removed)
        return after

    def restart(self, loaded: Loaded, answers: dict[str, Any], extra: Any = None, **columns: Any) -> Loaded:
        """Replace all steps by a first one, under the same id; takes and raises what `save` does.

        The files that the session had before are removed, unless they are persistent, and its mailboxes with the e-mails.
        """
        columns.setdefault("steps_offset", 0)
        return self.save(replace(loaded, step=0), answers, extra, new_step=True, anew=True, **columns)

    def _remove_belongings(self, connection: Connection, session_id: str) -> list[int]:
        """Remove the mailboxes and the rows of the files of a session; whose contents are now to be forgotten."""
        connection.execute(mailbox_queries.remove_all, {"of_session": session_id})
        connection.execute(file_queries.let_outlive, {"of_session": session_id})
        numbers = list(connection.scalars(file_queries.numbers_of_session, {"of_session": session_id}))
        connection.execute(file_queries.remove, {"of_session": session_id, "numbers": numbers})
        self._files.loosen(connection, numbers)
        return numbers

    def delete(self, seen: Peek, *, altogether: bool = False) -> None:
        """Delete the session, its tasks and its files, but for persistent ones if it isn't to go `altogether`.

        Raises `SavedByAnother` when it was saved or deleted since it was seen.
        """
        with self._writing.begin() as connection:
            # from here on nobody can add a file that would be left behind
            connection.execute(queries.lock_session, {"wanted": seen.session_id})
            if not altogether:
                connection.execute(file_queries.let_outlive, {"of_session": seen.session_id})
            files = list(connection.scalars(file_queries.numbers_of_session, {"of_session": seen.session_id}))
            gone = connection.execute(queries.delete_session, {"wanted": seen.session_id, "seen": seen.version})
            if gone.rowcount != 1:
                raise SavedByAnother
            self._files.loosen(connection, files)
        self._files.forget_contents(files)

    def note_person_access(self, session_id: str, user_id: int | None = None) -> None:
        """Remember that a person was in the session just now, where nothing else is to be saved.

        Nothing is written if that is known of the last minute.
        """
        now = naive_utc()
        with self._engine.connect() as connection:
            last = connection.scalar(queries.access_of, {"wanted": session_id, "person": user_id or 0})
        if last is not None and now - _NOTED_EVERY < last <= now:
            return
        with self._writing.begin() as connection:
            if connection.execute(queries.note_access, {"wanted": session_id, "now": now}).rowcount:
                self._note_person(connection, session_id, user_id, now)

    def was_in(self, session_id: str, user_id: int) -> bool:
        """Whether a person was in the session."""
        with self._engine.connect() as connection:
            values = {"wanted": session_id, "person": user_id}
            return connection.scalar(queries.access_of, values) is not None

    def accesses(self, session_id: str) -> list[PersonAccess]:
        """Who was in the session when, in no particular order; all who weren't signed in are one."""
        with self._engine.connect() as connection:
            rows = connection.execute(queries.accesses, {"wanted": session_id}).all()
        found: dict[int, PersonAccess] = {}
        for row in rows:
            known = found.get(row.user_id) or PersonAccess(row.user_id or None, (), row.last_access.replace(tzinfo=UTC))
            found[row.user_id] = replace(known, privileges=(*known.privileges, *([row.privilege] if row.privilege else [])))
        return list(found.values())

    def _note_person(self, connection: Connection, session_id: str, user_id: int | None, now: datetime) -> None:
        values = {"wanted": session_id, "person": user_id or 0, "now": now, "before": now - _NOTED_EVERY}
        connection.execute(queries.note_person(connection.dialect.name), values)

    # --- who may open it ---

    def add_holder(self, loaded: Loaded, secret: bytes) -> None:
        """From now on, `secret` opens the session as well."""
        with self._writing.begin() as connection:
            self._add_key(connection, loaded, secret)

    def hand_over(
        self, old_secret: bytes, new_secret: bytes, owner_id: int | None = None, *, grace: timedelta = timedelta(0)
    ) -> int:
        """Every session that `old_secret` opens is from now on opened by `new_secret`; how many they are.

        The old secret opens them for so long as `grace` says, so that what is on its way with it arrives. Those that are
        nobody's become those of the person `owner_id`. One transaction: at no moment does neither open them. The answers
        aren't touched.
        """
        old, new, now = self._vault.holder_of(old_secret), self._vault.holder_of(new_secret), naive_utc()
        if old == new:
            return 0
        with self._writing.begin() as connection:
            connection.execute(queries.end_keys, {"now": now})
            moving = connection.execute(queries.keys_of, {"from_holder": old, "now": now}).all()
            for key in moving:
                data_key = self._vault.unwrap(key.wrapped, old_secret, key.session_id)
                row = {
                    "session_id": key.session_id,
                    "holder": new,
                    "wrapped": self._vault.wrap(data_key, new_secret, key.session_id),
                }
                connection.execute(queries.insert_key(connection.dialect.name), row)
                if owner_id is not None:
                    connection.execute(queries.give_to, {"wanted": key.session_id, "new_owner": owner_id})
            if moving:
                connection.execute(queries.limit_keys, {"from_holder": old, "ends": now + grace})
        return len(moving)

    def end_grace(self, old_secret: bytes) -> None:
        """What `old_secret` opened until some moment (`hand_over`) it doesn't open any more."""
        with self._writing.begin() as connection:
            connection.execute(queries.end_limited_keys, {"from_holder": self._vault.holder_of(old_secret)})

    # --- those of a person ---

    def count_private(self, owner_id: int) -> int:
        """How many private sessions are a person's."""
        return self._number(queries.count_private, {"owner": owner_id})

    def count_shared(self, owner_id: int) -> int:
        """How many plain sessions are a person's, which others may be in as well."""
        return self._number(queries.count_shared, {"owner": owner_id})

    def count_closed(self, owner_id: int, secret: bytes) -> int:
        """How many private sessions are a person's that `secret` doesn't open."""
        values = {"owner": owner_id, "asking": self._vault.holder_of(secret), "now": naive_utc()}
        return self._number(queries.count_closed, values)

    def delete_of(self, owner_id: int, *, shared: bool) -> int:
        """Delete the private sessions of a person, and the plain ones if they are not to stay (`shared`); how many that were.

        Persistent files go as well. The plain ones that stay are nobody's from then on. What is interrupted can be done again.
        """
        deleted = 0
        while found := self._owned(owner_id, shared=shared):
            deleted += sum(self.delete_surely(session_id, altogether=True) for session_id in found)
        with self._writing.begin() as connection:
            connection.execute(queries.disown, {"owner": owner_id})
        return deleted

    # --- without opening ---

    def peek(self, session_id: str) -> Peek:
        """What is known of a session without its answers. Raises `SessionNotFound`."""
        return _peek(self._first(queries.peek, {"wanted": session_id}))

    def held_by(self, secret: bytes) -> list[Peek]:
        """The sessions that `secret` opens by itself, most recently saved first."""
        return self._list(queries.held_by, {"asking": self._vault.holder_of(secret), "now": naive_utc()})

    def listing(
        self,
        user_id: int | None,
        secret: bytes | None,
        *,
        most: int,
        skipped: int = 0,
        interview: str | None = None,
        session_id: str | None = None,
        query: SessionQuery | None = None,
    ) -> list[Listed]:
        """The sessions of a person, or of everybody (None), most recently saved first, and which of them `secret` opens.

        A person's are also the plain ones of others in which the person was. Nothing is decrypted.
        """
        if session_id is not None and not is_id(session_id):
            return []
        asking = self._vault.holder_of(secret) if secret is not None else ""
        values = _wishes(user_id, interview, session_id) | {"asking": asking, "now": naive_utc()}
        values |= {"most": most, "skipped": skipped, "reach": most + skipped}
        wishes = {"of_person": user_id is not None, "session": bool(session_id), "interview": bool(interview)}
        statement = queries.listed(None if query is None else condition_of(query), **wishes)
        with self._engine.connect() as connection:
            rows = connection.execute(statement, values).mappings()
            return [
                Listed(**_peek_values(row), opens=bool(row["multi_user"] or row["held"]), owner_email=row["email"] or "")
                for row in rows
            ]

    def delete_listed(
        self,
        user_id: int | None,
        interview: str | None = None,
        session_id: str | None = None,
        query: SessionQuery | None = None,
    ) -> int:
        """Delete the sessions of a person, or of everybody (None); how many they were. A few ids at a time are in memory.

        Those of others in which the person was are left to them, and don't belong to the person's list any more.
        """
        number = 0 if user_id is None else self.leave(user_id, interview, session_id, query)
        statement = queries.ids_in_order(of_person=user_id is not None).where(condition_of(query))
        return number + self._delete_all(statement, _wishes(user_id, interview, session_id))

    def delete_with_others(
        self, user_id: int, interview: str | None = None, session_id: str | None = None, query: SessionQuery | None = None
    ) -> int:
        """Delete the sessions of a person's list, also those of others in which the person was; how many they were."""
        statement = queries.ids_on_list.where(condition_of(query))
        return self._delete_all(statement, _wishes(user_id, interview, session_id))

    def give_up(
        self, user_id: int, interview: str | None = None, session_id: str | None = None, query: SessionQuery | None = None
    ) -> int:
        """What a person has begun and others who have signed in are in is only theirs from now on; how many sessions it was."""
        values, condition = _wishes(user_id, interview, session_id), condition_of(query)
        with self._writing.begin() as connection:
            wanted = connection.scalars(queries.own_with_others.where(condition), values).all()
            for session in wanted:
                connection.execute(queries.give_up, {"wanted": session})
                connection.execute(queries.forget_access, {"wanted": session, "person": user_id})
        return len(wanted)

    def _delete_all(self, statement: Any, wishes: Mapping[str, Any]) -> int:
        number, after = 0, ""
        values = {**wishes, "most": _AT_ONCE}
        while True:
            with self._engine.connect() as connection:
                ids = connection.scalars(statement, {**values, "after": after}).all()
            if not ids:
                return number
            number += sum(self.delete_surely(found) for found in ids)
            after = ids[-1]

    def leave(
        self, user_id: int, interview: str | None = None, session_id: str | None = None, query: SessionQuery | None = None
    ) -> int:
        """Take the sessions of others in which a person was off the person's list; from how many sessions that was."""
        statement = queries.leave(condition_of(query))
        with self._writing.begin() as connection:
            return connection.execute(statement, _wishes(user_id, interview, session_id)).rowcount

    def delete_surely(self, session_id: str, *, altogether: bool = False) -> bool:
        """Delete a session as `delete` does, whoever saves it meanwhile; whether it was there."""
        while True:
            try:
                self.delete(self.peek(session_id), altogether=altogether)
                return True
            except SavedByAnother:
                continue
            except SessionNotFound:
                return False

    def interviews_allowing_cron(self) -> list[str]:
        """The interviews of the plain sessions that allow scheduled tasks."""
        with self._engine.connect() as connection:
            return list(connection.scalars(queries.interviews_allowing_cron))

    def ids_allowing_cron(self, interview: str, after: str, most: int) -> list[str]:
        """Ids of the plain sessions of an interview that allow scheduled tasks: so many that are above `after`."""
        values = {"interview": interview, "after": after, "most": most}
        with self._engine.connect() as connection:
            return list(connection.scalars(queries.ids_allowing_cron, values))

    def count_allowing_cron(self, interviews: Iterable[str]) -> int:
        """How many plain sessions of these interviews allow scheduled tasks."""
        with self._engine.connect() as connection:
            return connection.scalar(queries.count_allowing_cron, {"interviews": list(interviews)}) or 0

    def interviews(self) -> list[str]:
        """The interviews that have sessions."""
        with self._engine.connect() as connection:
            return list(connection.scalars(queries.interviews))

    def unsaved_since(self, interview: str, moment: datetime, most: int) -> list[Peek]:
        """Sessions of an interview that were last saved before `moment` (naive UTC), oldest first."""
        return self._list(queries.unsaved, {"interview": interview, "moment": moment, "most": most})

    def count_unsaved_since(self, interview: str, moment: datetime) -> int:
        """How many sessions of an interview were last saved before `moment`."""
        counted = select(func.count()).select_from(queries.unsaved.limit(None).order_by(None).subquery())
        return self._number(counted, {"interview": interview, "moment": moment})

    def interview_of(self, session_id: str) -> str:
        """The name of a session's interview; empty for a session that isn't there."""
        with self._engine.connect() as connection:
            row = connection.execute(queries.peek, {"wanted": session_id}).first()
        return row.interview if row else ""

    # --- inside ---

    def _first(self, statement: Any, values: Mapping[str, Any]) -> RowMapping:
        if not is_id(values["wanted"]):
            raise SessionNotFound
        with self._single_reads.connect() as connection:
            row = connection.execute(statement, values).mappings().first()
        if row is None:
            raise SessionNotFound
        return row

    def _owned(self, owner_id: int, *, shared: bool) -> Sequence[str]:
        values = {"owner": owner_id, "shared": shared, "most": _AT_ONCE}
        with self._engine.connect() as connection:
            return connection.scalars(queries.owned, values).all()

    def _number(self, statement: Any, values: Mapping[str, Any]) -> int:
        with self._engine.connect() as connection:
            return int(connection.scalar(statement, values) or 0)

    def _list(self, statement: Any, values: Mapping[str, Any]) -> list[Peek]:
        with self._engine.connect() as connection:
            return [_peek(row) for row in connection.execute(statement, values).mappings()]

    def _open_plain(self, row: RowMapping, secret: bytes | None) -> Loaded:
        return self._open(row, self._vault.unseal(row["sealed_key"] or b"", "session", row["id"]), secret)

    def _open(self, row: RowMapping, data_key: bytes, secret: bytes | None) -> Loaded:
        closed = Loaded(
            **_peek_values(row),
            newest=row["step"],
            answers={},
            extra=None,
            data_key=data_key,
            secret=secret,
            has_news=bool(row.get("has_news")),
            has_open_tasks=bool(row.get("has_open_tasks")),
        )
        answers, extra = thaw(self._decode(closed, closed.step, row["answers"]))
        return replace(closed, answers=answers, extra=extra)

    def _encode(self, loaded: Loaded, number: int, frozen: bytes) -> bytes:
        if loaded.multi_user:
            return self._vault.sign(frozen, session=loaded.session_id, part=f"step:{number}")
        return self._vault.encrypt(loaded.data_key, frozen, session=loaded.session_id, part=f"step:{number}")

    def _decode(self, loaded: Loaded, number: int, row: bytes) -> bytes:
        if loaded.multi_user:
            return self._vault.verify(row, session=loaded.session_id, part=f"step:{number}")
        return self._vault.decrypt(loaded.data_key, row, session=loaded.session_id, part=f"step:{number}")

    def _insert(self, loaded: Loaded, wanted: tuple[NewTask, ...]) -> None:
        sealed = self._vault.seal(loaded.data_key, "session", loaded.session_id) if loaded.multi_user else None
        session_row = {**_columns(loaded), "id": loaded.session_id, "sealed_key": sealed}
        step_row = self._step_row(loaded)
        task_rows = new_rows(self._vault, loaded.session_id, loaded.interview, loaded.data_key, wanted)
        with self._writing.begin() as connection:
            connection.execute(queries.insert_session, session_row)
            connection.execute(queries.insert_step, step_row)
            if loaded.secret is not None:
                self._add_key(connection, loaded, loaded.secret)
            if task_rows:
                connection.execute(task_queries.insert_tasks, task_rows)

    def _step_row(self, loaded: Loaded) -> dict[str, Any]:
        frozen = freeze(loaded.answers, loaded.extra)
        return {
            "session_id": loaded.session_id,
            "number": loaded.step,
            "answers": self._encode(loaded, loaded.step, frozen),
            "created": loaded.modified,
        }

    def _add_key(self, connection: Connection, loaded: Loaded, secret: bytes) -> None:
        row = {
            "session_id": loaded.session_id,
            "holder": self._vault.holder_of(secret),
            "wrapped": self._vault.wrap(loaded.data_key, secret, loaded.session_id),
        }
        connection.execute(queries.insert_key(connection.dialect.name), row)

    def _convert(self, connection: Connection, before: Loaded, after: Loaded) -> None:
        """Make the other steps as private or plain as `after` is."""
        if not after.multi_user:
            self._require_holder(connection, before)
        sealed = self._vault.seal(after.data_key, "session", after.session_id) if after.multi_user else None
        connection.execute(queries.set_sealed_key, {"wanted": after.session_id, "sealed": sealed})
        others = connection.execute(queries.other_steps, {"wanted": after.session_id, "written": after.step}).all()
        for number, row in others:
            converted = self._encode(after, number, self._decode(before, number, row))
            connection.execute(queries.overwrite_step, {"wanted": after.session_id, "at": number, "frozen": converted})

    def _require_holder(self, connection: Connection, loaded: Loaded) -> None:
        """Those who held a key before it became plain hold it again, and nobody else who joined meanwhile."""
        if connection.scalar(queries.count_keys, {"wanted": loaded.session_id}):
            return
        if loaded.secret is not None:
            self._add_key(connection, loaded, loaded.secret)
        else:
            raise AnswersNotStorable(
                "multi_user can't become False here: nobody holds a key to this session, so nobody could open it again. "
                "Let a person who is in the session set it."
            )


def _after_save(
    loaded: Loaded, answers: dict[str, Any], extra: Any, new_step: bool, person_access: bool, given: Mapping[str, Any]
) -> Loaded:
    now = naive_utc()
    step = loaded.step + 1 if new_step else loaded.step
    return replace(
        loaded,
        **{name: value for name, value in given.items() if value is not None},
        version=loaded.version + 1,
        modified=now,
        last_person_access=now if person_access else loaded.last_person_access,
        step=step,
        newest=step,
        answers=answers,
        extra=extra,
        discarded=None,
    )


def _raise_version(connection: Connection, before: Loaded, after: Loaded, person_access: bool) -> None:
    """The first statement of every save: it also makes the transaction the only one that writes this session."""
    values = {
        "wanted": before.session_id,
        "seen": before.version,
        "new_step": after.step,
        "now": after.modified,
        "new_title": after.title,
        "new_steps_offset": after.steps_offset,
        "new_multi_user": after.multi_user,
        "new_allow_cron": after.allow_cron,
        "new_owner_id": after.owner_id,
        "new_tags": _tagged(after.tags),
        "by_person": person_access,
    }
    if connection.execute(queries.raise_version, values).rowcount != 1:
        raise SavedByAnother


def _write_step(connection: Connection, before: Loaded, row: Mapping[str, Any], new_step: bool) -> None:
    if before.newest > before.step:
        connection.execute(queries.drop_steps, {"wanted": before.session_id, "kept": before.step})
    if new_step:
        connection.execute(queries.insert_step, row)
    else:
        values = {"wanted": before.session_id, "at": row["number"], "frozen": row["answers"]}
        connection.execute(queries.overwrite_step, values)


def _columns(known: Peek) -> dict[str, Any]:
    """The columns of `sessions` that `_peek_values` reads, except the id."""
    names = ("interview", "title", "created", "modified", "version", "step", "steps_offset")
    more = ("multi_user", "allow_cron", "last_person_access", "owner_id")
    return {name: getattr(known, name) for name in names + more} | {"tags": _tagged(known.tags)}


def _peek_values(row: RowMapping) -> dict[str, Any]:
    return {
        "session_id": row["id"],
        "interview": row["interview"],
        "title": row["title"],
        "created": row["created"],
        "modified": row["modified"],
        "version": row["version"],
        "step": row["step"],
        "steps_offset": row["steps_offset"],
        "multi_user": row["multi_user"],
        "allow_cron": row["allow_cron"],
        "last_person_access": row["last_person_access"],
        "owner_id": row["owner_id"],
        "tags": tuple(json.loads(row["tags"] or "[]")),
    }


def _peek(row: RowMapping) -> Peek:
    return Peek(**_peek_values(row))


def _wishes(user_id: int | None, interview: str | None, session_id: str | None) -> dict[str, Any]:
    """The values of the parameters of a list of sessions."""
    wishes = {"interview": interview or "", "session": session_id or ""}
    return wishes if user_id is None else wishes | {"of_user": user_id}


def _tagged(tags: tuple[str, ...]) -> str:
    return json.dumps(tags) if tags else ""
