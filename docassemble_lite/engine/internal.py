"""`_internal`: what an interview's answers hold beside the answers themselves.

Interviews may look at it, so it is a plain dictionary under the names that they know.
"""

from __future__ import annotations

import secrets
from typing import Any

from docassemble_lite.engine.typed import gather_typed


def new_answers(url_args: dict[str, Any] | None = None) -> dict[str, Any]:
    """The answers of a session that has just begun."""
    internal = new_internal()
    gather_typed(url_args or {}, internal["typed"])
    return {"_internal": internal, "url_args": dict(url_args or {})}


def new_internal() -> dict[str, Any]:
    return {
        # names of mandatory blocks that are done
        "answered": set(),
        # choices made in questions with embedded blocks: name of the block -> number of the choice
        "answers": {},
        # what was there before a value was invalidated: the default when it is asked again
        "dirty": {},
        # actions to be gone through: for each browser, entries {"action", "arguments", "context"}, the next one first
        "event_stack": {},
        # variables that are to be sought before anything else
        "gather": [],
        # requests so far
        "tracker": 0,
        # texts that people typed and that could be mistaken for markup
        "typed": set(),
        # what had been answered on a screen before the person went back to it
        "discarded": {},
        # of the list whose items were asked about last: the numbers that they had on that page, in the order of the list
        "arranged": None,
        "steps": 1,
        "steps_offset": 0,
        "tasks": {},
        # what tasks changed since the screen came up that asks for it: name of the variable -> its label
        "changed_by_tasks": {},
        # what the person is to be told with the next screen
        "notices": [],
        # documents that have been assembled, by what orders them: a digest of all that went into each, and its files
        "documents": {},
        # what marks the actions that the interview offers for items of its lists
        "offer_key": secrets.token_hex(16),
    }


def internal_of(answers: dict[str, Any]) -> dict[str, Any]:
    """`_internal`, with everything that this version expects in it."""
    internal = answers.setdefault("_internal", {})
    if "notices" not in internal or "documents" not in internal or "offer_key" not in internal:
        for key, value in new_internal().items():
            internal.setdefault(key, value)
    return internal
