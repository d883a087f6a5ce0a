"""A check-in: a page that is open asks whether there is something new for it.

It costs two queries of the store and, unless fields are to be filled in, opens no answers.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from docassemble_lite.engine.fields.populating import posted_texts
from docassemble_lite.engine.names import normalized
from docassemble_lite.engine.screen import Asked
from docassemble_lite.errors import LiteError, SessionNotFound
from docassemble_lite.objects import serializable
from docassemble_lite.store.freezer import thaw
from docassemble_lite.store.loaded import Entrance
from docassemble_lite.store.tasks import OVER, Due, News
from docassemble_lite.visit.surroundings import Surroundings

log = logging.getLogger(__name__)

#: A page waits for so many tasks at most, and confirms so many.
MOST = 100


@dataclass(frozen=True)
class Command:
    """Something for the page to do: "flash", "refresh", "javascript", "fields" or "backgroundresponse".

    `id` is for confirming that it was done. `value` can become JSON: a text, for "fields" variable → what the control of
    that variable would post.
    """

    id: str
    action: str
    value: Any = None


@dataclass(frozen=True)
class CheckedIn:
    """What a check-in found. `over` is whether a task that the page waits for has ended, so that its screen may be another."""

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

    def check_in(
        self, session_id: str, secret: bytes, interview: str, who: str, awaited: Collection[str], told: Collection[str]
    ) -> CheckedIn:
        """What is new for a page of the browser `who` that waits for tasks and has shown others. Raises `SessionNotFound`."""
        entrance = self.store.sessions.enter(session_id, secret)
        if entrance.interview != interview:
            raise SessionNotFound
        if told:
            self.store.tasks.confirm(session_id, who, list(told)[:MOST])
        awaited = list(awaited)[:MOST]
        news = self.store.tasks.news(session_id, who, awaited)
        commands = self._commands(entrance, secret, who, news) if news.due else ()
        # a task that is gone isn't worth waiting for either
        over = any(news.states.get(task_id, "gone") not in ("waiting", "running") for task_id in awaited)
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
        asked = self._asked(entrance, secret) if any(due.mode == "fields" for due, _ in found) else Asked(block="")
        return tuple(_command(due, value, asked) for due, value in found if due.id not in silent)

    def _value_of(self, entrance: Entrance, data_key: bytes, due: Due) -> Any:
        result = self.store.tasks.opened_result(due.id, entrance.session_id, data_key, due.result)
        return thaw(result)[0].get("value") if result is not None else None

    def _asked(self, entrance: Entrance, secret: bytes) -> Asked:
        extra = self.store.sessions.load(entrance.session_id, secret).extra
        return extra if isinstance(extra, Asked) else Asked(block="")


def _command(due: Due, value: Any, asked: Asked) -> Command:
    match due.mode:
        case "refresh":
            return Command(due.id, "refresh")
        case "fields":
            return Command(due.id, "fields", texts_for_fields(asked, value))
        case "flash" | "javascript":
            return Command(due.id, due.mode, str(value))
    return Command(due.id, due.mode, serializable(value))


def texts_for_fields(asked: Asked, values: Any) -> dict[str, list[str]]:
    """variable → what its control would post, for those of the values that the screen asks for."""
    if not isinstance(values, Mapping):
        log.warning('action="fields_refused" a dictionary of variables and values is needed, not %s', type(values).__name__)
        return {}
    fields = {item.variable: item for item in asked.fields}
    texts = {}
    for name, value in values.items():
        item = fields.get(normalized(str(name)))
        if item is None:
            continue
        try:
            texts[item.variable] = posted_texts(item, value)
        except (LiteError, ValueError, TypeError) as error:
            log.warning('action="field_refused" variable=%s %s', item.variable, type(error).__name__)
    return texts
