"""`template` blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docassemble_lite.engine.blocks.attachment import code_under, content_files, texts_of_code
from docassemble_lite.engine.blocks.block import Block, names_at
from docassemble_lite.engine.blocks.texts import BlockText, text_at
from docassemble_lite.engine.defs import used_defs
from docassemble_lite.engine.document import Place, Section
from docassemble_lite.engine.expressions import set_variable
from docassemble_lite.engine.lazy import DALazyTemplate
from docassemble_lite.engine.markup import is_target, to_part_html
from docassemble_lite.engine.screen import TaskResponse
from docassemble_lite.engine.source import Source, Sources
from docassemble_lite.engine.steering import EndWith

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.wanted import Wanted


class TemplateBlock(Block):
    """A text with a subject that other texts can bring in; evaluated each time it is used."""

    kind = "template"
    keys = frozenset({"template", "content", "subject", "content file", "target", "usedefs"})

    def __init__(self, section: Section, number: int, language: str = "*") -> None:
        super().__init__(section, number, language)
        self.found = names_at(section, "template")
        self.contents = [text] if (text := text_at(section, "content")) else []
        self.content_code = code_under(section, "content file")
        self.defs = used_defs()
        self.subject = text_at(section, "subject")
        self.target = str(section.get("target") or "").strip()
        if self.target and not is_target(self.target):
            raise section.mistake(
                "target", f"“{self.target}” isn't the name of a place in a screen.", "Write a name as in [TARGET name]."
            )
        if not self.contents and section.get("content file") is None:
            raise section.mistake(
                "template", "A template needs a text.", "Add “content: |” with the text below it, or “content file: name.md”."
            )

    def read_files(self, sources: Sources) -> list[Source]:
        if self.content_code is not None:
            return []
        files = list(content_files(self.section, sources))
        self.contents += [BlockText("\n".join(file.lines), Place(file, 1)) for file in files]
        return files

    def content(self, evaluation: Evaluation) -> str:
        """The text after Mako, before Markdown."""
        made = texts_of_code(self.content_code, self.defs, evaluation) if self.content_code else []
        return "\n\n".join(text.raw(evaluation.answers) for text in [*self.contents, *made])

    def carry_out(self, evaluation: Evaluation) -> None:
        for name in self.found:
            set_variable(name, DALazyTemplate(name, block=self.name), evaluation.answers)

    def define(self, evaluation: Evaluation, wanted: Wanted) -> None:
        if self.target and evaluation.actions.occasion is not None:
            content = to_part_html(self.content(evaluation))
            raise EndWith(TaskResponse({"target": self.target, "content": content}, "backgroundresponse"))
        template = DALazyTemplate(wanted.name, block=self.name, bound=dict(wanted.binding.values))
        set_variable(wanted.name, template, evaluation.answers)
