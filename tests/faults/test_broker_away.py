"""Redis as the broker: it goes away and comes back while people start tasks, and it is told nothing that is a secret."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import redis

from tests.acceptance.test_privacy import CANARY
from tests.acceptance.visitor import Visitor
from tests.faults.working import INTERVIEW, NAME, SHORT_LEASE, heading_when_over, runs_of, start_task

Eventually = Callable[..., Any]


def test_p7_a_task_that_is_started_while_the_broker_is_down_runs_when_it_is_back(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually, redis_server: Any
) -> None:
    """P7: the page comes all the same, and the sweeper tells the workers later."""
    running = server({NAME: INTERVIEW}, broker=redis_server.url, **SHORT_LEASE, **stored)
    assert heading_when_over(start_task(running)[0], eventually) == "Done, worked"
    redis_server.stop()
    visitor, page = start_task(running)
    assert (page.status, page.heading) == (200, "A moment")
    eventually(lambda: "waits for the sweeper" in running.log, "the broker can't be told")
    assert len(runs_of(running)) == 1
    redis_server.start()
    assert heading_when_over(visitor, eventually) == "Done, worked"
    assert len(runs_of(running)) == 2


def test_p40_a_task_that_is_started_while_the_broker_hangs_runs_when_it_goes_on(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually, redis_server: Any
) -> None:
    """P7, P40: whoever sends the message doesn't wait for ever, as it would for a machine that has lost its power."""
    running = server({NAME: INTERVIEW}, broker=redis_server.url, **SHORT_LEASE, **stored)
    assert heading_when_over(start_task(running)[0], eventually) == "Done, worked"
    with redis_server.hanging():
        visitor, page = start_task(running)
        assert (page.status, page.heading) == (200, "A moment")
        eventually(lambda: "waits for the sweeper" in running.log, "the broker can't be told")
    assert heading_when_over(visitor, eventually) == "Done, worked"
    assert heading_when_over(start_task(running)[0], eventually) == "Done, worked"


SECRETIVE = """\
mandatory: True
code: |
  the_task = background_action('work', 'flash', what=what)
---
question: What?
fields:
  - What: what
---
event: work
code: |
  background_error_action('failed', what=action_argument('what'))
  background_response_action('keep', what=action_argument('what').upper())
---
event: keep
code: |
  kept = action_argument('what')
  background_response(kept)
---
event: failed
code: |
  background_response()
---
event: please_wait
question: A moment
---
mandatory: True
code: |
  if not the_task.ready():
    please_wait
---
mandatory: True
question: Done
subquestion: ${ kept }
"""


def test_p36_no_answer_goes_through_redis_or_into_the_log_of_the_worker(
    server: Callable[..., Any], eventually: Eventually, redis_server: Any
) -> None:
    """P36: arguments, results, messages for the screen; everything that Redis is told is read along."""
    heard: list[str] = []
    running = server({"secret.yml": SECRETIVE}, broker=redis_server.url)
    # it may be told nothing for a while
    with redis.Redis.from_url(redis_server.url, socket_timeout=None) as client, client.monitor() as monitor:

        def listen() -> None:
            for command in monitor.listen():
                heard.append(command["command"])
                if "the end" in command["command"]:
                    return

        thread = threading.Thread(target=listen)
        thread.start()
        visitor = Visitor(running.url)
        visitor.answer(visitor.show("secret.yml"), what=CANARY)
        eventually(lambda: visitor.show("secret.yml").heading == "Done", "the task is over")
        # the page may be there before the process of the task has said that it changed
        eventually(lambda: any("docassemble_lite:pokes" in command for command in list(heard)), "a poke is heard")
        client.echo("the end")
        thread.join(60)
    assert any("docassemble_lite.run" in command for command in heard)
    assert any("docassemble_lite:pokes" in command for command in heard)
    said = "\n".join(heard) + (running.data / "worker.log").read_text() + running.log
    for canary in (CANARY, CANARY.upper()):
        assert canary not in said
