"""Text fields whose suggestions are fetched from the server while the person types; only what it suggests is an answer."""

from __future__ import annotations

from typing import Any, ClassVar

from docassemble_lite.engine.fields.datatype import Datatype, FieldSpec
from docassemble_lite.engine.screen import AskedField

# letters that are typed before there are suggestions, unless the author says otherwise
_TRIGGER_AT = 4


class Suggested(Datatype):
    """`input type: ajax`. What is typed is a label, or the value itself; which values there are says the author's action."""

    input_types: ClassVar[tuple[str, ...]] = ("ajax",)
    required_code: ClassVar[str] = "combobox required"

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        return {"action": spec.keys.get("action", ""), "list": f"{spec.name}-list"}

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        at = spec.keys.get("trigger at")
        return {
            "autocomplete": "off",
            "list": asked.options["list"],
            "data-suggest": asked.options["action"],
            "data-suggest-at": str(_TRIGGER_AT if at is None else at),
        }
