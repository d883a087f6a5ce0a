"""Giving an object another intrinsic name, and with it what belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docassemble_lite.objects.base import DAObject

# (object, its new name, whether that name is a real one)
Renaming = tuple["DAObject", str, bool]


def renamings_of_belongings(owner: DAObject, name: str, real: bool) -> list[Renaming]:
    """What has to be renamed when `owner` gets a new name: itself and the parts that are named after it."""
    old = owner.instanceName
    return [(part, name + part.instanceName[len(old) :], real) for part in _belongings(owner, old)]


def renamings_of_everything(owner: DAObject, name: str) -> list[Renaming]:
    """The same, but every object that can be reached is a part, whatever it was called: for deep copies."""
    return [(part, path, True) for part, path in _reachable(owner, name)]


def carry_out(renamings: list[Renaming]) -> None:
    """Apply all at once, so that a new name is never mistaken for an old one."""
    for part, name, real in renamings:
        part.__dict__["instanceName"] = name
        part.__dict__["has_nonrandom_instance_name"] = real


def _belongings(owner: DAObject, name: str) -> Iterator[DAObject]:
    waiting, seen = [owner], {id(owner)}
    while waiting:
        part = waiting.pop()
        yield part
        for child, _ in part._parts():
            if id(child) not in seen and child.instanceName.startswith((name + ".", name + "[")):
                seen.add(id(child))
                waiting.append(child)


def _reachable(owner: DAObject, name: str) -> Iterator[tuple[DAObject, str]]:
    waiting, seen = [(owner, name)], {id(owner)}
    while waiting:
        part, path = waiting.pop(0)
        yield part, path
        for child, step in part._parts():
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append((child, path + step))
