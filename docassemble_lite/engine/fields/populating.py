"""Values for controls that are on the screen already: what a form would post if a person had entered them."""

from __future__ import annotations

from typing import Any

from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.fields.datatype import FieldSpec, Option
from docassemble_lite.engine.fields.registry import datatype_of
from docassemble_lite.engine.screen import AskedField, FieldView
from docassemble_lite.errors import LiteError


class NeverFilledIn(LiteError):
    """A password is never sent to a browser, and what stands in its field stays."""


def posted_texts(asked: AskedField, value: Any) -> list[str]:
    """What the control of a field posts when it shows `value`; nothing when nothing is entered or chosen.

    Raises `NeverFilledIn`, and LiteError for a datatype that is gone.
    """
    labels = {key: label for label, key in asked.options.get("labels", {}).items()}
    options = tuple(Option(choice, labels.get(key, key), labels.get(key, key)) for key, choice in (asked.choices or {}).items())
    spec = FieldSpec(
        variable=asked.variable,
        name=control_name(asked.variable),
        datatype=asked.datatype,
        input_type=asked.options.get("input_type", ""),
        required=asked.required,
        options=options,
        answered=True,
    )
    return _posted(datatype_of(asked).view(spec, asked, value))


def _posted(view: FieldView) -> list[str]:
    if view.input_type == "password":
        raise NeverFilledIn
    if view.kind == "checkbox":
        return [view.value] if view.checked else []
    if view.kind in ("select", "radio", "checkboxes"):
        return [choice.key for choice in view.choices if choice.selected and choice.key]
    return [view.value]
