"""A check-in: a page that is open asks whether there is something new for it.

It costs one or two queries of the store and, unless fields are to be filled in, opens no answers.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from docassemble_lite.engine.check_in import Filling, filling
from docassemble_lite.engine.screen import Asked, Refresh, TaskResponse
from docassemble_lite.errors import SessionNotFound
from docassemble_lite.logs import note_about
from docassemble_lite.objects import serializable
from docassemble_lite.store.freezer import thaw
from docassemble_lite.store.loaded import Entrance, Loaded
from docassemble_lite.store.tasks import OVER, Due, News
from docassemble_lite.visit.asked import asked_of, keep_page
from docassemble_lite.visit.surroundings import Surroundings
from docassemble_lite.visit.visits import Visited

log = logging.getLogger(__name__)

#: How a page says which e-mails it knows, among the ids of the tasks that it waits for.
EMAILS = "emails:"
#: A page waits for so many tasks at most, and confirms so many.
MOST = 100


@dataclass(frozen=True)
class Command:
    """Something for the page to do: "flash", "refresh", "javascript", "fields" or "backgroundresponse".

    `id` is for confirming that it was done, empty if there is nothing to confirm. `value` can become JSON: a text, for
    "fields" variable → {"texts": what the control of that variable would post, "choices": pairs of keys and labels}.
    """

    id: str
    action: str
    value: Any = None


@dataclass(frozen=True)
class CheckedIn:
    """What a check-in found. `over` is whether a task that the page waits for has ended, or another e-mail
    has come, so that its screen may be another."""

    commands: tuple[Command, ...] = ()
    # whether there will be something to tell later
    pending: bool = False
    over: bool = False
    # how the tasks stand that the page waits for and that aren't over: id → "waiting" or "running"
    states: Mapping[str, str] = field(default_factory=dict)


class CheckIns:
    """The check-ins to one process."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.store = surroundings.store
        self.settings = surroundings.settings

    def check_in(
        self, session_id: str, secret: bytes, interview: str, who: str, awaited: Collection[str], told: Collection[str]
    ) -> CheckedIn:
        """What is new for a page of the browser `who` that waits for tasks and has shown others. Raises `SessionNotFound`."""
        entrance = self.store.sessions.enter(session_id, secret)
        if entrance.interview != interview:
            raise SessionNotFound
        note_about(session=session_id, interview=interview)
        if told:
            self.store.tasks.confirm(session_id, who, list(told)[:MOST])
        if not awaited and not entrance.has_news:
            return CheckedIn()
        marks = [item.removeprefix(EMAILS) for item in awaited if item.startswith(EMAILS)]
        awaited = [item for item in awaited if not item.startswith(EMAILS)][:MOST]
        news = self.store.tasks.news(session_id, who, awaited)
        commands = self._commands(entrance, secret, who, news) if news.due else ()
        # a task that is gone isn't worth waiting for either
        over = any(news.states.get(task_id, "gone") not in ("waiting", "running") for task_id in awaited)
        if marks and not over:
            over = self.store.mailboxes.progress(session_id) not in marks
        states = {task_id: state for task_id, state in news.states.items() if state not in OVER}
        return CheckedIn(commands, news.pending, over, states)

    def take_flashes(self, session_id: str, secret: bytes, who: str) -> list[str]:
        """The messages that the browser `who` is to see, for a page that shows them now; they count as told."""
        due = self.store.tasks.take_due(session_id, who, "flash")
        if not due:
            return []
        entrance = self.store.sessions.enter(session_id, secret)
        data_key = entrance.unlock()
        values = [self._value_of(entrance, data_key, item) for item in due]
        return [str(value) for value in values if value is not None]

    def _commands(self, entrance: Entrance, secret: bytes, who: str, news: News) -> tuple[Command, ...]:
        data_key = entrance.unlock()
        found = [(due, self._value_of(entrance, data_key, due)) for due in news.due]
        # of a task that failed there is nothing to tell, unless its error action says something
        silent = [due.id for due, value in found if value is None and due.mode != "refresh"]
        if silent:
            self.store.tasks.confirm(entrance.session_id, who, silent)
        return tuple(self._command(due, value, entrance, secret, who) for due, value in found if due.id not in silent)

    def _command(self, due: Due, value: Any, entrance: Entrance, secret: bytes, who: str) -> Command:
        if due.mode == "fields":
            return Command(due.id, "fields", filled(self._fill(value, entrance, secret, who)))
        return _command(due.id, due.mode, value)

    def _fill(self, values: Any, entrance: Entrance, secret: bytes, who: str) -> Filling:
        """What is to be filled in. Other choices than those of the block become those of the screen."""
        found, _, asked, changed = self._filling(values, entrance, secret, who)
        if changed is asked:
            return found
        with self.store.locks.hold(entrance.session_id, self.settings.concurrency_lock_timeout):
            found, loaded, asked, changed = self._filling(values, entrance, secret, who)
            if changed is not asked:
                keep_page(loaded.answers, who, changed, loaded.step)
                self.store.sessions.save(loaded, loaded.answers, changed)
        return found

    def _filling(self, values: Any, entrance: Entrance, secret: bytes, who: str) -> tuple[Filling, Loaded, Asked, Asked]:
        loaded = self.store.sessions.load(entrance.session_id, secret)
        asked = asked_of(loaded, who)
        found, changed = filling(asked, values)
        return found, loaded, asked, changed

    def _value_of(self, entrance: Entrance, data_key: bytes, due: Due) -> Any:
        result = self.store.tasks.opened_result(due.id, entrance.session_id, data_key, due.result)
        return thaw(result)[0].get("value") if result is not None else None


def commands_of(visited: Visited) -> tuple[Command, ...]:
    """What the action of a check-in has the page do."""
    outcome = visited.outcome
    if isinstance(outcome, Refresh):
        return (Command("", "refresh"),)
    if not isinstance(outcome, TaskResponse) or (outcome.value is None and outcome.mode != "refresh"):
        return ()
    if visited.filling is not None:
        return (Command("", "fields", filled(visited.filling)),)
    return (_command("", outcome.mode or "backgroundresponse", outcome.value),)


def _command(task_id: str, mode: str, value: Any) -> Command:
    match mode:
        case "refresh":
            return Command(task_id, "refresh")
        case "flash" | "javascript":
            return Command(task_id, mode, str(value))
    return Command(task_id, mode, serializable(value))


def filled(found: Filling) -> dict[str, Any]:
    """What is to be filled in, as pages take it."""
    return {
        name: {
            **({"texts": found.texts[name]} if name in found.texts else {}),
            **({"choices": found.choices[name]} if name in found.choices else {}),
        }
        for name in {**found.choices, **found.texts}
    }
