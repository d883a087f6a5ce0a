"""Documents that a real server makes: many at once through its worker, and what a long one means for others' screens."""

from __future__ import annotations

import contextlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from person import Measured, Person
from serving import Serving
from sqlalchemy import func, select

from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.tables import tasks

HERE = Path(__file__).resolve().parent
DOCUMENTS, SCREENS = HERE / "documents.yml", HERE / "screens.yml"
# seconds between two looks
GLANCE = 0.02
PATIENCE = 300.0
MEANWHILE = {"": "no document", "background": "a long document in the background", "screen": "a long one on a screen"}
# persons who answer screens meanwhile
OTHERS = 2


@dataclass(frozen=True)
class Effort:
    """How much is measured: documents at once and one by one, their pages, pages of a long one, seconds of others' screens."""

    at_once: int
    one_by_one: int
    pages: int
    long: int
    seconds: float


@dataclass(frozen=True)
class Made:
    """So many documents that the worker made: seconds, those of the processor, megabytes (10⁶) of all its processes."""

    number: int
    seconds: float
    processor: float
    megabytes: float
    processes: int


@dataclass(frozen=True)
class Others:
    """Milliseconds of others' submits, those of the web processes' processor for each, and seconds of a document meanwhile."""

    median: float
    p95: float
    longest: float
    processor: float
    document: float


@dataclass
class Watch:
    """Looks at the processes of the worker, pandoc and Typst among them, until it is told to stop."""

    worker: psutil.Process
    megabytes: float = 0.0
    processes: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        """Remember the most that there was."""
        while not self.over.is_set():
            family = [self.worker, *self.worker.children(recursive=True)]
            taken = 0.0
            for process in family:
                with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    taken += process.memory_full_info().pss / 1e6
            self.megabytes, self.processes = max(self.megabytes, taken), max(self.processes, len(family))
            self.over.wait(GLANCE)


class Place:
    """A running server with its store."""

    def __init__(self, server: Serving, store: Store) -> None:
        self.server = server
        self.store = store
        self.worker = next(process for process in server.family() if "worker" in process.cmdline())

    def begin(self, pages: int, how: str) -> None:
        """Have somebody come to a new session who wants a document."""
        person = Person(*self.server.address, DOCUMENTS.name, f"&pages={pages}&how={how}")
        person.begin()
        person.close()

    def ended(self) -> int:
        """How many tasks are over. One that failed is a mistake of the benchmark."""
        with self.store.engine.connect() as connection:
            found = connection.execute(select(tasks.c.state, func.count()).group_by(tasks.c.state)).all()
        states = {state: number for state, number in found}
        if states.keys() - {"waiting", "running", "done"}:
            raise RuntimeError(f"tasks: {states}")
        return int(states.get("done", 0))

    def wait_for(self, number: int) -> None:
        """Wait until so many tasks are over."""
        end = time.monotonic() + PATIENCE
        while self.ended() < number:
            if time.monotonic() > end:
                raise RuntimeError("the worker doesn't come to an end")
            time.sleep(GLANCE)

    def worker_seconds(self) -> float:
        """What the worker has used of the processor, with the programs that it ran."""
        used = 0.0
        for process in [self.worker, *self.worker.children()]:
            # one that ends meanwhile is counted with its parent
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                used += times.user + times.system + times.children_user + times.children_system
        return used


@contextmanager
def served() -> Iterator[Place]:
    """A server with both interviews."""
    with tempfile.TemporaryDirectory() as folder:
        server = Serving(Path(folder), DOCUMENTS, time_limit=PATIENCE)
        try:
            shutil.copy(SCREENS, server.settings.interviews)
            server.wait_for(f"/interview?i={SCREENS.name}")
            server.wait_until_idle()
            store = open_store(server.settings)
            yield Place(server, store)
            store.close()
        finally:
            server.stop()


def make_documents(place: Place, number: int, pages: int, *, at_once: bool) -> Made:
    """Have the worker make so many documents, all at once or each after the last one."""
    before, processor = place.ended(), place.worker_seconds()
    watch = Watch(place.worker)
    looking = threading.Thread(target=watch.look)
    looking.start()
    begun = time.perf_counter()
    try:
        for made in range(1, number + 1):
            place.begin(pages, "background")
            if not at_once:
                place.wait_for(before + made)
        place.wait_for(before + number)
    finally:
        seconds = time.perf_counter() - begun
        watch.over.set()
        looking.join()
    return Made(number, seconds, place.worker_seconds() - processor, watch.megabytes, watch.processes)


def measure_others(place: Place, seconds: float, pages: int, how: str) -> Others:
    """Have others answer screens while one document after the other is made (`how`: "background", "screen", "" for none)."""
    over, documents = threading.Event(), [0.0]

    def make() -> None:
        while not over.is_set():
            begun, before = time.perf_counter(), place.ended()
            place.begin(pages, how)
            if how == "background":
                place.wait_for(before + 1)
            documents.append(time.perf_counter() - begun)

    pool = ThreadPoolExecutor(1)
    making = pool.submit(make) if how else None
    processor = place.server.web_cpu_seconds()
    arguments = (":".join(map(str, place.server.address)), SCREENS.name, OTHERS, seconds, 10**6)
    command = [sys.executable, str(HERE / "person.py"), *(str(argument) for argument in arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    processor = place.server.web_cpu_seconds() - processor
    over.set()
    if making:
        making.result()
    pool.shutdown()
    taken = [second * 1000 for second in Measured(**json.loads(done.stdout)).submits]
    p95 = statistics.quantiles(taken, n=20)[-1]
    return Others(statistics.median(taken), p95, max(taken), processor / len(taken) * 1000, documents[-1])


def report(effort: Effort, say: Callable[[str, str], None]) -> None:
    """Measure, and have each figure said with its name."""
    with served() as place:
        # the first of each process loads what documents need
        make_documents(place, 2 * place.server.settings.worker_processes, 1, at_once=True)
        for number, at_once in ((effort.one_by_one, False), (effort.at_once, True)):
            made = make_documents(place, number, effort.pages, at_once=at_once)
            name = f"{number} of {effort.pages} pages {'at once' if at_once else 'one by one'}"
            say(f"{name}: for each", f"{made.seconds / number * 1000:.0f} ms")
            say(f"{name}: processor time for each", f"{made.processor / number * 1000:.0f} ms")
            say(f"{name}: memory of the worker", f"{made.megabytes:.0f} MB")
            say(f"{name}: its processes", str(made.processes))
        for how, meanwhile in MEANWHILE.items():
            others = measure_others(place, effort.seconds, effort.long, how)
            name = f"others' submits, {meanwhile}"
            say(f"{name}: median", f"{others.median:.1f} ms")
            say(f"{name}: p95", f"{others.p95:.1f} ms")
            say(f"{name}: longest", f"{others.longest:.0f} ms")
            say(f"{name}: processor time of a submit", f"{others.processor:.1f} ms")
            if how:
                say(f"{name}: {effort.long} pages take", f"{others.document:.1f} s")
