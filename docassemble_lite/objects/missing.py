"""What an object raises when something that it is asked for has no value yet.

The engine catches these, seeks `wanted` and runs the code again. They are also what Python expects of an attribute or
an item that isn't there, so `hasattr()` and `getattr()` with a default work as usual.
"""

from __future__ import annotations


class MissingVariable(Exception):
    """A variable has no value yet. `wanted` is its name as it is to be sought, e.g. `people[0].name.first`."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"name '{wanted}' is not defined")
        self.wanted = wanted

    def __reduce__(self) -> tuple[type[MissingVariable], tuple[str]]:
        return type(self), (self.wanted,)


class DAAttributeError(MissingVariable, AttributeError):
    """An attribute of an object has no value yet."""


class DAIndexError(MissingVariable, IndexError):
    """An item of a list or dictionary has no value yet."""
