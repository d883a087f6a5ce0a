"""`objects` blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.block import Block
from docassemble_lite.engine.document import Place, Section
from docassemble_lite.engine.expressions import Expression, read_variable, set_variable
from docassemble_lite.engine.names import is_path, normalized, parts_of
from docassemble_lite.objects import DAObject

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.wanted import Wanted


class ObjectsBlock(Block):
    """Says of which class variables are; each is made when it is needed."""

    kind = "objects"
    keys = frozenset({"objects"})

    def __init__(self, section: Section, number: int, language: str = "*") -> None:
        super().__init__(section, number, language)
        self.entries = _entries(section)
        self.found = [name for name, _ in self.entries]

    def carry_out(self, evaluation: Evaluation) -> None:
        for name, expression in self.entries:
            if not evaluation.is_defined(name):
                make_object(name, expression.evaluate(evaluation.answers), evaluation.answers, expression.place)

    def define(self, evaluation: Evaluation, wanted: Wanted) -> None:
        for name, expression in self.entries:
            if wanted.binding.filled(name) == wanted.name or normalized(name) == wanted.variant:
                make_object(wanted.name, expression.evaluate(evaluation.answers), evaluation.answers, expression.place)
                return


def make_object(name: str, kind: Any, answers: dict[str, Any], place: Place) -> None:
    """Make the object `name`; `kind` is a class or what `Class.using()` gives. The objects on the way must be there."""
    is_class = isinstance(kind, type) and issubclass(kind, DAObject)
    if not is_class and not hasattr(kind, "object_type"):
        raise place.mistake(
            f"{name} can't be made of {kind!r}.",
            "Write the name of a class, e.g. DAObject or DAList.using(object_type=Individual).",
        )
    *_, last = parts_of(name)
    parent = name[: -len(last)]
    if not parent:
        cls, parameters = (kind, {}) if is_class else (kind.object_type, kind.parameters)
        set_variable(name, cls(name, **parameters), answers)
    elif last.startswith("["):
        index = eval(last[1:-1], answers)
        read_variable(parent, answers).initializeObject(index, kind)
    else:
        read_variable(parent, answers).initializeAttribute(last[1:], kind)


def _entries(section: Section) -> list[tuple[str, Expression]]:
    items = section["objects"]
    entries = items if isinstance(items, list) else [items]
    found: list[tuple[str, Expression]] = []
    for entry in entries:
        if not isinstance(entry, Section):
            raise section.mistake(
                "objects", "Each entry of “objects” must be of the form “- name: Class”.", "For instance “- client: Individual”."
            )
        for key, value in entry.items():
            name = normalized(str(key))
            if not is_path(name):
                raise entry.mistake(key, f"“{name}” isn't the name of a variable.")
            found.append((name, Expression(str(value), entry.value_place(key))))
    return found
