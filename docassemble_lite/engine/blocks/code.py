"""`code` blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.block import Block
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import Code, names_defined_by
from docassemble_lite.objects import DAObject

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.wanted import Wanted


class CodeBlock(Block):
    """Python that defines variables, decides the course of the interview, or answers an action."""

    kind = "code"
    keys = frozenset({"code"})

    def __init__(self, section: Section, number: int, language: str = "*") -> None:
        super().__init__(section, number, language)
        self.code = code_at(section, "code")
        if "default role" in section:
            # it says who the person is
            self.initial = True
        self.found = names_defined_by(self.code.tree)
        self.handles_actions = "process_action(" in self.code.text
        self.assigned = [name for name in self.found if name.isidentifier()]

    @property
    def sought_for(self) -> list[str]:
        # what an action sets on its way isn't what it is there for
        return list(dict.fromkeys([*self.only, *self.explicit])) if self.is_event else self.defines

    def carry_out(self, evaluation: Evaluation) -> None:
        with evaluation.tasks.running(self.number, ""):
            self._run(evaluation.answers)

    def define(self, evaluation: Evaluation, wanted: Wanted) -> None:
        with evaluation.tasks.running(self.number, wanted.name), evaluation.set_aside(wanted.name, keep=self.is_event):
            self._run(evaluation.answers)

    def _run(self, answers: dict[str, Any]) -> None:
        try:
            self.code.run(answers)
        finally:
            # also where the code ends with background_response() or the like
            self._name_objects(answers)

    def _name_objects(self, answers: dict[str, Any]) -> None:
        for name in self.assigned:
            value = answers.get(name)
            if isinstance(value, DAObject) and not value.has_nonrandom_instance_name:
                # `friend = Individual()`: what the object lacks is sought under the name of the variable
                value._set_instance_name_recursively(name)


def code_at(section: Section, key: str) -> Code:
    """The code under a key."""
    value = section.get(key)
    if not isinstance(value, str):
        raise section.mistake(key, f"“{key}” must be Python code.", f"Write “{key}: |” and the code below it, indented.")
    return Code(value, section.value_place(key))
