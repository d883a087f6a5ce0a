"""Ways out of a session, and where they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docassemble_lite.engine.screen import Exit
from docassemble_lite.engine.typed import target_acts
from docassemble_lite.host import entered

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: What ends the session, what leaves it, and what signs the person out.
ENDING = frozenset({"exit", "exit_logout"})
LEAVING = frozenset({"exit", "exit_logout", "leave", "logout"})
SIGNING_OUT = frozenset({"logout", "exit_logout"})


def address_after(evaluation: Evaluation, way_out: Exit) -> str:
    """Where a way out leads: where its author says, or where the interview's `exit url` does; empty if neither says anything.

    Raises `EvaluationError` when the `exit url` can't be made.
    """
    if way_out.url or way_out.kind not in LEAVING:
        return way_out.url
    with entered(evaluation.current):
        try:
            text = evaluation.program.parts.find("exit url", evaluation.answers)
            address = text.value(evaluation.answers).strip() if text else ""
            if target_acts(address):
                raise ValueError(f"The exit url can't be “{address}”.")
        except Exception as error:
            raise evaluation.failure(error) from error
    return address


def checked_target(address: str | None) -> str:
    """The address to which an author's code leads; empty for None. Raises ValueError for one that would run code."""
    if address and target_acts(address):
        raise ValueError(f"A way out can't lead to “{address}”. Write an address that begins with https:// or with /.")
    return address or ""
