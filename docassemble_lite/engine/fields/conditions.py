"""Which fields of a form can be answered: some depend on what others post.

The page judges by the same rules (`static/conditions.js`), so that nobody is asked for what isn't seen.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from docassemble_lite.engine.fields.choice_keys import ALL_KEY, NONE_KEY, same
from docassemble_lite.engine.fields.control_name import control_of
from docassemble_lite.engine.fields.yesno import truth_of
from docassemble_lite.engine.names import parts_of
from docassemble_lite.engine.screen import AskedField, Condition

#: Effects of a condition for which a field can be answered where it holds; the others are for where it doesn't.
_POSITIVE = frozenset({"show", "enable"})
_SPECIAL_KEYS = {"nota": NONE_KEY, "aota": ALL_KEY}


# --- what a condition means on a screen -----------------------------------------------------------------------------------


def condition_on(effect: str, parent: AskedField, wanted: Any) -> Condition:
    """The condition that the control of `parent` has the value `wanted`."""
    control = control_of(parent)
    if "checked_value" in parent.options:
        checked = parent.options["checked_value"]
        truth = truth_of(wanted)
        # an unchecked box posts nothing
        return Condition(effect, control, () if truth is None else (str(checked),), truth is not None and truth is not checked)
    return Condition(effect, control, tuple(dict.fromkeys(_texts_for(parent, wanted))))


def condition_on_choice(effect: str, parent: AskedField, key: str, wanted: Any) -> Condition:
    """The condition that one choice of `parent`, a group of checkboxes, is selected, or isn't."""
    return Condition(effect, control_of(parent), (key,), negated=truth_of(wanted) is False)


def choice_key(parent: AskedField, variable: str) -> str:
    """What `parent` posts for the choice that `variable` (`fruit['apple']`, `fruit[nota]`) is; "" if it is none of its."""
    part = parts_of(variable)[-1][1:-1]
    if part in _SPECIAL_KEYS:
        return _SPECIAL_KEYS[part]
    try:
        wanted = ast.literal_eval(part)
    except (SyntaxError, ValueError):
        return ""
    return next((key for key, value in (parent.choices or {}).items() if same(value, wanted)), "")


def _texts_for(parent: AskedField, wanted: Any) -> Iterator[str]:
    choices = parent.choices or {}
    yield from (key for key, value in choices.items() if _means(value, wanted))
    if wanted is None and choices:
        yield NONE_KEY
        return
    written = "" if wanted is None else str(wanted).strip()
    yield written
    # a text field with suggestions posts labels
    labels = parent.options.get("labels", {})
    yield from (label for label, key in labels.items() if key == written or _means(choices[key], wanted))


def _means(value: Any, wanted: Any) -> bool:
    # an object of the interview is known by its name
    return same(getattr(value, "instanceName", value), wanted)


# --- what a form posts -----------------------------------------------------------------------------------------------------


class PostedForm:
    """The fields of a screen together with what is posted for them.

    `told` says of a field whose condition only the browser can judge whether it can be answered.
    """

    def __init__(
        self, fields: Sequence[AskedField], posted: Mapping[str, Sequence[str]], told: Callable[[AskedField], bool]
    ) -> None:
        self._fields = {control_of(item): item for item in fields}
        self._posted = posted
        self._told = told
        self._disabled: frozenset[str] = frozenset()
        self._disable()

    def answerable(self) -> list[AskedField]:
        """The fields that the person can answer; a variable for which two of them were there is answered by what was entered."""
        able = [item for item in self._fields.values() if self.asks(item)]
        return [item for item in able if not (item.disables and not self._is_entered(item) and _stands_for(item, able))]

    def _disable(self) -> None:
        """Find out which controls others have disabled."""
        disabling = [item for item in self._fields.values() if item.disables and self._is_entered(item)]
        # the first of two that disable each other wins
        for item in disabling:
            if self.asks(item):
                self._disabled |= set(item.disables)
        # one that turns out to be disabled, or hidden by what is, has no effect on those after it, or before it
        for _ in disabling:
            self._disabled = frozenset(name for item in disabling if self.asks(item) for name in item.disables)

    def _is_entered(self, item: AskedField) -> bool:
        return any(text.strip() not in ("", NONE_KEY) for text in self._posted.get(control_of(item), ()))

    def asks(self, item: AskedField) -> bool:
        """Whether the person can answer the field."""
        if control_of(item) in self._disabled:
            return False
        if item.condition is None:
            return True
        return self._told(item) if not item.condition.control else self.fulfils(item.condition, control_of(item))

    def fulfils(self, condition: Condition, control: str = "") -> bool:
        """Whether what stands under a condition on another control, the field `control` for instance, can be answered."""
        conditions = [condition]
        met = {control}
        parent = self._fields.get(condition.control)
        # up to what depends on nothing, or on itself
        while parent is not None and parent.condition is not None and parent.condition.control not in ("", *met):
            met.add(control_of(parent))
            conditions.append(parent.condition)
            parent = self._fields.get(parent.condition.control)
        answered = parent is not None and (parent.condition is None or bool(parent.condition.control) or self._told(parent))
        for each in reversed(conditions):
            holds = answered and each.control not in self._disabled and self._holds(each)
            answered = holds == (each.effect in _POSITIVE)
        return answered

    def _holds(self, condition: Condition) -> bool:
        texts = self._posted.get(condition.control) or ("",)
        return condition.negated != any(text.strip() in condition.texts for text in texts)


def _stands_for(item: AskedField, others: Sequence[AskedField]) -> bool:
    """Whether others ask for the same variable, or for parts of it."""
    begins = (f"{item.variable}.", f"{item.variable}[")
    return any(other is not item and (other.variable == item.variable or other.variable.startswith(begins)) for other in others)
