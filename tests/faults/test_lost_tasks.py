"""Many tasks are lost, and what sees to them is disturbed as well."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docassemble_lite.settings import Settings
from docassemble_lite.store.schema import migrate
from docassemble_lite.worker.sweeper import Sweeper
from tests.acceptance.visitor import Visitor
from tests.faults.test_killed_web import start_again
from tests.faults.working import SHORT_LEASE

Eventually = Callable[..., Any]
NAME = "lost.yml"
#: So many tasks are started at once as is asked for; `how` is what they do.
INTERVIEW = """\
mandatory: True
code: |
  recorded = []
  started = [background_action(how, number=number) for number in range(int(many))]
---
mandatory: True
question: |
  ${ sum(1 for task in started if task.ready()) } over, recorded ${ len(recorded) }
---
question: How?
fields:
  - How many: many
  - How: how
---
event: die
code: |
  import os, signal
  os.kill(os.getpid(), signal.SIGKILL)
---
event: wait
code: |
  import os, time
  background_error_action('record', number=action_argument('number'))
  with open('runs', 'a') as out:
    out.write(f'{os.getpid()}\\n')
  time.sleep(600)
---
event: record
code: |
  import time
  open('recording', 'w').close()
  time.sleep(1)
  recorded.append(action_argument('number'))
  background_response()
"""


def start_tasks(running: Any, many: int, how: str) -> Visitor:
    """Somebody who starts so many tasks in one session."""
    visitor = Visitor(running.url)
    page = visitor.answer(visitor.show(NAME), many=str(many), how=how)
    assert page.status == 200
    return visitor


def heading_of(visitor: Visitor) -> str:
    return visitor.show(NAME).heading


def test_p4_the_error_action_of_every_lost_task_runs_even_if_all_take_longer_than_a_lease(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually
) -> None:
    """P4: a whole worker dies. None of its tasks may be taken for lost again while it waits for the others' error actions."""
    many = 4
    running = server({NAME: INTERVIEW}, worker_processes=many, **SHORT_LEASE, **stored)
    visitor = start_tasks(running, many, "wait")
    runs = running.folder / "runs"
    eventually(lambda: runs.exists() and len(runs.read_text().split()) == many, "all tasks run")
    worker = running.child("worker")
    os.killpg(worker.pid, signal.SIGKILL)
    eventually(lambda: heading_of(visitor).startswith(f"{many} over"), "all tasks are over")
    assert heading_of(visitor) == f"{many} over, recorded {many}"


def test_p39_a_server_that_is_stopped_finishes_the_error_action_that_it_runs(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually
) -> None:
    """P39: nobody would run it again, as it may have been what killed the process that ran it."""
    running = server({NAME: INTERVIEW}, **SHORT_LEASE, **stored)
    visitor = start_tasks(running, 2, "wait")
    runs = running.folder / "runs"
    eventually(lambda: runs.exists() and len(runs.read_text().split()) == 2, "the tasks run")
    os.killpg(running.child("worker").pid, signal.SIGKILL)
    eventually((running.folder / "recording").exists, "an error action runs")
    running.stop()
    again = start_again(running)
    try:
        visitor.url = again.url
        eventually(lambda: heading_of(visitor).startswith("2 over"), "the tasks are over")
        assert heading_of(visitor) == "2 over, recorded 2"
    finally:
        again.clear_away()


def test_p38_processes_that_die_while_the_sweeper_works_are_replaced_by_processes_that_work(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually, measured: Callable[..., None]
) -> None:
    """P38: a process must not be forked while a thread holds a lock of the store, which would be held in it for ever."""
    many = 60
    running = server({NAME: INTERVIEW}, task_lease=1.5, task_heartbeat=0.3, task_sweep=0.001, **stored)
    worker = eventually(lambda: running.child("worker"), "the worker runs")
    visitor = start_tasks(running, many, "die")
    eventually(lambda: heading_of(visitor).startswith(f"{many} over"), "all tasks are over")
    measured("P38", processes_that_died=many)
    assert running.child("worker") == worker
    # the server can only stop in time if no process hangs
    running.stop()


def test_whatever_goes_wrong_the_sweeper_looks_again(tmp_path: Path, caplog: Any) -> None:
    """For example there may be no memory for the process that runs error actions."""
    looked_again = threading.Event()

    class Hindered(Sweeper):
        looks = 0

        def end_lost(self) -> None:
            self.looks += 1
            if self.looks == 1:
                raise OSError("Cannot allocate memory")
            looked_again.set()

    settings = Settings(data=tmp_path, task_sweep=0.01)
    migrate(settings)
    sweeper = Hindered(settings)
    sweeper.start()
    try:
        assert looked_again.wait(60)
    finally:
        sweeper.stop()
    assert "Cannot allocate memory" in caplog.text
