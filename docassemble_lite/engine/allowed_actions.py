"""Which names a browser may have an interview act on: all that its blocks have, unless `allowed actions` lists some."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docassemble_lite.engine.document import Section
from docassemble_lite.engine.names import is_excessive, is_plain_path, normalized, variants_of
from docassemble_lite.errors import SourceError

if TYPE_CHECKING:
    from docassemble_lite.engine.program import Program

_KEY = "allowed actions"
_HINT = f"Write “{_KEY}:” and below it “- name of an action”; “{_KEY}: []” allows none."


@dataclass
class AllowedActions:
    """The names that an interview lists, with the sections that do; `restricted` is whether it lists any at all."""

    restricted: bool = False
    listed: dict[str, Section] = field(default_factory=dict)

    def allows(self, name: str) -> bool:
        """Whether a browser may ask for it. `people[i].age` in the list stands for the age of each."""
        if not self.restricted:
            return True
        if is_excessive(name) or not is_plain_path(name):
            return False
        return any(variant in self.listed for variant in _spellings(name))

    def read(self, features: Section) -> None:
        """Take over what a `features` section lists; the names of several sections add up."""
        if _KEY not in features:
            return
        names = features[_KEY]
        if not isinstance(names, list):
            raise features.mistake(_KEY, f"“{_KEY}” must be a list of names.", _HINT)
        self.restricted = True
        for name in names:
            if not isinstance(name, str) or is_excessive(name) or not is_plain_path(normalized(name)):
                raise features.mistake(_KEY, f"{name!r} in “{_KEY}” is no name of an action.", _HINT)
            self.listed[normalized(name)] = features

    def unanswered(self, program: Program) -> Iterator[SourceError]:
        """A warning for each name in the list that no block of the program has."""
        for name, features in self.listed.items():
            if not any(program.has_blocks_for(variant) for variant in _spellings(name)):
                near = program.similar_names(name)
                hint = f"Did you mean {near}?" if near else "Correct the name, or add an “event” or a question of that name."
                yield features.mistake(_KEY, f"No block has the name “{name}”, which is in “{_KEY}”.", hint)


def _spellings(name: str) -> set[str]:
    """The name and all that a block may call it: with iterators for indices, with x for a beginning."""
    return {normalized(name), *(variant.name for variant in variants_of(normalized(name)))}
