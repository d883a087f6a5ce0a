"""`template` blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docassemble_lite.engine.blocks.block import Block, names_at
from docassemble_lite.engine.blocks.texts import text_at
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import set_variable
from docassemble_lite.engine.lazy import DALazyTemplate
from docassemble_lite.engine.markup import is_target
from docassemble_lite.engine.screen import TaskResponse
from docassemble_lite.engine.steering import EndWith

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.wanted import Wanted


class TemplateBlock(Block):
    """A text with a subject that other texts can bring in; evaluated each time it is used."""

    kind = "template"
    keys = frozenset({"template", "content", "subject", "content file", "target"})

    def __init__(self, section: Section, number: int, language: str = "*") -> None:
        super().__init__(section, number, language)
        self.found = names_at(section, "template")
        self.content = text_at(section, "content")
        self.subject = text_at(section, "subject")
        self.target = str(section.get("target") or "").strip()
        if self.target and not is_target(self.target):
            raise section.mistake(
                "target", f"“{self.target}” isn't the name of a place in a screen.", "Write a name as in [TARGET name]."
            )
        if "content file" in section:
            raise section.mistake("content file", "“content file” isn't supported yet.", "Write the text under “content”.")
        if self.content is None:
            raise section.mistake("template", "A template needs a text.", "Add “content: |” with the text below it.")

    def carry_out(self, evaluation: Evaluation) -> None:
        for name in self.found:
            set_variable(name, DALazyTemplate(name, block=self.name), evaluation.answers)

    def define(self, evaluation: Evaluation, wanted: Wanted) -> None:
        if self.target and evaluation.actions.occasion is not None:
            assert self.content is not None
            content = self.content.part(evaluation.answers)
            raise EndWith(TaskResponse({"target": self.target, "content": content}, "backgroundresponse"))
        template = DALazyTemplate(wanted.name, block=self.name, bound=dict(wanted.binding.values))
        set_variable(wanted.name, template, evaluation.answers)
