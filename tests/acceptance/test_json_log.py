"""The log as lines of JSON: what a person did is in it, and nothing of what the person answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.acceptance.visitor import Visitor, value_of

CANARY = "kanarienvogel-7391"
INTERVIEW = """\
question: What is your number?
fields:
  - Number: number
---
mandatory: True
code: |
  errand = background_action('count', text=number)
  over = errand.failed() or errand.ready()
---
mandatory: True
question: ${ 'Over' if over else 'A moment' }
reload: True
buttons:
  - Break: refresh
---
mandatory: True
code: |
  need(errand)
---
event: count
code: |
  log('counting')
  background_response(int(action_argument('text')))
---
event: break_page
code: |
  int(number)
"""


def lines_of(text: str) -> list[dict[str, Any]]:
    """The records, which all of the lines have to be."""
    return [json.loads(line) for line in text.splitlines()]


def test_p36_a_log_of_json_names_session_task_and_interview_and_holds_no_answer(
    server: Callable[..., Any], eventually: Callable[..., Any]
) -> None:
    """P36: the task and the page fail with the answer in what Python says of it."""
    running = server({"number.yml": INTERVIEW}, log_format="json", worker_processes=1)
    visitor = Visitor(running.url)
    page = visitor.show("number.yml")
    session = value_of(page.form, "_session")
    visitor.answer(page, number=CANARY)
    eventually(lambda: "ValueError" in running.log and "task_ended" in running.log, "the task has failed")
    failed = visitor.get("/interview?i=number.yml&action=break_page")
    assert failed.status in (400, 500)
    running.stop()
    lines = lines_of(running.log)
    assert CANARY not in running.log + running.output + (running.data / "worker.log").read_text()
    assert session not in running.log
    ended = next(item for item in lines if item.get("action") == "task_ended")
    assert (ended["interview"], ended["session"], ended["state"]) == ("number.yml", session[:8], "failed")
    said = [item for item in lines if item.get("task") == ended["task"] and "counting" in item["message"]]
    assert [item["interview"] for item in said] == ["number.yml"]
    posted = next(item for item in lines if item.get("action") == "request" and item["method"] == "POST")
    assert (posted["route"], posted["interview"], posted["session"]) == ("/interview", "number.yml", session[:8])
    assert posted["duration"] > 0
    assert lines_of((running.data / "worker.log").read_text())
