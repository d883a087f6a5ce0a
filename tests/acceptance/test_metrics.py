"""The numbers of a server as Prometheus gets them."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable
from typing import Any

from tests.acceptance.visitor import Visitor
from tests.ports import free_port

CANARY = "kanarienvogel_8264"
INTERVIEW = """\
mandatory: True
question: What is your word?
fields:
  - Word: word
---
mandatory: True
code: |
  errands = [background_action('good'), background_action('bad'), background_action(word)]
---
mandatory: True
question: Thank you
---
event: good
code: |
  background_response()
---
event: bad
code: |
  1 / 0
"""


def numbers(port: int) -> dict[str, float]:
    """Each series as it is written, without the prefix → its number."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    return {name: float(number) for name, number in re.findall(r"^docassemble_lite_(.*) (\S+)$", text, re.MULTILINE)}


def test_the_numbers_of_all_processes_are_added_up_and_hold_no_answer(
    server: Callable[..., Any], eventually: Callable[..., Any]
) -> None:
    port = free_port()
    running = server({"word.yml": INTERVIEW}, metrics_port=port, web_processes=2, task_sweep=0.2)
    eventually(lambda: f":{port}/metrics" in running.output, "the numbers are served")
    visitor = Visitor(running.url)
    for _ in range(20):
        visitor.get("/list")
    visitor.get(f"/{CANARY}")
    # a process that dies has counted all the same
    running.child("web").kill()
    visitor.answer(visitor.show("word.yml"), word=CANARY)

    def of_task(action: str, state: str) -> str:
        return f'task_duration_seconds_count{{action="{action}",interview="word.yml",state="{state}"}}'

    ended = {of_task("good", "done"): 1.0, of_task("bad", "failed"): 1.0, of_task("other", "failed"): 1.0}
    eventually(lambda: ended.items() <= numbers(port).items(), "the tasks have ended")
    eventually(lambda: numbers(port).get('sweeps_total{look="end_lost",result="done"}'), "lost tasks are looked for")
    found = numbers(port)
    assert found['request_duration_seconds_count{method="GET",route="/list",status="200"}'] == 20
    assert found['request_duration_seconds_count{method="GET",route="none",status="404"}'] == 1
    assert (found['tasks{state="done"}'], found['tasks{state="failed"}'], found['part_up{part="broker"}']) == (1, 2, 1)
    assert CANARY not in str(found)
    # what code makes the name of a task of may be an answer
    assert CANARY not in running.log + running.output
