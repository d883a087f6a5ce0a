"""`data`, `data from code` and `objects from file` blocks: values that stand in the interview or in a file beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.block import Block, names_at
from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.document import Items, Place, Section
from docassemble_lite.engine.expressions import Expression, set_variable
from docassemble_lite.engine.names import is_path, normalized
from docassemble_lite.engine.source import Source, Sources
from docassemble_lite.engine.structures import Making, objects_of_file

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.wanted import Wanted

#: Gives a value when it is asked for, from the answers.
Maker = Callable[[dict[str, Any]], Any]


class DataBlock(Block):
    """A structure of lists, dictionaries and texts with Mako, which is evaluated when the variable is defined."""

    kind = "data"
    keys = frozenset({"variable name", "data", "use objects", "gathered"})
    key = "data"

    def __init__(self, section: Section, number: int, language: str = "*") -> None:
        super().__init__(section, number, language)
        self.found = names_at(section, "variable name")
        if len(self.found) != 1:
            raise section.mistake(self.key, f"“{self.key}” needs the name of a variable.", "Add “variable name: fruits”.")
        self.data = _maker(section[self.key], section.value_place(self.key), self._leaf)
        self.objects = _use_objects(section)
        self.gathered = _gathered(section)

    def carry_out(self, evaluation: Evaluation) -> None:
        self._set(evaluation, self.found[0])

    def define(self, evaluation: Evaluation, wanted: Wanted) -> None:
        self._set(evaluation, wanted.name)

    def _set(self, evaluation: Evaluation, name: str) -> None:
        groups, objects = self.objects is True, self.objects == "objects"
        making = Making(evaluation, groups, objects, self.gathered, self.place.source)
        set_variable(name, making.made(self.data(evaluation.answers), name), evaluation.answers)

    def _leaf(self, text: str, place: Place) -> Maker:
        return BlockText(text, place).value


class DataFromCodeBlock(DataBlock):
    """A structure whose texts are Python expressions."""

    keys = frozenset({"variable name", "data from code", "use objects", "gathered"})
    key = "data from code"

    def _leaf(self, text: str, place: Place) -> Maker:
        return Expression(text, place).evaluate


class ObjectsFromFileBlock(Block):
    """Says of variables in which file their objects are described."""

    kind = "objects from file"
    keys = frozenset({"objects from file", "use objects", "gathered"})

    def __init__(self, section: Section, number: int, language: str = "*") -> None:
        super().__init__(section, number, language)
        self.entries = _file_entries(section)
        self.found = [name for name, _, _ in self.entries]
        self.objects = _use_objects(section)
        self.gathered = _gathered(section)
        self.files: dict[str, Source] = {}

    def read_files(self, sources: Sources) -> list[Source]:
        self.files = {name: source_file(reference, place, sources) for name, reference, place in self.entries}
        return list(self.files.values())

    def carry_out(self, evaluation: Evaluation) -> None:
        for name in self.found:
            if not evaluation.is_defined(name):
                self._set(evaluation, name, name)

    def define(self, evaluation: Evaluation, wanted: Wanted) -> None:
        for name in self.found:
            if wanted.binding.filled(name) == wanted.name or normalized(name) == wanted.variant:
                self._set(evaluation, name, wanted.name)
                return

    def _set(self, evaluation: Evaluation, entry: str, name: str) -> None:
        making = Making(evaluation, bool(self.objects), True, self.gathered, self.place.source)
        set_variable(name, objects_of_file(self.files[entry], making, name), evaluation.answers)


# --- reading ---------------------------------------------------------------------------------------------------------


def source_file(reference: str, place: Place, sources: Sources) -> Source:
    """A file of data. Raises `SourceError` if there is none."""
    path = sources.data_file(reference, "sources", place.source)
    if path is None:
        raise place.mistake(
            f"There is no file “{reference}” among the sources.",
            "It must lie in data/sources of the package, or beside the interview.",
        )
    return Source(reference, path, path.parent, place.source.package)


def _maker(value: Any, place: Place, leaf: Callable[[str, Place], Maker]) -> Maker:
    """What makes a structure anew each time."""
    if isinstance(value, Section):
        pairs = {key: _maker(item, value.value_place(key), leaf) for key, item in value.items()}
        return lambda answers: {key: make(answers) for key, make in pairs.items()}
    if isinstance(value, list):
        places = [value.item_place(number) if isinstance(value, Items) else place for number in range(len(value))]
        makers = [_maker(item, where, leaf) for item, where in zip(value, places, strict=True)]
        return lambda answers: [make(answers) for make in makers]
    return leaf(value, place) if isinstance(value, str) else lambda _: value


def _use_objects(section: Section) -> bool | str:
    value = section.get("use objects", False)
    if not isinstance(value, bool) and value != "objects":
        raise section.mistake("use objects", "“use objects” must be True, False or objects.")
    found: bool | str = value
    return found


def _gathered(section: Section) -> bool:
    value = section.get("gathered", True)
    if not isinstance(value, bool):
        raise section.mistake("gathered", "“gathered” must be True or False.")
    return value


def _file_entries(section: Section) -> list[tuple[str, str, Place]]:
    value = section["objects from file"]
    found: list[tuple[str, str, Place]] = []
    for entry in value if isinstance(value, list) else [value]:
        if not isinstance(entry, Section):
            raise section.mistake(
                "objects from file", "Each entry must be of the form “- name: file.yml”.", "For instance “- claims: claims.yml”."
            )
        for key, reference in entry.items():
            name = normalized(str(key))
            if not is_path(name):
                raise entry.mistake(key, f"“{name}” isn't the name of a variable.")
            found.append((name, str(reference), entry.value_place(key)))
    return found
