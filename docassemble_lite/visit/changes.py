"""Who is told when a task and a person change the same variable: whoever comes second wins, and the person learns of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from docassemble_lite.engine.expressions import value_if_there
from docassemble_lite.engine.screen import Asked
from docassemble_lite.language.words import word

_PLAIN = (str, int, float, bool, type(None), date, time)
_YOURS_COUNTS = "“%s” was changed in the background while you were answering. What you entered counts."
_YOURS_REPLACED = "What had been entered for “%s” was replaced by what came from the background."


def plain_values(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that hold a text, a number, a date, True, False or None."""
    return {name: value for name, value in answers.items() if isinstance(value, _PLAIN)}


def shown_values(asked: Asked, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The values of what a screen asks for, as far as they are plain."""
    found = {item.variable: value_if_there(item.variable, answers) for item in asked.fields}
    return {name: value for name, value in found.items() if isinstance(value, _PLAIN)}


def note_changes(
    internal: dict[str, Any], asked: Asked, at_start: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Remember what a task's response changed.

    `at_start` are the plain values when the task began, `before` and `after` those around its response. What is on the
    screen is remembered for the case that the person answers it as it was; what the person had changed in the meantime is
    told of when the next screen comes.
    """
    changed = [name for name, value in after.items() if name in before and before[name] != value]
    on_screen = {item.variable: item.label or item.variable for item in asked.fields}
    for name in changed:
        if name in on_screen:
            internal["changed_by_tasks"][name] = on_screen[name]
        if name in at_start and at_start[name] != before[name]:
            internal["notices"].append(word(_YOURS_REPLACED) % on_screen.get(name, name))


def notices_of_changes(internal: dict[str, Any], asked: Asked) -> list[tuple[str, str]]:
    """What to tell a person whose answers to a screen are about to count."""
    changed = internal["changed_by_tasks"]
    posted = [item.variable for item in asked.fields if item.variable in changed]
    return [(word(_YOURS_COUNTS) % changed[name], "warning") for name in posted]


def take_notices(internal: dict[str, Any]) -> list[tuple[str, str]]:
    """What a person who sees a screen now is to be told, once; what tasks changed before is on that screen."""
    told = [(text, "warning") for text in internal["notices"]]
    internal["notices"] = []
    internal["changed_by_tasks"] = {}
    return told
