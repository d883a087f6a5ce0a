"""What interview authors use to write words, numbers, dates and lists.

`NAMES` is open to interviews. `MODULE_NAMES` is what Python modules of authors may import besides: short names such as
`this` and `some` would stand in the way of an interview's own variables.
"""

from __future__ import annotations

from types import ModuleType

from docassemble_lite.language import (
    choices,
    conventions,
    countries,
    dates,
    differences,
    grammar,
    labels,
    language_function,
    lists,
    moment,
    money,
    number_words,
    numbers,
    phones,
    phrases,
    text,
    words,
    zones,
)

__all__ = ["MODULE_NAMES", "NAMES"]

_MODULES: tuple[ModuleType, ...] = (
    choices,
    conventions,
    countries,
    dates,
    differences,
    grammar,
    labels,
    language_function,
    lists,
    moment,
    money,
    number_words,
    numbers,
    phones,
    text,
    words,
    zones,
)

NAMES: dict[str, object] = {name: getattr(module, name) for module in _MODULES for name in module.__all__}
MODULE_NAMES: dict[str, object] = dict(phrases.PHRASES)
