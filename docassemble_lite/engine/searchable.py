"""`make_ocr_pdf_in_background()`: a task makes a PDF that can be searched, and its response puts that in the file's place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.screen import TaskAction, TaskResponse
from docassemble_lite.engine.steering import EndWith
from docassemble_lite.objects import DAFile

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.functions.tasks import BackgroundTask

#: The action of the task, and the one that changes the answers.
ACTION = "_da_ocr_pdf"
RESPONSE = "_da_ocr_pdf_made"


def start(evaluation: Evaluation, file: DAFile, files: Sequence[Any], options: Mapping[str, Any]) -> BackgroundTask:
    """The task. Raises `ValueError` for a file that the response wouldn't find."""
    from docassemble_lite.engine.functions.tasks import BackgroundTask

    if evaluation.value_or_none(file.instanceName) is not file:
        raise ValueError(
            "make_ocr_pdf_in_background() needs a file in a variable, as the task changes it there, "
            f"and “{file.instanceName}” is none."
        )
    arguments = {"file": file, "files": list(files), "options": dict(options)}
    return BackgroundTask(evaluation.tasks.start(ACTION, arguments, None))


def make(_: Evaluation, arguments: Mapping[str, Any]) -> None:
    """What the task does."""
    file = arguments["file"]
    file.make_ocr_pdf(*arguments["files"], **arguments["options"])
    raise EndWith(TaskAction(RESPONSE, {"made": file}))


def take_over(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    """What its response does; a file that isn't there any more is let go."""
    made = arguments["made"]
    file = evaluation.value_or_none(made.instanceName)
    if isinstance(file, DAFile):
        file.become_like(made)
    raise EndWith(TaskResponse())
