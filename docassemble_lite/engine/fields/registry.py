"""Which datatype serves a field: the modules of this package are searched for subclasses of `Datatype`."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache

from docassemble_lite.engine import fields
from docassemble_lite.engine.fields.datatype import Datatype
from docassemble_lite.engine.screen import AskedField
from docassemble_lite.errors import LiteError


def datatype_for(datatype: str, input_type: str = "", *, choices: bool = False) -> Datatype:
    """The datatype that serves a field; `choices` says whether the field has a list of choices.

    Choices for something that isn't chosen by itself (text, whole numbers …) are shown as a drop-down. LiteError when
    there is no such datatype or input type, with the names that are nearest.
    """
    return _found(datatype or "text", input_type or "", choices)


def datatype_of(asked: AskedField) -> Datatype:
    """The datatype that served `asked` when its screen was made."""
    return _found(asked.datatype or "text", asked.options.get("input_type", ""), False)


def datatype_names() -> tuple[str, ...]:
    """All values of `datatype`, in alphabetical order."""
    return tuple(sorted(_index("names")))


def input_type_names() -> tuple[str, ...]:
    """All values of `input type`, in alphabetical order."""
    return tuple(sorted(_index("input_types")))


@cache
def _found(datatype: str, input_type: str, choices: bool) -> Datatype:
    served = _index("names")
    if datatype not in served:
        raise LiteError(f"There is no datatype “{datatype}”. {_nearest(datatype, served)}")
    own = served[datatype]()
    if choices and not input_type and not own.has_choices:
        input_type = "dropdown"
    if not input_type:
        return own
    controls = _index("input_types")
    if input_type not in controls:
        raise LiteError(f"There is no input type “{input_type}”. {_nearest(input_type, controls)}")
    return controls[input_type](own, input_type)


@cache
def _index(attribute: str) -> dict[str, type[Datatype]]:
    index: dict[str, type[Datatype]] = {}
    for found in _datatypes():
        # the class's own names: a class made from another one doesn't serve that one's names
        for name in vars(found).get(attribute, ()):
            if name in index:
                raise LiteError(f"Both {index[name].__name__} and {found.__name__} are there for “{name}”.")
            index[name] = found
    return index


def _datatypes() -> Iterator[type[Datatype]]:
    for module in sorted(module.name for module in pkgutil.iter_modules(fields.__path__)):
        importlib.import_module(f"{fields.__name__}.{module}")
    waiting = [Datatype]
    while waiting:
        found = waiting.pop()
        waiting.extend(found.__subclasses__())
        if found.__module__.startswith(fields.__name__ + "."):
            yield found


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name.lower(), sorted(known), n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(f'“{match}”' for match in near)}?"
    return f"There are: {', '.join(sorted(known))}."
