"""How far an interview has got: set by questions and by code, and else a little further with every step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docassemble_lite.engine.blocks.texts import BlockText
    from docassemble_lite.engine.document import Section
    from docassemble_lite.engine.evaluation import Evaluation

#: The part of the way that is left by which a step advances.
_STEP = 0.05
_END = 100.0


class ProgressMark:
    """What a question says of how far one has got: a number, nothing (`value` is None and it is hidden), or no word of it."""

    def __init__(self, section: Section, text: BlockText | None) -> None:
        self.section = section
        self.said = "progress" in section
        self.text = text

    def value(self, answers: dict[str, Any]) -> float | None:
        """The number; None: hidden. Raises `SourceError` for anything else."""
        text = self.text.value(answers).strip() if self.text else ""
        if text.lower() in ("", "none", "null"):
            return None
        try:
            return float(text.removesuffix("%"))
        except ValueError as error:
            raise self.section.mistake("progress", f"“progress” must be a number from 0 to 100, not “{text}”.") from error


def advance(evaluation: Evaluation, mark: ProgressMark) -> None:
    """Go on as the question says that is being shown now; once for each step."""
    internal, features = evaluation.internal, evaluation.program.features
    before: float | None = internal.get("progress", 0.0)
    if mark.said:
        value = mark.value(evaluation.answers)
        backwards = features.get("progress can go backwards") or not value or before is None
        internal["progress"] = value if backwards else max(before or 0.0, value or 0.0)
        # zero hides the bar of this question alone
        if value == 0:
            internal["progress"] = before
    elif before is not None and internal.get("progress_step", 1) < internal["steps"]:
        internal["progress"] = before + (_aim(evaluation, before) - before) * _multiplier(features)
    internal["progress_step"] = internal["steps"]


def shown(evaluation: Evaluation, mark: ProgressMark) -> float | None:
    """What the bar of a page shows, from 0 to 100; None where there is no bar."""
    if not evaluation.program.features.get("progress bar"):
        return None
    if mark.said and not mark.value(evaluation.answers):
        return None
    progress: float | None = evaluation.internal.get("progress", 0.0)
    return None if progress is None else min(max(progress, 0.0), _END)


def _aim(evaluation: Evaluation, before: float) -> float:
    if evaluation.program.features.get("progress bar method") != "stepped":
        return max(_END, before)
    marks = evaluation.program.progress_marks
    return min((mark for mark in marks if mark > before), default=max(_END, before))


def _multiplier(features: Any) -> float:
    return float(features.get("progress bar multiplier", _STEP))
