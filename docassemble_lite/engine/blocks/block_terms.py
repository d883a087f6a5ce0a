"""The terms that hold for a screen: those of the interview, those that code added, and those of the question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.terms import ScreenTerms, read_terms

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

KINDS = ("terms", "auto terms")


class BlockTerms:
    """The terms of one question."""

    def __init__(self, section: Section) -> None:
        self.texts = {
            kind: {phrase: BlockText(text, place) for phrase, (text, place) in read_terms(section, kind).items()}
            for kind in KINDS
        }

    @contextmanager
    def known(self, evaluation: Evaluation) -> Iterator[None]:
        """While the texts of a screen are made, their terms are known. Raises what says that a definition lacks something."""
        before = evaluation.terms
        evaluation.terms = None
        # definitions are made while no terms are known, so that none is explained by itself
        braced, automatic = (self._explanations(evaluation, kind) for kind in KINDS)
        evaluation.terms = ScreenTerms(braced, automatic)
        try:
            yield
        finally:
            evaluation.terms = before

    def _explanations(self, evaluation: Evaluation, kind: str) -> dict[str, str]:
        language, answers = evaluation.current.language, evaluation.answers
        found: dict[str, str] = {}
        for key in ("*", language):
            written = evaluation.program.terms.get(kind, {}).get(key, {})
            added = evaluation.internal.get("terms", {}).get(kind, {}).get(key, {})
            found.update({phrase: text.inline(answers) for phrase, text in written.items()})
            found.update({phrase: BlockText.of_value(text).inline(answers) for phrase, text in added.items()})
        return found | {phrase: text.inline(answers) for phrase, text in self.texts[kind].items()}
