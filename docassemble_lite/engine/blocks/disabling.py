"""`disable others`: a field that, once something is entered in it, keeps other fields of its screen from being answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from docassemble_lite.engine.blocks.conditions import Control
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.names import Binding, is_path, normalized

Disables = bool | tuple[str, ...]


def read_disables(section: Section) -> Disables:
    """What a field disables: nothing, all others (True), or those for these variables. Raises `SourceError`."""
    value = section.get("disable others")
    if value is None or isinstance(value, bool):
        return bool(value)
    names = value if isinstance(value, list) else [value]
    for name in names:
        if not isinstance(name, str) or not is_path(normalized(name.strip())):
            raise section.mistake(
                "disable others",
                f"“{name}” isn't the name of a variable.",
                "Write True, or a list of the variables of this screen whose fields are to be disabled.",
            )
    return tuple(normalized(name.strip()) for name in names)


def settle_disabling(controls: Sequence[Control], binding: Binding) -> list[Control]:
    """The controls, of which those that disable others know the names of these."""
    return [_settled(control, controls, binding) if control.disables else control for control in controls]


def _settled(control: Control, controls: Sequence[Control], binding: Binding) -> Control:
    wanted = control.disables
    variables = () if isinstance(wanted, bool) else tuple(binding.filled(name) for name in wanted)
    names = tuple(
        other.view.name
        for other in controls
        if other.asked is not None and other is not control and (wanted is True or other.asked.variable in variables)
    )
    asked = replace(control.asked, disables=names) if control.asked else None
    return replace(control, view=replace(control.view, disables=names), asked=asked)
