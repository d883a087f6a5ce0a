"""A class together with the attributes that its new objects are to have: what `Individual.using(...)` gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Using:
    """A class and what its new objects begin with. It is called like the class itself."""

    object_type: type
    parameters: Mapping[str, Any]

    def __call__(self, *positional: Any, **attributes: Any) -> Any:
        return self.object_type(*positional, **{**self.parameters, **attributes})

    def using(self, **attributes: Any) -> Using:
        """The same with more attributes."""
        return Using(self.object_type, {**self.parameters, **attributes})
