"""What comes back from a screen that asks about all items of a list: which there are, in which order, and what becomes of it.

The form says it by hidden controls, one in each item that is there, in the order of the page. Buttons that add, remove or move
an item send the form too where no script runs; the screen is then shown again with what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from docassemble_lite.engine.blocks.list_collect import MOST_FURTHER
from docassemble_lite.engine.expressions import read_variable
from docassemble_lite.engine.fields.control_name import control_of
from docassemble_lite.engine.names import Binding
from docassemble_lite.engine.screen import Asked, AskedField, Collected
from docassemble_lite.objects import DAList

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

Posted = Mapping[str, Sequence[str]]
#: The hidden controls: one that is there whenever the form is, and one in each item.
LIST = "_list_collect_list"
ITEM = "_list_collect_item"
#: The buttons; each posts the number of an item.
ADD, REMOVE, EARLIER, LATER = "_list_collect_add", "_list_collect_remove", "_list_collect_earlier", "_list_collect_later"
BUTTONS = frozenset({ADD, REMOVE, EARLIER, LATER})
CONTROLS = frozenset({LIST, ITEM}) | BUTTONS


def arrangement_of(collected: Collected, posted: Posted) -> tuple[int, ...]:
    """The numbers of the items that the form has, in its order. Raises ValueError for what the screen doesn't allow."""
    if LIST not in posted:
        # whoever fills in the form without a browser answers what is seen at first
        return collected.shown
    order = tuple(_number(text, collected) for text in posted.get(ITEM, ()))
    kept = [number for number in order if number < collected.present]
    if len(set(order)) != len(order) or (kept != sorted(kept) and not collected.may_reorder):
        raise ValueError(order)
    if any(number not in order and not collected.may_remove(number) for number in collected.shown):
        raise ValueError(order)
    return order


def _number(text: str, collected: Collected) -> int:
    number = int(text)
    if number not in collected.items:
        raise ValueError(text)
    return number


def rearranged(collected: Collected, order: tuple[int, ...], posted: Posted) -> tuple[int, ...] | None:
    """The order in which the items are to be shown again, if a button asks for it. Raises ValueError like `arrangement_of`."""
    if ADD in posted:
        unused = [number for number in collected.items if number >= collected.present and number not in order]
        # a script may have used up all that the page had
        new = unused[0] if unused else len(collected.items)
        if new >= collected.present + MOST_FURTHER or not collected.may_append:
            raise ValueError(ADD)
        return (*order, new)
    if REMOVE in posted:
        number = _number("".join(posted[REMOVE]), collected)
        if not collected.may_remove(number):
            raise ValueError(REMOVE)
        return tuple(each for each in order if each != number)
    for button, step in ((EARLIER, -1), (LATER, 1)):
        if button in posted:
            if not collected.may_reorder:
                raise ValueError(button)
            return _moved(order, _number("".join(posted[button]), collected), step)
    return None


def _moved(order: tuple[int, ...], number: int, step: int) -> tuple[int, ...]:
    if number not in order:
        return order
    place = order.index(number)
    rest = [each for each in order if each != number]
    rest.insert(min(max(0, place + step), len(rest)), number)
    return tuple(rest)


def without_blank(asked: Asked, collected: Collected, order: tuple[int, ...], posted: Posted) -> tuple[int, ...]:
    """The order without further items in which nothing was entered, as long as enough are left."""
    filled = {item.item for item in asked.fields if any(text.strip() for text in posted.get(control_of(item), ()))}
    kept: list[int] = []
    for number in order:
        if number in filled or number < collected.present or len(kept) < max(collected.least, 1):
            kept.append(number)
    return tuple(kept)


def with_items(asked: Asked, collected: Collected, order: Sequence[int]) -> Asked:
    """What was asked about these items, under the names that they have in the list afterwards."""
    places = {number: place for place, number in enumerate(order)}
    fields = [_placed(item, collected, places[item.item]) for item in asked.fields if item.item in places]
    return replace(asked, fields=tuple(sorted(fields, key=lambda item: item.item or 0)))


def _placed(item: AskedField, collected: Collected, place: int) -> AskedField:
    rest = item.variable.removeprefix(f"{collected.group}[{item.item}]")
    return replace(item, variable=f"{collected.group}[{place}]{rest}", control=control_of(item), item=place)


def binding_of(asked: Asked, item: AskedField) -> Binding:
    """What x and the iterators stand for where the field is."""
    if asked.collected is None or item.item is None:
        return Binding(asked.iterators)
    return Binding({**asked.iterators, asked.collected.iterator: str(item.item)})


def make_further(evaluation: Evaluation, asked: Asked, collected: Collected, order: Sequence[int]) -> None:
    """Have the list hold the items that were added, at its end. May raise what a missing item raises, and goes on later."""
    group: DAList = read_variable(collected.group, evaluation.answers)
    wanted = collected.present + sum(number >= collected.present for number in order)
    if wanted > len(group.elements) and group.auto_gather:
        group._gather_again()
    items = {f"{collected.group}[{number}]" for number in collected.items}
    are_values = any(item.variable in items for item in asked.fields)
    while len(group.elements) < wanted:
        if are_values:
            group.append(None)
        elif group.object_type is not None:
            group.appendObject()
        else:
            read_variable(f"{collected.group}[{len(group.elements)}]", evaluation.answers)


def rearrange(evaluation: Evaluation, collected: Collected, order: Sequence[int]) -> None:
    """Have the list consist of these items in this order; those that were added are at its end."""
    group: DAList = read_variable(collected.group, evaluation.answers)
    added = iter(group.elements[collected.present :])
    items = [group.elements[number] if number < collected.present else next(added) for number in order]
    group.delitem(*(number for number in range(collected.present) if number not in order))
    if any(here is not there for here, there in zip(group.elements, items, strict=True)):
        group.elements = items
        group._rename_items()


def conclude(evaluation: Evaluation, collected: Collected) -> None:
    """Let the list know how many items it has now, and whether there may be more."""
    group: DAList = read_variable(collected.group, evaluation.answers)
    group.delattr("there_is_another", "there_is_one_other", *group._passing)
    if group.ask_number and "target_number" in group.__dict__:
        group.target_number = len(group.elements)
    if group.elements and "there_are_any" in group.__dict__:
        group.there_are_any = True
    if collected.is_final:
        group.there_is_another = False
