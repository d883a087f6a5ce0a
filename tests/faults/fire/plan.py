"""What is going to happen, from the seed alone: which deeds each person does, and which faults come in which order.

Both are endless; a run takes as much of them as it was told. When something happens depends on the machine.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Literal

from fire.kinds import KINDS

Database = Literal["sqlite", "postgresql"]
Broker = Literal["files", "redis"]

#: Seconds: the lease of a task, between signs of life, between sweeps; and how long a task may run.
LEASE, HEARTBEAT, SWEEP, TIME_LIMIT = 3.0, 0.5, 0.5, 15.0


@dataclass(frozen=True)
class Deed:
    """What a person does: "post" or follow a "link" (with a kind: either starts a task), "call off" a task, "look", "mail"."""

    what: str
    kind: str = ""


#: How often people do what, compared with others. With machines, it is the words that there are many of.
_ALONE = {"start": 60, "word": 25, "call off": 6, "look": 9}
_WITH_MACHINES = {"start": 7, "word": 65, "call off": 2, "look": 21, "mail": 5}


def deeds(seed: int, person: int, *, machines: bool = False) -> Iterator[Deed]:
    """What a person does, one thing after the other."""
    chance = random.Random(f"{seed} person {person}")
    names, weights = list(KINDS), [kind.weight for kind in KINDS.values()]
    possible = _WITH_MACHINES if machines else _ALONE
    while True:
        match chance.choices(list(possible), list(possible.values()))[0]:
            case "start":
                yield Deed(chance.choice(("post", "link")), chance.choices(names, weights)[0])
            case "word":
                yield Deed(chance.choice(("post", "link")))
            case what:
                yield Deed(what)


# --- faults --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong. What it is says `kind`; the rest is for the kinds that need it."""

    kind: str
    # where a process is to be, and how many pass it before
    point: str = ""
    passes: int = 0
    # of the web processes or the workers
    number: int = 0
    seconds: float = 0.0
    times: int = 0

    def __str__(self) -> str:
        more = [f"{name} {value:g}" for name in ("passes", "number", "seconds", "times") if (value := getattr(self, name))]
        return ", ".join([self.kind, *([self.point] if self.point else []), *more])


#: Points of the process that runs a task, in the order in which it comes to them (see `under_orders.py` and the interview).
OF_TASKS = (
    "worker: before the claim",
    "worker: after the claim",
    "worker: after the error action was noted",
    "worker: after a task was started",
    "worker: inside the action",
    "worker: before a sign of life",
    "worker: after the action",
    "worker: inside the response",
    "worker: before the response is saved",
    "worker: inside the transaction of the end",
    "worker: after the response was saved",
    "worker: before the end is written",
    "worker: after the end was written",
    "worker: inside the error action",
    "worker: before the error action is saved",
    "worker: after the error action was saved",
    "worker: before a message is sent",
    "worker: after a message was sent",
    "worker: before a commit",
)
#: Those at which a process that was stopped for too long could do harm when it goes on.
OF_SLEEPERS = (
    "worker: before the claim",
    "worker: inside the action",
    "worker: after the action",
    "worker: inside the response",
    "worker: before the response is saved",
    "worker: inside the transaction of the end",
    "worker: before the end is written",
    "worker: inside the error action",
    "worker: before the error action is saved",
)
OF_SWEEPERS = ("worker: after the sweeper chose whom to wake",)
OF_ENDING = (
    "ending: at its start",
    "ending: after lost tasks were taken over",
    "ending: inside the error action",
    "ending: before the error action is saved",
    "ending: inside the transaction of the end",
    "ending: after the error action was saved",
)
OF_PAGES = (
    "web: before a start is saved",
    "web: before a commit",
    "web: after a start was saved",
    "web: before a message is sent",
    "web: after a message was sent",
)
OF_MAIL = (
    "mail: before a commit",
    "mail: before a message is sent",
    "mail: after a message was sent",
)
OF_CRON = ("cron: before a commit",)
_SHORT, _LONG = (0.3, 3.0), (1.3 * LEASE, 2.5 * LEASE)

_Maker = Callable[[random.Random], Fault]


def _at(kind: str, points: tuple[str, ...], passes: int = 3) -> _Maker:
    return lambda chance: Fault(kind, chance.choice(points), chance.randint(0, passes))


def _stopped_at(kind: str, points: tuple[str, ...]) -> _Maker:
    return lambda chance: Fault(kind, chance.choice(points), chance.randint(0, 3), seconds=round(chance.uniform(*_LONG), 1))


def _of_part(kind: str, *spans: tuple[float, float]) -> _Maker:
    def make(chance: random.Random) -> Fault:
        return Fault(kind, number=chance.randint(0, 1), seconds=_seconds(chance, *spans))

    return make


def _lasting(kind: str, *spans: tuple[float, float]) -> _Maker:
    return lambda chance: Fault(kind, seconds=_seconds(chance, *spans))


def _seconds(chance: random.Random, *spans: tuple[float, float]) -> float:
    return round(chance.uniform(*chance.choice(spans)), 1) if spans else 0.0


#: How often they come, compared with others.
_EVERYWHERE: list[tuple[int, _Maker]] = [
    (40, _at("process of a task killed", OF_TASKS)),
    (9, _stopped_at("process of a task stopped beyond its lease", OF_SLEEPERS)),
    (4, _at("worker killed at a point", OF_TASKS)),
    (2, _at("worker killed at a point", OF_SWEEPERS, passes=0)),
    (9, _at("process that runs error actions killed", OF_ENDING, passes=0)),
    (7, _at("web process killed at a point", OF_PAGES)),
    (2, _stopped_at("web process stopped at a point", OF_PAGES)),
    (4, _of_part("some process of tasks killed")),
    (4, _of_part("worker killed")),
    (3, _of_part("main process of a worker killed")),
    (4, _of_part("worker stopped beyond its leases", _LONG)),
    (2, _of_part("worker told to end")),
    (3, _of_part("web process killed")),
    (8, lambda chance: Fault("message delivered again", times=chance.randint(1, 10))),
    (4, _lasting("broker emptied")),
]
_WITH: dict[str, list[tuple[int, _Maker]]] = {
    "files": [(3, _lasting("folder of the broker removed"))],
    "redis": [(4, _lasting("broker restarted", _SHORT, _LONG)), (2, _lasting("broker hangs", _SHORT, _LONG))],
    "sqlite": [(4, _lasting("database locked", _SHORT, _LONG, (9.0, 12.0)))],
    "postgresql": [
        (4, _lasting("database restarted", _SHORT, _LONG)),
        (2, _lasting("database hangs", _SHORT, _LONG)),
        (2, _lasting("connections to the database cut")),
    ],
}


#: The machines of the form that has any.
MACHINES = ("web-1", "web-2", "worker-1", "worker-2", "nginx", "cron", "mail", "postgresql", "redis")


#: The parts that are replaced one after the other when a new version is brought in.
REPLACED = ("web-1", "worker-1", "web-2", "worker-2", "mail")


def _of_machine(kind: str) -> _Maker:
    return lambda chance: Fault(kind, chance.choice(MACHINES), seconds=_seconds(chance, _SHORT, _LONG))


_OF_MACHINES: list[tuple[int, _Maker]] = [
    (40, _of_machine("machine cut off")),
    (40, _of_machine("machine paused")),
    (40, _of_machine("machine without power")),
    (8, _at("web process killed at a point", ("web: after answers were saved",))),
    (6, _at("receiver of e-mails killed at a point", OF_MAIL, passes=2)),
    (6, _at("scheduled run killed at a point", OF_CRON, passes=20)),
    (6, lambda chance: Fault("part told to end", chance.choice(("web-1", "web-2", "mail")))),
]


def replacements() -> Iterator[Fault]:
    """What happens when a new version is brought in, again and again: nothing goes wrong."""
    for part in cycle(REPLACED):
        yield Fault("part replaced", part)


def faults(seed: int, database: Database, broker: Broker, *, machines: bool = False) -> Iterator[Fault]:
    """What goes wrong, one thing after the other."""
    chance = random.Random(f"{seed} faults")
    possible = [*_EVERYWHERE, *_WITH[broker], *_WITH[database], *(_OF_MACHINES if machines else [])]
    makers, weights = [maker for _, maker in possible], [weight for weight, _ in possible]
    while True:
        yield chance.choices(makers, weights)[0](chance)
