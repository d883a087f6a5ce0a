"""The screen that a person sees while the interview waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.screen import Asked, Screen, Wait
from docassemble_lite.language.words import word

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation


def waiting_screen(evaluation: Evaluation, wait: Wait, asked: Asked) -> Screen:
    """The screen of `command('wait')`: nothing to enter, and it loads again after so many seconds."""
    answers, program = evaluation.answers, evaluation.program
    heading, text = BlockText.of_value(wait.question or word("One moment, please")), BlockText.of_value(wait.subquestion)
    return Screen(
        asked=asked,
        question_html=heading.inline(answers),
        question=heading.plain(answers),
        subquestion_html=text.block(answers) if wait.subquestion else "",
        button_style="none",
        reload=max(1.0, wait.seconds),
        title=program.parts.plain("title", answers) or program.title,
        language=evaluation.current.language,
        flashes=tuple(evaluation.messages),
        features=program.features,
    )
