"""What `set_info()` keeps while an interview is being evaluated: above all, who the user is."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from docassemble_lite.host import Current, current

# forgotten together with the evaluation for which it was set
_information: WeakKeyDictionary[Current, dict[str, Any]] = WeakKeyDictionary()


def set_info(**information: Any) -> None:
    """Keep values until the end of this evaluation. `user` is the object that stands for the person who answers."""
    _information.setdefault(current(), {}).update(information)


def get_info(name: str) -> Any:
    """What `set_info()` was given under this name, or None."""
    return _information.get(current(), {}).get(name)
