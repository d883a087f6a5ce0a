"""Blocks that answer a request with something else than a screen."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.block import Block
from docassemble_lite.engine.blocks.texts import text_at
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import Expression
from docassemble_lite.engine.functions import steering
from docassemble_lite.engine.screen import Response, TaskAction, TaskResponse
from docassemble_lite.engine.steering import EndWith
from docassemble_lite.engine.typed import target_acts

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.wanted import Wanted

#: Ends the evaluation with what the block stands for.
Ending = Callable[["Evaluation"], None]
#: The keys that make a section such a block; the first one that it has decides.
RESPONSES = (
    "response",
    "json response",
    "binaryresponse",
    "response filename",
    "redirect url",
    "null response",
    "all_variables",
    "backgroundresponse",
    "action",
    "command",
)
_MORE = frozenset({"arguments", "content type", "response code", "sleep", "url"})


class ResponseBlock(Block):
    """A text, data, a file, another address, or the end of a background task."""

    kind = "response"
    keys = frozenset({*RESPONSES, *_MORE})

    def __init__(self, section: Section, number: int, language: str = "*") -> None:
        super().__init__(section, number, language)
        self.key = next(key for key in RESPONSES if key in section)
        others = [key for key in RESPONSES if key in section and key != self.key]
        if others:
            raise section.mistake(others[0], f"A block can't have both “{self.key}” and “{others[0]}”.", "Make two of it.")
        self.content_type = text_at(section, "content type")
        self.code = section.get("response code", 200)
        if not isinstance(self.code, int) or isinstance(self.code, bool) or not 100 <= self.code <= 599:
            raise section.mistake("response code", "“response code” must be a number like 404.")
        self.end = self._ending(section)

    def carry_out(self, evaluation: Evaluation) -> None:
        self.end(evaluation)

    def define(self, evaluation: Evaluation, wanted: Wanted) -> None:
        self.end(evaluation)

    def _ending(self, section: Section) -> Ending:
        match self.key:
            case "response" | "redirect url" | "response filename":
                return self._of_text(section)
            case "null response":
                return lambda _: steering.response(null=True, response_code=self.code)
            case "all_variables":
                return lambda _: steering.response(all_variables=True, response_code=self.code)
            case "action":
                return self._of_action(section)
            case "command":
                return self._of_command(section)
        return self._of_value(section)

    def _type(self, answers: dict[str, Any]) -> str | None:
        return self.content_type.value(answers).strip() if self.content_type else None

    def _of_text(self, section: Section) -> Ending:
        text = text_at(section, self.key)
        if text is None:
            raise section.mistake(self.key, f"“{self.key}” must be a text.")

        def end(evaluation: Evaluation) -> None:
            value = text.value(evaluation.answers)
            if self.key == "response":
                steering.response(value, content_type=self._type(evaluation.answers), response_code=self.code)
            elif self.key == "redirect url":
                steering.response(url=value.strip())
            self._send_file(evaluation, value.strip())

        return end

    def _send_file(self, evaluation: Evaluation, reference: str) -> None:
        """A static file of the interview, or one of a package."""
        path = evaluation.program.sources.data_file(reference, "static", self.place.source)
        if path is None:
            raise self.section.mistake(
                self.key, f"There is no file “{reference}” among the static files.", "It must lie in data/static of the package."
            )
        kind = self._type(evaluation.answers) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        raise EndWith(Response(path.read_bytes(), kind, self.code))

    def _of_value(self, section: Section) -> Ending:
        expression = Expression(str(section[self.key]), section.value_place(self.key))

        def end(evaluation: Evaluation) -> None:
            value = expression.evaluate(evaluation.answers)
            if self.key == "json response":
                steering.json_response(value, self.code)
            if self.key == "backgroundresponse":
                raise EndWith(TaskResponse(value))
            steering.response(binaryresponse=value, content_type=self._type(evaluation.answers), response_code=self.code)

        return end

    def _of_action(self, section: Section) -> Ending:
        name, arguments = text_at(section, "action"), section.get("arguments") or {}
        if name is None or not isinstance(arguments, Mapping):
            raise section.mistake(
                "action", "“action” must be the name of an event.", "Its “arguments” are of the form “name: value”."
            )
        return lambda evaluation: _end_with_action(name.value(evaluation.answers).strip(), arguments)

    def _of_command(self, section: Section) -> Ending:
        url = text_at(section, "url")
        name, sleep = str(section["command"]).strip(), section.get("sleep", 4)
        if name not in steering.COMMANDS:
            raise section.mistake("command", f"There is no command “{name}”.", f"There are: {', '.join(steering.COMMANDS)}.")
        if not isinstance(sleep, (int, float)):
            raise section.mistake("sleep", "“sleep” must be a number of seconds.")

        def end(evaluation: Evaluation) -> None:
            address = url.value(evaluation.answers).strip() if url else ""
            if target_acts(address):
                raise section.mistake(
                    "url", f"A command can't lead to “{address}”.", "Write an address like https://example.com."
                )
            steering.command(name, url=address, sleep=float(sleep))

        return end


def _end_with_action(action: str, arguments: Mapping[str, Any]) -> None:
    raise EndWith(TaskAction(action, json.loads(json.dumps(arguments, default=str))))
