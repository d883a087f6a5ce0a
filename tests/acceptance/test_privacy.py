"""What a person answers, and what opens it, is nowhere but in the store and on that person's page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.visitor import Visitor
from tests.conftest import eventually

# neither is a word of any page
CANARY = "kanarienvogel-7261"
PASSWORD = "geheim-9173"
INTERVIEW = """\
mandatory: True
code: |
  if the_task.ready():
    the_end
  else:
    please_wait
---
code: |
  the_task = background_action('work', what=full_name)
---
question: Who are you?
fields:
  - Name: full_name
  - Pass phrase: pass_phrase
    datatype: password
---
event: work
code: |
  import time
  open('begun', 'w').close()
  time.sleep(0.5)
  background_response(action_argument('what').upper())
---
event: please_wait
question: A moment
---
event: the_end
question: Done
subquestion: ${ the_task.get() } ${ failing_number }
---
question: A number?
fields:
  - Number: number
    datatype: integer
---
code: |
  failing_number = 1 / number
"""


class Told:
    """A server that was told a secret, by a person who then met with a mistake of the interview."""

    def __init__(self, running: Any) -> None:
        self.running = running
        self.visitor = Visitor(self.running.url)
        self.addresses: list[str] = []
        self.headers: list[str] = []
        worker = eventually(lambda: self.running.child("worker"), "the worker runs")
        worker.suspend()
        page = self._note(self.visitor.answer(self.visitor.show("secret.yml"), full_name=CANARY, pass_phrase=PASSWORD))
        # the message lies there, as the worker is not allowed to take it yet
        messages = self.running.data / "broker" / "messages"
        self.message = eventually(lambda: read_files(messages), "the worker was told of the task")
        worker.resume()
        eventually(lambda: self.visitor.show("secret.yml").heading == "A number?", "the task is done")
        page = self.visitor.show("secret.yml")
        self._note(self.visitor.answer(page, number="many"))
        self.failed = self._note(self.visitor.answer(self.visitor.show("secret.yml"), number="0"))

    def _note(self, page: Any) -> Any:
        self.addresses.append(page.url)
        self.headers.append(str(page.headers))
        return page


def read_files(folder: Path) -> bytes:
    """Everything in the files of a folder, one after the other."""
    found = b""
    for path in folder.rglob("*"):
        try:
            found += path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:
            continue
    return found


@pytest.fixture(scope="module")
def told(shared_server: Callable[..., Any]) -> Told:
    """What is left when that server has stopped."""
    met = Told(shared_server({"secret.yml": INTERVIEW}))
    met.running.stop()
    return met


def secrets_of(told: Told) -> list[bytes]:
    """The texts that may be nowhere: answers, a task's result, what the browser keeps, the key of the server."""
    texts = [CANARY, CANARY.upper(), PASSWORD, told.visitor.cookie("secret")]
    return [text.encode() for text in texts] + [(told.running.data / "server.key").read_bytes()]


def test_p36_no_answer_and_no_secret_is_in_a_log_the_broker_an_address_or_the_store(told: Told) -> None:
    """P36: neither as it is nor, for the key, in hexadecimal digits."""
    assert told.failed.status == 500
    assert b"docassemble_lite.run" in told.message
    places = {
        "log": told.running.log.encode() + told.running.output.encode(),
        "broker": told.message + read_files(told.running.data / "broker"),
        "addresses": "".join(told.addresses).encode(),
        "headers": "".join(told.headers).encode(),
        "error page": told.failed.text.encode(),
        "store": b"".join(path.read_bytes() for path in told.running.data.glob("store.sqlite3*")),
    }
    key = (told.running.data / "server.key").read_bytes()
    found = [
        (place, secret) for place, text in places.items() for secret in (*secrets_of(told), key.hex().encode()) if secret in text
    ]
    assert found == []


def test_p36_the_log_names_the_mistake_that_it_keeps_the_answers_out_of(told: Told) -> None:
    """P36: the log has what an operator needs; otherwise its silence would be no merit."""
    assert "secret.yml:" in told.running.log
    assert "task_ended" in told.running.log


def test_the_key_of_the_server_is_its_operators_alone(told: Told) -> None:
    assert (told.running.data / "server.key").stat().st_mode & 0o077 == 0
