"""What functions of the author make of each object that can be chosen: its label, its help and its picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import Expression
from docassemble_lite.engine.fields.datatype import Option
from docassemble_lite.engine.typed import target_acts
from docassemble_lite.errors import EvaluationError

LABELER, HELP, IMAGE = "object labeler", "help generator", "image generator"
_KEYS = (LABELER, HELP, IMAGE)
# what a made field, or an author's expression, gives
_Maker = Expression | Callable[[Any], Any]


@dataclass(frozen=True)
class Generators:
    """The functions of one field, by their keys."""

    section: Section
    makers: tuple[tuple[str, _Maker], ...]

    def applied(self, options: list[Option], answers: dict[str, Any]) -> list[Option]:
        """The choices as the functions have them."""
        for key, maker in self.makers:
            function = maker.evaluate(answers) if isinstance(maker, Expression) else maker
            if not callable(function):
                raise self._failure(key, f"“{key}” gave {function!r}, which is no function.")
            options = [self._made(key, option, function(option.value)) for option in options]
        return options

    def _made(self, key: str, option: Option, made: Any) -> Option:
        if key == IMAGE:
            return replace(option, image_url=self._address(made))
        text = BlockText.of_value("" if made is None else made)
        if key == HELP:
            return replace(option, help_html=text.inline({}) if made else "")
        return replace(option, label_html=text.inline({}), label=text.plain({}))

    def _address(self, made: Any) -> str:
        if not made:
            return ""
        address = str(made.url_for() if hasattr(made, "url_for") else made).strip()
        if not address.startswith(("https://", "/")) or target_acts(address):
            raise self._failure(IMAGE, f"“{IMAGE}” gave {made!r}, which is no picture.")
        return address

    def _failure(self, key: str, message: str) -> EvaluationError:
        place = self.section.value_place(key)
        hints = {IMAGE: "It must give a file, or an address that begins with https:// or with /."}
        hint = hints.get(key, "Write a function of one argument, for instance “lambda y: y.nickname”.")
        return EvaluationError(message, source=place.source.name, path=place.source.path, line=place.line, hint=hint)


def read_generators(section: Section, *, made: bool) -> Generators | None:
    """The functions that a field has. In a field that code `made`, a text is no expression. Raises `SourceError`."""
    makers: list[tuple[str, _Maker]] = []
    for key in _KEYS:
        value = section.get(key)
        if value is None:
            continue
        if made or not isinstance(value, str):
            if not callable(value):
                raise section.mistake(key, f"“{key}” must be a function.", "For instance “lambda y: y.nickname”.")
            makers.append((key, value))
        else:
            makers.append((key, Expression(value, section.value_place(key))))
    return Generators(section, tuple(makers)) if makers else None
