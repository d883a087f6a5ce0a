"""How author code steers an evaluation from within: exceptions that never leave the engine.

They derive from BaseException, so that an author's `except Exception` doesn't eat them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docassemble_lite.engine.screen import Exit, Redirect, Refresh, Response, TaskAction, TaskResponse, Wait


class Steering(BaseException):
    """Stops the code that runs and tells the evaluation how to go on."""


class RunAgain(Steering):
    """Begin the pass anew: something that earlier code depends on has changed."""


class EndWith(Steering):
    """The evaluation is over and this is its outcome."""

    def __init__(self, outcome: Response | Redirect | Exit | Refresh | Wait | TaskResponse | TaskAction) -> None:
        super().__init__()
        self.outcome = outcome


class SaveFirst(Steering):
    """The answers must be saved, and then the evaluation goes on: something waits for what the saving sets off."""


class EndWithMessage(Steering):
    """The evaluation is over; the person sees a message of the author."""

    def __init__(self, question: str, subquestion: str, buttons: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self.question = question
        self.subquestion = subquestion
        # (label, what it does: "restart", "exit", "leave" …, address)
        self.buttons = tuple(buttons)


class SeekForced(Steering):
    """Seek these names, whether or not they are defined. With `stacked` they become actions of this browser."""

    def __init__(self, items: Sequence[Any], *, stacked: bool = True) -> None:
        super().__init__()
        self.items = list(items)
        self.stacked = stacked


class InvalidAnswer(Exception):
    """`validation_error()`: what was typed won't do. An ordinary exception, so that an author's code may catch it."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
