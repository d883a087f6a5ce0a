"""`under_orders.py web|worker|mail …` is `python -m docassemble_lite web|worker|mail …`, whose processes carry out orders.

`under_orders.py cron …` is `python -m docassemble_lite.cron …`.

Nothing in the product knows of it: here its functions are wrapped, so that a process can be made to die exactly before
or after they do their work. `under_orders.py ending` is the process in which the sweeper runs error actions.
"""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import orders

Condition = Callable[..., bool]


def around(owner: type, name: str, *, before: str = "", after: str = "", of: Condition | None = None) -> None:
    """Make the method of a class pass by these points; `of` says of its arguments whether it does."""
    method = getattr(owner, name)

    @functools.wraps(method)
    def passing(*arguments: Any, **named: Any) -> Any:
        counts = of is None or of(*arguments, **named)
        if before and counts:
            orders.pass_by(before)
        result = method(*arguments, **named)
        # a claim or an end that came to nothing is no such event
        if after and counts and result:
            orders.pass_by(after)
        return result

    setattr(owner, name, passing)


def wrap_tasks() -> None:
    """What workers do, in the order in which they do it."""
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.store.sessions import Sessions
    from docassemble_lite.store.tasks import Tasks
    from docassemble_lite.visit.host import TaskHost

    around(Tasks, "claim", before="before the claim", after="after the claim")
    around(Tasks, "renew", before="before a sign of life")
    after_nothing(Tasks, "keep_error_action", "after the error action was noted")
    after_nothing(Tasks, "start", "after a task was started")
    around(Evaluation, "assemble", after="after the action", of=lambda evaluation: isinstance(evaluation.host, TaskHost))
    after_nothing(Tasks, "write_end", "inside the transaction of the end")
    around(Tasks, "finish", before="before the end is written", after="after the end was written")
    response, failure = "the response", "the error action"
    for what, state in ((response, "done"), (failure, "failed")):
        around(
            Sessions,
            "save",
            before=f"before {what} is saved",
            after=f"after {what} was saved",
            of=lambda *_, finish=None, state=state, **__: finish is not None and finish.state == state,
        )
    around(Tasks, "overdue", after="after the sweeper chose whom to wake")
    around(Tasks, "lost", after="after lost tasks were taken over")


def wrap_pages() -> None:
    """What web processes do when a page starts a task, or only saves what was typed."""
    from docassemble_lite.store.sessions import Sessions

    around(
        Sessions,
        "save",
        before="before a start is saved",
        after="after a start was saved",
        of=lambda *_, tasks=(), **__: bool(tasks),
    )
    around(Sessions, "save", after="after answers were saved")


def wrap_everything() -> None:
    """What every process does."""
    from sqlalchemy import Engine, event

    from docassemble_lite.broker import Broker

    event.listen(Engine, "commit", lambda _connection: orders.pass_by("before a commit"))
    around(Broker, "send", before="before a message is sent", after="after a message was sent")


def after_nothing(owner: type, name: str, point: str) -> None:
    """Make a method that gives nothing pass by a point after its work."""
    method = getattr(owner, name)

    @functools.wraps(method)
    def passing(*arguments: Any, **named: Any) -> None:
        method(*arguments, **named)
        orders.pass_by(point)

    setattr(owner, name, passing)


class SubprocessUnderOrders:
    """What the sweeper takes for the module `subprocess`: the process that it starts is under orders, too."""

    PIPE = subprocess.PIPE

    @staticmethod
    def Popen(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        if command[1:] != ["-m", "docassemble_lite.worker.ending"]:
            raise ValueError(f"The sweeper starts something that under_orders.py doesn't know: {command}")
        return subprocess.Popen([sys.executable, __file__, "ending"], **options)


def main() -> int:
    """Do what the command says; the exit code."""
    orders.role, *_ = sys.argv[1:]
    wrap_everything()
    if orders.role == "web":
        wrap_pages()
    elif orders.role in ("worker", "ending"):
        wrap_tasks()
    if orders.role == "cron":
        from docassemble_lite.cron.command import main as run_scheduled

        return run_scheduled(sys.argv[2:])
    if orders.role == "ending":
        from docassemble_lite.worker.ending import main as end_lost

        orders.pass_by("at its start")
        return end_lost()
    if orders.role == "worker":
        from docassemble_lite.worker import sweeper

        sweeper.subprocess = SubprocessUnderOrders  # type: ignore[assignment]
    from docassemble_lite.cli import main as carry_out

    return carry_out(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
