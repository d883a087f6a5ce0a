"""An interview whose background task fails until it is mended, and somebody who starts it."""

from __future__ import annotations

from typing import Any

from tests.acceptance.visitor import Visitor

#: What a person answers, what becomes the task's argument, and what its error quotes.
CANARY = "kanarienvogel-7261"
NAME = "failing.yml"
INTERVIEW = """\
mandatory: True
code: |
  if the_task.ready():
    the_end
  else:
    please_wait
---
code: |
  the_task = background_action('write_letter', what=full_name)
---
question: Who are you?
fields:
  - Name: full_name
---
event: write_letter
code: |
  import os
  if not os.path.exists('mended'):
    raise ValueError('no paper for ' + action_argument('what'))
  background_response('Dear ' + action_argument('what'))
---
event: please_wait
question: A moment
---
event: the_end
question: |
  % if the_task.failed():
  Failed
  % else:
  ${ the_task.get() }
  % endif
"""


def start_task(running: Any) -> Visitor:
    """A person who answers the interview, which starts the task."""
    visitor = Visitor(running.url)
    visitor.answer(visitor.show(NAME), full_name=CANARY)
    return visitor


def heading_when_over(visitor: Visitor, eventually: Any) -> str:
    """What the person sees when the task is over."""

    def heading() -> str:
        found = visitor.show(NAME).heading
        return found if found != "A moment" else ""

    return str(eventually(heading, "the task is over"))


def mend(running: Any) -> None:
    """From now on the task doesn't fail."""
    (running.folder / "mended").touch()
