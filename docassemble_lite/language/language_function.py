"""Functions that authors may replace, for one language or for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from docassemble_lite.host import current

__all__ = ["language_function_constructor", "update_language_function"]

# the name of a function -> a language, or "*" -> what an author put in its place
_replacements: dict[str, dict[str, Callable[..., Any]]] = {}


def update_language_function(language: str, name: str, function: Callable[..., Any]) -> None:
    """Have `function` answer for the language function `name` when `language` is spoken ("*": any), in the whole process."""
    if not callable(function):
        raise TypeError(f"What replaces “{name}” must be a function, not {function!r}.")
    _replacements.setdefault(name, {})[language] = function


def language_function_constructor(name: str) -> Callable[..., Any]:
    """A new language function: it does what `update_language_function()` says, and raises ValueError before that."""

    def missing(*_: object, **__: object) -> Any:
        raise ValueError(f"There is no function “{name}” for the language “{current().language}”.")

    return _dispatching(name, missing)


def language_function(default: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: let authors replace `default`.

    It gives the function two more keywords: `language` to speak for this once, and `capitalize`.
    """
    return wraps(default)(_dispatching(default.__name__, default))


def replacement(name: str) -> Callable[..., Any] | None:
    """What an author put in the place of the function `name` for the current language, or None."""
    chosen = _replacements.get(name, {})
    return chosen.get(current().language) or chosen.get("*")


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Speak `language` inside of the block; None changes nothing."""
    state = current()
    before = state.language
    state.language = language or before
    try:
        yield
    finally:
        state.language = before


def _dispatching(name: str, default: Callable[..., Any]) -> Callable[..., Any]:
    def dispatch(*args: Any, language: str | None = None, capitalize: bool = False, **keywords: Any) -> Any:
        with speaking(language):
            own = replacement(name)
            if own is not None:
                given = {"language": language, "capitalize": capitalize}
                return own(*args, **{key: value for key, value in given.items() if value}, **keywords)
            result = default(*args, **keywords)
            return result[:1].upper() + result[1:] if capitalize and isinstance(result, str) else result

    return dispatch
