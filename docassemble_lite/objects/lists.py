"""`DAList`: a list whose items can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from docassemble_lite.host import current
from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.empty import DAEmpty
from docassemble_lite.objects.gathering import Plan
from docassemble_lite.objects.groups import Group
from docassemble_lite.objects.missing import DAIndexError
from docassemble_lite.objects.renaming import Renaming, carry_out, renamings_of_belongings

# how many items one access may add, so that a wrong index doesn't make a list of a million people
_MOST_ADDED_AT_ONCE = 10


class DAList(Group):
    """A list. An item past the end is made, if the list has an `object_type`, or sought under the name `list[n]`."""

    elements: list[Any]

    def _no_elements(self) -> list[Any]:
        return []

    def _begin_with(self, elements: Iterable[Any], take_names: bool) -> None:
        self.append(*elements, set_instance_name=take_names)
        self.gathered = True
        self.revisit = True

    def _items(self) -> list[Any]:
        return self.elements

    def _listed(self) -> list[Any]:
        return self.elements

    def _only(self, complete: list[Any]) -> list[Any]:
        kept = {id(item) for item in complete}
        return [item for item in self.elements if id(item) in kept]

    def _another(self, plan: Plan) -> Any:
        kind = self._gathered_kind(plan)
        return self[len(self.elements)] if kind is None else self.appendObject(kind)

    # --- items -----------------------------------------------------------------------------------------------------

    def __getitem__(self, index: Any) -> Any:
        """The item; a slice is a plain list of those that are there."""
        if not isinstance(index, slice):
            index = int(index)
            self._make_up_to(index)
        return self.elements[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, slice):
            self.elements[index] = value
            return
        index = int(index)
        if index > len(self.elements):
            self._make_up_to(index - 1)
        self._adopt(value, self.item_name(index))
        if index == len(self.elements):
            self.elements.append(value)
        else:
            self.elements[index] = value

    def _make_up_to(self, index: int) -> None:
        """See to it that there is an item at `index`; raises what says that it is missing."""
        needed = index - len(self.elements) + 1
        if index < 0 or needed <= 0:
            return
        if self.auto_gather and self._is_gathered():
            raise IndexError(f"{self.instanceName} has {len(self.elements)} items, so there is no item number {index}.")
        if self.object_type is None or self.ask_object_type or current().probing:
            raise DAIndexError(self.item_name(index))
        if needed > _MOST_ADDED_AT_ONCE:
            raise IndexError(
                f"{self.item_name(index)} is too far: {self.instanceName} has only {len(self.elements)} items so far."
            )
        for _ in range(needed):
            self.appendObject()

    def item(self, index: int) -> Any:
        """The item, or nothing (a `DAEmpty`) where there is none; the list is gathered first."""
        self._trigger_gather()
        return self.elements[index] if -len(self.elements) <= index < len(self.elements) else DAEmpty()

    def item_name(self, index: int) -> str:
        """The name of an item as a variable: `people[2]`."""
        return f"{self.instanceName}[{index!r}]"

    def current_index(self) -> int:
        """The index of the item that is being asked for, or else of the last one that is there; 0 if there is none."""
        return max(0, self.__dict__.get("_number_due", len(self.elements)) - 1)

    def first(self) -> Any:
        """The first item. Raises `IndexError` if the list is empty."""
        self._trigger_gather()
        return self[0]

    def last(self) -> Any:
        """The last item. Raises `IndexError` if the list is empty."""
        self._trigger_gather()
        return self[len(self.elements) - 1] if self.elements else self[0]

    # --- adding ----------------------------------------------------------------------------------------------------

    def append(self, *items: Any, set_instance_name: bool = False) -> None:
        """Add items at the end. Objects keep their names unless `set_instance_name` says to name them after their place."""
        for item in items:
            name = self.item_name(len(self.elements))
            if set_instance_name and isinstance(item, DAObject):
                item._set_instance_name_recursively(name)
            self._adopt(item, name)
            self.elements.append(item)

    def extend(self, items: Iterable[Any]) -> None:
        """Add all items at the end."""
        self.append(*items)

    def appendObject(self, kind: Any = None, **attributes: Any) -> Any:
        """Add a new object: of `kind` (a class, or what `using()` gives), else of `object_type`; the object."""
        item = self._new_item(self.item_name(len(self.elements)), kind, attributes)
        self.elements.append(item)
        return item

    def initializeObject(self, index: int, kind: Any = None, **attributes: Any) -> Any:
        """Put a new object at `index`; the object."""
        item = self._new_item(self.item_name(int(index)), kind, attributes)
        self[int(index)] = item
        return item

    def insert(self, index: int, item: Any) -> None:
        """Put an item before the one at `index`."""
        place = min(index, len(self.elements)) if index >= 0 else max(0, len(self.elements) + index)
        self.elements.insert(place, item)
        self._note_move()
        self._rename_items()
        self._adopt(item, self.item_name(place))

    # --- removing --------------------------------------------------------------------------------------------------

    def pop(self, index: int = -1) -> Any:
        """Remove an item and give it. Raises `IndexError` if it isn't there."""
        self._trigger_gather()
        item = self.elements[index]
        del self[index]
        return item

    def remove(self, *values: Any) -> None:
        """Remove values from the list, where they are in it."""
        for value in values:
            if value in self.elements:
                del self[self.elements.index(value)]

    def delitem(self, *indices: int) -> None:
        """Remove the items at these indices, where there are any."""
        present = {index % len(self.elements) for index in indices if -len(self.elements) <= index < len(self.elements)}
        for index in sorted(present, reverse=True):
            del self[index]

    def __delitem__(self, index: Any) -> None:
        removed = self.elements[index] if isinstance(index, slice) else [self.elements[index]]
        for item in removed:
            self.hook_on_remove(item)
        del self.elements[index]
        self._note_move()
        self._rename_items()
        self._after_removal(len(removed))

    def _remove_incomplete(self) -> None:
        if self.elements and not self._is_complete(self.elements[-1]):
            del self[len(self.elements) - 1]

    # --- order -----------------------------------------------------------------------------------------------------

    def sort(self, *, key: Callable[[Any], Any] | None = None, reverse: bool = False) -> Self:
        """Sort the whole list in place; the list."""
        self._trigger_gather()
        self.sort_elements(key=key, reverse=reverse)
        self.hook_after_gather()
        return self

    def sort_elements(self, *, key: Callable[[Any], Any] | None = None, reverse: bool = False) -> Self:
        """Sort what is in the list now; the list."""
        # sorted() first: while list.sort() runs, a key that asks for the list would find it empty
        before = self.elements
        self.elements = sorted(before, key=key, reverse=reverse)
        if any(old is not new for old, new in zip(before, self.elements, strict=True)):
            self._note_move()
        self._rename_items()
        return self

    def reverse(self) -> Self:
        """Turn the order round; the list."""
        self._trigger_gather()
        self.elements.reverse()
        self._note_move()
        self._rename_items()
        self.hook_after_gather()
        return self

    def move(self, index: int, to: int) -> None:
        """Put the item at `index` at the place `to`, where both are places in the list."""
        places = range(len(self.elements))
        if index in places and to in places:
            self.elements.insert(to, self.elements.pop(index))
            self._note_move()
            self._rename_items()

    @property
    def moves(self) -> int:
        """How often items have got other places."""
        return int(self.__dict__.get("_moves", 0))

    def _note_move(self) -> None:
        self._moves = self.moves + 1

    def _rename_items(self) -> None:
        """Name the objects that are named after places in this list after the places where they are now."""
        renamings: list[Renaming] = []
        for index, item in enumerate(self.elements):
            if isinstance(item, DAObject) and item.instanceName.startswith(self.instanceName + "["):
                renamings += renamings_of_belongings(item, self.item_name(index), item.has_nonrandom_instance_name)
        carry_out(renamings)

    # --- as a Python list ------------------------------------------------------------------------------------------

    def index(self, *arguments: Any) -> int:
        """Where a value is. Raises `ValueError` if it isn't in the list."""
        self._trigger_gather()
        return self.elements.index(*arguments)

    def count(self, value: Any) -> int:
        """How often a value is in the list."""
        self._trigger_gather()
        return self.elements.count(value)

    def copy(self) -> list[Any]:
        """The items as a plain list."""
        self._trigger_gather()
        return list(self.elements)

    def filter(self, name: str | None = None, **attributes: Any) -> Self:
        """A copy with only the objects whose attributes have these values; `name` is the copy's name."""
        self._trigger_gather()
        return self._with([item for item in self.elements if _has(item, attributes)], name)

    def __reversed__(self) -> Iterator[Any]:
        self._trigger_gather()
        return reversed(self.elements)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, DAList):
            return DAList(elements=[*self, *other], auto_gather=False)
        return [*self, *other] if isinstance(other, list) else NotImplemented

    def __radd__(self, other: Any) -> Any:
        return [*other, *self] if isinstance(other, list) else NotImplemented

    def __iadd__(self, other: Any) -> Self:
        self.extend(other)
        return self

    def _parts(self) -> Iterator[tuple[DAObject, str]]:
        yield from super()._parts()
        for index, item in enumerate(self.elements):
            if isinstance(item, DAObject):
                yield item, f"[{index}]"


def _has(item: Any, attributes: dict[str, Any]) -> bool:
    return all(getattr(item, name) == value for name, value in attributes.items())
