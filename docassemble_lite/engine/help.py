"""Help: what a question explains of itself, and what an interview explains on all of its screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docassemble_lite.engine.blocks.texts import BlockText, text_at
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.players import KINDS, Players
from docassemble_lite.language.words import word

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.program import Program

_KEYS = frozenset({"label", "heading", "content", *KINDS})


@dataclass(frozen=True)
class Help:
    """One text of help, with what a question or an interview calls it."""

    label: BlockText | None
    heading: BlockText | None
    content: BlockText | None
    players: Players | None

    def html(self, evaluation: Evaluation) -> str:
        """What is read, seen and heard."""
        answers = evaluation.answers
        heading = f'<h2 class="da-help-heading">{self.heading.inline(answers)}</h2>' if self.heading else ""
        players = self.players.html(evaluation) if self.players else ""
        return heading + players + (self.content.block(answers) if self.content else "")

    def label_text(self, evaluation: Evaluation) -> str:
        """What the button says that opens it; empty if it names nothing."""
        return self.label.plain(evaluation.answers) if self.label else ""


@dataclass(frozen=True)
class ShownHelp:
    """All help of a screen. `label` is what the bar calls it, `button` what a button in the question says; empty: none."""

    html: str = ""
    label: str = ""
    of_question: bool = False
    button: str = ""


def help_at(section: Section, key: str) -> Help | None:
    """The help under a key: a text, or a label, a heading, a text and recordings. Raises `SourceError`."""
    value = section.get(key)
    if value is None:
        return None
    if not isinstance(value, Section):
        return Help(None, None, text_at(section, key), None)
    for name in value:
        if name not in _KEYS:
            raise value.mistake(name, f"“{key}” has no “{name}”.", f"It can have: {', '.join(sorted(_KEYS))}.")
    if not _KEYS - {"label", "heading"} & set(value):
        raise section.mistake(key, f"“{key}” explains nothing.", "Add “content: |” with the text below it.")
    return Help(text_at(value, "label"), text_at(value, "heading"), text_at(value, "content"), Players(value))


def read_interview_help(program: Program, section: Section) -> None:
    """Take up an `interview help` block, for its language."""
    found = help_at(section, "interview help")
    if found is not None:
        program.warnings += found.players.mistakes(program.sources) if found.players else []
        language = str(section.get("language", program.default_language))
        program.help.setdefault(language, []).append(found)


def shown_help(evaluation: Evaluation, own: Help | None) -> ShownHelp:
    """The help of a question that has its `own`, or none."""
    program = evaluation.program
    general = program.help.get(evaluation.current.language) or program.help.get("*") or []
    own_label = own.label_text(evaluation) if own else ""
    labels = [label for one in general if (label := one.label_text(evaluation))]
    usual = labels[-1] if labels else program.parts.plain("help label", evaluation.answers)
    beside = bool(program.features.get("question help button"))
    texts = [one.html(evaluation) for one in (*([own] if own else []), *general)]
    return ShownHelp(
        html="\n".join(texts),
        label=usual if beside else own_label or usual,
        of_question=own is not None,
        button=(own_label or usual or word("Help")) if own and beside else "",
    )
