"""What all blocks have in common: the modifiers, the names that they define, and how they are carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from docassemble_lite.engine.document import Items, Place, Section
from docassemble_lite.engine.expressions import Expression, constant_or_expression
from docassemble_lite.engine.names import is_path, normalized
from docassemble_lite.engine.source import Source, Sources

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.screen import Outcome
    from docassemble_lite.engine.wanted import Wanted

#: Keys that any block may have.
MODIFIERS = frozenset(
    {
        "comment",
        "depends on",
        "event",
        "ga id",
        "generic object",
        "id",
        "if",
        "initial",
        "language",
        "mandatory",
        "need",
        "on change",
        "only sets",
        "order",
        "reconsider",
        "role",
        "scan for variables",
        "section",
        "segment",
        "segment id",
        "sets",
        "supersedes",
        "undefine",
    }
)


class Block:
    """One block of an interview.

    `number` is its place among the blocks with logic, `name` what the bookkeeping of answered blocks calls it,
    `defines` the names it can define in the order of the source.
    """

    kind: ClassVar[str] = "block"
    #: The keys that mean something in a block of this kind, beside `MODIFIERS`.
    keys: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, section: Section, number: int, language: str = "*") -> None:
        self.section = section
        self.place: Place = section.place
        self.number = number
        self.id = str(section["id"]).strip() if section.get("id") is not None else ""
        self.name = f"ID {self.id}" if self.id else f"Question_{number}"
        self.language = str(section.get("language", language))
        self.mandatory = constant_or_expression(section.get("mandatory"), section.value_place("mandatory"))
        self.initial = constant_or_expression(section.get("initial"), section.value_place("initial"))
        self.conditions = _expressions(section, "if")
        self.generic = _generic_class(section)
        self.events = names_at(section, "event")
        self.supersedes = _words(section, "supersedes")
        self.needs, self.needs_after = _needs(section)
        self.undefines = names_at(section, "undefine")
        reconsider = section.get("reconsider")
        self.reconsidered_always = reconsider is True
        self.reconsiders = names_at(section, "reconsider") if isinstance(reconsider, (str, list)) else []
        self.depends_on = names_at(section, "depends on")
        self.scanned = section.get("scan for variables") is not False
        self.explicit = [*names_at(section, "sets"), *self.events]
        self.only = names_at(section, "only sets")
        self.found: list[str] = []

    @property
    def defines(self) -> list[str]:
        """The names it can define."""
        if self.only:
            return list(dict.fromkeys([*self.only, *self.events]))
        found = self.found if self.scanned else []
        return list(dict.fromkeys([*found, *self.explicit]))

    @property
    def sought_for(self) -> list[str]:
        """The names for whose sake it is tried."""
        return self.defines

    def read_files(self, sources: Sources) -> list[Source]:
        """Read the other files that it is made of; these. Raises `SourceError` for one that isn't there."""
        return []

    @property
    def is_event(self) -> bool:
        """Whether it answers an action instead of defining a value."""
        return bool(self.events)

    def applies(self, answers: dict[str, Any]) -> bool:
        """Whether its `if` conditions hold. May raise what a missing variable raises."""
        return all(condition.evaluate(answers) for condition in self.conditions)

    def carry_out(self, evaluation: Evaluation) -> Outcome | None:
        """Do what a mandatory block does; an outcome ends the pass."""
        raise NotImplementedError

    def define(self, evaluation: Evaluation, wanted: Wanted) -> Outcome | None:
        """Try to define what is wanted; the search looks afterwards whether it is defined. An outcome ends the pass."""
        raise NotImplementedError


def names_at(section: Section, key: str) -> list[str]:
    """The variable names under a key: one, or a list of them."""
    names = [normalized(word) for word in _words(section, key)]
    for name in names:
        if not is_path(name):
            raise section.mistake(key, f"“{name}” isn't the name of a variable.", "Write a name such as client.name.first.")
    return names


def _words(section: Section, key: str) -> list[str]:
    value = section.get(key)
    if value is None:
        return []
    if isinstance(value, Mapping):
        raise section.mistake(key, f"“{key}” must be a name or a list of names.")
    words = value if isinstance(value, list) else [value]
    return [str(word).strip() for word in words if word is not None]


def expressions_in(value: Any, section: Section, key: str) -> list[Expression]:
    """The expressions of a text or of a list of texts."""
    if value is None:
        return []
    if isinstance(value, Items):
        return [Expression(str(item), value.item_place(number)) for number, item in enumerate(value)]
    if isinstance(value, dict):
        raise section.mistake(key, f"“{key}” must be an expression or a list of expressions.")
    return [Expression(str(value), section.value_place(key))]


def _expressions(section: Section, key: str) -> list[Expression]:
    return expressions_in(section.get(key), section, key)


def _needs(section: Section) -> tuple[list[Expression], list[Expression]]:
    """What is needed before and after the block."""
    value = section.get("need")
    entries = value if isinstance(value, list) else [value]
    before: list[Expression] = []
    after: list[Expression] = []
    for number, entry in enumerate(entries):
        if isinstance(entry, Section):
            for key, target in (("pre", before), ("post", after)):
                target += expressions_in(entry.get(key), entry, key)
        elif entry is not None:
            place = value.item_place(number) if isinstance(value, Items) else section.value_place("need")
            before.append(Expression(str(entry), place))
    return before, after


def _generic_class(section: Section) -> str:
    value = section.get("generic object")
    if value is None:
        return ""
    name = str(value).strip()
    if not name.isidentifier():
        raise section.mistake("generic object", f"“{name}” isn't the name of a class.", "Write a name such as Individual.")
    return name
