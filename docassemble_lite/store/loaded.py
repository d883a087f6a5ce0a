"""What the store gives back of a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Peek:
    """What is known of a session without opening its answers. Moments are naive UTC."""

    session_id: str
    interview: str
    title: str
    created: datetime
    modified: datetime
    version: int
    # the number of the newest step, from 1
    step: int
    steps_offset: int
    multi_user: bool
    allow_cron: bool
    last_person_access: datetime | None
    owner_id: int | None
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Listed(Peek):
    """A session on a list; `opens` is whether the one who asks can open it."""

    opens: bool = True
    # empty: it is nobody's
    owner_email: str = ""


@dataclass(frozen=True)
class Loaded(Peek):
    """A session with its answers, as they were in `version`; `Sessions.save` takes it back.

    `step` is the step that `answers` are of. It is below `newest` in what `Sessions.load_previous` returns: saving that
    removes the steps above it. `discarded` are then the answers of the step that Back leaves.
    """

    newest: int
    answers: dict[str, Any] = field(repr=False)
    # whatever was saved beside the answers
    extra: Any = field(repr=False)
    data_key: bytes = field(repr=False)
    # of the person who loaded it, None when the server did
    secret: bytes | None = field(default=None, repr=False)
    discarded: dict[str, Any] | None = field(default=None, repr=False)
    # whether a browser waits to be told of a task, and whether there are tasks that aren't over
    has_news: bool = False
    has_open_tasks: bool = False


@dataclass(frozen=True)
class Entrance:
    """A session that may be opened, without its answers. `unlock` gives its data key and raises `AnswersTampered`."""

    session_id: str
    interview: str
    unlock: Callable[[], bytes] = field(repr=False)
    # whether it was the secret that opened it; a plain session also opens for whoever knows its id
    held: bool = True
    # whether somebody waits to be told of the end of a task
    has_news: bool = False
