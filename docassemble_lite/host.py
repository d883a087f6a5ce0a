"""How interview code reaches the world outside, and what it knows about the moment in which it runs.

`engine`, `objects` and `language` know no web server, no task queue and no database. What they need from outside they
ask of a `Host`; the web, the worker, the terminal and the tests each bring one. `current()` is the evaluation that is
going on in this thread.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

from docassemble_lite.emails import Delivery, Email, EmailAddress
from docassemble_lite.session_query import SessionQuery

TaskState = Literal["waiting", "running", "done", "failed", "revoked"]
Interface = Literal["web", "worker", "cron", "mail", "terminal", "test"]


@dataclass(frozen=True)
class Person:
    """Somebody on whose behalf code runs. `id` is None for an anonymous visitor."""

    id: int | None = None
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    privileges: tuple[str, ...] = ()
    language: str = ""
    timezone: str = ""
    country: str = ""
    subdivision_first: str = ""
    subdivision_second: str = ""
    subdivision_third: str = ""
    organization: str = ""

    @property
    def logged_in(self) -> bool:
        """Whether the person has signed in."""
        return self.id is not None

    def has_one_of(self, privileges: Iterable[str]) -> bool:
        """Whether the person has at least one of these privileges.

        Who has signed in and has no special one has "user"; who hasn't signed in is "anonymous" and has no other.
        """
        own = (self.privileges or ("user",)) if self.logged_in else ("anonymous",)
        return not set(privileges).isdisjoint(own)


#: What people may say of themselves: members of `Person`.
PROFILE = (
    "first_name",
    "last_name",
    "language",
    "timezone",
    "country",
    "subdivision_first",
    "subdivision_second",
    "subdivision_third",
    "organization",
)


@dataclass(frozen=True)
class KnownPerson:
    """Somebody with an account; `active` is whether this person may sign in."""

    person: Person
    active: bool


@dataclass(frozen=True)
class Request:
    """Why the interview is being evaluated."""

    interview: str = ""
    session: str = ""
    interface: Interface = "test"
    person: Person = field(default_factory=Person)
    # what tells one browser from another in the same session: each has its own stack of actions
    browser: str = "test"
    # how the server is reached from outside, without a slash at the end
    url_root: str = "http://localhost"
    action: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    # whether the interview itself chose the action, and not an address
    own_action: bool = False
    # what becomes on the screen of the value of the background task on whose behalf it happens
    task_mode: str | None = None
    referring_url: str = ""
    user_agent: str = ""
    # the network address of the browser
    address: str = ""
    # languages that the browser asks for, best first
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class TaskReport:
    """How a background task stands. The fields after `result` are filled when it failed."""

    state: TaskState
    result: Any = None
    error_type: str = ""
    error_message: str = ""
    error_trace: str = ""
    variables: tuple[str, ...] = ()
    # in UTC
    ended: datetime | None = None

    @property
    def over(self) -> bool:
        """Whether the task has ended, in whatever way."""
        return self.state in ("done", "failed", "revoked")


@dataclass(frozen=True)
class FileInfo:
    """What is known of a stored file; `size` is in bytes. The extension is in lower case and has no dot."""

    number: int
    name: str
    extension: str
    mimetype: str
    size: int


@dataclass(frozen=True)
class FileAccess:
    """Who may see a file besides its session: everybody who has its address if it isn't `private`, else those who are named.

    A `persistent` file stays when its session goes.
    """

    private: bool = True
    persistent: bool = False
    user_ids: tuple[int, ...] = ()
    privileges: tuple[str, ...] = ()

    @property
    def reaches_others(self) -> bool:
        """Whether anybody else may see the file."""
        return not self.private or bool(self.user_ids or self.privileges)


@dataclass(frozen=True)
class SessionInfo:
    """What is known of a session; moments are naive UTC. `opens` is whether the person who asks can open it."""

    session: str
    interview: str
    title: str
    created: datetime
    modified: datetime
    encrypted: bool
    opens: bool
    owner_id: int | None
    email: str = ""
    tags: tuple[str, ...] = ()
    # of the interview; None where that isn't there any more, or can't be used
    metadata: Mapping[str, Any] | None = None
    # None where they weren't asked for or can't be opened
    answers: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class InterviewEntry:
    """An interview that can be begun; `address` is a path. One that `has_error` can't be, and its file is all that is known."""

    filename: str
    address: str
    title: str
    subtitle: str = ""
    package: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    has_error: bool = False


@dataclass(frozen=True)
class ReceivedFile:
    """A part of an e-mail, kept as a file of the session."""

    number: int
    name: str
    extension: str
    mimetype: str


@dataclass(frozen=True)
class ReceivedEmail:
    """An e-mail that was sent to the session. Moments are in UTC; `headers` is a file with JSON.

    What is in it was written by whoever sent it; nobody has checked who that was.
    """

    short: str
    key: str | int | None
    index: str | int | None
    # the e-mail address of the person who obtained the address, None if that one wasn't signed in
    address_owner: str | None
    received: datetime
    written: datetime | None
    subject: str
    to: tuple[EmailAddress, ...]
    cc: tuple[EmailAddress, ...]
    sender: EmailAddress | None
    reply_to: EmailAddress | None
    return_path: EmailAddress | None
    headers: ReceivedFile
    text: ReceivedFile | None
    html: ReceivedFile | None
    attachments: tuple[ReceivedFile, ...]


@dataclass(frozen=True)
class InterviewMailbox:
    """An e-mail address of the session, and what was sent to it, oldest first."""

    address: str
    key: str | int | None
    index: str | int | None
    emails: tuple[ReceivedEmail, ...]


class Accounts(Protocol):
    """People with accounts. Who may do what is for the caller to say."""

    def listing(self, after: int, most: int, *, include_inactive: bool) -> list[KnownPerson]:
        """People whose numbers are above `after`, in the order of these."""
        ...

    def find(self, user_id: int | None, email: str | None) -> KnownPerson | None:
        """The person with that number, or else with that e-mail address."""
        ...

    def add(self, email: str, password: str, privileges: Sequence[str], profile: Mapping[str, str]) -> int:
        """A new person; the number."""
        ...

    def invite(self, email: str, privileges: Sequence[str], *, send: bool) -> str | None:
        """The address where somebody can make an account, unless it is sent by e-mail."""
        ...

    def set_profile(self, person: Person, profile: Mapping[str, str]) -> None:
        """Change what is known of the person, by names of `PROFILE`."""
        ...

    def set_active(self, person: Person, active: bool) -> None:
        """Whether the person may sign in."""
        ...

    def set_privileges(self, person: Person, privileges: Sequence[str]) -> None:
        """These and no others are the person's privileges."""
        ...

    def set_password(self, person: Person, password: str, old: str) -> None:
        """Another password; with the `old` one the person's sessions stay open to it."""
        ...

    def privileges(self) -> Sequence[str]:
        """All that people can have."""
        ...

    def add_privilege(self, name: str) -> None:
        """Let people have it."""
        ...

    def remove_privilege(self, name: str) -> None:
        """Nobody has it any more."""
        ...


@dataclass(frozen=True)
class PersonAccess:
    """When a person was last in the session, to within a minute. Those who weren't signed in are one, with `user_id` None."""

    user_id: int | None
    privileges: tuple[str, ...]
    # in UTC
    moment: datetime


@dataclass(frozen=True)
class SessionMoments:
    """When the session began, was last saved by whomever, and had a person in it before this visit. All in UTC."""

    began: datetime
    saved: datetime
    person_there: datetime | None


class Host(Protocol):
    """What interview code may ask of the world outside."""

    def action_url(self, action: str, arguments: Mapping[str, Any], *, with_session: bool, forget_prior: bool) -> str:
        """The address that carries out an action of this interview."""
        ...

    def interview_url(self, interview: str | None, arguments: Mapping[str, Any]) -> str:
        """The absolute address of an interview; None means the running one, together with its session."""
        ...

    def page_url(self, page: str, arguments: Mapping[str, Any]) -> str:
        """The address of a page of the server ("exit", "leave", "interviews") or of a static file "package:path"."""
        ...

    def start_task(self, action: str, arguments: Mapping[str, Any], mode: str | None) -> str:
        """Have `action` run in the background once the answers of this evaluation are saved; the task's id."""
        ...

    def task(self, task_id: str) -> TaskReport:
        """How the task stands now."""
        ...

    def wait_for_task(self, task_id: str) -> TaskReport:
        """How the task stands when it has ended, or when there has been as much waiting as can be asked of whoever waits."""
        ...

    def note_error_action(self, action: str, arguments: Mapping[str, Any]) -> None:
        """Should the task that is running fail, run this action then, even if the process that runs it dies."""
        ...

    def revoke_task(self, task_id: str, *, terminate: bool) -> None:
        """Take the task from the queue and, with `terminate`, stop it where it runs."""
        ...

    def make_file(self, name: str, content: bytes | BinaryIO, mimetype: str, like: int | None = None) -> int:
        """Keep a file of this session from now on, whatever becomes of the answers; its number. It never changes.

        Of an open file everything is kept. `like` is the file whose place it takes: the same people may see it.
        """
        ...

    def read_file(self, number: int) -> bytes:
        """The content of a file of this session, or of another one that the person may see. Raises `NoSuchFile`."""
        ...

    def open_file(self, number: int) -> BinaryIO:
        """The same content, to be read a piece at a time from any place. Raises `NoSuchFile`."""
        ...

    def file_info(self, number: int) -> FileInfo:
        """What is known of a file of this session, or of another one that the person may see. Raises `NoSuchFile`."""
        ...

    def file_access(self, number: int) -> FileAccess:
        """Who may see that file. Raises `NoSuchFile`."""
        ...

    def set_file_access(self, number: int, access: FileAccess) -> int:
        """Have these people and no others see a file of this session, at once; its number, which may become another one by that.

        Raises `NoSuchFile`, also for a file of another session.
        """
        ...

    def room_for_files(self) -> int:
        """How many bytes of files this session may still be sent."""
        ...

    def static_file(self, reference: str) -> Path | None:
        """Where a file of a package lies, or one beside the interview: "name", "package:name" or "package:data/folder/name"."""
        ...

    def file_url(
        self, number: int, extension: str, *, attachment: bool, external: bool, page: int | None = None, size: str = "page"
    ) -> str:
        """The address of a file, for browsers that may open the session; with `attachment` they save it and don't show it.

        With a `page` (from 1) of a PDF, it is that of a picture of it: `size` is "page" for printing, "screen" for looking at.
        """
        ...

    def temporary_file_url(self, number: int, extension: str, *, attachment: bool, seconds: float) -> str:
        """The address of a file for whoever has it, for so many seconds from now."""
        ...

    def archive_url(self, numbers: Sequence[int], name: str) -> str:
        """The address of a ZIP file of that name with some files of this session in it."""
        ...

    def accounts(self) -> Accounts:
        """People with accounts."""
        ...

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
        """Sessions of a person, or of everybody (None), the latest first, from the one with the number `after` (from 0)."""
        ...

    def delete_sessions(
        self, user_id: int | None, interview: str | None, session: str | None, query: SessionQuery | None, *, shared: bool
    ) -> int:
        """Delete sessions of a person, or of everybody (None); how many.

        The session in which this is asked isn't deleted. Without `shared`, those of a person in which others are too are only
        taken off the person's list, and counted.
        """
        ...

    def sends_emails(self) -> bool:
        """Whether the configuration has a mail server."""
        ...

    def send_email(self, email: Email, account: str | None) -> Delivery:
        """Have an e-mail sent by an account of the configuration, None for the usual one; equal ones of a visit are sent once.

        Raises `ValueError` when there is no such account.
        """
        ...

    def interview_email(self, key: str | int | None, index: str | int | None) -> str:
        """The e-mail address of this session for `key` and `index`. Raises `ValueError` where the server receives no e-mails."""
        ...

    def close_interview_email(self, key: str | int | None, index: str | int | None) -> bool:
        """Give that address up; whether there was one."""
        ...

    def mailboxes(self, key: str | int | None, index: str | int | None) -> list[InterviewMailbox]:
        """The e-mail addresses of this session, those that were given up as well; None: for whatever they are."""
        ...

    def times_performed(self, task: str, base: str) -> int:
        """How often the task was performed, as it is kept beside the answers for "session", "interview", "user" or all."""
        ...

    def set_times_performed(self, task: str, base: str, times: int | None) -> None:
        """Write at once how often the task was performed; None: once more."""
        ...

    def session_moments(self) -> SessionMoments:
        """When the session began, and when something last happened in it."""
        ...

    def accesses(self) -> Sequence[PersonAccess]:
        """Who was in the session when."""
        ...

    def interviews(self) -> Sequence[InterviewEntry]:
        """The interviews on the list that the person sees."""
        ...

    def redis(self) -> Any:
        """A client of the Redis of interviews, with the methods of the package `redis`."""
        ...

    def packed(self, value: Any, key: str) -> bytes:
        """A value that answers can hold as bytes, to be kept under a key of Redis."""
        ...

    def unpacked(self, kept: bytes, key: str) -> Any:
        """What `packed` was given. Raises `AnswersTampered` when this server didn't write it under that key."""
        ...

    def setting(self, name: str, default: Any = None) -> Any:
        """A directive of the configuration that interviews may know."""
        ...

    def log(self, message: str, level: str = "info") -> None:
        """Write to the server's log, or show to the person ("success", "warning", "danger" …)."""
        ...


class NoHost:
    """The host outside of any evaluation: it knows the defaults and refuses everything else."""

    def _refuse(self) -> Any:
        raise RuntimeError("This function works only while an interview is being evaluated.")

    def action_url(self, action: str, arguments: Mapping[str, Any], *, with_session: bool, forget_prior: bool) -> str:
        return self._refuse()

    def interview_url(self, interview: str | None, arguments: Mapping[str, Any]) -> str:
        return self._refuse()

    def page_url(self, page: str, arguments: Mapping[str, Any]) -> str:
        return self._refuse()

    def start_task(self, action: str, arguments: Mapping[str, Any], mode: str | None) -> str:
        return self._refuse()

    def task(self, task_id: str) -> TaskReport:
        return self._refuse()

    def wait_for_task(self, task_id: str) -> TaskReport:
        return self._refuse()

    def note_error_action(self, action: str, arguments: Mapping[str, Any]) -> None:
        self._refuse()

    def revoke_task(self, task_id: str, *, terminate: bool) -> None:
        self._refuse()

    def make_file(self, name: str, content: bytes | BinaryIO, mimetype: str, like: int | None = None) -> int:
        return self._refuse()

    def read_file(self, number: int) -> bytes:
        return self._refuse()

    def open_file(self, number: int) -> BinaryIO:
        return self._refuse()

    def file_info(self, number: int) -> FileInfo:
        return self._refuse()

    def file_access(self, number: int) -> FileAccess:
        return self._refuse()

    def set_file_access(self, number: int, access: FileAccess) -> int:
        return self._refuse()

    def room_for_files(self) -> int:
        return self._refuse()

    def static_file(self, reference: str) -> Path | None:
        return self._refuse()

    def file_url(
        self, number: int, extension: str, *, attachment: bool, external: bool, page: int | None = None, size: str = "page"
    ) -> str:
        return self._refuse()

    def temporary_file_url(self, number: int, extension: str, *, attachment: bool, seconds: float) -> str:
        return self._refuse()

    def archive_url(self, numbers: Sequence[int], name: str) -> str:
        return self._refuse()

    def accounts(self) -> Accounts:
        return self._refuse()

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
        return self._refuse()

    def delete_sessions(
        self, user_id: int | None, interview: str | None, session: str | None, query: SessionQuery | None, *, shared: bool
    ) -> int:
        return self._refuse()

    def sends_emails(self) -> bool:
        return self._refuse()

    def send_email(self, email: Email, account: str | None) -> Delivery:
        return self._refuse()

    def interview_email(self, key: str | int | None, index: str | int | None) -> str:
        return self._refuse()

    def close_interview_email(self, key: str | int | None, index: str | int | None) -> bool:
        return self._refuse()

    def mailboxes(self, key: str | int | None, index: str | int | None) -> list[InterviewMailbox]:
        return self._refuse()

    def times_performed(self, task: str, base: str) -> int:
        return self._refuse()

    def set_times_performed(self, task: str, base: str, times: int | None) -> None:
        self._refuse()

    def session_moments(self) -> SessionMoments:
        return self._refuse()

    def accesses(self) -> Sequence[PersonAccess]:
        return self._refuse()

    def interviews(self) -> Sequence[InterviewEntry]:
        return self._refuse()

    def redis(self) -> Any:
        return self._refuse()

    def packed(self, value: Any, key: str) -> bytes:
        return self._refuse()

    def unpacked(self, kept: bytes, key: str) -> Any:
        return self._refuse()

    def setting(self, name: str, default: Any = None) -> Any:
        return default

    def log(self, message: str, level: str = "info") -> None:
        self._refuse()


class Current:
    """The evaluation that is going on in this thread; `current()` gives it.

    `probing` is above zero while `defined()` looks whether a name exists: then a missing attribute or item must not
    create anything and must not be sought. `gathering` holds the names of the lists that are being gathered.
    """

    def __init__(self, answers: dict[str, Any] | None = None, host: Host | None = None, request: Request | None = None) -> None:
        self.answers: dict[str, Any] = answers if answers is not None else {}
        self.host: Host = host or NoHost()
        self.request = request or Request()
        self.probing = 0
        self.gathering: set[str] = set()
        self.language = self.host.setting("language", "en")
        self.locale = self.host.setting("locale", "en_US")
        # the engine keeps its own state of the evaluation here
        self.evaluation: Any = None
        # files of the interview that code works on under a path (`objects.opened`)
        self.opened: Any = None


class _Thread(threading.local):
    stack: list[Current]

    def __init__(self) -> None:
        self.stack = []


_thread = _Thread()
_outside = Current()


def current() -> Current:
    """The evaluation that is going on in this thread, or one with the defaults when there is none."""
    return _thread.stack[-1] if _thread.stack else _outside


def begin(state: Current) -> Current:
    """Make it the current one of this thread until `end` is told so, for what no `with` can stand around; itself."""
    _thread.stack.append(state)
    return state


def end(state: Current) -> None:
    """It is the current one of this thread no longer, nor below another one."""
    _thread.stack[:] = [other for other in _thread.stack if other is not state]


class entered:
    """`with entered(state):` makes it the current one of this thread."""

    def __init__(self, state: Current) -> None:
        self.state = state

    def __enter__(self) -> Current:
        _thread.stack.append(self.state)
        return self.state

    def __exit__(self, *_: object) -> None:
        _thread.stack.pop()
