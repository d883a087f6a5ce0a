"""Values for controls that are on the screen already: what a form would post if a person had entered them."""

from __future__ import annotations

from typing import Any

from docassemble_lite.engine.fields.checkboxes import Several
from docassemble_lite.engine.fields.control_name import control_of
from docassemble_lite.engine.fields.datatype import FieldSpec, Option
from docassemble_lite.engine.fields.registry import datatype_of
from docassemble_lite.engine.screen import AskedField, FieldView
from docassemble_lite.errors import LiteError


class CantBeShown(LiteError):
    """The value can't be shown in this control: it doesn't suit its datatype, or is no choice, or it is a password's."""


def posted_texts(asked: AskedField, value: Any) -> list[str]:
    """What the control of a field posts when it shows `value`; nothing when nothing is entered or chosen.

    Raises `CantBeShown`, and LiteError for a datatype that is gone.
    """
    labels = {key: label for label, key in asked.options.get("labels", {}).items()}
    options = tuple(Option(choice, labels.get(key, key), labels.get(key, key)) for key, choice in (asked.choices or {}).items())
    spec = FieldSpec(
        variable=asked.variable,
        name=control_of(asked),
        datatype=asked.datatype,
        input_type=asked.options.get("input_type", ""),
        required=asked.required,
        options=options,
        # None is nothing, except where it is one of the answers
        answered=value is not None or None in (asked.choices or {}).values(),
    )
    datatype = datatype_of(asked)
    view = datatype.view(spec, asked, value)
    texts = posted_by(view)
    # no text at all is right for nothing, for a box that isn't checked, and for none of several
    says_nothing = not any(texts) and view.kind not in ("checkbox", "checkboxes") and not isinstance(datatype, Several)
    if view.input_type == "password" or (says_nothing and value not in (None, "")):
        raise CantBeShown
    return texts


def posted_by(view: FieldView) -> list[str]:
    """What a control posts when nobody touches it."""
    if view.kind == "checkbox":
        return [view.value] if view.checked else []
    if view.kind in ("select", "radio", "checkboxes"):
        return [choice.key for choice in view.choices if choice.selected and choice.key]
    if view.kind == "file":
        return [item.ticket for item in view.kept]
    return [view.value]
