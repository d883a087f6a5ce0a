"""An interview whose background task does what it is told, and servers whose leases are short."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.acceptance.visitor import Page, Visitor

#: `until` is the name of a file that the task waits for, empty: it doesn't wait.
INTERVIEW = """\
mandatory: True
code: |
  if the_task.ready():
    the_end
  else:
    please_wait
---
code: |
  the_task = background_action('work', until=until)
---
question: Until when?
fields:
  - File: until
    required: False
---
event: work
code: |
  import os, time
  with open('runs', 'a') as out:
    out.write(f'{os.getpid()}\\n')
  if action_argument('until'):
    while not os.path.exists(action_argument('until')):
      time.sleep(0.01)
  background_response('worked')
---
event: please_wait
question: A moment
---
event: the_end
question: |
  % if the_task.failed():
  Failed
  % else:
  Done, ${ the_task.get() }
  % endif
"""
NAME = "work.yml"
#: Seconds, short enough for a test.
SHORT_LEASE = {"task_lease": 1.5, "task_heartbeat": 0.3, "task_sweep": 0.3}


def start_task(running: Any, until: str = "") -> tuple[Visitor, Page]:
    """A person who starts a task, in a session of its own, and the page that came."""
    visitor = Visitor(running.url)
    return visitor, visitor.answer(visitor.show(NAME), until=until)


def runs_of(running: Any) -> list[int]:
    """The processes that have begun a task, once for each time."""
    path = Path(running.folder) / "runs"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def heading_when_over(visitor: Visitor, eventually: Any) -> str:
    """What the person sees when the task is over."""

    def heading() -> str:
        found = visitor.show(NAME).heading
        return found if found != "A moment" else ""

    return str(eventually(heading, "the task is over"))
