"""More tasks wait than the workers can take at the moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docassemble_lite.broker import Broker
from docassemble_lite.settings import Settings
from tests.faults.working import INTERVIEW, NAME, SHORT_LEASE, heading_when_over, runs_of, start_task

Eventually = Callable[..., Any]
WAITING = 5


def messages_in(running: Any) -> list[Path]:
    """The messages that no worker has taken yet."""
    return list((running.data / "broker" / "messages").glob("[!.]*.msg"))


def test_p6_tasks_that_wait_for_a_busy_worker_are_not_woken_over_and_over(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually, measured: Callable[..., None]
) -> None:
    """P6: else messages pile up faster than workers take them, and in the end tasks wait behind them for hours."""
    running = server({NAME: INTERVIEW}, worker_processes=1, **SHORT_LEASE, **stored)
    busy, _ = start_task(running, until="go-on")
    eventually(lambda: runs_of(running), "the task runs")
    waiting = [start_task(running)[0] for _ in range(WAITING)]
    time.sleep(10 * SHORT_LEASE["task_sweep"])
    measured("P6", waiting_tasks=WAITING, messages=len(messages_in(running)))
    # a look between the start of a task and its message may add one
    assert len(messages_in(running)) <= 2 * WAITING
    (running.folder / "go-on").touch()
    assert [heading_when_over(visitor, eventually) for visitor in (busy, *waiting)] == ["Done, worked"] * (WAITING + 1)


def test_p6_of_tasks_that_wait_for_a_busy_worker_those_are_woken_whose_message_was_lost(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually
) -> None:
    """P6: as soon as there are fewer messages than tasks."""
    running = server({NAME: INTERVIEW}, worker_processes=1, **SHORT_LEASE, **stored)
    busy, _ = start_task(running, until="go-on")
    eventually(lambda: runs_of(running), "the task runs")
    waiting = [start_task(running)[0] for _ in range(WAITING)]
    eventually(lambda: len(messages_in(running)) >= WAITING - 1, "the worker was told of the tasks")
    for path in messages_in(running):
        path.unlink(missing_ok=True)
    (running.folder / "go-on").touch()
    assert [heading_when_over(visitor, eventually) for visitor in (busy, *waiting)] == ["Done, worked"] * (WAITING + 1)


def test_the_broker_says_how_many_messages_nobody_has_taken(tmp_path: Path) -> None:
    broker = Broker(Settings(data=tmp_path))
    assert broker.unread() == 0
    assert [broker.send(f"task{number}") for number in range(3)] == [True] * 3
    assert broker.unread() == 3


def test_whatever_goes_wrong_with_one_message_the_next_one_is_sent(tmp_path: Path, caplog: Any) -> None:
    sent: list[str] = []

    class Hindered(Broker):
        def send(self, task_id: str) -> bool:
            if not sent:
                sent.append("nothing")
                raise ValueError("on purpose")
            sent.append(task_id)
            return True

    broker = Hindered(Settings(data=tmp_path))
    broker.wake("one")
    broker.wake("two")
    broker.flush(60)
    assert sent == ["nothing", "two"]
    assert 'action="message_not_sent" task=one' in caplog.text


def test_p6_a_folder_of_messages_that_was_removed_is_made_anew(server: Callable[..., Any], eventually: Eventually) -> None:
    """P6: with everything in it, while the server runs; the next message arrives without the sweeper's help."""
    running = server({NAME: INTERVIEW}, task_sweep=3600.0)
    first, _ = start_task(running)
    assert heading_when_over(first, eventually) == "Done, worked"
    folder = running.data / "broker"
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    second, _ = start_task(running)
    assert heading_when_over(second, eventually) == "Done, worked"
