"""Scheduled tasks as a crontab runs them: the command itself, in sessions that persons have begun."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from sqlalchemy import update

from docassemble_lite.clock import naive_utc
from docassemble_lite.cron.command import main
from docassemble_lite.logs import session_shown
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.schema import migrate
from docassemble_lite.store.tables import loose_contents, sessions
from docassemble_lite.web import create_app
from tests.acceptance.in_process import Client, store_of
from tests.acceptance.visitor import value_of
from tests.databases import usual_database

BEGINNING = """
mandatory: True
code: |
  multi_user = True
  allow_cron = True
  count = 0
---
mandatory: True
question: Count ${ count }
fields:
  - Word: word
---
mandatory: True
question: After ${ count }
---
"""
COUNTING = (
    BEGINNING
    + """
event: cron_daily
code: |
  count += 1
  response(f"{user_info().id is not None} {user_has_privilege('cron')} {user_logged_in()}")
---
event: cron_quiet
code: |
  count += 100
  response(null=True)
---
event: cron_end
code: |
  command('exit')
---
event: cron_bad
code: |
  count += 1
  1 / 0
---
event: cron_never_ends
code: |
  import time
  while True:
    time.sleep(0.01)
---
event: cron_dies
code: |
  import os
  if defined('word') and word == 'dies':
    os._exit(7)
  response('lives')
---
event: cron_slow
code: |
  import pathlib, time
  with open(FOLDER + '/begun', 'a') as begun:
    begun.write(current_context().session + chr(10))
  deadline = time.monotonic() + 60
  while not pathlib.Path(FOLDER + '/go-on').exists() and time.monotonic() < deadline:
    time.sleep(0.01)
  count += 1
  response()
---
event: cron_later_background
code: |
  background_response_action('keep', result=7)
---
event: keep
code: |
  count = action_argument('result')
  background_response()
"""
)
PRIVATE = COUNTING.replace("multi_user = True", "multi_user = False")
SILENT = COUNTING.replace("allow_cron = True", "allow_cron = False")
OTHER = BEGINNING


@dataclass
class Place:
    """A folder with interviews, a configuration and a store."""

    folder: Path
    app: Flask
    store: Store = field(init=False)
    clients: dict[str, Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = store_of(self.app)

    def begin(self, interview: str = "counting.yml", number: int = 1) -> list[str]:
        """Sessions of an interview; their ids."""
        ids = []
        for _ in range(number):
            client = Client(self.app)
            page = client.get(f"/interview?i={interview}")
            ids.append(value_of(page.form, "_session"))
            self.clients[ids[-1]] = client
        return ids

    def count(self, session_id: str) -> Any:
        """The variable `count` of a session."""
        return self.store.sessions.load_plain(session_id).answers["count"]

    def command(self, event: str, *options: str) -> list[str]:
        """The command of a crontab."""
        config = ["--config", str(self.folder / "config.yml")]
        return [sys.executable, "-m", "docassemble_lite.cron", "-type", event, *config, *options]

    def run(self, event: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        return subprocess.run(self.command(event, *options), capture_output=True, text=True, check=False, timeout=120)

    def run_here(self, event: str, *options: str) -> subprocess.CompletedProcess[str]:
        """The same in the process of the tests, which is up already."""
        output, errors = io.StringIO(), io.StringIO()
        loggers = [logging.getLogger(), logging.getLogger("docassemble_lite")]
        before = [(logger.level, logger.handlers[:]) for logger in loggers]
        with redirect_stdout(output), redirect_stderr(errors):
            code = main(self.command(event, *options)[3:])
        for logger, (level, handlers) in zip(loggers, before, strict=True):
            logger.setLevel(level)
            logger.handlers[:] = handlers
        return subprocess.CompletedProcess([], code, output.getvalue(), errors.getvalue())

    def start(self, event: str, *options: str) -> subprocess.Popen[str]:
        """Run the command meanwhile."""
        return subprocess.Popen(self.command(event, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def begun(self) -> list[str]:
        """The sessions in which `cron_slow` was begun."""
        path = self.folder / "begun"
        return path.read_text().split() if path.exists() else []


@contextmanager
def made(folder: Path, **directives: Any) -> Iterator[Place]:
    (folder / "interviews").mkdir()
    texts = {"counting.yml": COUNTING, "private.yml": PRIVATE, "silent.yml": SILENT, "other.yml": OTHER}
    for name, text in texts.items():
        (folder / "interviews" / name).write_text(text.replace("FOLDER", repr(str(folder))))
    with usual_database() as usual:
        directives |= usual
        values = {"data": "data", "interviews": "interviews", **directives}
        (folder / "config.yml").write_text(yaml.safe_dump({key.replace("_", " "): value for key, value in values.items()}))
        settings = Settings(**{**directives, "data": folder / "data", "interviews": folder / "interviews"})
        migrate(settings)
        place = Place(folder, create_app(settings))
        yield place
        place.store.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with made(tmp_path) as it:
        yield it


def summary(output: str) -> tuple[int, int, int, int]:
    """How many ran, failed, were busy and were deleted."""
    found = re.search(r"^ran (\d+), failed (\d+), busy (\d+), deleted (\d+) in [\d.]+ s$", output, re.MULTILINE)
    assert found, output
    ran, failed, busy, deleted = map(int, found.groups())
    return ran, failed, busy, deleted


# --- where it runs ---------------------------------------------------------------------------------------------------


def test_it_runs_in_the_sessions_that_allow_it_and_whose_interview_answers_it(place: Place) -> None:
    wanted = place.begin(number=3)
    others = [*place.begin("silent.yml"), *place.begin("other.yml")]
    place.begin("private.yml")
    done = place.run("cron_daily")
    assert summary(done.stdout) == (3, 0, 0, 0)
    assert (done.returncode, done.stderr) == (0, "")
    assert [place.count(session_id) for session_id in wanted + others] == [1, 1, 1, 0, 0]


def test_it_runs_on_behalf_of_the_cron_user_and_prints_what_it_is_given(place: Place) -> None:
    place.begin()
    assert "True True True\n" in place.run_here("cron_daily").stdout


def test_an_answer_of_null_saves_nothing(place: Place) -> None:
    (session_id,) = place.begin()
    before = place.store.sessions.peek(session_id)
    assert summary(place.run_here("cron_quiet").stdout) == (1, 0, 0, 0)
    assert place.count(session_id) == 0
    assert place.store.sessions.peek(session_id) == before


def test_an_exit_deletes_the_session(place: Place) -> None:
    (session_id,) = place.begin()
    assert summary(place.run_here("cron_end").stdout) == (1, 0, 0, 1)
    assert place.store.sessions.interview_of(session_id) == ""


def test_the_page_on_which_somebody_is_stays_valid(place: Place) -> None:
    """P15."""
    (session_id,) = place.begin()
    client = place.clients[session_id]
    page = client.get("/interview?i=counting.yml")
    place.run_here("cron_daily")
    assert client.answer(page, word="swan").heading == "After 1"


def test_nobody_counts_as_having_been_there(place: Place) -> None:
    """P18."""
    (session_id,) = place.begin()
    before = place.store.sessions.peek(session_id)
    place.run_here("cron_daily")
    after = place.store.sessions.peek(session_id)
    assert (after.last_person_access, after.modified > before.modified) == (before.last_person_access, True)


def test_an_action_for_the_background_becomes_a_task(place: Place) -> None:
    (session_id,) = place.begin()
    assert summary(place.run_here("cron_later").stdout) == (1, 0, 0, 0)
    (task,) = place.store.tasks.listing(None, most=10)
    assert (task.action, task.session_id, task.state) == ("cron_later_background", session_id, "waiting")


def test_a_dry_run_lists_and_changes_nothing(place: Place) -> None:
    ids = place.begin(number=2)
    done = place.run_here("cron_daily", "--dry-run")
    assert sorted(line.split()[0] for line in done.stdout.splitlines()[:-1]) == sorted(ids)
    assert done.stdout.splitlines()[-1] == "would run 2, would delete 0"
    assert [place.count(session_id) for session_id in ids] == [0, 0]
    assert summary(place.run_here("cron_daily").stdout) == (2, 0, 0, 0)


def test_a_name_that_no_interview_has_runs_nothing(place: Place) -> None:
    place.begin()
    assert summary(place.run_here("cron_nothing").stdout) == (0, 0, 0, 0)


@pytest.mark.parametrize("event", ["", "x; rm", "../x", "a b", "1"])
def test_what_is_no_name_is_refused(event: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["-type", event])
    assert "-type takes the name of an action" in capsys.readouterr().err


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_session_that_fails_is_logged_and_keeps_nobody_from_running(place: Place) -> None:
    ids = place.begin(number=2)
    done = place.run_here("cron_bad")
    assert summary(done.stdout) == (0, 2, 0, 0)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert "counting.yml" in done.stderr
    assert all(f"session={session_shown(session_id)} " in done.stderr for session_id in ids)
    # it would let everybody in who reads the log
    assert not any(session_id in done.stderr for session_id in ids)
    assert [place.count(session_id) for session_id in ids] == [0, 0]


def test_code_that_never_ends_is_stopped(tmp_path: Path) -> None:
    """P37."""
    with made(tmp_path, cron_time_limit=0.5) as place:
        place.begin(number=2)
        done = place.run_here("cron_never_ends")
        assert summary(done.stdout) == (0, 2, 0, 0)
        assert "TooLong" in done.stderr


def test_a_process_that_dies_is_one_session_that_failed(place: Place) -> None:
    ids = place.begin(number=6)
    client = place.clients[ids[2]]
    client.answer(client.get("/interview?i=counting.yml"), word="dies")
    done = place.run("cron_dies", "--workers", "2")
    assert summary(done.stdout) == (5, 1, 0, 0)
    assert done.stdout.count("lives") == 5
    assert f"session={session_shown(ids[2])}\n" in done.stderr
    assert done.returncode == 1


def test_a_session_in_which_somebody_is_comes_last(place: Place) -> None:
    """P15: skipped after five seconds, and tried again at the end."""
    ids = place.begin(number=2)
    entered, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with place.store.locks.hold(ids[0], 1.0) as got:
            assert got
            entered.set()
            leave.wait(60)

    thread = threading.Thread(target=stay)
    thread.start()
    entered.wait(60)
    process = place.start("cron_daily")
    try:
        while place.count(ids[1]) == 0 and process.poll() is None:
            time.sleep(0.05)
        time.sleep(5.5)
        assert place.count(ids[0]) == 0
    finally:
        leave.set()
        thread.join()
    output, _ = process.communicate(timeout=120)
    assert summary(output) == (2, 0, 0, 0)
    assert [place.count(session_id) for session_id in ids] == [1, 1]


def test_an_interview_that_is_broken_or_gone_keeps_nobody_from_running(place: Place) -> None:
    place.begin("other.yml")
    (session_id,) = place.begin()
    (place.folder / "interviews" / "other.yml").unlink()
    done = place.run_here("cron_daily")
    assert summary(done.stdout) == (1, 0, 0, 0)
    assert "other.yml" in done.stderr
    assert place.count(session_id) == 1


# --- once for a slot -------------------------------------------------------------------------------------------------


def test_a_second_run_says_that_there_was_one(place: Place) -> None:
    """P16."""
    (session_id,) = place.begin()
    place.run_here("cron_daily")
    done = place.run_here("cron_daily")
    assert re.fullmatch(r"cron_daily was run for [\d-]+ already \(--again runs it once more\)\.\n", done.stdout)
    assert (done.returncode, place.count(session_id)) == (0, 1)
    assert summary(place.run_here("cron_daily", "--again").stdout) == (1, 0, 0, 0)
    assert place.count(session_id) == 2


def test_of_two_runs_at_once_one_says_that_the_other_is_running(place: Place, eventually: Callable[..., Any]) -> None:
    """P16."""
    ids = place.begin(number=3)
    first = place.start("cron_slow")
    eventually(place.begun, "the first run is in a session")
    second = place.run("cron_slow")
    assert (second.stdout, second.returncode) == ("cron_slow is running already.\n", 0)
    (place.folder / "go-on").touch()
    output, _ = first.communicate(timeout=120)
    assert summary(output) == (3, 0, 0, 0)
    assert [place.count(session_id) for session_id in ids] == [1, 1, 1]


def test_after_a_kill_the_rest_is_run_and_nothing_twice(place: Place, eventually: Callable[..., Any]) -> None:
    """P16: the session in which it was killed isn't begun again, as nobody knows what it had done by then."""
    ids = place.begin(number=4)
    slot = ["--slot", "2026-05-04T12:00"]
    first = place.start("cron_slow", *slot)
    (interrupted,) = eventually(place.begun, "the first run is in a session")
    os.kill(first.pid, signal.SIGKILL)
    first.communicate(timeout=60)
    (place.folder / "go-on").touch()
    done = place.run("cron_slow", *slot)
    assert summary(done.stdout) == (3, 0, 0, 0)
    assert sorted(place.begun()) == sorted(ids)
    assert {session_id: place.count(session_id) for session_id in ids} == {
        session_id: 0 if session_id == interrupted else 1 for session_id in ids
    }
    assert "was run for 2026-05-04T12:00 already" in place.run("cron_slow", *slot).stdout


def test_who_is_told_to_stop_ends_the_session_that_is_begun(place: Place, eventually: Callable[..., Any]) -> None:
    """P39."""
    ids = place.begin(number=3)
    slot = ["--slot", "2026-05-04T12:00"]
    first = place.start("cron_slow", *slot)
    eventually(place.begun, "the run is in a session")
    first.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    (place.folder / "go-on").touch()
    output, _ = first.communicate(timeout=60)
    assert summary(output) == (1, 0, 0, 0)
    assert first.returncode == 1
    assert summary(place.run("cron_slow", *slot).stdout) == (2, 0, 0, 0)
    assert [place.count(session_id) for session_id in ids] == [1, 1, 1]


def test_a_clock_that_is_set_back_runs_nothing_twice(place: Place) -> None:
    """P42."""
    (session_id,) = place.begin()
    place.run_here("cron_daily", "--slot", "2026-05-05")
    done = place.run_here("cron_daily", "--slot", "2026-05-04")
    assert "was run for 2026-05-05 already" in done.stdout
    assert place.count(session_id) == 1


def test_the_schedule_of_the_server_logs_how_it_went_and_not_what_interviews_say(place: Place) -> None:
    """P36: an answer can be in what they say, and the output of a container is a log."""
    place.begin(number=2)
    done = place.run("cron_daily", "--slot", "2026-05-04", "--scheduled", "--log-format", "json")
    (line,) = [json.loads(text) for text in done.stderr.splitlines()]
    counted = {name: line[name] for name in ("action", "name", "slot", "ran", "failed", "busy", "deleted")}
    numbers = {"ran": 2, "failed": 0, "busy": 0, "deleted": 0}
    assert counted == {"action": "cron_ended", "name": "cron_daily", "slot": "2026-05-04", **numbers}
    assert (done.stdout, done.returncode) == ("", 0)
    assert "True" in place.run("cron_daily", "--again").stdout


# --- deleting --------------------------------------------------------------------------------------------------------


def age(place: Place, session_id: str, days: float) -> None:
    """Have the session be last saved so many days ago."""
    with place.store.engine.begin() as connection:
        moment = naive_utc() - timedelta(days=days)
        connection.execute(update(sessions).where(sessions.c.id == session_id).values(modified=moment))


def test_the_daily_task_deletes_what_nobody_has_changed_for_long(tmp_path: Path) -> None:
    """Private sessions, too; with their files."""
    of_interview = {"other.yml": 10, "silent.yml": 0}
    with made(tmp_path, interview_delete_days=90, interview_delete_days_by_filename=of_interview) as place:
        ages = {"private.yml": (89, 91), "other.yml": (9, 11), "silent.yml": (1000,)}
        ids = {(name, days): place.begin(name)[0] for name, found in ages.items() for days in found}
        key = place.store.sessions.load_plain(ids["other.yml", 11]).data_key
        number = place.store.files.add(ids["other.yml", 11], key, b"text", name="a.txt", mimetype="text/plain").number
        for (_, days), session_id in ids.items():
            age(place, session_id, days)
        assert "would delete 2" in place.run_here("cron_daily", "--dry-run").stdout
        assert summary(place.run_here("cron_daily").stdout) == (0, 0, 0, 2)
        left = {known for known, session_id in ids.items() if place.store.sessions.interview_of(session_id)}
        assert left == {("private.yml", 89), ("other.yml", 9), ("silent.yml", 1000)}
        assert not list((tmp_path / "data" / "files").rglob(f"*{number}*"))


def test_every_task_removes_contents_of_files_that_were_left_behind(place: Place) -> None:
    contents = place.store.files._contents
    contents.write(f"{7:014x}", [b"left behind"])
    with place.store.engine.begin() as connection:
        connection.execute(loose_contents.insert(), {"id": 7, "since": naive_utc() - timedelta(hours=2)})
    place.run_here("cron_hourly")
    with pytest.raises(FileNotFoundError):
        contents.read(f"{7:014x}")


def test_other_tasks_delete_nothing_and_zero_days_are_never(tmp_path: Path) -> None:
    with made(tmp_path, interview_delete_days=0) as place:
        (session_id,) = place.begin("other.yml")
        age(place, session_id, 1000)
        assert summary(place.run_here("cron_daily").stdout) == (0, 0, 0, 0)
        assert summary(place.run_here("cron_weekly").stdout) == (0, 0, 0, 0)
        assert place.store.sessions.interview_of(session_id) == "other.yml"
