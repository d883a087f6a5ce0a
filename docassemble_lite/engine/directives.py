"""Sections that set something for the whole interview instead of being blocks with logic."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.access import read_access
from docassemble_lite.engine.blocks.block_terms import KINDS as KINDS_OF_TERMS
from docassemble_lite.engine.blocks.document_looks import LOOKS_KEYS, LooksFiles
from docassemble_lite.engine.blocks.roles import roles_at
from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.defs import read_def
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.help import read_interview_help
from docassemble_lite.engine.images import read_image_sets, read_images
from docassemble_lite.engine.page_code import marked
from docassemble_lite.engine.page_files import KINDS, read_page_files
from docassemble_lite.engine.sections import read_sections
from docassemble_lite.engine.terms import read_terms
from docassemble_lite.engine.translations import read_translations
from docassemble_lite.host import current

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
        "tab title",
        "post",
        "pre",
        "right",
        "short title",
        "short logo",
        "submit",
        "table css class",
        "subtitle",
        "title",
        "title url",
        "title url opens in other window",
        "under",
    }
)


@dataclass
class ScreenParts:
    """Texts that every screen has unless its question says otherwise: name → language ("*": any) → text.

    What `set_parts()` stored in the session comes first.
    """

    texts: dict[str, dict[str, BlockText]] = field(default_factory=dict)

    def find(self, key: str, answers: dict[str, Any]) -> BlockText | None:
        """The text of a part, in the language of the moment if there is one."""
        stored = answers["_internal"].get("parts", {}).get(key)
        if stored is not None:
            return BlockText.of_value(stored)
        texts = self.texts.get(key)
        if not texts:
            return None
        return texts.get(current().language) or texts.get("*") or next(iter(texts.values()))

    def inline(self, key: str, answers: dict[str, Any]) -> str:
        text = self.find(key, answers)
        return text.inline(answers) if text else ""

    def block(self, key: str, answers: dict[str, Any]) -> str:
        text = self.find(key, answers)
        return text.block(answers) if text else ""

    def plain(self, key: str, answers: dict[str, Any]) -> str:
        text = self.find(key, answers)
        return text.plain(answers) if text else ""

    def read(self, parts: Section) -> None:
        """Take over what a section sets; what is set to nothing is no longer there."""
        for key, value in parts.items():
            if key not in PARTS:
                continue
            if value is None:
                self.texts.pop(key, None)
            elif isinstance(value, Section):
                self.texts[key] = {
                    str(lang): BlockText(marked(str(text)), value.value_place(lang)) for lang, text in value.items()
                }
            else:
                self.texts[key] = {"*": BlockText(marked(str(value)), parts.value_place(key))}


def _metadata(program: Program, section: Section) -> None:
    metadata = _mapping(section, "metadata")
    program.metadata.update(metadata)
    program.parts.read(metadata)
    program.access = read_access(program.access, metadata)


def _features(program: Program, section: Section) -> None:
    features = _mapping(section, "features")
    program.features.update({key: value for key, value in features.items() if key not in KINDS})
    read_page_files(program, features)
    program.allowed_actions.read(features)
    program.loop_limit = int(features.get("loop limit", program.loop_limit))
    program.recursion_limit = min(int(features.get("recursion limit", program.recursion_limit)), 300)
    interval = features.get("checkin interval")
    if interval is not None and (not isinstance(interval, int) or isinstance(interval, bool) or interval < 0):
        raise features.mistake(
            "checkin interval",
            "“checkin interval” must be a number of milliseconds.",
            "Write a whole number like 6000, or 0 for a page that doesn't check in.",
        )


def _default_screen_parts(program: Program, section: Section) -> None:
    program.parts.read(_mapping(section, "default screen parts"))


def _default_language(program: Program, section: Section) -> None:
    program.default_language = str(section["default language"])


def _default_role(program: Program, section: Section) -> None:
    program.default_roles = roles_at(section, "default role")


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


def _sections(program: Program, section: Section) -> None:
    value, sections = section["sections"], program.sections
    try:
        read_sections(value)
    except ValueError as error:
        raise section.mistake("sections", str(error), "Write each section on a line of its own: “- Introduction”.") from error
    language = str(section.get("language", program.default_language))
    sections.lists[language] = json.loads(json.dumps(value, default=str))
    for key in ("progressive", "auto open"):
        if not isinstance(section.get(key, True), bool):
            raise section.mistake(key, f"“{key}” must be True or False.")
    sections.progressive = section.get("progressive", sections.progressive)
    sections.auto_open = section.get("auto open", sections.auto_open)


def _terms(program: Program, section: Section) -> None:
    if "question" in section:
        return
    language = str(section.get("language", program.default_language))
    for kind in KINDS_OF_TERMS:
        found = {phrase: BlockText.of_author(text) for phrase, (text, _) in read_terms(section, kind).items()}
        program.terms.setdefault(kind, {}).setdefault(language, {}).update(found)


def _attachment_options(program: Program, section: Section) -> None:
    options = _mapping(section, "attachment options")
    files = LooksFiles(options)
    for file in files.read(program.sources):
        program.note_file(file)
    program.document_looks = files.looks.over(program.document_looks)
    for key in options:
        if key != "metadata" and key not in LOOKS_KEYS:
            program.warnings.append(options.mistake(key, f"“{key}” isn't supported yet here, and has no effect."))
    program.warnings += files.oddities()


def _ignored(_: Program, __: Section) -> None:
    """Known, and of no effect on how an interview runs."""


#: key of a section → what it does to the program.
DIRECTIVES: dict[str, Callable[[Program, Section], None]] = {
    "attachment options": _attachment_options,
    "metadata": _metadata,
    "features": _features,
    "default screen parts": _default_screen_parts,
    "default language": _default_language,
    "default role": _default_role,
    "order": _order,
    "sections": _sections,
    "def": read_def,
    "mako": _ignored,
    "interview help": read_interview_help,
    "translations": read_translations,
    "terms": _terms,
    "auto terms": _terms,
    "progressive": _ignored,
    "auto open": _ignored,
    "images": lambda program, section: read_images(program, section, "images"),
    "image sets": lambda program, section: read_image_sets(program, section, "image sets"),
    "comment": _ignored,
    "question metadata": _ignored,
}
