"""Several of several: groups of checkboxes and lists in which more than one entry can be selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from docassemble_lite.engine.fields.choice_keys import ALL_KEY, NONE_KEY, choice_views, keyed, offered_label, same
from docassemble_lite.engine.fields.datatype import Datatype, FieldError, FieldSpec
from docassemble_lite.engine.fields.text import whole_limit
from docassemble_lite.engine.screen import AskedField, ChoiceView, FieldView
from docassemble_lite.errors import LiteError
from docassemble_lite.objects import DADict, DAList

_SPECIALS = (("all", ALL_KEY), ("none", NONE_KEY))


class Several(Datatype):
    """What they share. The value is a gathered DADict: each choice's value -> whether it was selected."""

    has_choices: ClassVar[bool] = True
    required_code: ClassVar[str] = "multiple choice required"
    # the first word of the codes of its messages
    code: ClassVar[str] = ""

    def asked(self, spec: FieldSpec) -> AskedField:
        values = [option.value for option in spec.options]
        for value in values:
            if isinstance(value, (list, dict, set)):
                raise LiteError(f"The choice {value!r} of the field “{spec.variable}” can't be the key of a dictionary.")
        return replace(super().asked(spec), choices=keyed(values))

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        return {name: count for name in ("minlength", "maxlength") if (count := whole_limit(spec, name)) is not None}

    # --- showing ---------------------------------------------------------------------------------------------------

    def view(self, spec: FieldSpec, asked: AskedField, value: Any) -> FieldView:
        choices = asked.choices or {}
        if value is None:
            chosen = {key for key, option in zip(choices, spec.options, strict=True) if option.selected}
        else:
            is_chosen = _membership(value)
            chosen = {key for key, choice in choices.items() if is_chosen(choice)}
        if spec.answered and not chosen:
            chosen = {NONE_KEY}
        return self._shown_chosen(spec, asked, chosen)

    def retyped(self, spec: FieldSpec, asked: AskedField, posted: Sequence[str], error: str) -> FieldView:
        return replace(self._shown_chosen(spec, asked, set(posted)), error=error)

    def _shown_chosen(self, spec: FieldSpec, asked: AskedField, chosen: set[str]) -> FieldView:
        views = choice_views(asked.choices or {}, spec.options, lambda key, _: key in chosen)
        return self.shown(spec, asked, "", (*views, *self._specials(asked, chosen)))

    def _specials(self, asked: AskedField, chosen: set[str]) -> Iterable[ChoiceView]:
        for special, key in _SPECIALS:
            label = asked.options.get(special)
            if label:
                yield ChoiceView(key, label[0], label[1], selected=key in chosen, special=special)

    def rules(self, asked: AskedField) -> dict[str, str]:
        lengths = {name: self._told_count(asked, name) for name in ("minlength", "maxlength") if name in asked.options}
        needed = {"required": self.told_required(asked)} if self.needs_one(asked) else {}
        return {**needed, **lengths}

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        return {f"data-{name}": str(asked.options[name]) for name in ("minlength", "maxlength") if name in asked.options}

    # --- what was posted -------------------------------------------------------------------------------------------

    def convert(self, asked: AskedField, posted: Sequence[str]) -> Any:
        keys = {key for key in posted if key}
        specials = {key for special, key in _SPECIALS if asked.options.get(special)}
        if not keys <= (asked.choices or {}).keys() | specials:
            raise self.refusal(asked, "choice")
        if NONE_KEY in keys and len(keys) > 1:
            raise FieldError(self.told_required(asked))
        if ALL_KEY in keys:
            keys = set(asked.choices or {})
        if NONE_KEY not in keys:
            self._check_count(asked, len(keys))
        return self.collected(asked, keys)

    def _check_count(self, asked: AskedField, count: int) -> None:
        if not count:
            if self.needs_one(asked):
                raise FieldError(self.told_required(asked))
            return
        if count < asked.options.get("minlength", count):
            raise FieldError(self._told_count(asked, "minlength"))
        if count > asked.options.get("maxlength", count):
            raise FieldError(self._told_count(asked, "maxlength"))

    def _told_count(self, asked: AskedField, name: str) -> str:
        exact = asked.options.get("minlength") == asked.options.get("maxlength")
        return self.told(asked, f"{self.code} {'minmaxlength' if exact else name}", asked.options[name])

    def needs_one(self, asked: AskedField) -> bool:
        """Whether leaving everything unselected is refused."""
        return asked.required and bool(asked.choices)

    def told_required(self, asked: AskedField) -> str:
        """The message for a field in which nothing was selected."""
        if asked.options.get("minlength", 0) > 1:
            return self._told_count(asked, "minlength")
        return self.told(asked, self.required_code)

    def collected(self, asked: AskedField, keys: set[str]) -> Any:
        """The value when the choices of these keys were selected."""
        elements: dict[Any, bool] = {}
        for key, value in (asked.choices or {}).items():
            # two choices may stand for the same
            elements[value] = elements.get(value, False) or key in keys
        return DADict(asked.variable, elements=elements, auto_gather=False, gathered=True)

    def empty(self, asked: AskedField) -> Any:
        return self.collected(asked, set())


class Checkboxes(Several):
    """A group of checkboxes, with "none of the above" unless the author does without it."""

    names: ClassVar[tuple[str, ...]] = ("checkboxes",)
    kind: ClassVar[str] = "checkboxes"
    code: ClassVar[str] = "checkbox"

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        limits = super().limits(spec)
        none = offered_label(spec.keys.get("none of the above"), "None of the above", default="minlength" not in limits)
        every = offered_label(spec.keys.get("all of the above"), "All of the above", default=False)
        return {**limits, "none": none, "all": every}

    def needs_one(self, asked: AskedField) -> bool:
        # where there is no "none of the above", an untouched group means none
        return super().needs_one(asked) and bool(asked.options.get("none") or asked.options.get("minlength"))

    def told_required(self, asked: AskedField) -> str:
        none = asked.options.get("none")
        return self.told(asked, "checkboxes required", none[1]) if none else super().told_required(asked)


class Multiselect(Several):
    """A list in which several entries can be selected."""

    names: ClassVar[tuple[str, ...]] = ("multiselect",)
    kind: ClassVar[str] = "select"
    code: ClassVar[str] = "multiselect"

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        rows = whole_limit(spec, "rows")
        return {"multiple": "multiple", **({"size": str(rows)} if rows else {}), **super().attributes(spec, asked)}


class ObjectCheckboxes(Checkboxes):
    """A group of checkboxes for objects of the interview. The value is a gathered DAList of those selected."""

    names: ClassVar[tuple[str, ...]] = ("object_checkboxes",)

    def collected(self, asked: AskedField, keys: set[str]) -> Any:
        return _list_of_objects(asked, keys)


class ObjectMultiselect(Multiselect):
    """A list in which several objects of the interview can be selected. The value is a gathered DAList of them."""

    names: ClassVar[tuple[str, ...]] = ("object_multiselect",)

    def collected(self, asked: AskedField, keys: set[str]) -> Any:
        return _list_of_objects(asked, keys)


def _list_of_objects(asked: AskedField, keys: set[str]) -> DAList:
    elements = [value for key, value in (asked.choices or {}).items() if key in keys]
    return DAList(asked.variable, elements=elements, auto_gather=False, gathered=True)


def _membership(value: Any) -> Callable[[Any], bool]:
    """A function that says of a choice whether `value`, the variable's value or a default, has it selected."""
    elements = getattr(value, "elements", value)
    if isinstance(elements, Mapping):
        return lambda choice: any(bool(on) and same(choice, key) for key, on in elements.items())
    if isinstance(elements, (list, tuple, set, frozenset)):
        return lambda choice: any(same(choice, element) for element in elements)
    return lambda choice: same(choice, elements)
