"""How fast screens are answered, over HTTP and with real processes, and what they cost in memory and on the disk.

`python tests/benchmarks/screens.py` drives `screens.yml`, 20 screens of 10 fields, and prints each figure beside what it
should be and beside the figure that is published for docassemble on two such cores.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from person import Measured, Person
from serving import Memory, Serving
from sqlalchemy import func, select
from store_floor import measure_floor

from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.tables import steps

HERE = Path(__file__).resolve().parent
INTERVIEW = HERE / "screens.yml"
PAGE = f"/interview?i={INTERVIEW.name}"
# a submit in the middle of the interview is the typical one
MIDDLE = 10
CLIENTS = (1, 4, 16)


@dataclass(frozen=True)
class Effort:
    """How much is measured: cold starts, rounds of one client and of the floor, seconds of each measurement."""

    starts: int
    rounds: int
    seconds: float
    sessions: int
    floor_rounds: int


@dataclass(frozen=True)
class Rate:
    """How one group of clients fared; milliseconds, and processors in use."""

    clients: int
    screens: int
    screens_a_second: float
    median: float
    p95: float
    # of the web processes, for one screen
    server_cpu: float
    # of one processor
    client_share: float


# --- measuring ---------------------------------------------------------------------------------------------------------


@contextmanager
def serving(database: str) -> Iterator[Serving]:
    """A server with an empty data folder."""
    with tempfile.TemporaryDirectory() as folder:
        server = Serving(Path(folder), INTERVIEW, database)
        try:
            yield server
        finally:
            server.stop()


def first_page_seconds(database: str) -> float:
    """Seconds from the start of the interpreter to the first page of the interview."""
    begun = time.perf_counter()
    with serving(database) as server:
        server.wait_for(PAGE)
        return time.perf_counter() - begun


def measure_rate(servers: Sequence[Serving], clients: int, effort: Effort) -> Rate:
    """Have a client process answer screens, each at one of the servers in turn."""
    cpu = sum(server.web_cpu_seconds() for server in servers)
    machines = ",".join(f"{host}:{port}" for host, port in (server.address for server in servers))
    arguments = (machines, INTERVIEW.name, clients, effort.seconds, effort.sessions)
    command = [sys.executable, str(HERE / "person.py"), *(str(argument) for argument in arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    measured = Measured(**json.loads(done.stdout))
    count = len(measured.submits)
    return Rate(
        clients=clients,
        screens=count,
        screens_a_second=count / measured.seconds,
        median=statistics.median(measured.submits) * 1000,
        p95=statistics.quantiles(measured.submits, n=20)[-1] * 1000,
        server_cpu=(sum(server.web_cpu_seconds() for server in servers) - cpu) / count * 1000,
        client_share=measured.cpu_seconds / measured.seconds,
    )


def walk_through(server: Serving) -> tuple[dict[str, Any], float]:
    """The answers in the middle of the interview, and the bytes that the steps of a whole one take for each screen."""
    person = Person(*server.address, INTERVIEW.name)
    person.begin()
    for _ in range(MIDDLE):
        person.submit()
    text = person.cookies["secret"]
    secret = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    store = open_store(server.settings)
    session = store.sessions.held_by(secret)[0].session_id
    answers = store.sessions.load(session, secret).answers
    screens = MIDDLE
    while not person.at_end():
        person.submit()
        screens += 1
    person.close()
    stored = _stored_bytes(store, session)
    store.close()
    return answers, stored / screens


def _stored_bytes(store: Store, session: str) -> int:
    with store.engine.connect() as connection:
        wanted = select(func.sum(func.length(steps.c.answers))).where(steps.c.session_id == session)
        return int(connection.scalar(wanted) or 0)


def floor_milliseconds(answers: dict[str, Any], rounds: int) -> float:
    """What loading and saving such answers takes at least."""
    with tempfile.TemporaryDirectory() as folder:
        return measure_floor(answers, Path(folder), rounds)["visit"]["median"]


# --- printing ----------------------------------------------------------------------------------------------------------


def say(name: str, value: str, aim: str = "", reference: str = "") -> None:
    """Print one figure."""
    print(f"{name:44} {value:>12}   {aim:12} {reference}".rstrip(), flush=True)


def say_rate(rate: Rate) -> None:
    """Print how a group of clients fared."""
    alone = rate.clients == 1
    who = "1 client" if alone else f"{rate.clients} clients"
    say(f"{who}: screens a second", f"{rate.screens_a_second:.1f}", "", "57")
    say(f"{who}: submit, median", f"{rate.median:.2f} ms", "", "17.9 ms" if alone else "")
    say(f"{who}: submit, p95", f"{rate.p95:.2f} ms")
    say(f"{who}: processor time of the server a screen", f"{rate.server_cpu:.2f} ms")
    say(f"{who}: share of a processor that clients take", f"{rate.client_share:.0%}")


def say_memory(memory: list[Memory]) -> None:
    """Print what each process takes."""
    for process in memory:
        say(f"memory of {process.name}: RSS", f"{process.rss:.1f} MB", "<= 90 MB")
        say(f"memory of {process.name}: PSS", f"{process.pss:.1f} MB", "<= 90 MB")
    say("memory of all: PSS", f"{sum(process.pss for process in memory):.1f} MB", "", "1800 MB")


def report(effort: Effort, database: str) -> None:
    """Measure everything, and print each figure as soon as it is known."""
    print(f"{'':44} {'measured':>12}   {'aim':12} docassemble, two cores")
    cold = statistics.median(first_page_seconds(database) for _ in range(effort.starts))
    say("first page after the start, median", f"{cold:.2f} s", "<= 2 s", "8-12 s")
    with serving(database) as server:
        server.wait_for(PAGE)
        server.wait_until_idle()
        answers, stored = walk_through(server)
        alone, floor = measure_against_floor(server, answers, effort)
        say_rate(alone)
        say("floor: load and save such answers, SQLite", f"{floor:.2f} ms")
        say("submit / floor", f"{alone.median / floor:.2f}", "<= 2")
        for clients in CLIENTS[1:]:
            say_rate(measure_rate([server], clients, effort))
        say("bytes stored a screen", f"{stored:.0f}")
        say_memory(server.memory())


def measure_against_floor(server: Serving, answers: dict[str, Any], effort: Effort) -> tuple[Rate, float]:
    """One client and the floor by turns, the best round of each: whatever else the machine does only adds to them."""
    rates, floors = [], []
    for _ in range(effort.rounds):
        rates.append(measure_rate([server], CLIENTS[0], effort))
        floors.append(floor_milliseconds(answers, effort.floor_rounds))
    return min(rates, key=lambda rate: rate.median), min(floors)


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8.0, help="seconds of each measurement of clients (default: 8)")
    parser.add_argument("--sessions", type=int, default=0, help="sessions after which a client stops earlier")
    parser.add_argument("--short", action="store_true", help="see that everything works, in a few seconds")
    parser.add_argument("--database", default="", metavar="URL", help="an empty database for the server (default: SQLite)")
    options = parser.parse_args()
    full = Effort(starts=3, rounds=3, seconds=options.seconds, sessions=options.sessions, floor_rounds=200)
    short = Effort(starts=1, rounds=1, seconds=0.5, sessions=0, floor_rounds=10)
    report(short if options.short else full, options.database)


if __name__ == "__main__":
    main()
