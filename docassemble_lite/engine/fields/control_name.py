"""The names of controls: base64 of the variable's name without padding, so that any name can stand in a form."""

from __future__ import annotations

import base64
import binascii

from docassemble_lite.engine.screen import AskedField


def control_name(variable: str) -> str:
    """The name of the control that asks for `variable`."""
    return base64.b64encode(variable.encode()).decode().rstrip("=")


def control_of(asked: AskedField) -> str:
    """The name of the control of a field that was asked."""
    return asked.control or control_name(asked.variable)


def variable_of(name: str) -> str:
    """The variable that a control asks for; ValueError when `name` isn't exactly what `control_name` gives for one."""
    padded = name + "=" * (-len(name) % 4)
    try:
        variable = base64.b64decode(padded, validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise ValueError(f"{name!r} is not the name of a control.") from error
    if control_name(variable) != name:
        raise ValueError(f"{name!r} is not the name of a control.")
    return variable
