"""`depends on`: when a variable changes, what was made out of it is invalidated.

An invalidated value is put aside as the default for when it is asked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.expressions import delete_variable, read_variable
from docassemble_lite.engine.names import Binding, variants_of

if TYPE_CHECKING:
    from docassemble_lite.engine.blocks.block import Block
    from docassemble_lite.engine.evaluation import Evaluation

_ABSENT = object()


class Dependencies:
    """What depends on what in one evaluation."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation

    @contextmanager
    def watched(self, block: Block, binding: Binding) -> Iterator[None]:
        """While a block runs: the variables it defines are compared before and after, and dependents invalidated."""
        if not self.evaluation.program.dependents or block.kind == "question":
            yield
            return
        names = [name for name in (binding.filled(name) for name in block.defines) if self.concerns(name)]
        before = {name: self.value(name) for name in names}
        yield
        for name, old in before.items():
            self.compare(name, old)

    def concerns(self, name: str) -> bool:
        """Whether anything depends on the variable."""
        return any(variant.name in self.evaluation.program.dependents for variant in variants_of(name))

    def value(self, name: str) -> Any:
        """The value to compare with later: the current one, or the one that was invalidated earlier."""
        if self.evaluation.is_defined(name):
            return read_variable(name, self.evaluation.answers)
        return self.evaluation.internal["dirty"].get(name, _ABSENT)

    def compare(self, name: str, old: Any) -> None:
        """Invalidate what depends on `name` if its value differs from `old`."""
        if old is _ABSENT or not self.evaluation.is_defined(name):
            return
        if not _same(old, read_variable(name, self.evaluation.answers)):
            self.invalidate_dependents(name, set())

    def invalidate(self, names: list[str]) -> None:
        """Put aside the values of variables, and of everything that depends on them."""
        seen: set[str] = set()
        for name in names:
            self._put_aside(name, seen)

    def invalidate_dependents(self, name: str, seen: set[str]) -> None:
        program = self.evaluation.program
        for variant in variants_of(name):
            for block in program.dependents.get(variant.name, ()):
                if variant.generic and not self._is_generic_for(block, variant.binding):
                    continue
                for target in block.defines:
                    self._put_aside(variant.binding.filled(target), seen)

    def _is_generic_for(self, block: Block, binding: Binding) -> bool:
        value = self.evaluation.value_or_none(binding.values["x"])
        return bool(block.generic) and self.evaluation.program.is_instance(value, block.generic)

    def _put_aside(self, name: str, seen: set[str]) -> None:
        if name in seen:
            return
        seen.add(name)
        self.invalidate_dependents(name, seen)
        if self.evaluation.is_defined(name) and name not in self.evaluation.program.builtins:
            self.evaluation.internal["dirty"][name] = read_variable(name, self.evaluation.answers)
            delete_variable(name, self.evaluation.answers)


def _same(old: Any, new: Any) -> bool:
    return old is new or (type(old) is type(new) and bool(old == new))
