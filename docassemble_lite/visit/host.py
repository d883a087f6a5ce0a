"""The world outside as an interview sees it in a visit: its session's tasks, addresses, the configuration, the log."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError

from docassemble_lite.emails import Delivery, Email
from docassemble_lite.engine.leaving import LEAVING, checked_target
from docassemble_lite.engine.program import Programs
from docassemble_lite.engine.source import Source
from docassemble_lite.engine.steering import SaveFirst
from docassemble_lite.errors import AuthorError, InterviewNotFound, NoSuchFile, StoreAway
from docassemble_lite.host import (
    Accounts,
    FileAccess,
    FileInfo,
    InterviewEntry,
    InterviewMailbox,
    Person,
    PersonAccess,
    Request,
    SessionInfo,
    SessionMoments,
    TaskReport,
    TaskState,
)
from docassemble_lite.mail import Outbox
from docassemble_lite.session_query import Comparison, SessionQuery, Together
from docassemble_lite.store.files import StoredFile
from docassemble_lite.store.freezer import LEFT_OUT, freeze, thaw
from docassemble_lite.store.loaded import Listed, Loaded
from docassemble_lite.store.memory import open_memory
from docassemble_lite.store.tasks import Claimed, NewTask
from docassemble_lite.visit.accounts import VisitAccounts
from docassemble_lite.visit.addresses import (
    account_address,
    archive_address,
    encoded_action,
    interview_address,
    uploaded_file_address,
)
from docassemble_lite.visit.reading_emails import EmailReader
from docassemble_lite.visit.surroundings import Surroundings
from docassemble_lite.visit.temporary_files import LONGEST, temporary_address
from docassemble_lite.visit.temporary_links import USUAL, link_address, seconds_of
from docassemble_lite.visit.ways_out import WayOut, way_out_address

log = logging.getLogger("docassemble_lite.interview")

T = TypeVar("T")

#: Directives that interviews may know.
_PUBLIC = frozenset(
    {
        "appname",
        "language",
        "locale",
        "timezone",
        "country",
        "currency",
        "debug",
        "default_interview",
        "maximum_content_length",
        "pagination_limit",
        "permissions",
    }
)
# what says of which kind an address is, and isn't for the interview to which it leads
_OF_ADDRESSES = frozenset({"i", "local", "style", "temporary", "once_temporary"})
# the same and what else means something to the server, in an address with an action
_OF_ACTIONS = _OF_ADDRESSES | {"session", "new_session", "reset"}
#: Seconds that a page waits for a task, and a task for another one; and seconds between two looks.
PATIENCE = 8.0
PATIENCE_OF_TASKS = 60.0
_LOOK_AGAIN = 0.05
_PAGES = {
    "interviews": "/interviews",
    "interview_list": "/interviews",
    "dispatch": "/list",
    "root": "/",
}
#: What is said of a task that ended without saying anything itself.
_WITHOUT_WORDS = {
    "WorkerLost": "The worker that ran the task died.",
    "TooLong": "The task was stopped because it took too long.",
    "TaskNotFound": "There is no such task in this session.",
}
_LEVELS = {"debug": logging.DEBUG, "warning": logging.WARNING, "danger": logging.ERROR, "error": logging.ERROR}


class VisitHost:
    """The host of one evaluation in one session.

    `new_tasks` is what it was asked to start; `seen` says of the tasks that the interview looked at how they stood then.
    """

    patience = PATIENCE

    def __init__(
        self, surroundings: Surroundings, request: Request, source: Source, loaded: Loaded, outbox: Outbox | None = None
    ) -> None:
        self._store = surroundings.store
        self._programs = surroundings.programs
        self._sources = surroundings.programs.sources
        self._settings = surroundings.settings
        self._request = request
        self._source = source
        self._loaded = loaded
        self._outbox = outbox or Outbox(self._settings.mail)
        self._accounts = VisitAccounts(self._store, self._settings, self._outbox)
        # whether a page looks at itself, and whatever changes anything has to wait for a visit that can be saved
        self.only_looks = False
        # where an address leads that holds once → what stands in it
        self._tickets: dict[str, str] = {}
        # the browser that is told of the tasks that are started here
        self.starter = request.browser
        self.new_tasks: list[NewTask] = []
        self.seen: dict[str, TaskState] = {}
        # how far the e-mails of the session were when the interview asked for them; empty: it didn't
        self.emails_seen = ""

    def saved(self) -> None:
        """The answers were saved, and with them the new tasks."""
        self.new_tasks = []

    # --- addresses -------------------------------------------------------------------------------------------------

    def action_url(self, action: str, arguments: Mapping[str, Any], *, with_session: bool, forget_prior: bool) -> str:
        addressed = {key: arguments[key] for key in _OF_ACTIONS & arguments.keys()} if with_session else {}
        arguments = {key: value for key, value in arguments.items() if key not in addressed}
        if forget_prior:
            action, arguments = "_da_priority_action", {"_action": action, "_arguments": dict(arguments)}
        encoded = encoded_action(action, arguments)
        if not with_session:
            return interview_address(self._request.interview, action=encoded)
        return self._session_address(addressed, action=encoded)

    def interview_url(self, interview: str | None, arguments: Mapping[str, Any]) -> str:
        return self._session_address({"i": interview, **arguments})

    def _session_address(self, given: Mapping[str, Any], **more: str) -> str:
        """The address of this session, or of what is given as `i` and `session`; absolute unless `local` is given.

        With `temporary`, or `once_temporary`, one that leads there for so many hours. `style` changes nothing.
        """
        arguments = {key: value for key, value in given.items() if key not in _OF_ADDRESSES}
        interview = given.get("i")
        session = self._request.session if interview is None else None
        path = interview_address(self._named(interview), **{"session": session, **arguments, **more})
        root = "" if given.get("local") else self._request.url_root
        once = "once_temporary" in given
        if once or "temporary" in given:
            seconds = seconds_of(given["once_temporary" if once else "temporary"])
            path = self._temporary(path, seconds, once=once)
        return root + path

    def _named(self, interview: str | None) -> str:
        """The interview as addresses call it: a file beside the one that is being carried out, or any other."""
        if interview is None:
            return self._request.interview
        try:
            return self._sources.find(str(interview), beside=self._source).name
        except InterviewNotFound:
            return str(interview)

    def _temporary(self, address: str, seconds: float, *, once: bool) -> str:
        """The path that leads to the address for so many seconds; a block that runs again makes one that holds `once` once."""
        if once and address not in self._tickets:
            self._tickets[address] = self._store.tickets.make("link", timedelta(seconds=min(seconds, LONGEST)))
        return link_address(self._store.vault, address, seconds, self._tickets[address] if once else "")

    def page_url(self, page: str, arguments: Mapping[str, Any]) -> str:
        given = dict(arguments)
        if page in ("restart", "new_session"):
            return interview_address(self._request.interview, **({"reset": 1} if page == "restart" else {"new_session": 1}))
        if page == "interview":
            return interview_address(self._named(given.pop("i", None)), **given)
        if page in ("temp_url", "redirect"):
            return self._temporary_url(given)
        root = self._request.url_root if given.pop("_external", False) else ""
        if page in LEAVING:
            return root + self._way_out(page, given.get("next"))
        if page in _PAGES:
            return root + _PAGES[page]
        account = account_address(page, str(given.get("next") or "").removeprefix(self._request.url_root))
        if account:
            return root + account
        return root + self._static_url(page)

    def _temporary_url(self, given: Mapping[str, Any]) -> str:
        """An address that leads to `url` for `expire` seconds, with `one_time` only once."""
        url = checked_target(str(given.get("url") or ""))
        if not url:
            raise ValueError("url_of('temp_url') needs the url to which it leads.")
        path = self._temporary(url, float(given.get("expire") or USUAL), once=bool(given.get("one_time")))
        return path if given.get("local") else self._request.url_root + path

    def _way_out(self, kind: str, address: str | None) -> str:
        request = self._request
        way_out = WayOut(kind, request.interview, request.session, request.browser, checked_target(address))
        return way_out_address(self._store.vault, way_out)

    def _static_url(self, reference: str) -> str:
        address = self._sources.static_address(reference, self._source)
        if address is None:
            raise ValueError(f"There is no page and no static file “{reference}”.")
        return address

    # --- tasks -----------------------------------------------------------------------------------------------------

    def start_task(self, action: str, arguments: Mapping[str, Any], mode: str | None) -> str:
        task = self.made_task(action, arguments, mode)
        self.new_tasks.append(task)
        return task.id

    def made_task(self, action: str, arguments: Mapping[str, Any], mode: str | None) -> NewTask:
        """The task as it is to be stored."""
        for name, value in arguments.items():
            if isinstance(value, LEFT_OUT):
                raise TypeError(
                    f"The argument {name} of a background action can't be {value!r}, but anything that answers can hold."
                )
        frozen = freeze(dict(arguments), on_behalf_of(self._request))
        return NewTask(secrets.token_urlsafe(24), action, frozen, mode, self.starter)

    def task(self, task_id: str) -> TaskReport:
        report = self._looked_up(task_id)
        self.seen[task_id] = report.state
        return report

    def _looked_up(self, task_id: str) -> TaskReport:
        if self._is_new(task_id):
            return TaskReport("waiting")
        report = self._asked(lambda: self._store.tasks.report(task_id, self._loaded.session_id, self._loaded.data_key))
        if report is None:
            return TaskReport("failed", error_type="TaskNotFound", error_message=_WITHOUT_WORDS["TaskNotFound"])
        details = thaw(report.result)[0] if report.result is not None else {}
        error_type = report.error_type or ("Revoked" if report.state == "revoked" else "")
        return TaskReport(
            report.state,
            result=details.get("value"),
            error_type=error_type,
            error_message=details.get("error_message") or _WITHOUT_WORDS.get(error_type, ""),
            error_trace=details.get("error_trace", ""),
            variables=tuple(details.get("variables", ())),
            ended=report.ended,
        )

    def _is_new(self, task_id: str) -> bool:
        return any(task.id == task_id for task in self.new_tasks)

    def wait_for_task(self, task_id: str) -> TaskReport:
        """A task that this very evaluation started can only run once the answers are saved, so they are, first."""
        if self._is_new(task_id):
            raise SaveFirst
        deadline = time.monotonic() + self.patience
        report = self.task(task_id)
        while not report.over and time.monotonic() < deadline:
            time.sleep(_LOOK_AGAIN)
            report = self.task(task_id)
        return report

    def note_error_action(self, action: str, arguments: Mapping[str, Any]) -> None:
        raise RuntimeError("background_error_action() is for code that runs in the background.")

    def revoke_task(self, task_id: str, *, terminate: bool) -> None:
        before = len(self.new_tasks)
        self.new_tasks = [task for task in self.new_tasks if task.id != task_id]
        if len(self.new_tasks) == before:
            self._asked(lambda: self._store.tasks.revoke(task_id, self._loaded.session_id, running=terminate))

    def _asked(self, of_store: Callable[[], T]) -> T:
        """What the store says. Raises `StoreAway`, as an author's code may have to do with databases of its own."""
        try:
            return of_store()
        except OperationalError as error:
            raise StoreAway from error

    # --- files -----------------------------------------------------------------------------------------------------

    def make_file(self, name: str, content: bytes | BinaryIO, mimetype: str, like: int | None = None) -> int:
        session, add = self._loaded, self._store.files.add
        made = self._asked(lambda: add(session.session_id, session.data_key, content, name=name, mimetype=mimetype, like=like))
        return made.number

    def read_file(self, number: int) -> bytes:
        file = self._file(number)
        return self._asked(lambda: self._store.files.read(file))

    def open_file(self, number: int) -> BinaryIO:
        file = self._file(number)
        return self._asked(lambda: self._store.files.open(file))

    def file_info(self, number: int) -> FileInfo:
        file = self._file(number)
        return FileInfo(file.number, file.name, file.extension, file.mimetype, file.size)

    def file_access(self, number: int) -> FileAccess:
        file = self._file(number)
        return self._asked(lambda: self._store.files.access.of(file.number))

    def set_file_access(self, number: int, access: FileAccess) -> int:
        session, files = self._loaded, self._store.files
        try:
            file = self._own_file(number)
        except NoSuchFile:
            raise NoSuchFile("Only the session that a file belongs to can say who may see it.") from None
        renewed = self._asked(lambda: files.renewed(file, session.data_key))
        self._asked(lambda: files.access.set(session.session_id, session.data_key, renewed.number, access))
        return renewed.number

    def room_for_files(self) -> int:
        return max(0, self._settings.file_quota - self._asked(lambda: self._store.files.bytes_of(self._loaded.session_id)))

    def static_file(self, reference: str) -> Path | None:
        return self._sources.data_file(reference, "static", self._source)

    def file_url(
        self, number: int, extension: str, *, attachment: bool, external: bool, page: int | None = None, size: str = "page"
    ) -> str:
        root = self._request.url_root if external else ""
        return root + uploaded_file_address(number, extension, attachment=attachment, page=page, size=size)

    def temporary_file_url(self, number: int, extension: str, *, attachment: bool, seconds: float) -> str:
        opener = self._file(number).opener
        path = temporary_address(self._store.vault, opener, number, extension, seconds, attachment=attachment)
        return self._request.url_root + path

    def archive_url(self, numbers: Sequence[int], name: str) -> str:
        return archive_address(numbers, name)

    def _file(self, number: int) -> StoredFile:
        try:
            return self._own_file(number)
        except NoSuchFile:
            return self._asked(lambda: self._store.files.info_for(number, self._request.person))

    def _own_file(self, number: int) -> StoredFile:
        return self._asked(lambda: self._store.files.info(number, self._loaded.session_id, self._loaded.data_key))

    # --- people and their sessions ---------------------------------------------------------------------------------

    def accounts(self) -> Accounts:
        return self._accounts

    def sessions_of(
        self,
        user_id: int | None,
        interview: str | None,
        session: str | None,
        query: SessionQuery | None,
        *,
        after: int,
        most: int,
        with_answers: bool,
    ) -> list[SessionInfo]:
        found = self._store.sessions.listing(
            user_id, self._loaded.secret, most=most, skipped=after, interview=interview, session_id=session, query=query
        )
        return [self._session_info(row, with_answers=with_answers) for row in found]

    def _session_info(self, row: Listed, *, with_answers: bool) -> SessionInfo:
        answers = None
        if with_answers and row.opens:
            answers = self._store.sessions.load(row.session_id, self._loaded.secret).answers
        return SessionInfo(
            row.session_id,
            row.interview,
            row.title,
            row.created,
            row.modified,
            encrypted=not row.multi_user,
            opens=row.opens,
            owner_id=row.owner_id,
            email=row.owner_email,
            tags=row.tags,
            metadata=self._metadata_of(row.interview),
            answers=answers,
        )

    def _metadata_of(self, interview: str) -> Mapping[str, Any] | None:
        try:
            return self._programs.get(interview).metadata
        except (AuthorError, InterviewNotFound):
            return None

    def delete_sessions(
        self, user_id: int | None, interview: str | None, session: str | None, query: SessionQuery | None, *, shared: bool
    ) -> int:
        # the one in which this is asked goes on: what is to be said of it has yet to be saved
        others: SessionQuery = Comparison("session", "!=", (self._loaded.session_id,))
        wanted = others if query is None else Together("and", (others, query))
        wishes, sessions = (interview, session, wanted), self._store.sessions
        if user_id is None:
            return sessions.delete_listed(None, *wishes)
        if shared:
            return sessions.delete_with_others(user_id, *wishes)
        return sessions.give_up(user_id, *wishes) + sessions.delete_listed(user_id, *wishes)

    # --- e-mails ---------------------------------------------------------------------------------------------------

    def sends_emails(self) -> bool:
        return bool(self._settings.mail)

    def send_email(self, email: Email, account: str | None) -> Delivery:
        if self.only_looks:
            raise SaveFirst
        return self._asked(lambda: self._outbox.send(email, account))

    def interview_email(self, key: str | int | None, index: str | int | None) -> str:
        domain = self._settings.mail_domain
        if not domain:
            raise ValueError(
                "This server receives no e-mails: the configuration has neither “incoming mail domain” nor “external hostname”."
            )
        self._note_emails()
        session, owner = self._loaded, freeze(on_behalf_of(self._request))
        obtain = self._store.mailboxes.obtain
        mailbox = self._asked(lambda: obtain(session.session_id, session.data_key, key, index, owner))
        return f"{mailbox.local_part}@{domain}"

    def close_interview_email(self, key: str | int | None, index: str | int | None) -> bool:
        session, close = self._loaded, self._store.mailboxes.close
        return self._asked(lambda: close(session.session_id, session.data_key, key, index))

    def mailboxes(self, key: str | int | None, index: str | int | None) -> list[InterviewMailbox]:
        self._note_emails()
        reader = EmailReader(self._store, self._settings, self._loaded.session_id, self._loaded.data_key)
        return self._asked(lambda: reader.mailboxes(key, index))

    def _note_emails(self) -> None:
        """From here on the screen is one that another e-mail may change."""
        if not self.emails_seen:
            self.emails_seen = self._asked(lambda: self._store.mailboxes.progress(self._loaded.session_id))

    # --- what is kept beside the answers, and what is known of the session -------------------------------------------

    def times_performed(self, task: str, base: str) -> int:
        return self._asked(lambda: self._store.counters.number(*self._counter(task, base)))

    def set_times_performed(self, task: str, base: str, times: int | None) -> None:
        session_id = self._loaded.session_id if base == "session" else None
        what = self._counter(task, base)
        counters = self._store.counters
        if times is None:
            self._asked(lambda: counters.count(*what, session_id=session_id))
        else:
            self._asked(lambda: counters.put(*what, number=times, session_id=session_id))

    def _counter(self, task: str, base: str) -> tuple[str, ...]:
        """What counts a task: for this session, this interview, this person, everybody, or whoever names the same base."""
        person = self._request.person
        whose = {
            "session": self._loaded.session_id,
            "interview": self._request.interview,
            "user": f"user {person.id}" if person.logged_in else f"browser {self.starter}",
            "global": "",
        }
        return ("task", base, whose.get(base, ""), task)

    def session_moments(self) -> SessionMoments:
        session = self._loaded
        there = session.last_person_access
        return SessionMoments(
            began=session.created.replace(tzinfo=UTC),
            saved=session.modified.replace(tzinfo=UTC),
            person_there=None if there is None else there.replace(tzinfo=UTC),
        )

    def accesses(self) -> Sequence[PersonAccess]:
        return self._asked(lambda: self._store.sessions.accesses(self._loaded.session_id))

    # --- the rest --------------------------------------------------------------------------------------------------

    def interviews(self) -> Sequence[InterviewEntry]:
        entries = [self._interview_entry(name) for name in self._sources.names()]
        return [entry for entry in entries if entry is not None]

    def _interview_entry(self, name: str) -> InterviewEntry | None:
        address = interview_address(name)
        try:
            program = self._programs.get(name)
        except (AuthorError, InterviewNotFound):
            return InterviewEntry(name, address, name, has_error=True)
        if not program.access.is_listed(self._request.person, anonymous=self._settings.allow_anonymous_access):
            return None
        return InterviewEntry(
            name,
            address,
            program.title,
            str(program.metadata.get("subtitle") or ""),
            program.source.package or "",
            dict(program.metadata),
            program.tags,
        )

    def redis(self) -> Any:
        return open_memory(self._settings)

    def packed(self, value: Any, key: str) -> bytes:
        return self._store.vault.sign(freeze({"value": value}), session="", part=f"redis:{key}")

    def unpacked(self, kept: bytes, key: str) -> Any:
        return thaw(self._store.vault.verify(kept, session="", part=f"redis:{key}"))[0]["value"]

    def setting(self, name: str, default: Any = None) -> Any:
        key = name.replace(" ", "_")
        return getattr(self._settings, key) if key in _PUBLIC else default

    def log(self, message: str, level: str = "info") -> None:
        log.log(_LEVELS.get(level, logging.INFO), "%s: %s", self._request.interview, message)


class Patiently(Protocol):
    """Gives what the work gives, once the store is there."""

    def __call__(self, work: Callable[[], T], /) -> T: ...


class TaskHost(VisitHost):
    """The host of the action of a background task, whose changes of the answers are thrown away.

    What it starts is started at once, as nothing will be saved. `error_action` is what is to be run if it fails. As its
    code runs only once, it waits for a store that is away.
    """

    patience = PATIENCE_OF_TASKS

    def __init__(
        self,
        surroundings: Surroundings,
        request: Request,
        source: Source,
        loaded: Loaded,
        claimed: Claimed,
        patiently: Patiently,
        outbox: Outbox | None = None,
    ) -> None:
        super().__init__(surroundings, request, source, loaded, outbox)
        self._broker = surroundings.broker
        self._patiently = patiently
        self._claimed = claimed
        self.starter = claimed.starter
        self.error_action: tuple[str, dict[str, Any]] | None = None

    def start_task(self, action: str, arguments: Mapping[str, Any], mode: str | None) -> str:
        task = self.made_task(action, arguments, mode)
        self._asked(lambda: self._started(task))
        self._broker.wake(task.id)
        return task.id

    def _started(self, task: NewTask) -> None:
        try:
            self._store.tasks.start(self._claimed, [task])
        except IntegrityError:
            # it is there: an earlier try came through, but the connection was lost before that could be told
            log_of_task(self._claimed, self._programs, f"{task.id} was started before the connection was lost")

    def _asked(self, of_store: Callable[[], T]) -> T:
        return self._patiently(of_store)

    def note_error_action(self, action: str, arguments: Mapping[str, Any]) -> None:
        self.error_action = (action, dict(arguments))
        kept = freeze({"action": action, "arguments": dict(arguments)})
        self._asked(lambda: self._store.tasks.keep_error_action(self._claimed, kept))

    def log(self, message: str, level: str = "info") -> None:
        log_of_task(self._claimed, self._programs, message, level)


class ResponseHost(VisitHost):
    """The host of an action whose changes of the answers are saved on behalf of a background task."""

    def __init__(
        self,
        surroundings: Surroundings,
        request: Request,
        source: Source,
        loaded: Loaded,
        claimed: Claimed,
        outbox: Outbox | None = None,
    ) -> None:
        super().__init__(surroundings, request, source, loaded, outbox)
        self._claimed = claimed
        self.starter = claimed.starter

    def wait_for_task(self, task_id: str) -> TaskReport:
        """Whoever waited here would keep the person from going on; what isn't over is said to be so."""
        return self.task(task_id)

    def note_error_action(self, action: str, arguments: Mapping[str, Any]) -> None:
        raise RuntimeError("background_error_action() is for the action that runs first, not for its response.")

    def log(self, message: str, level: str = "info") -> None:
        log_of_task(self._claimed, self._programs, message, level)


def log_of_task(claimed: Claimed, programs: Programs, message: str, level: str = "info") -> None:
    """Write to the log what the code of a task says."""
    log.log(
        _LEVELS.get(level, logging.INFO),
        'action="task_log" task=%s interview=%s name=%s %s',
        claimed.id,
        claimed.interview,
        programs.known_action(claimed.interview, claimed.action),
        message,
    )


def on_behalf_of(request: Request) -> dict[str, Any]:
    """What a task is to know of the request that starts it, as plain data."""
    return {"person": asdict(request.person), "url_root": request.url_root, "languages": list(request.languages)}


def request_on_behalf(kept: Any, **known: Any) -> Request:
    """The request of a task, from what `on_behalf_of` kept; an older version kept nothing."""
    if not isinstance(kept, dict):
        return Request(**known)
    person = {**kept["person"], "privileges": tuple(kept["person"]["privileges"])}
    return Request(person=Person(**person), url_root=kept["url_root"], languages=tuple(kept["languages"]), **known)
