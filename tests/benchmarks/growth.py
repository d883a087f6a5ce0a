"""What grows when the store grows.

`python tests/benchmarks/growth.py` has the same things done with 1,000, with 100,000 and with 1,000,000 sessions stored, on
SQLite and on a PostgreSQL that it starts: a screen, a check-in, a person's list of 30 interviews, a run of a scheduled task in
20 sessions, a look of the sweeper, the search for what is to be deleted, and the lists of those who run the server. It
prints milliseconds, how many times as many the fastest time is as with the fewest sessions, and which tables are read
whole. `--sessions 1000,20000` stores other numbers, `--on sqlite` measures one database.

All is done in one process, as HTTP and the work of an interview are the same for any size; `screens.py` measures these.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from checkins import INTERVIEW, Opened
from filling import DAYS, KEPT, store_mixture, store_sessions
from plans import full_scans, noted
from sqlalchemy import text
from wheels import postgresql

from docassemble_lite.clock import naive_utc
from docassemble_lite.cron.runs import Tally, Worker, delete_unused, run_here, sessions_for
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.schema import migrate
from docassemble_lite.web import create_app
from docassemble_lite.web.services import EXTENSION
from docassemble_lite.worker.sweeper import Sweeper

HERE = Path(__file__).parent
PASSWORD = "a password for the benchmark"
CRON = "cron_daily"
# days after which sessions are deleted: some interviews earlier than others, one never, and none now
DELETE_DAYS = {"checkins.yml": 30, "scheduled.yml": 30, KEPT: 0}


@dataclass(frozen=True)
class Effort:
    """How much is measured: numbers of sessions stored, those with something to do, the person's, and rounds of each."""

    stored: tuple[int, ...]
    applying: int
    of_person: int
    rounds: int


@dataclass(frozen=True)
class Taken:
    """Milliseconds that something took; whatever else the machine does adds least to the fastest time."""

    fastest: float
    median: float
    p95: float


class Inside(Opened):
    """A page whose server is in this process."""

    def __init__(self, app: Any, interview: str) -> None:
        super().__init__("localhost", 0, interview)
        self._client = app.test_client()

    def _exchange(self, method: str, path: str, body: str | None) -> Any:
        kind = "application/x-www-form-urlencoded" if body is not None else None
        answer = self._client.open(path, method=method, data=body, content_type=kind)
        return SimpleNamespace(status=answer.status_code, headers=answer.headers), answer.text

    def sign_in(self, email: str) -> None:
        """Become somebody."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self._client.get("/user/sign-in").text)
        assert token
        self._client.post("/user/sign-in", data={"csrf_token": token[1], "email": email, "password": PASSWORD})

    def look_at(self, path: str, expected: str) -> None:
        """Read a page, in which something must stand."""
        page = self._client.get(path)
        assert page.status_code == 200, page.status
        assert expected in page.text


class Growing:
    """A server in this process, whose store is filled more and more."""

    def __init__(self, folder: Path, database: str, effort: Effort) -> None:
        self.effort = effort
        self.settings = Settings(
            data=folder / "data",
            interviews=folder / "interviews",
            database=database,
            interview_delete_days=DAYS + 10,
            interview_delete_days_by_filename=DELETE_DAYS,
        )
        self.settings.interviews.mkdir()
        for name in (INTERVIEW, HERE / "scheduled.yml"):
            shutil.copy(name, self.settings.interviews)
        migrate(self.settings)
        self.app = create_app(self.settings)
        self.store: Store = self.app.extensions[EXTENSION].store
        self.stored = 0
        self._worker = Worker(self.settings, CRON, "")
        self._sweeper = Sweeper(self.settings)
        self._page = Inside(self.app, INTERVIEW.name)
        self._people = {name: Inside(self.app, INTERVIEW.name) for name in ("ada", "root")}
        self._begin()

    def _begin(self) -> None:
        """Store what is looked at: it is the same however many other sessions there are."""
        people = self.store.people
        ada = people.add("ada@example.com", PASSWORD)
        people.set_privileges(people.add("root@example.com", PASSWORD), ["admin"])
        store_sessions(self.store, self.effort.of_person, ada.id, people.unlock(ada, PASSWORD))
        for _ in range(self.effort.applying):
            Inside(self.app, "scheduled.yml").begin()
        for name, person in self._people.items():
            person.sign_in(f"{name}@example.com")
        self._page.begin()
        self.stored = self.effort.of_person + self.effort.applying + 1

    def fill(self, number: int) -> float:
        """Have so many sessions be stored; the seconds that took."""
        begun = time.perf_counter()
        store_mixture(self.store, number - self.stored)
        self.stored = number
        # so that the database knows how many there are; PostgreSQL does so by itself, after a while
        with self.store.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("ANALYZE"))
        return time.perf_counter() - begun

    def size(self) -> float:
        """Megabytes of the store."""
        with self.store.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                return float(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0) / 1e6
        return sum(path.stat().st_size for path in self.settings.data.glob("store.sqlite3*")) / 1e6

    def works(self) -> dict[str, Callable[[], object]]:
        """What is measured: name → what is done each time."""
        sessions = self.store.sessions
        ada, root = self._people["ada"], self._people["root"]
        one = sessions.listing(None, None, most=1)[0].session_id
        return {
            "a screen": self._page.submit,
            "a check-in, nothing to tell": lambda: self._page.check_in(None),
            "a check-in that changes an answer": lambda: self._page.check_in("changing an answer"),
            f"the list of a person's {self.effort.of_person}": lambda: ada.look_at("/interviews", "Another one"),
            f"a scheduled task in {self.effort.applying} sessions": self._run_cron,
            "the sweeper: lost tasks": self._sweeper.end_lost,
            "the sweeper: tasks not told of": self._sweeper.wake_missed,
            "the sweeper: keys of failed tasks": lambda: self.store.tasks.forget_keys(0),
            "looking for what to delete": lambda: delete_unused(self._worker.surroundings),
            "the latest 50 of everybody's": lambda: sessions.listing(None, None, most=50),
            "the latest 50 of an interview's": lambda: sessions.listing(None, None, most=50, interview="checkins.yml"),
            "one of everybody's": lambda: sessions.listing(None, None, most=1, session_id=one),
            "the page of tasks": lambda: root.look_at("/tasks", "Failed"),
            "the page of tasks that failed": lambda: root.look_at("/tasks?state=failed", "Failed"),
        }

    def _run_cron(self) -> None:
        """What the command does, without the start of its process; each run is for a later slot."""
        self._worker.slot = naive_utc().isoformat()
        tally = Tally()
        run_here(self._worker, sessions_for(self._worker.surroundings, CRON), tally, lambda _: None)
        assert (tally.ran, tally.failed) == (self.effort.applying, 0), tally

    def scans(self) -> dict[str, list[str]]:
        """Name of what is measured → the tables that it reads whole."""
        found = {}
        for name, work in self.works().items():
            with noted(self.store.engine) as here, noted(self._worker.surroundings.store.engine) as there:
                work()
            with noted(self._sweeper.store.engine) as swept:
                if name.startswith("the sweeper"):
                    work()
            with self.store.engine.connect() as connection:
                found[name] = full_scans(connection, here | there | swept)
        return found

    def close(self) -> None:
        """Close the stores."""
        self._worker.surroundings.store.close()
        self._sweeper.store.close()
        self.store.close()


def measure(work: Callable[[], object], rounds: int) -> Taken:
    """Do something again and again; the first time fills caches."""
    taken = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return Taken(min(taken[1:]), statistics.median(taken[1:]), statistics.quantiles(taken[1:], n=20)[-1])


def say_table(on: str, stored: tuple[int, ...], found: list[dict[str, Taken]], scans: dict[str, list[str]]) -> None:
    """Print what each thing took, by the number of sessions, and what of it grew."""
    print(f"\n{on}: milliseconds, fastest / median / p95" + "".join(f"{number:>26,}" for number in stored) + "   times")
    for name in found[0]:
        figures = "".join(f"{f'{each[name].fastest:.2f} / {each[name].median:.2f} / {each[name].p95:.2f}':>26}" for each in found)
        print(f"{name:{len(on) + 40}}{figures}{found[-1][name].fastest / found[0][name].fastest:8.1f}")
    read_whole = {name: lines for name, lines in scans.items() if lines}
    print(f"{on}: " + ("no full scan" if not read_whole else "full scans"))
    for name, lines in read_whole.items():
        print(f"  {name}: {'; '.join(lines)}")
    sys.stdout.flush()


@contextmanager
def database(on: str) -> Iterator[str]:
    """The URL of an empty database of that kind, as the settings have it."""
    if on == "sqlite":
        yield ""
    else:
        with postgresql() as running:
            yield running.url


def report(on: str, effort: Effort) -> None:
    """Measure on one kind of database."""
    with database(on) as url, tempfile.TemporaryDirectory(prefix="dal-benchmark-") as folder:
        growing = Growing(Path(folder), url, effort)
        found = []
        for number in effort.stored:
            taken = growing.fill(number)
            load = os.getloadavg()[0]
            print(f"{on}: {number:,} sessions, filled in {taken:.1f} s, {growing.size():.0f} MB, load {load:.1f}", flush=True)
            found.append({name: measure(work, effort.rounds) for name, work in growing.works().items()})
        say_table(on, effort.stored, found, growing.scans())
        growing.close()


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", default="1000,100000,1000000", help="numbers of sessions, rising, with commas between")
    parser.add_argument("--on", choices=["sqlite", "postgresql"], help="measure on one database (default: on both)")
    parser.add_argument("--short", action="store_true", help="only show that it works")
    given = parser.parse_args()
    stored = tuple(int(number) for number in given.sessions.split(","))
    effort = Effort((100, 1000), 5, 30, 3) if given.short else Effort(stored, 20, 30, 20)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for on in [given.on] if given.on else ["sqlite", "postgresql"]:
        report(on, effort)


if __name__ == "__main__":
    main()
