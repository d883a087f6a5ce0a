"""`DASet`: a set whose members can be asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from docassemble_lite.objects.gathering import Plan
from docassemble_lite.objects.groups import Group
from docassemble_lite.objects.sorting import in_order


class DASet(Group):
    """A set. Its members come in alphabetical order. While it is being gathered, `new_item` is a new member."""

    elements: set[Any]
    _passing = (
        "_number_due",
        "new_item",
    )

    def _no_elements(self) -> set[Any]:
        return set()

    def _begin_with(self, elements: Iterable[Any], take_names: bool) -> None:
        # members of a set have no places that they could be named after
        self.add(*elements)
        self.gathered = True
        self.revisit = True

    def _items(self) -> list[Any]:
        return list(self.elements)

    def _listed(self) -> list[Any]:
        return in_order(self.elements)

    def _only(self, complete: list[Any]) -> set[Any]:
        return set(complete)

    def _another(self, plan: Plan) -> Any:
        member = self.new_item
        self.add(member)
        return member

    def _as_set(self) -> set[Any]:
        # members that can't be shown yet have no order
        self._trigger_gather()
        return set(self.elements)

    def add(self, *members: Any) -> None:
        """Put members in."""
        self.elements.update(members)

    def discard(self, *members: Any) -> None:
        """Take members out, where they are in."""
        for member in members:
            if member in self.elements:
                self.remove(member)

    def remove(self, member: Any) -> None:
        """Take a member out. Raises `KeyError` if it isn't in."""
        self.elements.remove(member)
        self._after_removal(1)

    def pop(self) -> Any:
        """Take out some member and give it. Raises `KeyError` if the set is empty."""
        self._trigger_gather()
        member = self.elements.pop()
        self._after_removal(1)
        return member

    def copy(self) -> set[Any]:
        """The members as a plain set."""
        return self._as_set()

    def filter(self, name: str | None = None, **attributes: Any) -> Self:
        """A copy with only the objects whose attributes have these values; `name` is the copy's name."""
        kept = {member for member in self._as_set() if all(getattr(member, n) == v for n, v in attributes.items())}
        return self._with(kept, name)

    def __or__(self, other: Iterable[Any]) -> set[Any]:
        return self.union(other)

    def __and__(self, other: Iterable[Any]) -> set[Any]:
        return self.intersection(other)

    def __sub__(self, other: Iterable[Any]) -> set[Any]:
        return self.difference(other)
