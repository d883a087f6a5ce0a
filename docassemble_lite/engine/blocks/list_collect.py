"""`list collect`: a question about one item of a list that asks about all of them on one screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.conditions import VAL, Control, Dependence, settle_conditions
from docassemble_lite.engine.blocks.disabling import settle_disabling
from docassemble_lite.engine.blocks.field import FieldEntry
from docassemble_lite.engine.blocks.texts import text_at
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import Expression, constant_or_expression, read_variable, truth
from docassemble_lite.engine.names import ITERATORS, Binding, parts_of
from docassemble_lite.engine.screen import Collected, CollectedView, ItemView
from docassemble_lite.errors import EvaluationError
from docassemble_lite.language.words import word
from docassemble_lite.objects import DAList

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

_KEYS = frozenset({"enable", "label", "is final", "allow append", "allow delete", "allow reordering", "add another label"})
#: So many further items are on a page from the beginning, out of sight, so that adding one needs no request.
FURTHER = 10
#: So many items at most are on one screen beyond those that the list has.
MOST_FURTHER = 200


@dataclass(frozen=True)
class Collection:
    """A list on a screen: what a post is held to, what is shown, and the controls of all items."""

    asked: Collected
    view: CollectedView
    controls: list[Control]


class ListCollect:
    """The key as it was written. `group[iterator]` is the item that the question's fields belong to."""

    def __init__(self, section: Section, entries: Sequence[FieldEntry]) -> None:
        self._section = section
        value = section["list collect"]
        options = value if isinstance(value, Section) else Section(section.value_place("list collect"))
        for key in options:
            if key not in _KEYS:
                raise options.mistake(key, f"“list collect” has no key “{key}”.", f"There are: {', '.join(sorted(_KEYS))}.")
        self._enable = (
            _condition(options, "enable", True)
            if isinstance(value, Section)
            else constant_or_expression(value, section.value_place("list collect"))
        )
        self._final = _condition(options, "is final", True)
        self._append = _condition(options, "allow append", True)
        self._delete = _condition(options, "allow delete", True)
        self._reorder = _condition(options, "allow reordering", False)
        self._label = text_at(options, "label")
        self._add_label = text_at(options, "add another label")
        self._entries = entries
        self._group, self._iterator = self._items_of(entries)

    def _items_of(self, entries: Sequence[FieldEntry]) -> tuple[str, str]:
        """The list and the iterator that all fields have in common."""
        hint = "Write the variables of all fields with an iterator, for instance “fruit[i].name”, of one and the same list."
        variables = [entry.variable for entry in entries if entry.variable]
        found = [_list_and_iterator(variable) for variable in variables]
        if not found or not found[0]:
            raise self._section.mistake("list collect", "“list collect” needs fields that belong to an item of a list.", hint)
        group, iterator = found[0]
        for variable in variables:
            if not variable.startswith(f"{group}[{iterator}]"):
                message = f"“{variable}” doesn't belong to an item of “{group}”, which “list collect” asks for."
                raise self._section.mistake("list collect", message, hint)
        return group, iterator

    def is_enabled(self, answers: dict[str, Any]) -> bool:
        """Whether the question asks about all items now."""
        return truth(self._enable, answers)

    def collection(self, evaluation: Evaluation, binding: Binding) -> Collection:
        """The list on the screen that is being made."""
        answers = evaluation.answers
        asked = self._asked(evaluation, binding)
        order = evaluation.arrangement or tuple(range(self._shown_at_first(evaluation, binding, asked)))
        asked = replace(asked, items=tuple(range(self._count_on_page(asked, order))), shown=order)
        controls: list[Control] = []
        labels: dict[int, str] = {}
        try:
            for number in asked.items:
                inner = Binding({**binding.values, self._iterator: str(number)})
                answers[self._iterator] = number
                labels[number] = self._label.inline(answers) if self._label else f"{number + 1}."
                controls += self._controls(evaluation, inner, number, asked.present, len(controls))
        finally:
            evaluation.bind(binding)
        return Collection(asked, self._view(asked, labels, answers), controls)

    def _asked(self, evaluation: Evaluation, binding: Binding) -> Collected:
        answers = evaluation.answers
        name = binding.filled(self._group)
        group = read_variable(name, answers)
        if not isinstance(group, DAList):
            place = self._section.value_place("list collect")
            raise EvaluationError(
                f"“list collect” needs a DAList, and “{name}” is a {type(group).__name__}.",
                source=place.source.name,
                path=place.source.path,
                line=place.line,
                hint=f"Add “objects: - {name}: DAList”.",
            )
        return Collected(
            group=name,
            iterator=self._iterator,
            present=len(group.elements),
            least=int(group.minimum_number or 0),
            may_append=truth(self._append, answers),
            may_delete=truth(self._delete, answers),
            may_reorder=truth(self._reorder, answers),
            is_final=truth(self._final, answers),
        )

    def _shown_at_first(self, evaluation: Evaluation, binding: Binding, asked: Collected) -> int:
        """How many items are seen: those that are there, the one that was sought, and those that Back brought back."""
        least = max(asked.present, asked.least, 1)
        if not asked.may_append:
            return least
        sought = binding.values.get(self._iterator, "")
        numbers = [int(sought)] if sought.isdigit() else []
        for name in evaluation.internal["discarded"]:
            digits = name.removeprefix(f"{asked.group}[").partition("]")[0]
            if name.startswith(f"{asked.group}[") and digits.isdigit():
                numbers.append(int(digits))
        return min(max(least, *(number + 1 for number in numbers), 0), asked.present + MOST_FURTHER)

    def _count_on_page(self, asked: Collected, order: tuple[int, ...]) -> int:
        seen = max(asked.present, *(number + 1 for number in order), 0)
        return min(seen + FURTHER, max(seen, asked.present + MOST_FURTHER)) if asked.may_append else seen

    def _controls(self, evaluation: Evaluation, binding: Binding, number: int, present: int, before: int) -> list[Control]:
        made = [
            replace(control, depends=_within(control.depends, binding, evaluation.answers))
            for entry in self._entries
            for control in entry.controls(evaluation, binding, further=number >= present)
        ]
        settled = settle_disabling(settle_conditions(made, binding, evaluation.answers, before=before), binding)
        return [
            replace(
                control,
                view=replace(control.view, item=number),
                asked=replace(control.asked, item=number) if control.asked else None,
            )
            for control in settled
        ]

    def _view(self, asked: Collected, labels: Mapping[int, str], answers: dict[str, Any]) -> CollectedView:
        # what is seen comes first, and labels say at which place an item stands
        order = [*asked.shown, *(number for number in asked.items if number not in asked.shown)]
        items = tuple(
            ItemView(number, labels[place], number in asked.shown, asked.may_remove(number)) for place, number in enumerate(order)
        )
        add_label = self._add_label.plain(answers).strip() if self._add_label else word("Add another")
        return CollectedView(asked.group, items, add_label if asked.may_append else "", asked.may_reorder)


def _condition(section: Section, key: str, default: bool) -> Expression | bool:
    return constant_or_expression(section[key], section.value_place(key)) if key in section else default


def _list_and_iterator(variable: str) -> tuple[str, str] | None:
    """`a[i].b[j].c` → (`a[i].b`, `j`); None for a variable without an iterator."""
    parts = parts_of(variable)
    places = [place for place, part in enumerate(parts) if part[0] == "[" and part[1:-1] in ITERATORS]
    return ("".join(parts[: places[-1]]), parts[places[-1]][1:-1]) if places else None


def _within(depends: Dependence | None, binding: Binding, answers: dict[str, Any]) -> Dependence | None:
    """What a field depends on, in terms of its own item."""
    if depends is None or depends.script is None:
        return depends
    script = VAL.sub(lambda found: _filled_val(found.group(0), binding), depends.script.script(answers))
    return replace(depends, made_script=script)


def _filled_val(call: str, binding: Binding) -> str:
    name = call[call.index("(") + 1 : -1].strip()
    return f"val({name[0]}{binding.filled(name[1:-1])}{name[-1]})"
