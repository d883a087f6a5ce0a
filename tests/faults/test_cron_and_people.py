"""Scheduled tasks run, twice at once and killed in the middle, while people answer in the same sessions."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.acceptance.visitor import Visitor

INTERVIEW = """\
mandatory: True
code: |
  multi_user = True
  allow_cron = True
  words = []
  ticks = []
---
event: add
code: |
  words.append(action_argument('word'))
---
event: cron_tick
code: |
  import time
  ticks.append(len(ticks))
  time.sleep(0.05)
  response()
---
mandatory: True
question: Words
subquestion: |
  BEGIN ${ ' '.join(words) } END ${ len(ticks) } TICKS
buttons:
  - Again: refresh
"""
NAME = "words.yml"


class Person:
    """Somebody who adds words to a session of one's own, one after the other."""

    def __init__(self, url: str, number: int) -> None:
        self.visitor = Visitor(url)
        self.visitor.show(NAME)
        self.number = number
        self.told: list[str] = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._add_words)

    def _add_words(self) -> None:
        from docassemble_lite.visit.addresses import encoded_action

        while not self.stopping.is_set():
            word = f"w{self.number}x{len(self.told)}"
            page = self.visitor.get(f"/interview?i={NAME}&action={encoded_action('add', {'word': word})}")
            if page.status == 200:
                self.told.append(word)

    def seen(self) -> tuple[list[str], int]:
        """The words of the session, and how often the scheduled task was there."""
        found = re.search(r"BEGIN (.*?) END (\d+) TICKS", self.visitor.show(NAME).words)
        assert found
        return found[1].split(), int(found[2])


def test_p15_p16_nobody_loses_a_word_and_no_session_has_a_slot_twice(
    server: Callable[..., Any], stored: dict[str, Any], long_form: bool, measured: Callable[..., None]
) -> None:
    """P1, P15, P16: `kill -9` at a random moment, two runs at once, and people who go on all the while."""
    running = server({NAME: INTERVIEW}, scheduled_tasks=False, **stored)
    chance = random.Random(20266)
    people = [Person(running.url, number) for number in range(20 if long_form else 5)]
    for person in people:
        person.thread.start()
    slots, kills, most = (30 if long_form else 4), 0, 0.0
    try:
        for slot in range(slots):
            command = [sys.executable, "-m", "docassemble_lite.cron", "-type", "cron_tick", "--config", "config.yml"]
            command += ["--slot", f"2026-05-{slot + 1:02}"]
            runs = [
                subprocess.Popen(command, cwd=running.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                for _ in range(2)
            ]
            time.sleep(chance.uniform(0.5, 2.0))
            victim = chance.choice(runs)
            if victim.poll() is None:
                os.kill(victim.pid, signal.SIGKILL)
                kills += 1
            for run in runs:
                _, errors = run.communicate(timeout=120)
                assert errors == ""
            begun = time.monotonic()
            last = subprocess.run(command, cwd=running.folder, capture_output=True, text=True, check=False, timeout=120)
            most = max(most, time.monotonic() - begun)
            assert (last.returncode, last.stderr) == (0, "")
            again = subprocess.run(command, cwd=running.folder, capture_output=True, text=True, check=False, timeout=120)
            assert "already" in again.stdout
    finally:
        for person in people:
            person.stopping.set()
        for person in people:
            person.thread.join()
    ticks = []
    for person in people:
        words, number = person.seen()
        assert words == person.told
        assert number <= slots
        ticks.append(number)
    # a session in which a run was killed is left out for that slot, and at most one is by each kill
    assert sum(ticks) >= slots * len(people) - kills
    measured(
        "P16",
        slots=slots,
        runs=4 * slots,
        killed=kills,
        sessions=len(people),
        words=sum(len(person.told) for person in people),
        lost=0,
        ticks=f"{sum(ticks)} of {slots * len(people)}",
        longest_rest_of_a_run=f"{most:.1f} s",
    )
