"""Yes or no: single checkboxes, and radio buttons with or without "I don't know"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from docassemble_lite.engine.fields.choices import Choice
from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.fields.datatype import Datatype, FieldSpec, Option
from docassemble_lite.engine.screen import AskedField, FieldView
from docassemble_lite.language.words import word

_WRITTEN: Mapping[str, bool | None] = {
    "true": True,
    "yes": True,
    "1": True,
    "false": False,
    "no": False,
    "0": False,
    "none": None,
}


def truth_of(value: Any) -> bool | None:
    """What a value or an author's default says: True, False or None ("I don't know", or nothing at all)."""
    if value is None or isinstance(value, bool):
        return value
    return _WRITTEN.get(value.strip().lower()) if isinstance(value, str) else bool(value)


class YesNoCheckbox(Datatype):
    """One checkbox. It has a value in any case, so it is never marked as required."""

    names: ClassVar[tuple[str, ...]] = ("yesno", "boolean")
    kind: ClassVar[str] = "checkbox"
    html_type: ClassVar[str] = "checkbox"
    # the value when the box is checked
    checked_value: ClassVar[bool] = True
    wide: ClassVar[bool] = False

    def asked(self, spec: FieldSpec) -> AskedField:
        return replace(super().asked(spec), choices={"True": True, "False": False})

    def is_required(self, spec: FieldSpec) -> bool:
        return False

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        group = {
            verb: _variables(spec.keys[f"{verb} others"]) for verb in ("uncheck", "check") if spec.keys.get(f"{verb} others")
        }
        return {"checked_value": self.checked_value, **group}

    def view(self, spec: FieldSpec, asked: AskedField, value: Any) -> FieldView:
        return self._shown_checked(spec, asked, truth_of(value) is self.checked_value)

    def retyped(self, spec: FieldSpec, asked: AskedField, posted: Sequence[str], error: str) -> FieldView:
        checked = bool(posted) and posted[-1] == str(self.checked_value)
        return replace(self._shown_checked(spec, asked, checked), error=error)

    def _shown_checked(self, spec: FieldSpec, asked: AskedField, checked: bool) -> FieldView:
        shown = self.shown(spec, asked, str(self.checked_value))
        return replace(shown, checked=checked, wide=self.wide)

    def parsed(self, asked: AskedField, text: str) -> Any:
        choices = asked.choices or {}
        if text not in choices:
            raise self.refusal(asked, "choice")
        return choices[text]

    def empty(self, asked: AskedField) -> Any:
        return not self.checked_value

    def value_of_choice(self, value: Any) -> Any:
        return truth_of(value)

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        groups = {verb: asked.options[verb] for verb in ("uncheck", "check") if verb in asked.options}
        return {
            f"data-{verb}-others": "*" if variables is True else " ".join(control_name(variable) for variable in variables)
            for verb, variables in groups.items()
        }

    def rules(self, asked: AskedField) -> dict[str, str]:
        return {"group": self.told(asked, "checkboxes required", asked.label)} if "uncheck" in asked.options else {}


class NoYesCheckbox(YesNoCheckbox):
    """One checkbox that means False."""

    names: ClassVar[tuple[str, ...]] = ("noyes",)
    checked_value: ClassVar[bool] = False


class YesNoWide(YesNoCheckbox):
    """One checkbox over the full width."""

    names: ClassVar[tuple[str, ...]] = ("yesnowide",)
    wide: ClassVar[bool] = True


class NoYesWide(NoYesCheckbox):
    """One checkbox over the full width that means False."""

    names: ClassVar[tuple[str, ...]] = ("noyeswide",)
    wide: ClassVar[bool] = True


class YesNoRadio(Choice):
    """Radio buttons Yes and No; skipped: None."""

    names: ClassVar[tuple[str, ...]] = ("yesnoradio",)
    kind: ClassVar[str] = "radio"
    has_choices: ClassVar[bool] = False
    # value -> label, in the order of the buttons
    offered: ClassVar[tuple[tuple[bool | None, str], ...]] = ((True, "Yes"), (False, "No"))

    def asked(self, spec: FieldSpec) -> AskedField:
        return replace(Datatype.asked(self, spec), choices={str(value): value for value, _ in self.offered})

    def shown_choices(self, spec: FieldSpec, asked: AskedField, chosen: str) -> FieldView:
        return super().shown_choices(self._with_options(spec), asked, chosen)

    def view(self, spec: FieldSpec, asked: AskedField, value: Any) -> FieldView:
        return super().view(self._with_options(spec), asked, truth_of(value))

    def _with_options(self, spec: FieldSpec) -> FieldSpec:
        labels = [(value, word(label)) for value, label in self.offered]
        return replace(spec, options=tuple(Option(value, label_html=label, label=label) for value, label in labels))

    def value_of_choice(self, value: Any) -> Any:
        return truth_of(value)


class NoYesRadio(YesNoRadio):
    """Radio buttons of which Yes means False."""

    names: ClassVar[tuple[str, ...]] = ("noyesradio",)
    offered: ClassVar[tuple[tuple[bool | None, str], ...]] = ((False, "Yes"), (True, "No"))


class YesNoMaybe(YesNoRadio):
    """Radio buttons Yes, No and "I don't know", which is None."""

    names: ClassVar[tuple[str, ...]] = ("yesnomaybe", "threestate")
    offered: ClassVar[tuple[tuple[bool | None, str], ...]] = ((True, "Yes"), (False, "No"), (None, "I don't know"))


class NoYesMaybe(YesNoRadio):
    """Radio buttons of which Yes means False, with "I don't know", which is None."""

    names: ClassVar[tuple[str, ...]] = ("noyesmaybe",)
    offered: ClassVar[tuple[tuple[bool | None, str], ...]] = ((False, "Yes"), (True, "No"), (None, "I don't know"))


def check_groups(fields: Iterable[AskedField], values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong between checkboxes of which one means "none of these": variable -> message.

    `fields` are those that the person saw, `values` what they were converted to. A checkbox with `uncheck others`
    needs itself or one of the others checked.
    """
    boxes = [item for item in fields if "checked_value" in item.options and item.variable in values]
    checked = {box.variable for box in boxes if values[box.variable] is box.options["checked_value"]}
    ordinary = {box.variable for box in boxes if not {"uncheck", "check"} & box.options.keys()}
    wrong = {}
    for box in boxes:
        if "uncheck" not in box.options:
            continue
        others = ordinary if box.options["uncheck"] is True else set(box.options["uncheck"])
        if not checked & (others | {box.variable}):
            wrong[box.variable] = YesNoCheckbox().told(box, "checkboxes required", box.label)
    return wrong


def _variables(written: Any) -> Any:
    """True for all others, else the tuple of variables that the author named."""
    if written is True:
        return True
    return (written,) if isinstance(written, str) else tuple(written)
