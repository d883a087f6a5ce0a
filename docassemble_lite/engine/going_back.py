"""What Back throws away, and the screen that it leads to may still look at.

The answers that are thrown away are there once, while that screen is made. What it looks up in them is kept with its step,
so that it looks the same when it is shown again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.collecting import with_items
from docassemble_lite.engine.expressions import ABSENT, read_variable, value_if_there
from docassemble_lite.engine.fields.control_name import control_of
from docassemble_lite.engine.names import ITERATORS, Binding, normalized
from docassemble_lite.engine.screen import Asked

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation


def note_discarded(evaluation: Evaluation, asked: Asked, discarded: dict[str, Any]) -> None:
    """Have the evaluation know the answers that Back threw away, and keep what had been answered to the screen `asked`."""
    names = {item.variable: item.variable for item in asked.fields}
    order = discarded.get("_internal", {}).get("arranged")
    if asked.collected is not None and order is not None:
        # the list has been rearranged since: the items of the page stand elsewhere in it
        later = with_items(asked, asked.collected, order).fields
        places = {control_of(item): item.variable for item in later}
        names = {item.variable: places[control_of(item)] for item in asked.fields if control_of(item) in places}
        evaluation.arrangement = order
    found = {name: value_if_there(later_name, discarded) for name, later_name in names.items()}
    evaluation.internal["discarded"] = {name: value for name, value in found.items() if value is not None}
    evaluation.discarded = discarded
    # what was typed there stays data when it is shown here
    evaluation.typed.update(discarded.get("_internal", {}).get("typed", ()))


def value_before_back(evaluation: Evaluation, name: str, otherwise: Any) -> Any:
    """What a variable was before the person went back to the screen that is being made; `otherwise` if it wasn't there."""
    kept = evaluation.internal["discarded"]
    full_name = _without_iterators(name, evaluation.answers)
    if full_name not in kept and evaluation.discarded is not None:
        evaluation.current.probing += 1
        try:
            kept[full_name] = read_variable(full_name, {**evaluation.discarded, "__builtins__": {}})
        except ABSENT:
            pass
        finally:
            evaluation.current.probing -= 1
    return kept.get(full_name, otherwise)


def _without_iterators(name: str, answers: Mapping[str, Any]) -> str:
    """The name with what x and the iterators stand for in it, as these may have stood for something else before."""
    values = {iterator: repr(answers[iterator]) for iterator in ITERATORS if isinstance(answers.get(iterator), (int, str))}
    x = getattr(answers.get("x"), "instanceName", None)
    if x is not None:
        values["x"] = x
    return normalized(Binding(values).filled(name))
