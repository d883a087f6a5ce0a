"""How many screens and how many background tasks a second there are, with more processes and with more machines.

`python tests/benchmarks/load.py` starts a PostgreSQL and a Redis, and one or two machines on them: a machine is a server of its
own, with its own port and data folder. It prints for each arrangement the screens a second that 16 clients get, who go to the
machines in turn, and the tasks a second from the start of the first to the end of the last, beside what the same clients get
of a page without an interview and what one process can do with tasks in the store. The processor time of web, workers and
PostgreSQL shows whether more processes can be of use at all: there is no more of it than there are cores.
"""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path

from person import Roaming
from screens import INTERVIEW as SCREENS
from screens import Effort as EffortOfScreens
from screens import measure_rate
from serving import Serving
from sqlalchemy import Row, select
from wheels import Running, postgresql, redis

from docassemble_lite.clock import naive_utc
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.server_keys import VARIABLE
from docassemble_lite.store.tables import tasks
from docassemble_lite.store.tasks import NewTask

HERE = Path(__file__).resolve().parent
TASKS = HERE / "load.yml"
PAGE = f"/interview?i={SCREENS.name}"
# what is answered without an interview and without the store
PLAIN_PAGE = "/healthz"
CLIENTS = 16
# tasks that each of the sessions starts, as a person types it
OF_A_SESSION = 42
PATIENCE = 300.0
GLANCE = 0.05


@dataclass(frozen=True)
class Arrangement:
    """How many machines, and on each of them how many web processes, and worker processes."""

    machines: int
    web: int
    workers: int

    def __str__(self) -> str:
        return f"{self.machines} × ({self.web} web, {self.workers} worker)"


# the first is what the others are compared with
ARRANGEMENTS = (
    Arrangement(1, 1, 1),
    Arrangement(1, 2, 2),
    Arrangement(1, 2, 4),
    Arrangement(2, 1, 1),
    Arrangement(2, 2, 2),
)
SHORT = (Arrangement(1, 1, 1), Arrangement(2, 1, 1))


@dataclass(frozen=True)
class Effort:
    """How much is measured: seconds of clients, and sessions that start tasks at the same time."""

    seconds: float
    sessions: int


@dataclass(frozen=True)
class Used:
    """Seconds, and those of processors that each kind of process used meanwhile."""

    seconds: float
    web: float
    workers: float
    database: float


@dataclass(frozen=True)
class Did:
    """How many screens or tasks there were, how many a second, and milliseconds of one in the median."""

    number: int
    a_second: float
    median: float


class Machines:
    """Servers on one database and one broker."""

    def __init__(self, servers: Sequence[Serving], database: Running) -> None:
        self.servers = servers
        self.database = database
        self._since = self._now()

    def begin(self) -> None:
        """From now on what is used is counted."""
        self._since = self._now()

    def used(self) -> Used:
        """What was used since then."""
        return Used(*(now - then for now, then in zip(self._now(), self._since, strict=True)))

    def _now(self) -> tuple[float, float, float, float]:
        web = sum(server.web_cpu_seconds() for server in self.servers)
        workers = sum(server.worker_cpu_seconds() for server in self.servers)
        return time.perf_counter(), web, workers, self.database.cpu_seconds()


@contextmanager
def started(arrangement: Arrangement, database: Running, broker: Running) -> Iterator[Machines]:
    """The machines, ready and idle."""
    more = {"broker": broker.url, "redis": broker.url, "scheduled_tasks": False}
    more |= {"web_processes": arrangement.web, "worker_processes": arrangement.workers}
    with ExitStack() as stack:
        servers = []
        for _ in range(arrangement.machines):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            server = Serving(folder, SCREENS, database.url, **more)
            stack.callback(server.stop)
            server.add(TASKS)
            servers.append(server)
        for server in servers:
            server.wait_for(PAGE)
        for server in servers:
            server.wait_until_idle()
        yield Machines(servers, database)


# --- measuring ---------------------------------------------------------------------------------------------------------


def measure_screens(machines: Machines, effort: Effort) -> tuple[Did, Used]:
    """Screens that the clients get."""
    wanted = EffortOfScreens(starts=0, rounds=0, seconds=effort.seconds, sessions=0, floor_rounds=0)
    machines.begin()
    rate = measure_rate(machines.servers, CLIENTS, wanted)
    return Did(rate.screens, rate.screens_a_second, rate.median), machines.used()


def plain_pages_a_second(machines: Machines, seconds: float) -> float:
    """Pages without an interview that one client gets, the machines in turn."""
    connections = [HTTPConnection(*server.address, timeout=PATIENCE) for server in machines.servers]
    number, begun = 0, time.perf_counter()
    while time.perf_counter() < begun + seconds:
        connection = connections[number % len(connections)]
        connection.request("GET", PLAIN_PAGE)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        number += 1
    taken = time.perf_counter() - begun
    for connection in connections:
        connection.close()
    return number / taken


def measure_tasks(machines: Machines, store: Store, sessions: int) -> tuple[Did, Used]:
    """Tasks, counted from the start of the first to the end of the last."""
    people = [Roaming([server.address for server in machines.servers], TASKS.name) for _ in range(sessions)]
    for person in people:
        person.begin()
    begun, number = naive_utc(), sessions * OF_A_SESSION
    machines.begin()
    with ThreadPoolExecutor(sessions) as pool:
        list(pool.map(Roaming.submit, people))
    rows = _wait_for_end(store, begun, number)
    used = machines.used()
    for person in people:
        person.close()
    whole = max(row.ended for row in rows) - min(row.created for row in rows)
    each = statistics.median((row.ended - row.created).total_seconds() for row in rows)
    return Did(number, number / whole.total_seconds(), each * 1000), used


def _wait_for_end(store: Store, begun: datetime, number: int) -> Sequence[Row[tuple[datetime, datetime]]]:
    """When each of so many tasks was created and when it ended, once all of them have."""
    wanted = select(tasks.c.created, tasks.c.ended).where(tasks.c.created >= begun, tasks.c.state == "done")
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with store.engine.connect() as connection:
            rows = connection.execute(wanted).all()
        if len(rows) == number:
            return rows
        time.sleep(GLANCE)
    raise RuntimeError(f"The tasks don't end: {store.tasks.counts()}")


def tasks_in_store_a_second(store: Store, number: int) -> float:
    """Tasks that this process starts, takes and ends in the store, one after the other, without a worker or an interview."""
    session = store.sessions.create("none.yml", b"a secret", {})
    begun = time.perf_counter()
    for _ in range(number):
        name = secrets.token_hex(16)
        session = store.sessions.save(session, {}, tasks=[NewTask(name, "work", b"{}")])
        claimed = store.tasks.claim(name, 30.0)
        assert claimed
        store.tasks.finish(claimed.finished("done", b"1"))
    return number / (time.perf_counter() - begun)


# --- printing ----------------------------------------------------------------------------------------------------------


def say(arrangement: Arrangement, what: str, did: Did, baseline: float, used: Used) -> None:
    """Print how one arrangement fared."""
    amounts = {"web": used.web, "workers": used.workers, "database": used.database}
    processors = ", ".join(f"{name} {amount / did.number * 1000:.1f}" for name, amount in amounts.items())
    print(
        f"{arrangement!s:24}{what:8}{did.a_second:7.1f} a second  median {did.median:7.0f} ms  baseline {baseline:6.1f} a second"
        f"  processor ms each: {processors}"
        f"  processors in use {sum(amounts.values()) / used.seconds:.2f}  load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def report(arrangements: Sequence[Arrangement], effort: Effort) -> None:
    """Measure all arrangements, and print how each fared as soon as it is known."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {CLIENTS} clients", flush=True)
    # all machines have the same key
    os.environ[VARIABLE] = secrets.token_hex(32)
    with postgresql() as database, redis() as broker, tempfile.TemporaryDirectory() as folder:
        store = open_store(Settings(data=Path(folder), database=database.url))
        for arrangement in arrangements:
            with started(arrangement, database, broker) as machines:
                did, used = measure_screens(machines, effort)
                say(arrangement, "screens", did, plain_pages_a_second(machines, effort.seconds / 4), used)
                did, used = measure_tasks(machines, store, effort.sessions)
                say(arrangement, "tasks", did, tasks_in_store_a_second(store, did.number), used)
        store.close()


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="seconds of each measurement of clients (default: 10)")
    parser.add_argument("--starters", type=int, default=10, help=f"sessions that start {OF_A_SESSION} tasks each (default: 10)")
    parser.add_argument("--short", action="store_true", help="only show that it works")
    given = parser.parse_args()
    if given.short:
        report(SHORT, Effort(0.5, 1))
    else:
        report(ARRANGEMENTS, Effort(given.seconds, given.starters))


if __name__ == "__main__":
    main()
