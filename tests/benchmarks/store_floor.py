"""What a visit costs at least: reading, opening, closing and writing answers on SQLite, without any interview.

`python tests/benchmarks/store_floor.py [rounds]` prints milliseconds; `measure_floor` is for other benchmarks, which compare
themselves with it.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from docassemble_lite.settings import Settings
from docassemble_lite.store.database import open_store
from docassemble_lite.store.freezer import freeze, thaw
from docassemble_lite.store.schema import migrate

SECRET = b"the secret of the benchmark"


def interview_answers(screens: int = 20, fields: int = 10) -> dict[str, Any]:
    """The answers of an interview with so many screens of so many fields, half of them texts."""
    answers: dict[str, Any] = {}
    for screen in range(screens):
        for field in range(fields):
            name = f"screen_{screen}_field_{field}"
            answers[name] = f"The answer to question {field} of screen {screen}" if field % 2 else screen * 1000 + field
    return answers


def measure_floor(answers: dict[str, Any], folder: Path, rounds: int = 200) -> dict[str, dict[str, float]]:
    """Milliseconds {"median", "p95"} of each part of a visit that loads and saves `answers`, with a database in `folder`.

    "load" and "save" are the whole ways, of which "decrypt" and "thaw", "freeze" and "encrypt" are parts; "write" is what
    the transaction of the save takes, with its commit to the disk; "visit" is load and save together.
    """
    settings = Settings(data=folder)
    migrate(settings)
    store = open_store(settings)
    session = store.sessions.create("benchmark.yml", SECRET, answers)
    key, place = session.data_key, {"session": session.session_id, "part": "step:1"}
    frozen = freeze(answers)
    row = store.vault.encrypt(key, frozen, **place)
    transactions = _TransactionClock(store.engine)

    def load() -> None:
        store.sessions.load(session.session_id, SECRET)

    def save() -> None:
        nonlocal session
        session = store.sessions.save(session, answers)

    def visit() -> None:
        loaded = store.sessions.load(session.session_id, SECRET)
        store.sessions.save(loaded, loaded.answers, new_step=True)

    parts: dict[str, Callable[[], object]] = {
        "load": load,
        "decrypt": lambda: store.vault.decrypt(key, row, **place),
        "thaw": lambda: thaw(frozen),
        "freeze": lambda: freeze(answers),
        "encrypt": lambda: store.vault.encrypt(key, frozen, **place),
        "save": save,
        "visit": visit,
    }
    measured = {name: _summary(_timed(part, rounds)) for name, part in parts.items()}
    measured["write"] = _summary(transactions.taken[-rounds:])
    store.close()
    return measured


class _TransactionClock:
    """How long each transaction that wrote took, until its connection is back in the pool."""

    def __init__(self, engine: Engine) -> None:
        self.taken: list[float] = []
        self._begun = 0.0
        self._committed = False
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "commit", self._commit)
        event.listen(engine, "checkin", self._check_in)

    def _begin(self, _connection: object) -> None:
        self._begun = time.perf_counter()

    def _commit(self, _connection: object) -> None:
        self._committed = True

    def _check_in(self, *_: object) -> None:
        if self._committed:
            self.taken.append(time.perf_counter() - self._begun)
            self._committed = False


def _timed(part: Callable[[], object], rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds + 10):
        begun = time.perf_counter()
        part()
        taken.append(time.perf_counter() - begun)
    # the first ones fill caches
    return taken[10:]


def _summary(seconds: list[float]) -> dict[str, float]:
    return {"median": statistics.median(seconds) * 1000, "p95": statistics.quantiles(seconds, n=20)[-1] * 1000}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    answers = interview_answers()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure_floor(answers, Path(folder), rounds)
    print(f"{len(answers)} answers, {len(freeze(answers))} bytes frozen, {rounds} rounds; milliseconds")
    for name, values in measured.items():
        print(f"{name:8} median {values['median']:7.3f}   p95 {values['p95']:7.3f}")


if __name__ == "__main__":
    main()
