"""Workers, messages and whole servers go away while tasks run or wait."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from tests.acceptance.visitor import Visitor
from tests.faults.test_killed_web import kill_all, start_again
from tests.faults.working import INTERVIEW, NAME, SHORT_LEASE, heading_when_over, runs_of, start_task

Eventually = Callable[..., Any]


@pytest.mark.parametrize("whole", [False, True], ids=["the process that ran it", "the whole worker"])
def test_p4_a_task_whose_worker_was_killed_ends_as_failed(
    server: Callable[..., Any], eventually: Eventually, whole: bool, measured: Callable[..., None]
) -> None:
    """P4: within the lease and a sweep; it is not run again, and the next one runs."""
    running = server({NAME: INTERVIEW}, **SHORT_LEASE)
    visitor, _ = start_task(running, until="never")
    runner = eventually(lambda: runs_of(running), "the task runs")[0]
    if whole:
        running.child("worker").kill()
    else:
        os.kill(runner, signal.SIGKILL)
    began = time.monotonic()
    assert heading_when_over(visitor, eventually) == "Failed"
    measured("P4", seconds_from_death_to_failed=round(time.monotonic() - began, 2), of_a_lease_of=SHORT_LEASE["task_lease"])
    assert runs_of(running) == [runner]
    eventually(lambda: 'action="task_lost"' in running.log, "it is logged")
    another, _ = start_task(running)
    assert heading_when_over(another, eventually) == "Done, worked"


def test_a_task_that_takes_longer_than_its_lease_is_not_lost(server: Callable[..., Any], eventually: Eventually) -> None:
    """P4: the heartbeat keeps it."""
    running = server({NAME: INTERVIEW}, **SHORT_LEASE)
    visitor, _ = start_task(running, until="go-on")
    eventually(lambda: runs_of(running), "the task runs")
    time.sleep(2 * SHORT_LEASE["task_lease"])
    (running.folder / "go-on").touch()
    assert heading_when_over(visitor, eventually) == "Done, worked"
    assert len(runs_of(running)) == 1


def test_p10_the_report_of_a_worker_that_was_stopped_beyond_its_lease_changes_nothing(
    server: Callable[..., Any], eventually: Eventually
) -> None:
    """P10: it is logged as late, if it comes to a report at all."""
    running = server({NAME: INTERVIEW}, **SHORT_LEASE)
    visitor, _ = start_task(running, until="go-on")
    runner = eventually(lambda: runs_of(running), "the task runs")[0]
    stop_between_writes(running, runner)
    try:
        assert heading_when_over(visitor, eventually) == "Failed"
        (running.folder / "go-on").touch()
    finally:
        os.kill(runner, signal.SIGCONT)
    # on a busy machine the code may be told to stop before it can report
    eventually(lambda: re.search("late_report|task_stopped", running.log), "the late report is logged")
    assert visitor.show(NAME).heading == "Failed"


@pytest.mark.parametrize("broker", ["files", "redis"])
def test_p4_processes_that_are_killed_while_they_wait_for_tasks_are_replaced(
    server: Callable[..., Any], eventually: Eventually, request: pytest.FixtureRequest, broker: str
) -> None:
    """P4: the system may kill any process that it wants, and what one of them held must not keep the others from working."""
    directives = {"broker": request.getfixturevalue("redis_server").url} if broker == "redis" else {}
    running = server({NAME: INTERVIEW}, **SHORT_LEASE, **directives)
    worker = wait_for_worker(running, eventually)
    killed = worker.children()
    assert len(killed) == 2
    for process in killed:
        process.kill()
    eventually(lambda: len(set(worker.children()) - set(killed)) == 2, "there are two new ones")
    visitor, _ = start_task(running)
    assert heading_when_over(visitor, eventually) == "Done, worked"
    assert running.child("worker") == worker


def stop_between_writes(running: Any, process: int) -> None:
    """Stop a process, but not while it writes to SQLite: nobody else could write then."""
    while True:
        os.kill(process, signal.SIGSTOP)
        if running.settings.database:
            return
        with closing(sqlite3.connect(running.data / "store.sqlite3", timeout=2, isolation_level=None)) as store:
            try:
                store.execute("BEGIN IMMEDIATE")
                store.execute("ROLLBACK")
                return
            except sqlite3.OperationalError:
                os.kill(process, signal.SIGCONT)


def wait_for_worker(running: Any, eventually: Eventually) -> Any:
    """The worker, once it takes tasks."""
    visitor, _ = start_task(running)
    assert heading_when_over(visitor, eventually) == "Done, worked"
    (running.folder / "runs").unlink()
    return running.child("worker")


def test_p6_a_task_whose_message_was_lost_is_woken_by_the_sweeper(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually
) -> None:
    """P6: the broker's folder is emptied before the worker takes the message."""
    running = server({NAME: INTERVIEW}, **SHORT_LEASE, **stored)
    worker = wait_for_worker(running, eventually)
    stop_between_writes(running, worker.pid)
    visitor, _ = start_task(running)
    folder = running.data / "broker" / "messages"
    messages = eventually(lambda: list(folder.glob("[!.]*.msg")), "the worker was told of the task")
    assert len(messages) == 1
    messages[0].unlink()
    worker.resume()
    assert heading_when_over(visitor, eventually) == "Done, worked"
    assert len(runs_of(running)) == 1
    assert 'action="task_woken"' in running.log


def test_p6_a_task_that_waited_when_the_whole_server_was_killed_runs_when_it_is_back(
    server: Callable[..., Any], eventually: Eventually
) -> None:
    """P6: with all messages gone as well."""
    running = server({NAME: INTERVIEW}, **SHORT_LEASE)
    eventually(lambda: running.child("worker"), "the worker runs").suspend()
    visitor, _ = start_task(running)
    kill_all(running)
    shutil.rmtree(running.data / "broker", ignore_errors=True)
    again = start_again(running)
    try:
        visitor.url = again.url
        assert heading_when_over(visitor, eventually) == "Done, worked"
        assert len(runs_of(running)) == 1
    finally:
        again.clear_away()


@pytest.mark.parametrize("content", [b"", b'[["docassemble'], ids=["nothing", "a half"])
def test_p6_a_file_of_the_broker_that_a_killed_process_left_unfinished_keeps_nobody_from_starting(
    server: Callable[..., Any], eventually: Eventually, content: bytes
) -> None:
    """P6: Celery writes down in files which queues there are."""
    running = server({NAME: INTERVIEW}, **SHORT_LEASE)
    wait_for_worker(running, eventually)
    files = list((running.data / "broker" / "control").iterdir())
    assert files
    kill_all(running)
    for path in files:
        path.write_bytes(content)
    again = start_again(running)
    try:
        visitor, _ = start_task(again)
        assert heading_when_over(visitor, eventually) == "Done, worked"
        assert "it is started again" not in again.log
    finally:
        again.clear_away()


def test_p4_a_task_that_ran_when_the_whole_server_was_killed_ends_as_failed(
    server: Callable[..., Any], eventually: Eventually
) -> None:
    running = server({NAME: INTERVIEW}, **SHORT_LEASE)
    visitor, _ = start_task(running, until="never")
    eventually(lambda: runs_of(running), "the task runs")
    kill_all(running)
    again = start_again(running)
    try:
        visitor.url = again.url
        assert heading_when_over(visitor, eventually) == "Failed"
        assert len(runs_of(running)) == 1
    finally:
        again.clear_away()


def test_p9_a_message_that_is_delivered_ten_times_runs_the_task_once(server: Callable[..., Any], eventually: Eventually) -> None:
    """P9: copies of the one message, all in the broker's folder when the worker looks."""
    running = server({NAME: INTERVIEW}, **SHORT_LEASE)
    worker = wait_for_worker(running, eventually)
    stop_between_writes(running, worker.pid)
    visitor, _ = start_task(running)
    folder = running.data / "broker" / "messages"
    message = eventually(lambda: next(folder.glob("[!.]*.msg"), None), "the worker was told of the task")
    for number in range(9):
        (folder / f"{number}_{message.name}").write_bytes(message.read_bytes())
    worker.resume()
    assert heading_when_over(visitor, eventually) == "Done, worked"
    eventually(lambda: not list(folder.iterdir()), "all messages are taken")
    another, _ = start_task(running)
    assert heading_when_over(another, eventually) == "Done, worked"
    assert len(runs_of(running)) == 2


ERROR_ACTION = """\
mandatory: True
code: |
  the_task = background_action('work')
---
event: work
code: |
  import os, time
  background_error_action('note_it', stage='at work')
  with open('runs', 'a') as out:
    out.write(f'{os.getpid()}\\n')
  while True:
    time.sleep(0.01)
---
event: note_it
code: |
  import os
  with open('error-runs', 'a') as out:
    out.write(f'{os.getpid()}\\n')
  del out
  noted = f"{action_argument('stage')}, {action_argument('error_type')}"
  if os.path.exists('poison'):
    os.kill(os.getpid(), 9)
  background_response('noted')
---
event: please_wait
question: A moment
---
mandatory: True
code: |
  if not the_task.ready():
    please_wait
---
mandatory: True
question: ${ the_task.failed() } ${ showifdef('noted', 'nothing') } ${ the_task.get() }
"""


@pytest.mark.parametrize("whole", [False, True], ids=["the process that ran it", "the whole worker"])
def test_p4_the_error_action_of_a_task_whose_worker_was_killed_runs(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually, whole: bool
) -> None:
    """P4: once, in a process of its own, and what it changes is saved."""
    running = server({NAME: ERROR_ACTION}, **SHORT_LEASE, **stored)
    visitor = Visitor(running.url)
    assert visitor.show(NAME).heading == "A moment"
    runner = eventually(lambda: runs_of(running), "the task runs")[0]
    if whole:
        running.child("worker").kill()
    else:
        os.kill(runner, signal.SIGKILL)
    assert heading_when_over(visitor, eventually) == "True at work, WorkerLost noted"
    (by,) = (running.folder / "error-runs").read_text().split()
    assert int(by) != runner


def test_p38_an_error_action_that_kills_its_process_is_not_run_again(server: Callable[..., Any], eventually: Eventually) -> None:
    """P38: neither it nor the task; the task ends as failed, and nothing of the error action is saved."""
    running = server({NAME: ERROR_ACTION}, **SHORT_LEASE)
    (running.folder / "poison").touch()
    visitor = Visitor(running.url)
    visitor.show(NAME)
    os.kill(eventually(lambda: runs_of(running), "the task runs")[0], signal.SIGKILL)
    assert heading_when_over(visitor, eventually) == "True nothing None"
    time.sleep(2 * SHORT_LEASE["task_lease"])
    assert len(runs_of(running)) == 1
    assert len((running.folder / "error-runs").read_text().split()) == 1
