"""Sessions whose tasks are run here and now, with a real store and without a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import dedent
from typing import Any

from docassemble_lite.broker import Broker
from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.program import Programs
from docassemble_lite.engine.screen import Screen
from docassemble_lite.engine.source import Sources
from docassemble_lite.host import Person, Request
from docassemble_lite.pokes import open_pokes
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.tasks import Claimed, Report
from docassemble_lite.visit import Act, Show, Submit, Surroundings, Visited, Visits
from docassemble_lite.visit.checkin import CheckedIn, CheckIns
from docassemble_lite.visit.task_run import Limit, TaskRun

NAME = "test.yml"


class NoBroker(Broker):
    """A broker that remembers whom it was to wake."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.woken: list[str] = []

    def wake(self, task_id: str) -> None:
        self.woken.append(task_id)


@dataclass
class Session:
    """A session of one interview, as its person and its tasks see it."""

    surroundings: Surroundings
    secret: bytes
    person: Person = field(default_factory=Person)
    browser: str = "alice"
    visited: Visited | None = None

    def __post_init__(self) -> None:
        self.visits = Visits(self.surroundings)
        self.visited = self.visits.begin(NAME, self.secret, self._request(), {})
        self.id = self.visited.session

    def _request(self) -> Request:
        return Request(interview=NAME, interface="web", person=self.person, browser=self.browser, url_root="https://example.com")

    # --- the person ------------------------------------------------------------------------------------------------------

    @property
    def screen(self) -> Screen:
        assert self.visited
        assert isinstance(self.visited.outcome, Screen)
        return self.visited.outcome

    @property
    def question(self) -> str:
        return self.screen.question

    def show(self) -> Session:
        """Look at the current screen."""
        self.visited = self.visits.visit(self.id, self.secret, self._request(), Show())
        return self

    def answer(self, **answers: str) -> Session:
        """Answer the screen that is shown, even if it is out of date by now."""
        posted = {control_name(name): [value] for name, value in answers.items()}
        self.visited = self.visits.visit(self.id, self.secret, self._request(), Submit(posted, self.screen.asked.token))
        return self

    def act(self, action: str, **arguments: Any) -> Session:
        """Follow a link that carries out an action."""
        self.visited = self.visits.visit(self.id, self.secret, self._request(), Act(action, arguments))
        return self

    def check_in(self, *, who: str | None = None, told: tuple[str, ...] = ()) -> CheckedIn:
        """What the page of this browser learns."""
        awaited = list(self.visited.tasks) if self.visited else []
        return CheckIns(self.surroundings).check_in(self.id, self.secret, NAME, who or self.browser, awaited, told)

    @property
    def answers(self) -> dict[str, Any]:
        """The answers as they are saved."""
        return self.surroundings.store.sessions.load(self.id, self.secret).answers

    # --- its tasks -------------------------------------------------------------------------------------------------------

    @property
    def task_ids(self) -> list[str]:
        """The ids of its tasks, the oldest first."""
        return [task.id for task in reversed(self.surroundings.store.tasks.listing()) if task.session_id == self.id]

    def claim(self, number: int = 0) -> Claimed:
        """Take a task as a worker does."""
        claimed = self.surroundings.store.tasks.claim(self.task_ids[number], 30)
        assert claimed
        return claimed

    def run(self, number: int = 0, limit: Limit = lambda _: nullcontext()) -> Session:
        """Take a task and run it to its end."""
        TaskRun(self.surroundings, self.claim(number), limit).run()
        return self

    def report(self, number: int = 0) -> Report:
        """How a task stands."""
        loaded = self.surroundings.store.sessions.load(self.id, self.secret)
        report = self.surroundings.store.tasks.report(self.task_ids[number], self.id, loaded.data_key)
        assert report
        return report


@contextmanager
def surroundings_for(store: Store, settings: Settings, folder: Path, text: str) -> Iterator[Surroundings]:
    """The surroundings in which `text` is the only interview; files of the same folder can be written while they last."""
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    configured = replace(settings, interviews=folder)
    yield Surroundings(store, Programs(Sources(folder, {})), configured, NoBroker(configured), open_pokes(configured))


Begin = Callable[..., Session]
