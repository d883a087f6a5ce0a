"""A process that does with a store what it is told: a line of JSON in, a line of JSON out.

Arguments: the data folder and the URL of the database (empty: SQLite in the data folder).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import event

from docassemble_lite.errors import LiteError, SavedByAnother
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.schema import migrate


class Actor:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store: Store = open_store(settings)
        self.held = ExitStack()
        self.loaded: Loaded

    def hold(self, session: str, seconds: float) -> bool:
        return self.held.enter_context(self.store.locks.hold(session, seconds))

    def release(self) -> bool:
        self.held.close()
        return True

    def load(self, session: str, secret: str) -> dict[str, Any]:
        self.loaded = self.store.sessions.load(session, secret.encode())
        return self.loaded.answers

    def save(self, answers: dict[str, Any]) -> bool:
        self.loaded = self.store.sessions.save(self.loaded, answers, new_step=True)
        return True

    def count(self, session: str, secret: str, times: int) -> bool:
        """Add 1 to the answer n so many times, beginning again whenever somebody else was faster."""
        while times:
            loaded = self.store.sessions.load(session, secret.encode())
            try:
                self.store.sessions.save(loaded, {"n": loaded.answers["n"] + 1})
            except SavedByAnother:
                continue
            times -= 1
        return True

    def claim(self, task: str, lease: float) -> bool:
        return self.store.tasks.claim(task, lease) is not None

    def add_person(self, email: str, password: str) -> bool:
        return self.store.people.add(email, password).id is not None

    def try_often(self, what: str, times: int, most: int) -> int:
        """How many of so many attempts needn't wait."""
        return sum(self.store.attempts.seconds_to_wait(what, most=most, seconds=3600) == 0.0 for _ in range(times))

    def die_at(self, statement: int) -> bool:
        """End by SIGKILL before the so manyth statement from now on."""
        left = [statement]

        def count(*_: Any) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(self.store.engine, "before_cursor_execute", count)
        return True

    def migrate(self) -> bool:
        migrate(self.settings)
        return True


def main() -> None:
    actor = Actor(Settings(data=Path(sys.argv[1]), database=sys.argv[2]))
    for line in sys.stdin:
        order = json.loads(line)
        command = order.pop("command")
        try:
            answer = getattr(actor, command)(**order)
        except LiteError as error:
            answer = type(error).__name__
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
