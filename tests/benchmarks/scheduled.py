"""What a scheduled task and a person's list of interviews cost, with few sessions stored and with many.

`python tests/benchmarks/scheduled.py` stores 1,000 sessions in which `cron_daily` of `scheduled.yml` has something to do, runs
it with the command of a crontab, and runs it again when 99,000 other sessions are stored beside them: what grows between the
two runs grows with the store, and not with the work. Then a person who has 60 of all these sessions looks at the list of them.
`--database` is a URL of SQLAlchemy, SQLite without it.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml
from filling import store_sessions

from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.schema import migrate
from docassemble_lite.web import create_app
from docassemble_lite.web.services import EXTENSION

HERE = Path(__file__).parent
PASSWORD = "a password for the benchmark"
# seconds between two looks at the memory of a run
GLANCE = 0.05


@dataclass(frozen=True)
class Effort:
    """How much is measured: sessions with something to do, all sessions, those of the person, and rounds of the page."""

    applying: int
    stored: int
    of_person: int
    rounds: int


@dataclass(frozen=True)
class Run:
    """One run of the command: sessions, seconds by its own account and from start to end, and megabytes at most."""

    sessions: int
    seconds: float
    elapsed: float
    memory: float


def store_applying(app: object, number: int) -> None:
    """Begin sessions as persons do."""
    for _ in range(number):
        client = app.test_client()  # type: ignore[attr-defined]
        assert client.get("/interview?i=scheduled.yml").status_code == 200


def run(folder: Path, workers: int) -> Run:
    """Run the command once more, and look at its memory meanwhile."""
    command = [sys.executable, "-m", "docassemble_lite.cron", "-type", "cron_daily", "--again", "--workers", str(workers)]
    begun, most = time.perf_counter(), 0
    process = subprocess.Popen([*command, "--config", str(folder / "config.yml")], stdout=subprocess.PIPE, text=True)
    while process.poll() is None:
        most = max(most, _memory(process.pid))
        time.sleep(GLANCE)
    output = process.communicate()[0]
    found = re.search(r"^ran (\d+), failed 0, busy 0, deleted 0 in ([\d.]+) s$", output, re.MULTILINE)
    if process.returncode or not found:
        raise SystemExit(f"The run failed: {output}")
    return Run(int(found[1]), float(found[2]), time.perf_counter() - begun, most / 1e6)


def _memory(pid: int) -> int:
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        return sum(process.memory_info().rss for process in family)
    except psutil.NoSuchProcess:
        return 0


def milliseconds_of_list(app: object, rounds: int) -> float:
    """How long the page of a person's sessions takes, the median, in this process."""
    client = app.test_client()  # type: ignore[attr-defined]
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/user/sign-in").text)
    assert token
    client.post("/user/sign-in", data={"csrf_token": token[1], "email": "ada@example.com", "password": PASSWORD})
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        page = client.get("/interviews")
        times.append((time.perf_counter() - begun) * 1000)
        assert page.status_code == 200
        assert "Another one" in page.text
    return statistics.median(times)


def say(name: str, value: str, aim: str = "") -> None:
    """Print one figure."""
    print(f"{name:58} {value:>12}   {aim}".rstrip(), flush=True)


def report(effort: Effort, database: str) -> None:
    """Measure everything, and print each figure as soon as it is known."""
    with tempfile.TemporaryDirectory(prefix="dal-benchmark-") as temporary:
        folder = Path(temporary)
        (folder / "interviews").mkdir()
        shutil.copy(HERE / "scheduled.yml", folder / "interviews")
        settings = Settings(data=folder / "data", interviews=folder / "interviews", database=database)
        given = {"data": "data", "interviews": "interviews", **({"database": database} if database else {})}
        (folder / "config.yml").write_text(yaml.safe_dump(given))
        migrate(settings)
        app = create_app(settings)
        store: Store = app.extensions[EXTENSION].store
        ada = store.people.add("ada@example.com", PASSWORD)
        secret = store.people.unlock(ada, PASSWORD)
        store_applying(app, effort.applying)
        store_sessions(store, effort.of_person, ada.id, secret)
        for stored in (effort.applying, effort.stored):
            if stored > effort.applying:
                store_sessions(store, stored - effort.applying)
            for workers in (1, 2):
                done = run(folder, workers)
                what = f"{stored} stored, {done.sessions} with something to do, {workers} at a time"
                say(f"{what}: a second", f"{done.sessions / done.seconds:.0f}")
                say(f"{what}: from start to end", f"{done.elapsed:.1f} s")
                say(f"{what}: memory", f"{done.memory:.0f} MB")
            say(
                f"{stored} stored: the list of a person's {effort.of_person}",
                f"{milliseconds_of_list(app, effort.rounds):.0f} ms",
                "<= 300 ms",
            )
        store.close()


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="")
    parser.add_argument("--short", action="store_true", help="only show that it works")
    given = parser.parse_args()
    report(Effort(20, 200, 60, 3) if given.short else Effort(1000, 100_000, 60, 20), given.database)


if __name__ == "__main__":
    main()
