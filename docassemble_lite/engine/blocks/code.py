"""`code` blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docassemble_lite.engine.blocks.block import Block
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import Code, names_defined_by

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
        self.found = names_defined_by(self.code.tree)
        self.handles_actions = "process_action(" in self.code.text

    def carry_out(self, evaluation: Evaluation) -> None:
        with evaluation.tasks.running(self.number, ""):
            self.code.run(evaluation.answers)

    def define(self, evaluation: Evaluation, wanted: Wanted) -> None:
        with evaluation.tasks.running(self.number, wanted.name), evaluation.set_aside(wanted.name, keep=self.is_event):
            self.code.run(evaluation.answers)


def code_at(section: Section, key: str) -> Code:
    """The code under a key."""
    value = section.get(key)
    if not isinstance(value, str):
        raise section.mistake(key, f"“{key}” must be Python code.", f"Write “{key}: |” and the code below it, indented.")
    return Code(value, section.value_place(key))
