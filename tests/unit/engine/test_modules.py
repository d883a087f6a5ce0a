"""Python modules that interviews bring along."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from docassemble_lite.engine.modules import INTERVIEWS
from docassemble_lite.engine.program import build
from docassemble_lite.engine.screen import Wait
from docassemble_lite.engine.source import Sources
from tests.unit.engine.interviewing import Interview, folder_of, source_mistake

MODULE = """
from docassemble.base.util import BackgroundAction, Individual, comma_and_list

__all__ = ['Asker', 'Client', 'listed']


class Asker(BackgroundAction):
    def init(self, *pargs, **kwargs):
        super().init(*pargs, **kwargs)
        self.refresh_seconds = 7

    def process_response(self, result):
        return 'processed ' + str(result.value)

    def on_failure(self, result):
        return 'failed with ' + result.error_type


class Client(Individual):
    def greeting(self):
        return 'Dear ' + str(self.name.first)


def listed(words):
    return comma_and_list(words)
"""
INTERVIEW = """
modules:
  - .asking
---
objects:
  - asker: Asker
  - client: Client
---
mandatory: True
code: |
  client.name.first = 'Ada'
  answer = asker.run('compute', n={n})
---
event: compute
code: |
  background_response(12 / action_argument('n'))
---
mandatory: True
question: ${{ answer }}, ${{ client.greeting() }}, ${{ listed(['a', 'b']) }}
"""


@pytest.fixture
def package() -> Iterator[str]:
    """The name of a package that nobody has imported; the modules that were are forgotten in the end."""
    before = set(sys.modules)
    yield f"package_{uuid.uuid4().hex}.inner"
    for name in set(sys.modules) - before:
        if name.startswith(("package_", INTERVIEWS, "docassemble.")):
            del sys.modules[name]


def session_of(sources: Sources, name: str) -> Interview:
    return Interview(build(name, sources))


@pytest.mark.parametrize(("n", "answer"), [(4, "processed 3.0"), (0, "failed with ZeroDivisionError")])
def test_a_package_that_the_configuration_names_has_modules(package: str, n: int, answer: str) -> None:
    folder = folder_of({"data/questions/ask.yml": INTERVIEW.format(n=n), "asking.py": MODULE})
    session = session_of(Sources(folder / "none", {package: folder}), f"{package}:ask.yml")
    assert session.outcome == Wait(7.0)
    assert session.run_tasks().show().question == f"{answer}, Dear Ada, a and b"


def test_a_module_may_lie_beside_an_interview(package: str) -> None:
    folder = folder_of({"forms/ask.yml": INTERVIEW.format(n=4), "forms/asking.py": MODULE})
    session = session_of(Sources(folder), "forms/ask.yml")
    assert session.run_tasks().show().question == "processed 3.0, Dear Ada, a and b"
    assert type(session.answers["asker"]).__module__ == f"{INTERVIEWS}.forms.asking"


def test_a_module_that_is_not_there_is_a_mistake_with_its_line(package: str) -> None:
    mistake = source_mistake("modules:\n  - .missing\n")
    assert "missing" in mistake.message
    assert mistake.line


def test_the_module_of_the_library_has_what_interviews_have_and_nothing_of_python(package: str) -> None:
    folder = folder_of({"asking.py": MODULE, "ask.yml": INTERVIEW.format(n=4)})
    session_of(Sources(folder), "ask.yml")
    util = sys.modules["docassemble.base.util"]
    assert util.word("a") == "a"
    assert util.DAObject.__name__ == "DAObject"
    assert not hasattr(util, "print")


def test_no_file_of_the_folder_is_run_by_being_there(package: str, tmp_path: Path) -> None:
    folder = folder_of({"ask.yml": "mandatory: True\nquestion: Hello\n", "asking.py": "raise SystemExit\n"})
    assert session_of(Sources(folder), "ask.yml").question == "Hello"
