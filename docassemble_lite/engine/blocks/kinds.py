"""Which kind of block a section is."""

from __future__ import annotations

import difflib

from docassemble_lite.engine.blocks.attachment import AttachmentBlock
from docassemble_lite.engine.blocks.block import MODIFIERS, Block
from docassemble_lite.engine.blocks.code import CodeBlock
from docassemble_lite.engine.blocks.data import DataBlock, DataFromCodeBlock, ObjectsFromFileBlock
from docassemble_lite.engine.blocks.fields import odd_field_keys
from docassemble_lite.engine.blocks.objects import ObjectsBlock
from docassemble_lite.engine.blocks.question import QuestionBlock
from docassemble_lite.engine.blocks.reset import ResetBlock
from docassemble_lite.engine.blocks.response import RESPONSES, ResponseBlock
from docassemble_lite.engine.blocks.review import ReviewBlock
from docassemble_lite.engine.blocks.table import TableBlock
from docassemble_lite.engine.blocks.template import TemplateBlock
from docassemble_lite.engine.document import Section
from docassemble_lite.errors import SourceError

#: The key that makes a section a block of a kind; the first one that a section has decides.
KINDS: dict[str, type[Block]] = {
    "review": ReviewBlock,
    "question": QuestionBlock,
    "template": TemplateBlock,
    "table": TableBlock,
    "code": CodeBlock,
    "objects": ObjectsBlock,
    "data": DataBlock,
    "data from code": DataFromCodeBlock,
    "objects from file": ObjectsFromFileBlock,
    "reset": ResetBlock,
    **dict.fromkeys(RESPONSES, ResponseBlock),
    "attachment": AttachmentBlock,
    "attachments": AttachmentBlock,
}


def make_block(section: Section, number: int, language: str) -> Block | None:
    """The block that a section is, or None if it is none of those with logic."""
    for key, kind in KINDS.items():
        if key in section:
            return kind(section, number, language)
    return None


def odd_keys(section: Section, block: Block | None, directives: frozenset[str]) -> list[SourceError]:
    """What is to be said about keys that mean nothing where they stand."""
    known = directives | MODIFIERS | (block.keys if block else frozenset())
    odd = [_odd_key(section, key, known) for key in section if key not in known]
    if isinstance(block, QuestionBlock):
        odd += [*odd_field_keys(block.entries), *block.missing_recordings]
        if section.get("allow emailing") not in (None, False):
            odd.append(
                section.mistake("allow emailing", "Documents can't be sent by e-mail yet.", "Write “allow emailing: False”.")
            )
    if isinstance(block, (QuestionBlock, AttachmentBlock)):
        odd += [mistake for attachment in block.attachments for mistake in attachment.oddities()]
    return odd


def _odd_key(section: Section, key: str, known: frozenset[str]) -> SourceError:
    if key in LATER:
        return section.mistake(
            key, f"“{key}” isn't supported yet here, and has no effect.", "Remove it, or do without it for now."
        )
    # a misspelt key may be the very one that would have said what kind of block this is
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.75) or difflib.get_close_matches(key, KINDS, n=1, cutoff=0.75)
    hint = f"Did you mean “{near[0]}”?" if near else f"A block like this can have: {', '.join(sorted(known - MODIFIERS))}."
    return section.mistake(key, f"There is no key “{key}” for a block like this.", hint)


#: Keys of the language that have no effect yet.
LATER = frozenset(
    {
        "decorations",
    }
)
