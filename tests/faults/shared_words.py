"""An interview that several browsers add words to at the same time, and the people who do."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

from docassemble_lite.visit.addresses import encoded_action
from tests.acceptance.visitor import Page, Visitor

#: `add` takes as long as it is told: until a file is there, or for some seconds.
INTERVIEW = """\
mandatory: True
code: |
  multi_user = True
---
mandatory: True
code: |
  words = []
---
event: add
code: |
  import os, time
  words.append(action_argument('word'))
  open('begun-' + action_argument('word'), 'w').write(str(os.getpid()))
  if action_argument('until'):
    while not os.path.exists(action_argument('until')):
      time.sleep(0.01)
  time.sleep(action_argument('seconds'))
---
mandatory: True
code: |
  if slow:
    import time
    time.sleep(float(slow))
  words.append(entry)
  del entry
  entry
---
question: |
  Word ${ len(words) + 1 }
subquestion: |
  BEGIN ${ ' '.join(words) } END

  ${ interview_url() }
fields:
  - Word: entry
---
question: How slow?
fields:
  - Seconds: slow
    required: False
"""
NAME = "words.yml"


class Table:
    """A session that its first visitor began and that others join."""

    def __init__(self, running: Any, *, slow: str = "") -> None:
        self.running = running
        self.first = Visitor(running.url)
        page = self.first.answer(self.first.show(NAME), slow=slow)
        found = re.search(r"session=(\w+)", page.words)
        assert found, page.words
        self.session = found[1]

    def join(self) -> Visitor:
        """Another browser in the same session."""
        visitor = Visitor(self.running.url)
        assert visitor.show(NAME, session=self.session).status == 200
        return visitor

    def words(self) -> list[str]:
        """The words that a fresh browser sees."""
        return words_on(self.join().show(NAME))


def words_on(page: Page) -> list[str]:
    """The words that the page shows."""
    found = re.search("BEGIN (.*?) ?END", page.words)
    assert found, page.words
    return found[1].split()


def add(visitor: Visitor, word: str, *, seconds: float = 0, until: str = "") -> Page:
    """Add a word, which takes so many seconds, or until that file is there."""
    return visitor.show(NAME, action=encoded_action("add", {"word": word, "seconds": seconds, "until": until}))


class InBackground:
    """Something that goes on in a thread; `result()` waits for it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._results: list[Any] = []
        self._errors: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(work,))
        self._thread.start()

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            self._results.append(work())
        except Exception as error:  # noqa: BLE001 - it is raised again in the thread that wants the result
            self._errors.append(error)

    @property
    def going_on(self) -> bool:
        return self._thread.is_alive()

    def result(self) -> Any:
        """What came of it; whatever it raised is raised here."""
        self._thread.join()
        if self._errors:
            raise self._errors[0]
        return self._results[0]
