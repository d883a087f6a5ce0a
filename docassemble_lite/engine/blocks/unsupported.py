"""Blocks of the language that this version doesn't know yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docassemble_lite.engine.blocks.block import Block
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.names import is_path, normalized
from docassemble_lite.errors import SourceError

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.wanted import Wanted

#: Keys that make a section such a block.
UNSUPPORTED = (
    "data",
    "data from code",
    "objects from file",
    "signature",
    "response",
    "json response",
    "response filename",
    "redirect url",
    "null response",
    "binaryresponse",
    "all_variables",
    "backgroundresponse",
    "action",
    "command",
)


class UnsupportedBlock(Block):
    """Takes its place in the interview, and says so clearly when it is needed."""

    kind = "unsupported"
    names_under: ClassVar[tuple[str, ...]] = ("variable name", "table", "signature", "data")

    def __init__(self, section: Section, number: int, language: str, missing_kind: str) -> None:
        super().__init__(section, number, language)
        self.missing_kind = missing_kind
        values = (section.get(key) for key in self.names_under)
        names = [normalized(value) for value in values if isinstance(value, str)]
        self.found = [name for name in names if is_path(name)]

    def carry_out(self, evaluation: Evaluation) -> None:
        raise self._refusal()

    def define(self, evaluation: Evaluation, wanted: Wanted) -> None:
        raise self._refusal()

    def _refusal(self) -> SourceError:
        return self.section.mistake(
            self.missing_kind, f"A block with “{self.missing_kind}” isn't supported yet.", "Do without it for now."
        )
