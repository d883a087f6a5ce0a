"""`DADict`: a dictionary whose items can be asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self

from docassemble_lite.host import current
from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.empty import DAEmpty
from docassemble_lite.objects.gathering import Plan
from docassemble_lite.objects.groups import Group
from docassemble_lite.objects.lists import DAList
from docassemble_lite.objects.missing import DAIndexError
from docassemble_lite.objects.sorting import in_order


class DADict(Group):
    """A dictionary. Its keys come in alphabetical order.

    A key that isn't there gets a new object, if the dictionary has an `object_type`, or is sought as `things['key']`.
    While it is being gathered, `new_item_name` is a new key and `new_item_value` its value. It can be made with
    `elements` (a dictionary) or with `keys` (to each of which a new object is given).
    """

    elements: dict[Any, Any]
    _passing = ("_number_due", "new_item_name", "new_item_value")

    def init(self, *positional: Any, **attributes: Any) -> None:
        keys = attributes.pop("keys", None)
        super().init(*positional, **attributes)
        if keys is not None:
            self.new(keys)

    def _no_elements(self) -> dict[Any, Any]:
        return {}

    def _begin_with(self, elements: Mapping[Any, Any], take_names: bool) -> None:
        for key, value in elements.items():
            if take_names and isinstance(value, DAObject):
                value._set_instance_name_recursively(self.item_name(key))
            self[key] = value
        self.gathered = True
        self.revisit = True

    def _items(self) -> list[Any]:
        return [self.elements[key] for key in self._listed()]

    def _listed(self) -> list[Any]:
        return in_order(self.elements)

    def _only(self, complete: list[Any]) -> dict[Any, Any]:
        kept = {id(item) for item in complete}
        return self._subset(key for key, value in self.elements.items() if id(value) in kept)

    def _another(self, plan: Plan) -> Any:
        key = self.new_item_name
        kind = self._gathered_kind(plan)
        if key not in self.elements and (kind is not None or "new_item_value" in self.__dict__):
            self._take_new_item(key, kind)
        return self[key]  # seeks it

    def _take_new_item(self, key: Any, kind: Any) -> None:
        """Put in the item that a person has just named: an object of `kind`, or else the value that was given with it."""
        if kind is None:
            self[key] = self.new_item_value
        else:
            self.initializeObject(key, kind)

    # --- items -----------------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        if key in self.elements:
            return self.elements[key]
        if self.object_type is None or self.ask_object_type or current().probing:
            raise DAIndexError(self.item_name(key))
        return self.initializeObject(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._adopt(value, self.item_name(key))
        self.elements[key] = value

    def item(self, key: Any) -> Any:
        """The value, or nothing (a `DAEmpty`) where there is none; the dictionary is gathered first."""
        self._trigger_gather()
        return self.elements[key] if key in self.elements else DAEmpty()

    def item_name(self, key: Any) -> str:
        """The name of an item as a variable: `things['key']`."""
        return f"{self.instanceName}[{key!r}]"

    def initializeObject(self, key: Any, kind: Any = None, **attributes: Any) -> Any:
        """Put a new object under `key`: of `kind` (a class, or what `using()` gives), else of `object_type`; the object."""
        item = self._new_item(self.item_name(key), kind, attributes)
        self[key] = item
        return item

    def new(self, *keys: Any, **attributes: Any) -> None:
        """Put a new object under each key; keys may come in lists."""
        for key in keys:
            if isinstance(key, Iterable) and not isinstance(key, str):
                self.new(*key, **attributes)
            else:
                self.initializeObject(key, **attributes)

    def __delitem__(self, key: Any) -> None:
        if key not in self.elements:
            # what is to be removed is sought first, like anything else that code names
            self[key]
        self.hook_on_remove(self.elements[key])
        del self.elements[key]
        self._after_removal(1)

    def _remove_incomplete(self) -> None:
        last = next(reversed(self.elements), None)
        if last is not None and not self._is_complete(self.elements[last]):
            del self[last]

    def delitem(self, *keys: Any) -> None:
        """Remove keys, where they are there."""
        for key in keys:
            if key in self.elements:
                del self[key]

    # --- as a Python dictionary ------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Any]:
        """The keys as they were entered; only `keys()` and its siblings put them in order."""
        self._trigger_gather()
        return iter(list(self.elements))

    def keys(self) -> list[Any]:
        """All keys, in order."""
        self._trigger_gather()
        return self._listed()

    def values(self) -> list[Any]:
        """All values, in the order of their keys."""
        self._trigger_gather()
        return self._items()

    def items(self) -> list[tuple[Any, Any]]:
        """All pairs of a key and its value, in the order of the keys."""
        return [(key, self.elements[key]) for key in self.keys()]

    def iterkeys(self) -> Iterator[Any]:
        """The keys one by one."""
        return iter(self.keys())

    def itervalues(self) -> Iterator[Any]:
        """The values one by one."""
        return iter(self.values())

    def iteritems(self) -> Iterator[tuple[Any, Any]]:
        """The pairs one by one."""
        return iter(self.items())

    def has_key(self, key: Any) -> bool:
        """Whether the key is there."""
        return key in self

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of a key, or `default`; nothing is asked."""
        return self.elements.get(key, default)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The value of a key, which is set to `default` if it isn't there."""
        if key not in self.elements:
            self[key] = default
        return self.elements[key]

    def update(self, *others: Any, **values: Any) -> None:
        """Take over the items of another dictionary."""
        for key, value in dict(*(_mapping(other) for other in others), **values).items():
            self[key] = value

    def pop(self, key: Any, *default: Any) -> Any:
        """Remove a key and give its value; `default` if it isn't there. Raises `KeyError` without a default."""
        if key not in self.elements and default:
            return default[0]
        value = self.elements.get(key)
        del self[key]
        return value

    def popitem(self) -> tuple[Any, Any]:
        """Remove the key that came last; the pair of key and value. Raises `KeyError` if there is none."""
        self._trigger_gather()
        if not self.elements:
            raise KeyError("popitem(): the dictionary is empty")
        key = next(reversed(self.elements))
        return key, self.pop(key)

    def copy(self) -> dict[Any, Any]:
        """A plain dictionary with all items."""
        self._trigger_gather()
        return self.elements.copy()

    def slice(self, *which: Any) -> Self:
        """A copy with only these keys, or, given a function, with only those values of which it is true."""
        self._trigger_gather()
        if len(which) == 1 and callable(which[0]) and which[0] not in self.elements:
            test: Callable[[Any], Any] = which[0]
            return self._with(self._subset(key for key, value in self.elements.items() if test(value)))
        return self._with(self._subset(key for key in which if key in self.elements))

    # --- checkboxes ------------------------------------------------------------------------------------------------

    def true_values(self, insertion_order: bool = False) -> DAList:
        """The keys whose values are true, in alphabetical order or in that in which they came."""
        return self._keys_that_are(True, insertion_order)

    def false_values(self, insertion_order: bool = False) -> DAList:
        """The keys whose values are false, in alphabetical order or in that in which they came."""
        return self._keys_that_are(False, insertion_order)

    def all_true(self, *keys: Any, exclusive: bool = False) -> bool:
        """Whether all values, or those of `keys`, are true; with `exclusive`, these and no others."""
        return self._are(True, keys, exclusive)

    def all_false(self, *keys: Any, exclusive: bool = False) -> bool:
        """Whether all values, or those of `keys`, are false; with `exclusive`, these and no others."""
        return self._are(False, keys, exclusive)

    def any_true(self, *keys: Any, exclusive: bool = False) -> bool:
        """Whether at least one value is true: the opposite of `all_false()`."""
        return not self.all_false(*keys, exclusive=exclusive)

    def any_false(self, *keys: Any, exclusive: bool = False) -> bool:
        """Whether at least one value is false: the opposite of `all_true()`."""
        return not self.all_true(*keys, exclusive=exclusive)

    def _keys_that_are(self, truth: bool, insertion_order: bool) -> DAList:
        self._trigger_gather()
        keys = list(self.elements) if insertion_order else self._listed()
        return DAList(elements=[key for key in keys if bool(self.elements[key]) is truth], auto_gather=False)

    def _are(self, truth: bool, keys: tuple[Any, ...], exclusive: bool) -> bool:
        self._trigger_gather()
        # a key that isn't there was not chosen
        if any(bool(self.elements.get(key, False)) is not truth for key in keys or self.elements):
            return False
        return not exclusive or all(bool(value) is not truth for key, value in self.elements.items() if key not in keys)

    def _subset(self, keys: Iterable[Any]) -> dict[Any, Any]:
        chosen = self._no_elements()
        chosen.update((key, self.elements[key]) for key in keys)
        return chosen

    def _parts(self) -> Iterator[tuple[DAObject, str]]:
        yield from super()._parts()
        for key, value in self.elements.items():
            if isinstance(value, DAObject):
                yield value, f"[{key!r}]"


class DAOrderedDict(DADict):
    """A dictionary that keeps the order in which its keys came."""

    def _no_elements(self) -> OrderedDict[Any, Any]:
        return OrderedDict()

    def _listed(self) -> list[Any]:
        return list(self.elements)


def _mapping(value: Any) -> Any:
    return value.elements if isinstance(value, DADict) else value
