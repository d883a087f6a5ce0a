"""The keys that stand for choices in a form; the values behind them stay on the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from html import escape
from typing import Any

from docassemble_lite.engine.fields.datatype import Option
from docassemble_lite.engine.screen import ChoiceView
from docassemble_lite.language.words import word

# what is posted for the choices that the author didn't list; keys of that form are never given to others
NONE_KEY = "_none"
ALL_KEY = "_all"

_LONGEST = 200
_SIMPLE = (str, int, float, bool, type(None), date, time)


def keyed(values: Iterable[Any]) -> dict[str, Any]:
    """Key -> value, in order.

    A short text or number is its own key, so that scripts and test tools find the control by its value; anything else,
    and what comes twice, gets its place in the list.
    """
    choices: dict[str, Any] = {}
    for place, value in enumerate(values):
        key = str(value) if isinstance(value, (str, int, float)) else ""
        choices[key if _suits(key) and key not in choices else f"_{place}"] = value
    return choices


def _suits(key: str) -> bool:
    return 0 < len(key) <= _LONGEST and key.isprintable() and key == key.strip() and not key.startswith("_")


def same(value: Any, wanted: Any) -> bool:
    """Whether a choice's value is the one that is wanted: equal, or written alike ("1" and 1)."""
    if value is wanted:
        return True
    if isinstance(value, _SIMPLE) and isinstance(wanted, _SIMPLE):
        # True is no 1 among choices
        return str(value) == str(wanted) or (value == wanted and isinstance(value, bool) == isinstance(wanted, bool))
    return bool(value == wanted)


def choice_views(
    choices: Mapping[str, Any], options: Sequence[Option], chosen: Callable[[str, Any], bool]
) -> tuple[ChoiceView, ...]:
    """The choices as a screen shows them; `chosen` says of a key and its value whether it is selected."""
    return tuple(
        ChoiceView(
            key=key,
            label_html=option.label_html,
            label=option.label,
            selected=chosen(key, value),
            help_html=option.help_html,
            color=option.color,
            css_class=option.css_class,
            image_url=option.image_url,
        )
        for (key, value), option in zip(choices.items(), options, strict=True)
    )


def offered_label(written: Any, standard: str, default: bool) -> tuple[str, str] | None:
    """The label (HTML, plain) of "none of the above" or "all of the above", None where it isn't offered.

    `written` is the author's modifier: nothing (then `default` decides), True, False, a plain text, or an `Option`.
    """
    if written is None:
        written = default
    if isinstance(written, Option):
        return written.label_html, written.label
    text = word(standard) if written is True else str(written).strip() if written else ""
    return (escape(text), text) if text else None
