"""What an author's action suggests for a text that a person has typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.choices import options_from
from docassemble_lite.engine.fields.datatype import Option
from docassemble_lite.engine.screen import AskedField, Response
from docassemble_lite.engine.steering import EndWith, SeekForced
from docassemble_lite.errors import EvaluationError

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation


def is_suggested(asked: AskedField) -> bool:
    """Whether the field takes nothing but what its action suggests."""
    return asked.options.get("input_type") == "ajax"


def value_suggested(evaluation: Evaluation, asked: AskedField, text: str) -> Any:
    """The value that the action gives to a label, or the value itself. Raises ValueError when it suggests neither."""
    options = list(suggestions(evaluation, asked.options["action"], text))
    for found in (option.value for option in options if text in (option.label, str(option.value))):
        return found
    folded = text.casefold()
    alike = [option.value for option in options if option.label.casefold() == folded]
    if len(alike) == 1:
        return alike[0]
    raise ValueError(text)


def suggestions(evaluation: Evaluation, action: str, text: str) -> tuple[Option, ...]:
    """What `json_response()` in the action says for the text. How that action wants to be saved says nothing of this request."""
    status, evaluation.save_status = evaluation.save_status, ""
    arguments, evaluation.actions.arguments = evaluation.actions.arguments, {"wordstart": text}
    try:
        evaluation.actions.force(SeekForced([{"action": action, "arguments": {"wordstart": text}}], stacked=False))
    except EndWith as end:
        if isinstance(end.outcome, Response):
            return tuple(options_from(json.loads(end.outcome.body)))
    finally:
        evaluation.save_status = status
        evaluation.actions.arguments = arguments
        evaluation.actions.current = ""
    raise EvaluationError(
        f"The action “{action}” suggested nothing.",
        hint="It must end with json_response() of a list of texts, or of lists [value, label].",
    )
