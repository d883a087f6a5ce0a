"""A program whose copies each do one thing and are killed (SIGKILL) at a place that is named: right after the k-th commit.

A line of JSON in says what: either `post`, a form that a browser sends, or `command`, what stands after
`python -m docassemble_lite`. Out comes "killed", or "done" when there were fewer commits than that. What puts one file in
the place of another counts as a commit, too.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

from docassemble_lite.cli.arguments import parse_arguments
from docassemble_lite.cli.keys import manage_keys
from docassemble_lite.settings import Settings
from docassemble_lite.store import passwords
from docassemble_lite.store.passwords import Effort
from docassemble_lite.web import create_app
from tests.acceptance.in_process import store_of

ROOT = Path(__file__).resolve().parents[2]
#: As little effort for a password as there can be.
QUICK = Effort(memory=64, iterations=1, lanes=1)


class Dying:
    """The program as a test sees it."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.dying"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def is_killed(self, settings: Settings, after: int, **deed: Any) -> bool:
        """Have a copy do something; whether it was killed after so many commits (from 1)."""
        folders = {"data": str(settings.data), "interviews": str(settings.interviews), "database": settings.database}
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(json.dumps({"after": after, **folders, **deed}) + "\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline().strip()
        assert answer in ("killed", "done"), answer
        return answer == "killed"

    def close(self) -> None:
        self._child.communicate()


def main() -> None:
    passwords.EFFORT = QUICK
    for line in sys.stdin:
        print(_end_of_copy(json.loads(line)), flush=True)


def _end_of_copy(order: dict[str, Any]) -> str:
    copy = os.fork()
    if not copy:
        try:
            _carry_out(**order)
            os._exit(0)
        except BaseException:  # noqa: BLE001, the border of the copy
            traceback.print_exc()
        finally:
            os._exit(1)
    _, status = os.waitpid(copy, 0)
    if os.WIFSIGNALED(status):
        return "killed"
    return "done" if os.WEXITSTATUS(status) == 0 else "failed"


def _carry_out(after: int, data: str, interviews: str, database: str, **deed: Any) -> None:
    settings = Settings(data=Path(data), interviews=Path(interviews), database=database)
    die_after(after)
    if "command" in deed:
        sys.stdout = sys.stderr
        manage_keys(settings, parse_arguments(deed["command"]))
        return
    app = create_app(settings)
    browser = app.test_client()
    for name, value in deed["cookies"].items():
        browser.set_cookie(name, value)
    path, form = deed["post"]
    posted: dict[str, list[str]] = {}
    for name, value in form:
        posted.setdefault(name, []).append(value)
    answer = browser.post(path, data=posted)
    assert answer.status_code < 400, answer.text
    answer.close()
    store_of(app).close()


def die_after(commits: int) -> None:
    """Be killed right after the so manyth commit from now on."""
    from sqlalchemy.engine.default import DefaultDialect

    left, commit, replace = [commits], DefaultDialect.do_commit, os.replace

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def commit_and_count(dialect: Any, connection: Any) -> None:
        commit(dialect, connection)
        count()

    def replace_and_count(*paths: Any, **options: Any) -> None:
        replace(*paths, **options)
        count()

    DefaultDialect.do_commit = commit_and_count  # type: ignore[method-assign]
    os.replace = replace_and_count


if __name__ == "__main__":
    main()
