"""Sections that set something for the whole interview instead of being blocks with logic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.document import Section

if TYPE_CHECKING:
    from docassemble_lite.engine.program import Program

#: Parts of a page that `metadata` and `default screen parts` can set.
PARTS = frozenset(
    {
        "back button label",
        "continue button color",
        "continue button label",
        "corner back button label",
        "css class",
        "exit label",
        "exit link",
        "exit url",
        "footer",
        "help label",
        "logo",
        "navigation bar html",
        "post",
        "pre",
        "right",
        "short title",
        "short logo",
        "submit",
        "subtitle",
        "title",
        "title url",
        "title url opens in other window",
        "under",
    }
)


@dataclass
class ScreenParts:
    """Texts that every screen has unless its question says otherwise."""

    texts: dict[str, BlockText] = field(default_factory=dict)

    def inline(self, key: str, answers: dict[str, Any]) -> str:
        text = self.texts.get(key)
        return text.inline(answers) if text else ""

    def block(self, key: str, answers: dict[str, Any]) -> str:
        text = self.texts.get(key)
        return text.block(answers) if text else ""

    def plain(self, key: str, answers: dict[str, Any]) -> str:
        text = self.texts.get(key)
        return text.plain(answers) if text else ""


def _metadata(program: Program, section: Section) -> None:
    metadata = _mapping(section, "metadata")
    program.metadata.update(metadata)
    for key, value in metadata.items():
        if key in PARTS and isinstance(value, str):
            program.parts.texts.setdefault(key, BlockText(value, metadata.value_place(key)))


def _features(program: Program, section: Section) -> None:
    features = _mapping(section, "features")
    program.features.update(features)
    program.loop_limit = int(features.get("loop limit", program.loop_limit))
    program.recursion_limit = min(int(features.get("recursion limit", program.recursion_limit)), 300)


def _default_screen_parts(program: Program, section: Section) -> None:
    parts = _mapping(section, "default screen parts")
    for key, value in parts.items():
        if value is None:
            program.parts.texts.pop(key, None)
        elif isinstance(value, str):
            program.parts.texts[key] = BlockText(value, parts.value_place(key))


def _default_language(program: Program, section: Section) -> None:
    program.default_language = str(section["default language"])


def _order(program: Program, section: Section) -> None:
    value = section["order"]
    if not isinstance(value, list):
        raise section.mistake(
            "order", "“order” must be a list of ids of blocks.", "Write “order:” and below it “- id of a block”."
        )
    program.orders.append([str(item) for item in value])


def _mapping(section: Section, key: str) -> Section:
    value = section[key]
    if not isinstance(value, Section):
        raise section.mistake(key, f"“{key}” must consist of lines of the form “name: value”.", "They must be indented below it.")
    return value


def _ignored(_: Program, __: Section) -> None:
    """Known, and of no effect on how an interview runs."""


#: key of a section → what it does to the program.
DIRECTIVES: dict[str, Callable[[Program, Section], None]] = {
    "metadata": _metadata,
    "features": _features,
    "default screen parts": _default_screen_parts,
    "default language": _default_language,
    "order": _order,
    "comment": _ignored,
    "question metadata": _ignored,
}
