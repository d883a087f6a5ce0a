"""The account: what people were told against what the store holds, and against what a person sees."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, select

from docassemble_lite.formats.messages import read_message
from docassemble_lite.mailin.receiving import limits_of
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.freezer import thaw
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.tables import emails, mailboxes, tasks
from docassemble_lite.store.tasks import OVER, WORKER_LOST
from docassemble_lite.visit.addresses import encoded_action
from fire.crontab import Slot, read_record
from fire.faults import Happened
from fire.kinds import KINDS, OF_CHILD, OF_EMAIL, Kind
from fire.orders import RUNS
from fire.people import NAME, Book
from fire.place import Place
from fire.plan import LEASE
from tests.acceptance.visitor import Page

#: What there must be none of, in the order in which it is printed.
ZEROS = {
    "lost": "a task that is known to have been started isn't there",
    "hanging": "a task isn't over",
    "doubled": "a task, its code or its effect is there more than once",
    "half done": "a part of an effect is there, or an effect of a task that didn't come so far",
    "without effect": "a task is over and the effect that belongs to it isn't there",
    "stray": "a task is there that no answers know of",
    "wrongly ended": "a task ended as it can't have, e.g. failed because the database was away",
    "posts lost": "a word that was accepted isn't there",
    "posts doubled": "a word is there more than once, or one that was refused is there",
    "out of order": "what a person posted isn't there in the order in which it was accepted, or slots aren't",
    "e-mails lost": "an e-mail that was accepted isn't there",
    "e-mails doubled": "an e-mail is there more than once",
    "slots missed": "a scheduled task didn't run in a session that it was for",
    "slots doubled": "a scheduled task ran more than once for a slot",
    "seen otherwise": "a person sees something else than the store holds",
}
#: Faults that can end an error action in the middle, so that nobody runs it again.
_CUT_SHORT_BY = (
    "process that runs error actions killed",
    "worker ",
    "main process of a worker ",
    "database ",
    "connections to the database cut",
    "machine ",
)
# seconds before the end of a task in which such a fault must have happened: a lease, and what it takes to notice
_BEFORE_END = 4 * LEASE
# sessions that people look at at a time
_LOOKING = 4
_SHOWN = re.compile(r"BEGIN ([0-9a-f]+) END")
_VARIABLES = ("words", "kept", "kept_again", "failures", "failures_again", "ticks")
_LIMITS = limits_of(Settings())
_CELERY_STATES = {"done": "SUCCESS", "failed": "FAILURE", "revoked": "REVOKED"}


@dataclass(frozen=True)
class Problem:
    """One that there must be none of."""

    zero: str
    text: str
    session: str
    task: str = ""


@dataclass
class Account:
    """What was found. `ended` counts how tasks ended: (kind, state, error type)."""

    problems: list[Problem] = field(default_factory=list)
    ended: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    tasks: int = 0
    sessions: int = 0
    words: int = 0
    letters: int = 0
    ticks: int = 0
    # of tasks that failed: those whose error action was killed, so that it may have had no effect
    cut_short: int = 0
    # responses and error actions that ran more than once, because they couldn't be saved the first time
    run_again: int = 0

    def count(self, zero: str) -> int:
        """How many there are of what there must be none of."""
        return sum(problem.zero == zero for problem in self.problems)


@dataclass(frozen=True)
class _Task:
    """A task as the store holds it."""

    number: str
    kind: Kind
    row: RowMapping

    @property
    def done(self) -> bool:
        return bool(self.row["state"] == "done")


def wait_until_quiet(store: Store, seconds: float) -> int:
    """Wait until no task is open, but not longer than so many seconds; how many are."""
    end = time.monotonic() + seconds
    while (open_tasks := count_open(store)) and time.monotonic() < end:
        time.sleep(0.5)
    return open_tasks


def count_open(store: Store) -> int:
    """How many tasks aren't over."""
    return sum(number for state, number in store.tasks.counts().items() if state not in OVER)


def drawn_up(place: Place, books: list[Book], history: list[Happened]) -> Account:
    """The account of all sessions, after these faults."""
    account = Account(sessions=len(books))
    runs = _runs(place.orders.folder / RUNS)
    slots = read_record(place.cron.folder) if place.machines else []
    # slot → the sessions that it was for and in which it didn't run
    missed: dict[str, list[str]] = {slot.name: [] for slot in slots}
    sessions = [_SessionAccount(place.store, book, runs, history, account) for book in books]
    with ThreadPoolExecutor(_LOOKING) as pool:
        list(pool.map(_SessionAccount.look, sessions))
    for session in sessions:
        session.draw_up()
        for slot in session.check_slots(slots):
            missed[slot.name].append(session.book.session)
    for slot in slots:
        if slot.over and len(missed[slot.name]) > slot.may_miss:
            told = f"slot {slot.name} left {len(missed[slot.name])} sessions out, and may leave out {slot.may_miss}"
            account.problems.append(Problem("slots missed", told, missed[slot.name][0]))
    return account


def _runs(path: Path) -> Counter[tuple[str, str]]:
    """(what, number) → how often it ran."""
    if not path.exists():
        return Counter()
    return Counter((what, number) for what, number, *_ in (line.split() for line in path.read_text().splitlines()))


class _SessionAccount:
    """The account of one session."""

    def __init__(
        self, store: Store, book: Book, runs: Counter[tuple[str, str]], history: list[Happened], account: Account
    ) -> None:
        self.history = history
        self.store = store
        self.book = book
        self.runs = runs
        self.account = account
        self.pages: list[Page] = []
        sessions = store.sessions
        self.loaded = sessions.load_plain(book.session) if book.shared else sessions.load(book.session, book.secret)
        self.answers = self.loaded.answers
        letters = {read_message(letter.raw, _LIMITS).digest: letter.subject for letter in book.letters}
        # subjects of the e-mails that are there
        self.letters: list[str] = []
        subjects: dict[str, str] = {}
        for task_id, digest in _emails_of(store, book.session):
            self.letters.append(letters.get(digest, digest))
            subjects[task_id or ""] = self.letters[-1]
        self.found = list(_tasks_of(store, self.loaded, subjects))
        # sessions that were never answered have no lists yet
        self.lists: dict[str, Counter[str]] = {name: Counter(self.answers.get(name, ())) for name in _VARIABLES}
        self.known: dict[str, Any] = self.answers.get("started", {})

    def note(self, zero: str, text: str, task: _Task | None = None) -> None:
        self.account.problems.append(Problem(zero, text, self.book.session, task.row["id"] if task else ""))

    def look(self) -> None:
        """Have all who are in the session look at it."""
        report = encoded_action("report", {})
        self.pages = [visitor.show(NAME, session=self.book.session, action=report) for visitor in self.book.visitors]

    def draw_up(self) -> None:
        self._check_words()
        self._check_order()
        self._check_letters()
        self._check_starts()
        for task in self.found:
            self.account.tasks += 1
            self.account.ended[task.kind.name, task.row["state"], task.row["error_type"]] += 1
            self._check_task(task)
        for page in self.pages:
            self._check_page(page)

    # --- what was posted and started -----------------------------------------------------------------------------------

    def _check_words(self) -> None:
        there = self.lists["words"]
        self.account.words += len(self.book.words)
        for word, told in self.book.words.items():
            if told == "accepted" and not there[word]:
                self.note("posts lost", f"{word} was accepted and isn't there")
            if there[word] > (0 if told == "refused" else 1):
                self.note("posts doubled", f"{word} was {told} and is there {there[word]} times")
        for word in there.keys() - self.book.words.keys():
            self.note("posts doubled", f"nobody posted {word}")

    def _check_order(self) -> None:
        """What one person posted and had accepted is there in this order, with what others posted in between."""
        places = {word: place for place, word in enumerate(self.book.words)}
        last: dict[str, str] = {}
        for word in self.answers.get("words", ()):
            if self.book.words.get(word) != "accepted":
                continue
            person = word.rpartition("n")[0]
            if person in last and places[word] < places[last[person]]:
                self.note("out of order", f"{word} was posted before {last[person]} and comes behind it")
            last[person] = word

    def _check_letters(self) -> None:
        there, kept = Counter(self.letters), Counter(task.number for task in self.found if task.kind.name == OF_EMAIL)
        self.account.letters += len(self.book.letters)
        # in a session that somebody has for themselves no task can be started for it
        tasks_of_each = int(self.book.shared)
        for letter in self.book.letters:
            found = there[letter.subject], kept[letter.subject]
            told = f"{letter.subject} is there {found[0]} times, with {found[1]} tasks"
            if letter.accepted and (found[0] < 1 or found[1] < tasks_of_each):
                self.note("e-mails lost", f"{told}, and was accepted")
            if found[0] > 1 or found[1] > tasks_of_each:
                self.note("e-mails doubled", told)
        for subject in there.keys() - {letter.subject for letter in self.book.letters}:
            self.note("e-mails doubled", f"nobody sent {subject}")

    def check_slots(self, slots: list[Slot]) -> list[Slot]:
        """The slots that should have been run in this session and weren't."""
        ticks = self.answers.get("ticks", [])
        there = Counter(ticks)
        self.account.ticks += len(ticks)
        if ticks != sorted(ticks):
            self.note("out of order", f"the slots {' '.join(ticks)}")
        for slot in there.keys() - {slot.name for slot in slots}:
            self.note("slots doubled", f"nobody ran {slot}")
        for name, count in there.items():
            if count > 1:
                self.note("slots doubled", f"{name} is there {count} times")
        if not self.book.shared or self.book.saved is None:
            return []
        return [slot for slot in slots if slot.over and slot.begun > self.book.saved and not there[slot.name]]

    def _check_starts(self) -> None:
        rows = Counter(task.number for task in self.found)
        for number, kind in self.book.kinds.items():
            if self.book.words[number] == "accepted" and not rows[number]:
                self.note("lost", f"{number}, {kind}, was accepted and isn't there")
        for number, task in self.known.items():
            if task.id not in {found.row["id"] for found in self.found}:
                self.note("lost", f"{number} stands in the answers and isn't there")
        for number, count in rows.items():
            if count > 1:
                self.note("doubled", f"{number} was started {count} times")
        for task in self.found:
            if self._is_in_answers(task) != (task.number in self.known):
                self.note("stray", f"{task.number}, {task.kind.name}, is not in the answers", task)

    def _is_in_answers(self, task: _Task) -> bool:
        """Whether the answers have to know of it: all but those that an action starts by itself, and those of e-mails."""
        if task.kind.name == OF_EMAIL:
            return False
        parent = task.number.removesuffix(OF_CHILD)
        return parent == task.number or KINDS[self.book.kinds[parent]].starts == "response"

    # --- how tasks ended -------------------------------------------------------------------------------------------------

    def _check_task(self, task: _Task) -> None:
        if task.row["state"] not in OVER:
            self.note("hanging", f"{task.number}, {task.kind.name}, is {task.row['state']}", task)
            return
        self._check_runs(task)
        self._check_end(task)
        self._check_effect(task, "kept", self._kept(task))
        self._check_effect(task, "failures", self._recorded(task))

    def _check_runs(self, task: _Task) -> None:
        acts = self.runs["act", task.number]
        if acts > 1:
            self.note("doubled", f"the code of {task.number}, {task.kind.name}, ran {acts} times", task)
        if task.done and not acts:
            self.note("without effect", f"{task.number}, {task.kind.name}, is done and its code never ran", task)
        self.account.run_again += self.runs["respond", task.number] > 1 or self.runs["record", task.number] > 1

    def _check_end(self, task: _Task) -> None:
        state, error = task.row["state"], task.row["error_type"]
        # of tasks that meet, one may be late
        allowed = {WORKER_LOST, task.kind.error, "TimeoutError" if task.kind.name == "meeting" else ""} - {""}
        if state == "done" and task.kind.error:
            self.note("wrongly ended", f"{task.number}, {task.kind.name}, is done and can't be", task)
        if state == "failed" and error not in allowed:
            self.note("wrongly ended", f"{task.number}, {task.kind.name}, failed with {error or 'no error type'}", task)
        if state == "revoked" and task.number not in self.book.called_off:
            self.note("wrongly ended", f"{task.number}, {task.kind.name}, was revoked by nobody", task)

    def _kept(self, task: _Task) -> tuple[int, int]:
        """How often its response may be in the answers, at least and at most."""
        expected = int(task.done and task.kind.responds)
        return expected, expected

    def _recorded(self, task: _Task) -> tuple[int, int]:
        """The same of its error action."""
        if task.row["state"] != "failed" or not task.kind.records:
            return 0, 0
        # the first attempt runs the task, the second its error action if the first is lost; the third ends it without
        if task.row["attempt"] > 2 and self._may_be_cut_short(task):
            self.account.cut_short += 1
            return 0, 0
        return int(bool(self.runs["guard", task.number])), 1

    def _may_be_cut_short(self, task: _Task) -> bool:
        """Whether something happened shortly before the end of a task that can have ended its error action."""
        end = task.row["ended"].replace(tzinfo=UTC).timestamp()
        return any(
            happened.begun <= end and happened.over >= end - _BEFORE_END
            for happened in self.history
            if happened.done and happened.fault.kind.startswith(_CUT_SHORT_BY)
        )

    def _check_effect(self, task: _Task, variable: str, expected: tuple[int, int]) -> None:
        first, second = self.lists[variable][task.number], self.lists[f"{variable}_again"][task.number]
        least, most = expected
        told = f"{task.number}, {task.kind.name}, {task.row['state']} {task.row['error_type']}"
        told += f", attempt {task.row['attempt']}: is in {variable} {first} times"
        if first != second:
            self.note("half done", f"{told}, and in {variable}_again {second} times", task)
        elif first < least:
            self.note("without effect", told, task)
        elif first > 1:
            self.note("doubled", told, task)
        elif first > most:
            self.note("half done", told, task)

    # --- what people see -------------------------------------------------------------------------------------------------

    def _check_page(self, page: Page) -> None:
        found = _SHOWN.search(page.words)
        if page.status != 200 or found is None:
            # who joined a session that has never been answered can't see a report
            self.note("seen otherwise", f"no report, but {page.status} “{page.heading}”")
            return
        shown = json.loads(bytes.fromhex(found[1]))
        for name in _VARIABLES:
            if shown[name] != self.answers.get(name, []):
                self.note("seen otherwise", f"{name} on the page: {shown[name]}")
        if shown["letters"] != sorted(self.letters):
            self.note("seen otherwise", f"e-mails on the page: {shown['letters']}")
        by_id = {task.row["id"]: task for task in self.found}
        for number, task in self.known.items():
            if task.id in by_id:
                self._check_shown(by_id[task.id], shown["tasks"][number])

    def _check_shown(self, task: _Task, shown: dict[str, Any]) -> None:
        if task.row["state"] not in OVER:
            return
        value = task.number if task.done else None
        if task.row["state"] == "failed" and self.lists["failures"][task.number]:
            value = task.row["error_type"]
        error = task.row["error_type"] or ("Revoked" if task.row["state"] == "revoked" else "")
        expected = {"ready": True, "state": _CELERY_STATES[task.row["state"]], "value": value, "error": error}
        if shown != expected:
            self.note("seen otherwise", f"{task.number}: {shown}, and not {expected}", task)


def _tasks_of(store: Store, loaded: Loaded, subjects: dict[str, str]) -> Iterator[_Task]:
    """All tasks of a session, with the numbers that stand in their arguments, or the subjects of the e-mails by their ids."""
    with store.engine.connect() as connection:
        rows = connection.execute(select(tasks).where(tasks.c.session_id == loaded.session_id)).mappings().all()
    for row in rows:
        part = f"task:{row['id']}:payload"
        payload = store.vault.decrypt(loaded.data_key, row["payload"], session=loaded.session_id, part=part)
        arguments, _ = thaw(payload)
        number = subjects.get(row["id"], "?") if row["action"] == OF_EMAIL else arguments["number"]
        yield _Task(number, KINDS[row["action"]], row)


def _emails_of(store: Store, session: str) -> list[tuple[str, str]]:
    """Of each e-mail of a session: its task, and the digest by which it is known."""
    of_session = select(emails.c.task_id, emails.c.message_digest).join(mailboxes).where(mailboxes.c.session_id == session)
    with store.engine.connect() as connection:
        return [(row.task_id, row.message_digest) for row in connection.execute(of_session)]
