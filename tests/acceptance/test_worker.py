"""The worker as it is run: its log, how many tasks at a time, tasks that are stopped, and Celery's own commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.visitor import Page, Visitor
from tests.conftest import PATIENCE, eventually, source_folder

#: `kind` says what the task does; files in the current folder tell of it.
INTERVIEW = """\
mandatory: True
code: |
  if the_task.ready():
    the_end
  else:
    please_wait
---
code: |
  the_task = background_action(kind, name=name)
---
question: What?
fields:
  - Kind: kind
  - Name: name
---
event: meet
code: |
  # ends when as many run at the same time as there is to be
  import os, time
  open('here-' + action_argument('name'), 'w').close()
  while not os.path.exists('go'):
    time.sleep(0.01)
  background_response('met')
---
event: speak
code: |
  log('said by ' + action_argument('name'))
  background_response('spoken')
---
event: fail
code: |
  1 / 0
---
event: sleep
code: |
  import time
  open('here-' + action_argument('name'), 'w').close()
  time.sleep(600)
---
event: spin
code: |
  open('here-' + action_argument('name'), 'w').close()
  while True:
    try:
      while True:
        pass
    except Exception:
      pass
---
event: resist
code: |
  open('here-' + action_argument('name'), 'w').close()
  while True:
    try:
      while True:
        pass
    except:
      pass
---
event: devour
code: |
  eaten = 'x' * (900 * 1024 * 1024)
  background_response(len(eaten))
---
event: stop_it
code: |
  the_task.revoke()
---
event: leave_it
code: |
  the_task.revoke(terminate=False)
---
event: please_wait
question: A moment
subquestion: |
  [stop it](${ url_action('stop_it') }) [leave it](${ url_action('leave_it') })
---
event: the_end
question: |
  ${ the_task.state() }, ${ the_task.result().error_type or the_task.get() }
"""
NAME = "work.yml"


def start(running: Any, kind: str, name: str = "one") -> Visitor:
    """A person who starts a task."""
    visitor = Visitor(running.url)
    assert visitor.answer(visitor.show(NAME), kind=kind, name=name).status == 200
    return visitor


def end_of(visitor: Visitor) -> str:
    """How its task ended."""

    def heading() -> str:
        found = visitor.show(NAME).heading
        return found if found != "A moment" else ""

    return str(eventually(heading, "the task is over"))


def is_here(running: Any, name: str = "one") -> bool:
    """Whether the task of that name has begun."""
    return bool((running.folder / f"here-{name}").exists())


def follow(visitor: Visitor, label: str) -> Page:
    """Follow a link of the waiting page."""
    page = visitor.show(NAME)
    address = page.text.rpartition(f">{label}</a>")[0].rpartition('href="')[2].partition('"')[0]
    return visitor.get(address.replace("&amp;", "&"))


def test_as_many_tasks_run_at_a_time_as_the_worker_has_processes_and_the_others_queue(server: Callable[..., Any]) -> None:
    running = server({NAME: INTERVIEW}, worker_processes=3)
    people = [start(running, "meet", str(number)) for number in range(5)]
    eventually(lambda: sum(is_here(running, str(number)) for number in range(5)) == 3, "three have met")
    (running.folder / "go").touch()
    assert [end_of(person) for person in people] == ["SUCCESS, met"] * 5


def test_the_log_of_the_worker_has_what_tasks_say_with_task_interview_and_action(server: Callable[..., Any]) -> None:
    running = server({NAME: INTERVIEW})
    assert end_of(start(running, "speak", "Ada")) == "SUCCESS, spoken"
    assert end_of(start(running, "fail")) == "FAILURE, ZeroDivisionError"
    lines = (running.data / "worker.log").read_text().splitlines()
    (said,) = [line for line in lines if "said by Ada" in line]
    (failed,) = [line for line in lines if "ZeroDivisionError" in line]
    for line, action in ((said, "speak"), (failed, "fail")):
        assert " task=" in line
        assert f"interview={NAME} name={action}" in line
    assert f"{NAME}:" in failed


@pytest.mark.parametrize("kind", ["sleep", "spin", "resist"])
def test_a_task_that_is_revoked_is_stopped_wherever_it_is(server: Callable[..., Any], kind: str) -> None:
    """Also where it sits in a system call, and where its author's code catches everything; the next one runs."""
    running = server({NAME: INTERVIEW}, worker_processes=1)
    visitor = start(running, kind)
    eventually(lambda: is_here(running), "the task runs")
    follow(visitor, "stop it")
    assert end_of(visitor) == "REVOKED, Revoked"
    assert end_of(start(running, "speak")) == "SUCCESS, spoken"


def test_a_task_that_runs_can_be_left_to_its_end(server: Callable[..., Any]) -> None:
    running = server({NAME: INTERVIEW}, worker_processes=1)
    visitor, waiting = start(running, "meet"), start(running, "speak")
    eventually(lambda: is_here(running), "the task runs")
    assert follow(visitor, "leave it").heading == "A moment"
    assert follow(waiting, "leave it").heading == "REVOKED, Revoked"
    (running.folder / "go").touch()
    assert end_of(visitor) == "SUCCESS, met"


@pytest.mark.parametrize("kind", ["sleep", "spin", "resist"])
def test_p37_a_task_that_takes_too_long_fails_and_the_next_one_runs(server: Callable[..., Any], kind: str) -> None:
    """P37: with an error type of its own."""
    running = server({NAME: INTERVIEW}, worker_processes=1, task_time_limit=1.0, task_sweep=0.5)
    assert end_of(start(running, kind)) == "FAILURE, TooLong"
    assert end_of(start(running, "speak")) == "SUCCESS, spoken"


def test_p37_a_task_that_takes_too_much_memory_fails_and_the_next_one_runs(server: Callable[..., Any]) -> None:
    """P37."""
    running = server({NAME: INTERVIEW}, worker_processes=1, task_memory=500)
    assert end_of(start(running, "devour")) == "FAILURE, MemoryError"
    assert end_of(start(running, "speak")) == "SUCCESS, spoken"


# --- Celery's own commands -----------------------------------------------------------------------------------------------


@pytest.fixture
def celery_worker() -> Iterator[Callable[..., Any]]:
    """`celery_worker(folder)` runs Celery's own command for a worker in the folder of a server, and stops it in the end."""
    started: list[subprocess.Popen[bytes]] = []

    def run(folder: Path) -> None:
        with (folder / "celery.txt").open("w") as output:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "celery", "-A", "docassemble_lite.worker", "worker", "--loglevel", "INFO"],
                    cwd=folder,
                    env=os.environ | {"PYTHONPATH": source_folder(), "C_FORCE_ROOT": "1"},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    process_group=0,
                )
            )

    yield run
    for process in started:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def test_the_command_of_celery_runs_tasks_too(server: Callable[..., Any], celery_worker: Callable[..., None]) -> None:
    """With the sweeper: what was waiting when its message was gone is run as well."""
    running = server({NAME: INTERVIEW}, task_sweep=0.5, worker_processes=1)
    eventually(lambda: running.child("worker"), "the worker runs").suspend()
    # the message lies there, and the server's own worker doesn't take it
    visitor = start(running, "speak")
    celery_worker(running.folder)
    assert end_of(visitor) == "SUCCESS, spoken"
    running.child("worker").resume()
    assert "docassemble_lite.run" in (running.folder / "celery.txt").read_text()


def test_celery_can_be_asked_who_is_there(server: Callable[..., Any]) -> None:
    running = server({NAME: INTERVIEW})
    assert end_of(start(running, "speak")) == "SUCCESS, spoken"
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        asked = subprocess.run(
            [sys.executable, "-m", "celery", "-A", "docassemble_lite.worker", "inspect", "registered", "--timeout", "5"],
            cwd=running.folder,
            env=os.environ | {"PYTHONPATH": source_folder()},
            capture_output=True,
            text=True,
            check=False,
        )
        if "docassemble_lite.run" in asked.stdout:
            return
    pytest.fail(asked.stdout + asked.stderr)
