"""What a group is to be gathered to, and which groups are being gathered.

Gathering raises what is missing, and begins anew when that is there. While it is sought, the group still counts as being
gathered, so that a question like "Are there other fruits than ${ fruit }?" can be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any

from docassemble_lite.host import current
from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.missing import MissingVariable


@dataclass(frozen=True)
class Plan:
    """How a group is to be gathered: until it has `number` items, or, where that is None, at least `minimum` of them.

    New items are of `kind`; where that is None, of the group's own. An item is complete when it has all `attributes`;
    where there are none, when it can be shown.
    """

    number: int | None = None
    minimum: int | None = None
    kind: Any = None
    attributes: Sequence[str] = ()

    @property
    def least(self) -> int:
        """So many items there have to be."""
        return self.number if self.number is not None else self.minimum or 0

    @property
    def is_open(self) -> bool:
        """Whether it has to be asked if there are others."""
        return self.number is None and self.minimum != 0


def complete(item: Any, attributes: Sequence[str]) -> None:
    """See to it that an item is complete. Raises what says what is missing; plain values are complete as they are."""
    if not isinstance(item, DAObject):
        return
    for path in attributes:
        reduce(getattr, path.split("."), item)
    if not attributes:
        str(item)


@contextmanager
def being_gathered(name: str) -> Iterator[None]:
    """The group of that name is being gathered, also while what this raises is sought."""
    gathering = current().gathering
    new = name not in gathering
    gathering.add(name)
    try:
        yield
    except (NameError, MissingVariable) as error:
        error.gathering = groups_gathered(error) | {name}  # type: ignore[union-attr]
        raise
    finally:
        if new:
            gathering.discard(name)


def groups_gathered(error: BaseException) -> frozenset[str]:
    """The names of the groups for whose sake something was needed that is missing."""
    return getattr(error, "gathering", frozenset())


@contextmanager
def still_gathering(names: Iterable[str]) -> Iterator[None]:
    """The groups of these names are being gathered: what is sought now, or was asked, is needed for their sake."""
    gathering = current().gathering
    new = set(names) - gathering
    gathering |= new
    try:
        yield
    finally:
        gathering -= new
