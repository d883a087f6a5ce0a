"""One of several: drop-downs, radio buttons, and text fields with suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any, ClassVar

from docassemble_lite.engine.fields.choice_keys import NONE_KEY, choice_views, keyed, offered_label, same
from docassemble_lite.engine.fields.datatype import LEFT_ALONE, Datatype, FieldSpec
from docassemble_lite.engine.fields.text import Text
from docassemble_lite.engine.screen import AskedField, ChoiceView, FieldView
from docassemble_lite.language.words import word


class Choice(Datatype):
    """What all that offer one of several share. The value of a skipped field is None."""

    has_choices: ClassVar[bool] = True
    required_code: ClassVar[str] = "multiple choice required"

    @property
    def holds_objects(self) -> bool:
        """Whether the choices are objects of the interview, to be kept as they are."""
        return isinstance(self.stored, Choice) and self.stored.holds_objects

    def asked(self, spec: FieldSpec) -> AskedField:
        values = [option.value for option in spec.options]
        return replace(super().asked(spec), choices=keyed(self._values(values)))

    def _values(self, written: list[Any]) -> list[Any]:
        # a list of nothing but True, False and None stands for just these
        if self.holds_objects or all(value is None or isinstance(value, bool) for value in written):
            return written
        return [self.value_of_choice(value) for value in written]

    def value_of_choice(self, value: Any) -> Any:
        return self.stored.value_of_choice(value) if self.stored else super().value_of_choice(value)

    def view(self, spec: FieldSpec, asked: AskedField, value: Any) -> FieldView:
        return self.shown_choices(spec, asked, self._chosen(spec, asked, value))

    def _chosen(self, spec: FieldSpec, asked: AskedField, value: Any) -> str:
        keys = list(asked.choices or {})
        if value is None and not spec.answered:
            return next((key for key, option in zip(keys, spec.options, strict=True) if option.selected), "")
        return next((key for key in keys if same((asked.choices or {})[key], value)), "")

    def retyped(self, spec: FieldSpec, asked: AskedField, posted: Sequence[str], error: str) -> FieldView:
        return replace(self.shown_choices(spec, asked, posted[-1] if posted else ""), error=error)

    def shown_choices(self, spec: FieldSpec, asked: AskedField, chosen: str) -> FieldView:
        """The field with the choice of that key selected ("": none)."""
        views = choice_views(asked.choices or {}, spec.options, lambda key, _: key == chosen)
        return self.shown(spec, asked, chosen, self.completed(spec, asked, views, chosen))

    def completed(self, spec: FieldSpec, asked: AskedField, views: tuple[ChoiceView, ...], chosen: str) -> tuple[ChoiceView, ...]:
        """The choices with those that the control adds."""
        none = asked.options.get("none")
        if not none:
            return views
        return (*views, ChoiceView(NONE_KEY, none[0], none[1], selected=chosen == NONE_KEY, special="none"))

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        if not self.holds_objects:
            return {}
        none = offered_label(spec.keys.get("none of the above"), "None of the above", default=False)
        return {"none": none} if none else {}

    def typed(self, posted: Sequence[str]) -> str:
        # keys are compared as they are
        return posted[-1] if posted else ""

    def convert(self, asked: AskedField, posted: Sequence[str]) -> Any:
        if self.typed(posted) == NONE_KEY and asked.options.get("none"):
            return LEFT_ALONE
        return super().convert(asked, posted)

    def parsed(self, asked: AskedField, text: str) -> Any:
        choices = asked.choices or {}
        if text not in choices:
            raise self.refusal(asked, "choice")
        return choices[text]

    def empty(self, asked: AskedField) -> Any:
        return None


class Dropdown(Choice):
    """A drop-down list. Its first entry is empty; where an answer is required and none is selected, it says so."""

    names: ClassVar[tuple[str, ...]] = ("dropdown", "choices", "select")
    input_types: ClassVar[tuple[str, ...]] = ("dropdown", "select")
    kind: ClassVar[str] = "select"

    def completed(self, spec: FieldSpec, asked: AskedField, views: tuple[ChoiceView, ...], chosen: str) -> tuple[ChoiceView, ...]:
        views = super().completed(spec, asked, views, chosen)
        selected = any(view.selected for view in views)
        if asked.required and selected:
            return views
        label = spec.texts.hint or (word("Select...") if asked.required else "")
        return (ChoiceView("", escape(label), label, selected=not selected), *views)


class Radio(Choice):
    """Radio buttons."""

    names: ClassVar[tuple[str, ...]] = ("radio",)
    input_types: ClassVar[tuple[str, ...]] = ("radio",)
    kind: ClassVar[str] = "radio"

    def empty(self, asked: AskedField) -> Any:
        # radio buttons for texts that were left alone are an empty text, as interviews expect it to be shown
        return "" if self.stored is None or "text" in self.stored.names else None


class ObjectDropdown(Dropdown):
    """A drop-down list of objects of the interview."""

    names: ClassVar[tuple[str, ...]] = ("object",)

    @property
    def holds_objects(self) -> bool:
        return True


class ObjectRadio(Radio):
    """Radio buttons for objects of the interview."""

    names: ClassVar[tuple[str, ...]] = ("object_radio",)

    @property
    def holds_objects(self) -> bool:
        return True


class Combobox(Choice):
    """A text field with suggestions. What is typed is the value, unless it is the label of a choice."""

    names: ClassVar[tuple[str, ...]] = ("combobox", "datalist")
    input_types: ClassVar[tuple[str, ...]] = ("combobox", "datalist")
    required_code: ClassVar[str] = "combobox required"

    @property
    def _typing(self) -> Datatype:
        # text typed into a list of texts is held to the rules of text
        return Text() if self.stored is None or self.stored.has_choices else self.stored

    def asked(self, spec: FieldSpec) -> AskedField:
        asked = super().asked(spec)
        labels = {option.label.strip(): key for key, option in zip(asked.choices or {}, spec.options, strict=True)}
        return replace(asked, options={**asked.options, "labels": labels})

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        return self._typing.limits(spec)

    def view(self, spec: FieldSpec, asked: AskedField, value: Any) -> FieldView:
        key = self._chosen(spec, asked, value)
        labels = {chosen: label for label, chosen in asked.options["labels"].items()}
        text = labels[key] if key in labels else self._typing.text_of(value)
        return self._with_suggestions(spec, asked, text)

    def retyped(self, spec: FieldSpec, asked: AskedField, posted: Sequence[str], error: str) -> FieldView:
        return replace(self._with_suggestions(spec, asked, posted[-1] if posted else ""), error=error)

    def _with_suggestions(self, spec: FieldSpec, asked: AskedField, text: str) -> FieldView:
        return self.shown(spec, asked, text, choice_views(asked.choices or {}, spec.options, lambda key, value: False))

    def convert(self, asked: AskedField, posted: Sequence[str]) -> Any:
        choices = asked.choices or {}
        text = posted[-1].strip() if posted else ""
        key = asked.options["labels"].get(text, text)
        if key in choices:
            return choices[key]
        typed = self._typing.typed(posted)
        if typed:
            return self._typing.parsed(asked, typed)
        return Datatype.convert(self, asked, [])
