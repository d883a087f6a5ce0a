"""An author changes the file of an interview while the server runs and people are in it."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.visitor import Page, Visitor

GOOD = """\
question: What is your name?
fields:
  - Name: full_name
---
question: Hello, ${ full_name }. Which fruit?
fields:
  - Fruit: fruit
---
mandatory: True
question: The end, ${ full_name }.
need: fruit
"""
BETTER = GOOD.replace("The end", "Farewell").replace("Hello", "Welcome")
BROKEN = GOOD + "---\ncode: |\n  secret_formula = 1 +\n"
NOT_YAML = GOOD + "---\nquestion: [\n"
SLOW = """\
mandatory: True
code: |
  if the_task.ready():
    the_end
  else:
    please_wait
---
code: |
  the_task = background_action('work')
---
event: work
code: |
  import os, time
  open('begun', 'w').close()
  while not os.path.exists('go_on'):
    time.sleep(0.02)
  background_response(version)
---
code: |
  version = 'the old one'
---
event: the_end
question: ${ the_task.get() }
---
event: please_wait
question: A moment
"""


class Edited:
    """An interview of its own on a server, and its author."""

    def __init__(self, running: Any) -> None:
        self.running = running
        self.visitor = Visitor(running.url)
        self.name = f"edited{uuid.uuid4().hex}.yml"
        self.file = Path(running.folder / "interviews" / self.name)
        self.file.write_text(GOOD)
        self._moment = self.file.stat().st_mtime_ns

    def write(self, text: str) -> None:
        """Save the file, with a time of its own however coarse the clock of the file system is."""
        self.file.write_text(text)
        self._moment += 1_000_000_000
        os.utime(self.file, ns=(self._moment, self._moment))

    def show(self) -> Page:
        return self.visitor.show(self.name)

    def begin(self) -> Page:
        return self.visitor.answer(self.show(), full_name="Ada")


@pytest.fixture(scope="module")
def developers(shared_server: Callable[..., Any]) -> Any:
    return shared_server({"good.yml": GOOD}, debug=True)


@pytest.fixture
def edited(developers: Any) -> Edited:
    return Edited(developers)


def test_an_edit_is_seen_when_the_page_is_loaded_again(edited: Edited) -> None:
    edited.begin()
    edited.write(BETTER)
    assert edited.show().heading == "Welcome, Ada. Which fruit?"


def test_an_edit_while_a_page_is_open_keeps_the_answers(edited: Edited) -> None:
    page = edited.begin()
    edited.write(BETTER)
    assert edited.visitor.answer(page, fruit="figs").heading == "Farewell, Ada."


@pytest.mark.parametrize("text", [BROKEN, NOT_YAML], ids=["Python", "YAML"])
def test_p43_a_broken_edit_leaves_the_last_good_version_in_service(edited: Edited, text: str) -> None:
    """P43: the session goes on, and developers are told with file and line."""
    page = edited.begin()
    edited.write(text)
    shown = edited.show()
    assert (shown.status, shown.heading) == (200, "Hello, Ada. Which fruit?")
    assert "last good version" in shown.words
    assert f"{edited.name}:1" in shown.words
    assert edited.visitor.answer(page, fruit="figs").heading == "The end, Ada."


def test_p43_a_new_person_gets_the_last_good_version_too(edited: Edited) -> None:
    edited.begin()
    edited.write(BROKEN)
    assert Visitor(edited.running.url).show(edited.name).heading == "What is your name?"


def test_p43_the_notice_goes_when_the_file_is_mended(edited: Edited) -> None:
    edited.begin()
    edited.write(BROKEN)
    assert "last good version" in edited.show().words
    edited.write(BETTER)
    shown = edited.show()
    assert "last good version" not in shown.words
    assert shown.heading == "Welcome, Ada. Which fruit?"


def test_p43_a_file_that_is_gone_leaves_the_last_good_version_in_service(edited: Edited) -> None:
    page = edited.begin()
    edited.file.unlink()
    assert edited.visitor.answer(page, fruit="figs").heading == "The end, Ada."


def test_p43_the_public_is_told_nothing_of_a_broken_edit_and_the_operator_is(server: Callable[..., Any]) -> None:
    edited = Edited(server({"good.yml": GOOD}, debug=False))
    edited.begin()
    edited.write(BROKEN)
    shown = edited.show()
    assert shown.heading == "Hello, Ada. Which fruit?"
    assert "last good version" not in shown.words
    assert "secret_formula" not in shown.text
    assert f"{edited.name}:1" in edited.running.log


def test_p43_a_running_task_uses_one_version_from_start_to_end(
    server: Callable[..., Any], eventually: Callable[..., Any]
) -> None:
    """P43: the file changes while the task runs, before it looks up a name that the file defines."""
    running = server({"slow.yml": SLOW})
    visitor = Visitor(running.url)
    visitor.show("slow.yml")
    eventually((running.folder / "begun").exists, "the task runs")
    (running.folder / "interviews" / "slow.yml").write_text(SLOW.replace("the old one", "the new one"))
    (running.folder / "go_on").touch()
    assert eventually(lambda: re.search("the (old|new) one", visitor.show("slow.yml").heading), "the task is done")[1] == "old"
