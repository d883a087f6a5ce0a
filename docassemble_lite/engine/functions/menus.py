"""`dispatch()`: menus whose entries lead to screens, and back."""

from __future__ import annotations

from docassemble_lite.engine.functions.variables import undefine, value
from docassemble_lite.host import current

__all__ = ["dispatch"]

# a choice that stands for None is posted as text where the other choices are texts
_ENDS = (None, "None")


def dispatch(name: str) -> bool:
    """Show a menu until its entry for None is chosen; True then.

    The variable `name` holds the name of the variable that is sought for the entry that was chosen. Both are forgotten
    when that is done, and the menu comes up again.
    """
    ended: set[str] = current().evaluation.ended_menus
    if name in ended:
        # the code before what is missing now runs again, and has had its menu in this request
        return True
    while (chosen := value(name)) not in _ENDS:
        value(chosen)
        undefine(chosen, name)
    undefine(name)
    ended.add(name)
    return True
