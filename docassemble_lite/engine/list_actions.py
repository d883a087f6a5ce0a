"""Actions that add, change, remove and move the items of a list: what the buttons beside them do.

Only an interview offers them (see `offers`), each for one item of one list. What is offered says which place the item had,
and how often the places of the list had been changed: so a page that is out of date never removes another item than the one
it showed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from docassemble_lite.engine.expressions import read_variable
from docassemble_lite.engine.offers import MARK, offered_url
from docassemble_lite.engine.steering import EndWithMessage, SeekForced
from docassemble_lite.engine.typed import escape_typed
from docassemble_lite.language.words import word
from docassemble_lite.objects import DADict, DAList, DAObject
from docassemble_lite.objects.missing import MissingVariable

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

ADD, EDIT, REMOVE, MOVE = "_da_list_add", "_da_list_edit", "_da_list_remove", "_da_list_move"
CONFIRM, COMPLETE = "_da_list_confirm", "_da_list_complete"


# --- buttons ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """What can be done with an item: `edit` are the attributes that are asked anew (empty: the item itself)."""

    edit: Sequence[str] | None = None
    remove: bool = False
    reorder: bool = False
    ensure_complete: bool = True
    confirm: bool = False
    # what a screen reader says after “Edit” and “Delete”; plain text
    label: str = ""


def item_buttons(evaluation: Evaluation, group: Any, index: Any, offer: Offer) -> Markup:
    """The buttons of one item, as HTML for a text."""
    buttons: list[str] = []
    if not isinstance(index, (str, int)):
        # no address can name another key
        return Markup("")
    if offer.reorder and isinstance(index, int):
        buttons += _moving(evaluation, group, index, offer)
    if offer.edit is not None:
        buttons.append(_button(word("Edit"), edit_url(evaluation, group, index, offer), "da-edit btn-secondary", offer.label))
    if offer.remove:
        buttons.append(_button(word("Delete"), remove_url(evaluation, group, index, offer), "da-delete btn-danger", offer.label))
    return Markup(" ".join(buttons))


def buttons_of(
    evaluation: Evaluation, group: Any, index: Any, attributes: Sequence[str], options: Mapping[str, Any]
) -> Markup | str:
    """The buttons as an interview orders them; with `edit_url_only` or `delete_url_only` only that address."""
    offer = Offer(
        edit=list(attributes) if options.get("edit", True) else None,
        remove=bool(options.get("delete", True)),
        reorder=bool(options.get("reorder", False)) and isinstance(group, DAList),
        ensure_complete=bool(options.get("ensure_complete", True)),
        confirm=bool(options.get("confirm", False)),
    )
    if options.get("edit_url_only"):
        return edit_url(evaluation, group, index, offer)
    if options.get("delete_url_only"):
        return remove_url(evaluation, group, index, offer)
    return item_buttons(evaluation, group, index, offer)


def edit_url(evaluation: Evaluation, group: Any, index: Any, offer: Offer) -> str:
    """The address that asks for an item anew."""
    arguments = {"attributes": list(offer.edit or ()), "complete": offer.ensure_complete}
    return offered_url(evaluation, EDIT, {**_place(group, index), **arguments})


def remove_url(evaluation: Evaluation, group: Any, index: Any, offer: Offer) -> str:
    """The address that removes an item, or asks first whether it is to be removed."""
    return offered_url(evaluation, CONFIRM if offer.confirm else REMOVE, _place(group, index))


def _moving(evaluation: Evaluation, group: Any, index: int, offer: Offer) -> list[str]:
    made = []
    for sign, name, step in (("↑", word("Move up"), -1), ("↓", word("Move down"), 1)):
        if 0 <= index + step < len(group.elements):
            url = offered_url(evaluation, MOVE, {**_place(group, index), "step": step})
            made.append(_button(sign, url, "da-move btn-secondary", offer.label, name))
    return made


def _button(shown: str, url: str, css_class: str, label: str, name: str = "") -> str:
    said = escape_typed(f"{name or shown} {label}".strip())
    return f'<a href="{escape(url)}" class="btn btn-sm {css_class}" aria-label="{said}">{escape(shown)}</a>'


def add_button(
    evaluation: Evaluation,
    group: Any,
    label: str | None = None,
    *,
    url_only: bool = False,
    color: str = "secondary",
    size: str = "sm",
    block: bool = False,
    classname: str = "",
    **_: Any,
) -> Markup | str:
    """The button that adds an item to a group, as HTML for a text; with `url_only` only its address."""
    url = offered_url(evaluation, ADD, {"group": group.instanceName})
    if url_only:
        return url
    said = word(label) if label else word("Add another") if group.elements else word("Add an item")
    classes = ["btn", f"btn-{size}", f"btn-{color}", "da-add", *(["d-block"] if block else []), *classname.split()]
    return Markup(f'<a href="{escape(url)}" class="{escape(" ".join(classes))}">{escape_typed(said)}</a>')


def _place(group: Any, index: Any) -> dict[str, Any]:
    place = {"group": group.instanceName, "item": index}
    return place if isinstance(group, DADict) else {**place, "moves": group.moves}


# --- what they do ----------------------------------------------------------------------------------------------------


def _add(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    group = _group(evaluation, arguments)
    if group is None:
        return
    _ungather(group)
    if not group.auto_gather and isinstance(group, DAList):
        group.appendObject()
    elif group.ask_number:
        group.target_number = int(group.target_number) + 1
        group.there_are_any = True
    else:
        group.there_are_any = True
        group.there_is_one_other = True
    _follow(evaluation, ADD, [_completing(group)])


def _edit(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    found = _item(evaluation, arguments)
    if found is None:
        return
    group, index, item = found
    attributes = arguments.get("attributes") or []
    if isinstance(item, DAObject):
        names = [f"{item.instanceName}.{attribute}" for attribute in attributes]
    else:
        names = [group.item_name(index)]
    _follow(evaluation, EDIT, [*names, *([_completing(group)] if arguments.get("complete") else [])])


def _remove(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    found = _item(evaluation, arguments)
    if found is None:
        return
    group, index, _ = found
    gathered = group.has_been_gathered()
    del group[index]
    if gathered:
        _ungather(group)
        _follow(evaluation, REMOVE, [_completing(group)])


def _confirm(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    evaluation.actions.done(CONFIRM)
    found = _item(evaluation, arguments)
    if found is None:
        return
    rest = {key: value for key, value in arguments.items() if key != MARK}
    buttons = [(word("Delete"), "url", offered_url(evaluation, REMOVE, rest)), (word("Cancel"), "refresh", "")]
    raise EndWithMessage(word("Are you sure you want to delete this item?"), _text_of(found[2]), buttons)


def _move(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    found = _item(evaluation, arguments)
    if found is None:
        return
    group, index, _ = found
    group.move(index, index + int(arguments.get("step", 0)))


def _complete(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    """What was added or changed is asked for in full."""
    group = _group(evaluation, arguments)
    if group is not None:
        group.gathered_and_complete()


def give_up(evaluation: Evaluation, group: Any) -> None:
    """Drop what is still to be asked about items of a group."""
    inside = (f"{group.instanceName}[", f"{group.instanceName}.")
    entries = evaluation.actions.entries
    entries[:] = [
        entry
        for entry in entries
        if not entry["action"].startswith(inside) and entry["arguments"].get("group") != group.instanceName
    ]


def _group(evaluation: Evaluation, arguments: Mapping[str, Any]) -> Any:
    name = str(arguments.get("group", ""))
    group = read_variable(name, evaluation.answers) if evaluation.is_defined(name) else None
    return group if isinstance(group, (DAList, DADict)) else None


def _item(evaluation: Evaluation, arguments: Mapping[str, Any]) -> tuple[Any, Any, Any] | None:
    """(group, index or key, item); None if it isn't there any more where it was when it was offered."""
    group, index = _group(evaluation, arguments), arguments.get("item")
    if isinstance(group, DADict) and index in group.elements:
        return group, index, group.elements[index]
    unmoved = isinstance(group, DAList) and group.moves == arguments.get("moves")
    if unmoved and isinstance(index, int) and 0 <= index < len(group.elements):
        return group, index, group.elements[index]
    evaluation.messages.append((word("The list has changed in the meantime. Please look at it again."), "warning"))
    return None


def _ungather(group: Any) -> None:
    """Have the group gathered once more, without anybody being asked whether there are others."""
    if group.has_been_gathered() and not group.ask_number and "there_is_another" not in group.__dict__:
        group.there_is_another = False
    group._gather_again()


def _completing(group: Any) -> dict[str, Any]:
    return {"action": COMPLETE, "arguments": {"group": group.instanceName}}


def _follow(evaluation: Evaluation, done: str, items: list[Any]) -> None:
    evaluation.actions.done(done)
    raise SeekForced(items)


def _text_of(item: Any) -> str:
    try:
        return str(item)
    except MissingVariable:
        return ""


#: The actions; `COMPLETE` only follows others.
LIST_ACTIONS: Mapping[str, Callable[[Evaluation, Mapping[str, Any]], None]] = {
    ADD: _add,
    EDIT: _edit,
    REMOVE: _remove,
    MOVE: _move,
    CONFIRM: _confirm,
    COMPLETE: _complete,
}
