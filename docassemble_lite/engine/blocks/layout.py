"""How a field is laid out: `grid`, `item grid` and `floating label`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docassemble_lite.engine.blocks.conditions import TextReader
from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import Expression, constant_or_expression, truth
from docassemble_lite.engine.screen import BREAKPOINTS, GridPlace, Layout
from docassemble_lite.errors import EvaluationError, SourceError

#: The page is divided into so many columns.
COLUMNS = 12
_NUMBERS = ("width", "label width", "offset")
_TRUTHS = ("start", "end")
_GRID_KEYS = frozenset({*_NUMBERS, *_TRUTHS, "breakpoint"})
_ITEM_KEYS = frozenset({"width", "breakpoint"})
_HINT = f"Write a number from 1 to {COLUMNS}, or “width:” and below it such a number."


@dataclass(frozen=True)
class _WrittenGrid:
    """A `grid` or `item grid` as it was written: key → constant, expression or text."""

    section: Section
    key: str
    values: Mapping[str, Any]

    def evaluated(self, answers: dict[str, Any]) -> GridPlace:
        found = {key: self._value(key, value, answers) for key, value in self.values.items()}
        return GridPlace(
            width=found.get("width", COLUMNS),
            label_width=found.get("label width", 0),
            offset=found.get("offset", 0),
            breakpoint=found.get("breakpoint", "md"),
            starts=found.get("start", False),
            ends=found.get("end", False),
        )

    def _value(self, key: str, value: Any, answers: dict[str, Any]) -> Any:
        made = value.evaluate(answers) if isinstance(value, Expression) else value
        made = made.value(answers).strip() if isinstance(made, BlockText) else made
        if key in _TRUTHS:
            return bool(made)
        if key == "breakpoint" and made not in BREAKPOINTS:
            raise self._failure(f"“{made}” is no breakpoint.", f"There are: {', '.join(BREAKPOINTS)}.")
        if key in _NUMBERS and not _is_width(made, least=key == "width"):
            raise self._failure(f"“{made}” is no {key} of a grid.", _HINT)
        return made

    def _failure(self, message: str, hint: str) -> EvaluationError:
        place = self.section.value_place(self.key)
        return EvaluationError(message, source=place.source.name, path=place.source.path, line=place.line, hint=hint)


@dataclass(frozen=True)
class WrittenLayout:
    """What an entry says of its layout; nothing about a label that floats is what the interview has for all."""

    grid: _WrittenGrid | None = None
    items: _WrittenGrid | None = None
    floating: Expression | bool | None = None

    def evaluated(self, answers: dict[str, Any], *, floats: bool) -> Layout:
        """The layout now; `floats` says whether labels do where the field says nothing."""
        floating = floats if self.floating is None else self.floating
        return Layout(
            grid=self.grid.evaluated(answers) if self.grid else None,
            items=self.items.evaluated(answers) if self.items else None,
            floating=truth(floating, answers),
        )


AS_USUAL = WrittenLayout()


def read_layout(section: Section, text: TextReader) -> WrittenLayout:
    """What a field says of its layout. Raises `SourceError`."""
    floating = section.get("floating label")
    place = section.value_place("floating label")
    return WrittenLayout(
        grid=_read_grid(section, "grid", _GRID_KEYS, text),
        items=_read_grid(section, "item grid", _ITEM_KEYS, text),
        floating=None if floating is None else constant_or_expression(floating, place),
    )


def _read_grid(section: Section, key: str, known: frozenset[str], text: TextReader) -> _WrittenGrid | None:
    value = section.get(key)
    if value is None:
        return None
    if not isinstance(value, Section):
        return _WrittenGrid(section, key, {"width": _number(section, key)})
    for name in value:
        if name not in known:
            raise value.mistake(name, f"“{key}” has no key “{name}”.", f"There are: {', '.join(sorted(known))}.")
    values: dict[str, Any] = {name: _number(value, name) for name in _NUMBERS if name in value}
    for name in _TRUTHS:
        if name in value:
            values[name] = constant_or_expression(value[name], value.value_place(name))
    if value.get("breakpoint") is not None:
        values["breakpoint"] = text(value, "breakpoint")
    return _WrittenGrid(section, key, values)


def _number(section: Section, key: str) -> int | Expression:
    value = section[key]
    if isinstance(value, str):
        return Expression(value, section.value_place(key))
    if not _is_width(value, least=key != "label width" and key != "offset"):
        raise _no_width(section, key)
    return int(value)


def _is_width(value: Any, *, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= COLUMNS


def _no_width(section: Section, key: str) -> SourceError:
    return section.mistake(key, f"“{section[key]}” is no width within a grid.", _HINT)
