"""`reset` blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docassemble_lite.engine.blocks.block import Block, names_at
from docassemble_lite.engine.document import Section

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.wanted import Wanted


class ResetBlock(Block):
    """Names of variables that are removed at the beginning of each request."""

    kind = "reset"
    keys = frozenset({"reset"})

    def __init__(self, section: Section, number: int, language: str = "*") -> None:
        super().__init__(section, number, language)
        self.names = names_at(section, "reset")

    def carry_out(self, evaluation: Evaluation) -> None:
        """Nothing: it takes effect before the blocks are walked."""

    def define(self, evaluation: Evaluation, wanted: Wanted) -> None:
        """Nothing: it defines no name."""
