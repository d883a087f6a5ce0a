"""Data as YAML and JSON give it, made into the objects that it describes."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.document import Section, read_values
from docassemble_lite.engine.modules import package_of
from docassemble_lite.errors import EvaluationError
from docassemble_lite.objects import DAContext, DADict, DAList, DAObject

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.source import Source

#: Keys of a dictionary that is a text for each place where it may stand.
CONTEXTS = frozenset({"question", "document", "docx", "pdf", "pandoc"})
# modules whose names every interview has
_OWN = "docassemble.base"


@dataclass(frozen=True)
class Making:
    """How data becomes objects.

    `groups`: lists and dictionaries become `DAList` and `DADict`. `objects`: a dictionary with `object` and `item` becomes an
    object of that class, one with `object` and `items` a list of them. `gathered`: the groups count as complete.
    """

    evaluation: Evaluation
    groups: bool = False
    objects: bool = False
    gathered: bool = True
    # relative to whose package modules are named
    source: Source | None = None

    def made(self, data: Any, name: str) -> Any:
        """The value for the variable `name`. Raises `EvaluationError` for a class that isn't there."""
        if isinstance(data, Mapping):
            return self._of_mapping(data, name)
        if isinstance(data, (list, tuple)):
            items = [self.made(item, f"{name}[{number}]") for number, item in enumerate(data)]
            return self._list(name, items) if self.groups else items
        return data

    def _of_mapping(self, data: Mapping[Any, Any], name: str) -> Any:
        if self.objects and "object" in data and "item" in data:
            return self._object(self._class(data), data["item"], name)
        if self.objects and "object" in data and "items" in data:
            cls = self._class(data)
            listed = data["items"] if isinstance(data["items"], (list, tuple)) else [data["items"]]
            items = [self._object(cls, item, f"{name}[{number}]") for number, item in enumerate(listed)]
            return self._list(name, items, object_type=cls)
        if self.groups and len(data) >= 2 and set(data) <= CONTEXTS:
            return DAContext(name, **{key: self.made(value, f"{name}[{key!r}]") for key, value in data.items()})
        values = {key: self.made(value, f"{name}[{key!r}]") for key, value in data.items()}
        if not self.groups:
            return values
        made = DADict(name)
        made.elements.update(values)
        return self._completed(made)

    def _list(self, name: str, items: Sequence[Any], **attributes: Any) -> DAList:
        made = DAList(name, **attributes)
        made.elements.extend(items)
        return self._completed(made)

    def _completed(self, group: Any) -> Any:
        if self.gathered:
            group.gathered = True
            group.revisit = True
        return group

    def _object(self, cls: type[DAObject], attributes: Any, name: str) -> DAObject:
        if not isinstance(attributes, Mapping):
            raise EvaluationError(f"An item of {name} is {attributes!r}.", hint="It must have a value for each attribute.")
        made = cls(name)
        for key, value in attributes.items():
            setattr(made, str(key), self.made(value, f"{name}.{key}"))
        return made

    def _class(self, data: Mapping[str, Any]) -> type[DAObject]:
        name, module = str(data["object"]), str(data.get("module") or "")
        names: Mapping[str, Any] = {**self.evaluation.answers["__builtins__"], **self.evaluation.answers}
        if module and not module.startswith(_OWN):
            names = vars(self._module(module))
        found = names.get(name)
        if isinstance(found, type) and issubclass(found, DAObject):
            return found
        raise EvaluationError(f"There is no class “{name}” of objects.", hint="Say in which “module” it is, or correct its name.")

    def _module(self, name: str) -> Any:
        full = f"{package_of(self.source)}{name}" if name.startswith(".") and self.source else name
        try:
            return importlib.import_module(full)
        except ImportError as error:
            raise EvaluationError(f"The module “{name}” can't be imported: {error}.", hint="Correct its name.") from error


def objects_of_file(source: Source, making: Making, name: str) -> Any:
    """What a file describes; several documents are a list. Raises `SourceError` for what isn't YAML or JSON."""
    values = [plain(value) for value in read_values(source)]
    if len(values) == 1:
        return making.made(values[0], name)
    return replace(making, groups=True).made(values, name)


def plain(value: Any) -> Any:
    """Data of a source without the places where it stands."""
    if isinstance(value, Section):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value
