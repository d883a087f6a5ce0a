"""What people, workers, the clock and e-mails do to a session while the process or its store crashes.

A scenario begins a session, does one thing to it (`act`), and, whatever became of that, goes on as its people or programs
would (`go_on`). Afterwards the thing must have been done once.
"""

from __future__ import annotations

import io
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from docassemble_lite import clock
from docassemble_lite.mailin.receiving import Answer, Receiving
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.tables import (
    emails,
    files,
    mailboxes,
    session_keys,
    sessions,
    steps,
    tasks,
)
from docassemble_lite.store.tasks import LateReport
from docassemble_lite.visit.addresses import encoded_action
from docassemble_lite.visit.scheduled import ScheduledVisits
from docassemble_lite.visit.task_run import TaskRun
from docassemble_lite.web.services import EXTENSION
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client
from tests.acceptance.visitor import Page, control, filled, interview_path, value_of

NAME = "crash.yml"
DOMAIN = "example.com"
INTERVIEW = """
mandatory: True
code: |
  words = []
  kept = []
  kept_again = []
  failures = []
  drafts = 0
---
mandatory: True
code: |
  words.append(entry)
  del entry
  del letter
  entry
---
question: Word ${ len(words) + 1 }
fields:
  - Word: entry
  - Letter: letter
    datatype: file
    required: False
check in: listen
---
event: say
code: |
  words.append(action_argument('word'))
---
event: listen
code: |
  drafts += 1
  background_response()
---
event: begin_work
code: |
  words.append('begun')
  the_task = background_action(action_argument('kind'))
---
event: work
code: |
  background_error_action('record_failure')
  background_response_action('keep')
---
event: keep
code: |
  kept.append(1)
  another_task = background_action('work_on')
  kept_again.append(1)
  background_response()
---
event: work_on
code: |
  background_response('worked on')
---
event: fail
code: |
  background_error_action('record_failure')
  raise ValueError('on purpose')
---
event: record_failure
code: |
  failures.append(action_argument('error_type'))
  background_response()
---
event: share
code: |
  multi_user = True
  allow_cron = True
---
event: take_back
code: |
  multi_user = False
---
event: have_address
code: |
  multi_user = True
  address = interview_email()
---
event: incoming_email
code: |
  background_response_action('keep_subject', subject=action_argument('email').subject)
---
event: keep_subject
code: |
  words.append(action_argument('subject'))
  background_response()
---
event: cron_hourly
code: |
  words.append('cron')
---
event: leave
code: |
  command('exit')
---
event: begin_again
code: |
  command('restart')
"""
_LETTER = b"From: a@example.org\r\nSubject: Hello\r\nMessage-ID: <%d@example.org>\r\n\r\nHello.\r\n"


@dataclass(frozen=True)
class Picture:
    """What the store holds of a session, without what differs between two that have seen the same."""

    # of each step, the newest last: the answers
    steps: tuple[Mapping[str, Any], ...]
    # (action, state, why it failed), in the order of the actions
    tasks: tuple[tuple[str, str, str], ...]
    files: int
    mailboxes: int
    emails: int
    multi_user: bool
    owned: bool
    # how many secrets open it
    holders: int


class Place:
    """The processes that have a store open, all in this one, and a look at it from another process's side."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        services = app.extensions[EXTENSION]
        self.store: Store = services.store
        self.settings: Settings = services.settings
        self.surroundings = services.surroundings
        self.receiving = Receiving(self.surroundings)
        # the same store as another process has it
        self.other_store = open_store(self.settings)


class Scenario:
    """A person in a session, on the screen for the second word; `act` answers it."""

    path = interview_path(NAME)
    # whether doing it again changes nothing if it had been done
    repeatable = True

    def __init__(self, place: Place) -> None:
        self.place = place
        self.client = Client(place.app)
        self.page = self.client.get(self.path)
        self.session = value_of(self.page.form, "_session")
        cookie = self.client.flask.get_cookie("secret")
        assert cookie
        secret = urlsafe_b64decode(cookie.value + "=" * (-len(cookie.value) % 4))
        self.data_key = place.store.sessions.load(self.session, secret).data_key
        self.page = self.client.answer(self.page, entry="first")
        assert self.page.heading == "Word 2"
        self.prepare()

    def prepare(self) -> None:
        """Bring the session to where the scenario begins."""

    def act(self) -> bool:
        """Do it; whether those who did it were told that it is done."""
        return self.is_told(self.client.answer(self.page, entry="second"))

    def go_on(self) -> None:
        """Do it again if need be, and what follows from it."""
        self.act()

    def is_told(self, page: Page) -> bool:
        """Whether the page says that it is done; or that the page is out of date, or that it can't be done just now."""
        assert page.status in (200, 409, 503), (page.status, page.words)
        return page.status == 200

    def action(self, name: str, **arguments: Any) -> Page:
        """Follow a link that carries out an action."""
        return self.client.get(interview_path(NAME, action=encoded_action(name, arguments)))

    def is_allowed(self, picture: Picture | None, old: Picture | None, new: Picture | None) -> bool:
        """Whether a crash may leave the session like this."""
        return picture in (old, new)

    def is_well(self, picture: Picture | None, new: Picture | None) -> bool:
        """Whether it may look like this in the end."""
        return picture == new

    def assert_usable(self) -> None:
        """See that people can go on in it."""
        assert self.client.get(self.path).status == 200

    def picture(self, store: Store) -> Picture | None:
        """What a fresh process finds; None if the session isn't there. What it finds must be whole."""
        return picture_of(store, self.session, self.data_key)


@contextmanager
def later(seconds: float) -> Iterator[None]:
    """`with later(30):` the clock is so many seconds ahead."""
    usual = clock.now
    clock.now = lambda: usual() + timedelta(seconds=seconds)
    try:
        yield
    finally:
        clock.now = usual


def picture_of(store: Store, session_id: str, data_key: bytes) -> Picture | None:
    """What a store holds of a session, after seeing that nothing of it is half there."""
    with store.engine.connect() as connection:

        def rows(table: Any, *order: Any) -> list[Any]:
            found = connection.execute(select(table).where(table.c.session_id == session_id).order_by(*order))
            return list(found.mappings())

        session = connection.execute(select(sessions).where(sessions.c.id == session_id)).mappings().first()
        numbers = [row["number"] for row in rows(steps, steps.c.number)]
        found_tasks, found_files, boxes = rows(tasks, tasks.c.action), rows(files), rows(mailboxes)
        holders = len(rows(session_keys))
        mails = list(
            connection.execute(
                select(emails).join(files, emails.c.file_id == files.c.id).where(files.c.session_id == session_id)
            ).mappings()
        )
    if session is None:
        outlived = (*numbers, *found_tasks, *found_files, *boxes)
        assert not outlived
        assert not holders
        return None
    assert numbers == list(range(1, session["step"] + 1)), numbers
    assert (session["sealed_key"] is not None) == session["multi_user"]
    assert session["multi_user"] or holders, "nobody can open it"
    for row in found_tasks:
        assert row["state"] not in ("waiting", "running") or row["sealed_key"], "a task that nobody can run"
    for row in found_files:
        store.files._locked(row["id"])
    assert {mail["task_id"] for mail in mails} - {None} <= {row["id"] for row in found_tasks}, "an e-mail without its task"
    loaded = store.sessions.load_with_key(session_id, data_key)
    _assert_tasks_are_there(loaded, {row["id"] for row in found_tasks})
    return Picture(
        steps=tuple(_steps(store, loaded)),
        tasks=tuple((row["action"], row["state"], row["error_type"]) for row in found_tasks),
        files=len(found_files),
        mailboxes=len(boxes),
        emails=len(mails),
        multi_user=session["multi_user"],
        owned=session["owner_id"] is not None,
        holders=holders,
    )


def _steps(store: Store, loaded: Loaded) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    step: Loaded | None = loaded
    while step is not None:
        found.insert(0, {name: value for name, value in sorted(step.answers.items()) if isinstance(value, (str, int, list))})
        found[0].pop("address", None)  # type: ignore[attr-defined]
        step = store.sessions.load_previous(step)
    return found


def _assert_tasks_are_there(loaded: Loaded, there: set[str]) -> None:
    known = {loaded.answers[name].id for name in ("the_task", "another_task") if name in loaded.answers}
    assert known <= there, "the answers know of a task that isn't there"


# --- the scenarios -------------------------------------------------------------------------------------------------------


class FirstScreen(Scenario):
    """Somebody comes for the first time."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.client = Client(place.app)
        self.known = self._ids()

    def _ids(self) -> set[str]:
        with self.place.store.engine.connect() as connection:
            return set(connection.scalars(select(sessions.c.id)))

    def act(self) -> bool:
        return self.is_told(self.client.get(self.path))

    def picture(self, store: Store) -> Any:
        """How many screens there are to be answered. A session that nobody was shown may be there, and is whole."""
        new = self._ids() - self.known
        with store.engine.connect() as connection:
            found = connection.scalars(select(steps.c.number).where(steps.c.session_id.in_(new))).all()
            holders = connection.scalars(select(session_keys.c.session_id).where(session_keys.c.session_id.in_(new))).all()
        assert found == [1] * len(new)
        assert set(holders) == new
        return len(new)

    def is_well(self, picture: Any, new: Any) -> bool:
        return bool(new <= picture <= new + 1)

    def is_allowed(self, picture: Any, old: Any, new: Any) -> bool:
        return picture in (0, 1)


class AnAnswer(Scenario):
    """A screen is answered."""


class GoingBack(Scenario):
    """Back."""

    def act(self) -> bool:
        return self.is_told(self._posted())

    def _posted(self) -> Page:
        posted = dict(self.page.forms["dabackform"])
        return self.client._page(self.path, self.client.flask.post(self.path, data=posted, follow_redirects=True))


class AnAction(Scenario):
    """A link that carries out an action."""

    repeatable = False

    def act(self) -> bool:
        return self.is_told(self.action("say", word="said"))


class ACheckIn(Scenario):
    """A check-in whose action changes an answer."""

    repeatable = False

    def act(self) -> bool:
        known = {name: value_of(self.page.form, name) for name in ("csrf_token", "_session", "_tracker")}
        sent = {**known, "do_action": "listen", "parameters": json.dumps({"entry": "x"})}
        answer = self.client.flask.post(self.path.replace("interview?", "checkin?"), data=sent)
        assert answer.status_code in (200, 503), answer.text
        return answer.status_code == 200 and answer.json["success"] is True


class StartOfATask(Scenario):
    """An action that starts a background task."""

    repeatable = False

    def act(self) -> bool:
        return self.is_told(self.action("begin_work", kind="work"))


class ATask(Scenario):
    """A worker runs a task, whose response changes the answers and starts another one."""

    kind = "work"

    def prepare(self) -> None:
        assert self.action("begin_work", kind=self.kind).status == 200
        (self._waiting,) = self._open_tasks()

    def act(self) -> bool:
        return self._work(self._waiting)

    def _open_tasks(self) -> list[str]:
        wanted = select(tasks.c.id).where(
            tasks.c.session_id == self.session, tasks.c.action == self.kind, tasks.c.state == "waiting"
        )
        with self.place.store.engine.connect() as connection:
            return list(connection.scalars(wanted))

    def _work(self, task_id: str) -> bool:
        try:
            claimed = self.place.store.tasks.claim(task_id, self.place.settings.task_lease)
        except OperationalError:
            # the sweeper sends another message, or finds that nobody gives signs of life
            return False
        if claimed is None:
            return False
        try:
            TaskRun(self.place.surroundings, claimed, lambda _: nullcontext()).run()
        except LateReport:
            return False
        return True

    def go_on(self) -> None:
        for task_id in self._open_tasks():
            self._work(task_id)
        with later(self.place.settings.task_lease + 1):
            self.place.store.tasks.end_lost()
            for claimed in self.place.store.tasks.lost(self.place.settings.task_lease, most=10):
                TaskRun(self.place.surroundings, claimed, lambda _: nullcontext()).end_lost()

    def is_allowed(self, picture: Picture | None, old: Picture | None, new: Picture | None) -> bool:
        assert old
        # its worker is dead, which shows when its lease is over
        running = tuple((action, "running", "") for action, *_ in old.tasks)
        return picture in (old, new, replace(old, tasks=running))

    def is_well(self, picture: Picture | None, new: Picture | None) -> bool:
        """Done as usual; or its worker is lost, and its error action, if it had been named by then, has run."""
        assert picture
        assert new
        if picture == new:
            return True
        newest = picture.steps[-1]
        lost = ((self.kind, "failed", "WorkerLost"),)
        return picture.tasks == lost and not newest["kept"] and newest["failures"] in ([], ["WorkerLost"])


class AFailingTask(ATask):
    """A worker runs a task that fails, whose error action changes the answers."""

    kind = "fail"


class AnUpload(Scenario):
    """A screen is answered with a file."""

    def act(self) -> bool:
        return self.is_told(send_file(self.client, self.page))

    def is_allowed(self, picture: Picture | None, old: Picture | None, new: Picture | None) -> bool:
        # a file is kept from when it has come, so that it can be found when the answer is sent again
        assert old
        return picture in (old, new, replace(old, files=1))

    def is_well(self, picture: Picture | None, new: Picture | None) -> bool:
        assert picture
        assert new
        return replace(picture, files=new.files) == new and picture.files >= new.files


class AnEmail(Scenario):
    """An e-mail comes in, and starts a task."""

    def prepare(self) -> None:
        assert self.action("have_address").status == 200
        answers = self.place.store.sessions.load_with_key(self.session, self.data_key).answers
        self.address = answers["address"]

    def act(self) -> bool:
        slot = self.place.receiving.find(self.address)
        if isinstance(slot, Answer):
            assert slot.code == 451, slot
            return False
        (answer,) = self.place.receiving.take_in([slot], "a@example.org", _LETTER % 1)
        assert answer.code in (250, 451), answer
        return answer.code == 250


class AScheduledTask(Scenario):
    """The clock runs an action of the session: for each slot of time at most once, so a slot may be lost, and never doubled."""

    repeatable = False

    def prepare(self) -> None:
        assert self.action("share").status == 200
        self._slot = 0

    def act(self) -> bool:
        self._slot += 1
        store, slot = self.place.store, f"2026-01-01T{self._slot:02}"
        try:
            visits = ScheduledVisits(self.place.surroundings, store.people.cron())
            ran = visits.run(
                self.session, "cron_hourly", patience=1, claim=lambda: store.cron.claim(self.session, "cron_hourly", slot)
            )
        except OperationalError:
            return False
        return ran.how == "ran"


class Leaving(Scenario):
    """The interview ends, and the session is deleted with its file."""

    repeatable = False

    def prepare(self) -> None:
        self.page = send_file(self.client, self.page)
        assert self.page.status == 200

    def act(self) -> bool:
        answer = self.client.flask.get(interview_path(NAME, action=encoded_action("leave", {})))
        assert answer.status_code in (302, 303, 503), answer.text
        return answer.status_code != 503


class BeginningAgain(Scenario):
    """The interview restarts: its answers, files and mailboxes go."""

    def prepare(self) -> None:
        assert send_file(self.client, self.page).status == 200
        assert self.action("have_address").status == 200

    def act(self) -> bool:
        return self.is_told(self.action("begin_again"))

    def is_allowed(self, picture: Picture | None, old: Picture | None, new: Picture | None) -> bool:
        # before anybody has seen the first screen, there is nothing in the answers
        assert new
        return picture in (old, new, replace(new, steps=({},)))


class SigningIn(Scenario):
    """Somebody signs in, and takes the session along."""

    def prepare(self) -> None:
        self.email = f"{self.session}@example.com"
        self.place.store.people.add(self.email, PASSWORD)
        self.token = self.client.token()

    def act(self) -> bool:
        posted = {"csrf_token": self.token, "email": self.email, "password": PASSWORD}
        answer = self.client.flask.post("/user/sign-in", data=posted)
        assert answer.status_code in (303, 503), answer.text
        return answer.status_code == 303

    def go_on(self) -> None:
        # who is signed in isn't asked again
        if "da-sign-in" in self.client.get("/user/sign-in").forms:
            self.client.sign_in(self.email)

    def assert_usable(self) -> None:
        assert self.client.get(self.path).heading == "Word 2"
        signed_in = Client(self.place.app).sign_in(self.email)
        page = signed_in.get(interview_path(NAME, session=self.session))
        assert page.heading == "Word 2"


class Sharing(Scenario):
    """`multi_user` is set: all steps become plain."""

    repeatable = False

    def act(self) -> bool:
        return self.is_told(self.action("share"))


class TakingBack(Scenario):
    """`multi_user` is taken back: all steps become private."""

    repeatable = False

    def prepare(self) -> None:
        assert self.action("share").status == 200

    def act(self) -> bool:
        return self.is_told(self.action("take_back"))


def send_file(client: Client, page: Page) -> Page:
    """Answer the screen with a word and a file."""
    posted: dict[str, Any] = {**dict(filled(page, entry="second")), control("letter"): (io.BytesIO(b"content"), "letter.txt")}
    answer = client.flask.post(page.url, data=posted, content_type="multipart/form-data", follow_redirects=True)
    return client._page(page.url, answer)


SCENARIOS: tuple[type[Scenario], ...] = (
    FirstScreen,
    AnAnswer,
    GoingBack,
    AnAction,
    ACheckIn,
    StartOfATask,
    ATask,
    AFailingTask,
    AnUpload,
    AnEmail,
    AScheduledTask,
    Leaving,
    BeginningAgain,
    SigningIn,
    Sharing,
    TakingBack,
)
