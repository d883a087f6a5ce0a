"""Whether variables are there, what they are, and how to forget them."""

from __future__ import annotations

from typing import Any

from docassemble_lite.engine.expressions import read_variable, set_variable
from docassemble_lite.engine.going_back import value_before_back
from docassemble_lite.engine.names import is_excessive, is_plain_path, normalized
from docassemble_lite.engine.steering import InvalidAnswer, RunAgain, SeekForced
from docassemble_lite.host import current

__all__ = [
    "all_variables",
    "define",
    "defined",
    "force_ask",
    "force_gather",
    "forget_result_of",
    "invalidate",
    "need",
    "re_run_logic",
    "reconsider",
    "showifdef",
    "undefine",
    "validation_error",
    "value",
]

_NOTHING = object()


def _evaluation() -> Any:
    evaluation = current().evaluation
    if evaluation is None:
        raise RuntimeError("This function works only while an interview is being evaluated.")
    return evaluation


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(f"The name of a variable must be a text in quotation marks, not {name!r}.")
    found = name if is_excessive(name) else normalized(name)
    if is_excessive(found) or not is_plain_path(found):
        raise ValueError(f"“{name}” isn't the name of a variable.")
    return found


def defined(name: str, prior: bool = False) -> bool:
    """Whether the variable is there, or, with `prior`, was there before the person went back. Nothing is asked."""
    found = _name(name)
    evaluation = _evaluation()
    if prior and value_before_back(evaluation, found, _NOTHING) is not _NOTHING:
        return True
    if found.isidentifier():
        return found in evaluation.answers
    return bool(evaluation.is_defined(found))


def value(name: str, prior: bool = False) -> Any:
    """The value of a variable; it is asked for if it isn't there.

    With `prior`, on a screen that came up because the person went back, what it was before that comes first.
    """
    found = _name(name)
    earlier = value_before_back(_evaluation(), found, _NOTHING) if prior else _NOTHING
    return read_variable(found, _evaluation().answers) if earlier is _NOTHING else earlier


def showifdef(name: str, alternative: Any = "", prior: bool = False) -> Any:
    """The value of a variable, or `alternative` if it isn't there; `prior` as in `value()`. Nothing is asked."""
    return value(name, prior) if defined(name, prior) else alternative


def define(name: str, new_value: Any) -> None:
    """Set a variable."""
    set_variable(_name(name), new_value, _evaluation().answers)


def need(*_values: Any) -> bool:
    """Seek what is named in the parentheses, in that order: that it is named there is what makes it sought."""
    return True


def undefine(*names: Any) -> None:
    """Forget variables."""
    _evaluation().undefine([_name(name) for name in _flat(names)])


def invalidate(*names: Any) -> None:
    """Forget variables, but offer their values when they are asked again."""
    _evaluation().dependencies.invalidate([_name(name) for name in _flat(names)])


def reconsider(*names: Any) -> None:
    """Seek variables anew, once in a request."""
    _evaluation().reconsider([_name(name) for name in _flat(names)])


def _flat(names: tuple[Any, ...]) -> list[Any]:
    return [item for name in names for item in (name if isinstance(name, (list, tuple, set)) else [name])]


def force_ask(*items: Any, forget_prior: bool = False, **_: Any) -> None:
    """Ask for variables, whether or not they are there, and go through actions; with `forget_prior`, instead of others."""
    actions = _evaluation().actions
    actions.done_with_current()
    if forget_prior:
        actions.clear()
    raise SeekForced(items)


def force_gather(*names: Any, forget_prior: bool = False) -> None:
    """Have variables sought before anything else, also in later requests. The action that calls it is done with that."""
    evaluation = _evaluation()
    gather = evaluation.internal["gather"]
    if forget_prior:
        gather.clear()
    gather += [name for item in _flat(names) if (name := _name(item)) not in gather]
    evaluation.actions.done_with_current()
    raise RunAgain


def re_run_logic() -> None:
    """Evaluate the interview from its beginning."""
    raise RunAgain


def forget_result_of(*ids: str) -> None:
    """Forget that blocks with these ids have been done."""
    internal = _evaluation().internal
    for block_id in _flat(ids):
        internal["answered"].discard(f"ID {block_id}")
        internal["answers"].pop(f"ID {block_id}", None)


def validation_error(message: str, field: str | None = None) -> None:
    """Say that what was typed won't do; `field` is the variable beside which the message belongs."""
    raise InvalidAnswer(message, normalized(field) if field else None)


def all_variables(simplify: bool = True, include_internal: bool = False) -> dict[str, Any]:
    """The answers, as a dictionary that can be turned into JSON."""
    answers = {k: v for k, v in _evaluation().answers.items() if k != "__builtins__" and (include_internal or k != "_internal")}
    return {key: _simple(item) for key, item in answers.items()} if simplify else answers


def _simple(item: Any) -> Any:
    if item is None or isinstance(item, (bool, int, float, str)):
        return item
    if hasattr(item, "as_serializable"):
        return item.as_serializable()
    if isinstance(item, dict):
        return {str(key): _simple(part) for key, part in item.items()}
    if isinstance(item, (list, tuple, set)):
        return [_simple(part) for part in item]
    if hasattr(item, "isoformat"):
        return item.isoformat()
    return str(item)
