"""`table` blocks: a row for each item of a list, and buttons to change the list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.block import Block, names_at
from docassemble_lite.engine.blocks.texts import BlockText, text_at
from docassemble_lite.engine.document import Items, Place, Section
from docassemble_lite.engine.expressions import Expression, constant_or_expression, set_variable, truth
from docassemble_lite.engine.lazy_table import DALazyTableTemplate
from docassemble_lite.engine.list_actions import Offer, item_buttons
from docassemble_lite.engine.markup import shown, to_plain
from docassemble_lite.host import current
from docassemble_lite.language.words import word
from docassemble_lite.objects import DADict, DAList, DAObject
from docassemble_lite.objects.groups import Group
from docassemble_lite.objects.missing import MissingVariable

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.wanted import Wanted

_HEADER_KEYS = frozenset({"header", "cell"})
#: What a row is called in the expressions of its cells.
_ITEM, _INDEX = "row_item", "row_index"
# what stands for a cell whose value isn't there yet
_UNAVAILABLE = object()
_WIDTH = 65
_NARROWEST = 3
_UNESCAPED_BAR = re.compile(r"(?<!\\)\|")
_LINE_END = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Column:
    """A column: its header and what gives its cells."""

    header: BlockText
    cell: Expression


@dataclass(frozen=True)
class Row:
    """A row: where its item stands in the list, and the item."""

    index: Any
    item: Any


class TableBlock(Block):
    """Makes a table of a list, a dictionary or whatever else has items."""

    kind = "table"
    keys = frozenset(
        {
            "table",
            "rows",
            "columns",
            "edit",
            "edit header",
            "delete buttons",
            "confirm",
            "allow reordering",
            "read only",
            "sort key",
            "sort reverse",
            "filter",
            "show if empty",
            "show incomplete",
            "not available label",
            "require gathered",
        }
    )

    def __init__(self, section: Section, number: int, language: str = "*") -> None:
        super().__init__(section, number, language)
        self.found = names_at(section, "table")
        self.rows = _needed_expression(section, "rows")
        self.columns = _columns(section)
        self.edit = _edited(section)
        self.edit_header = text_at(section, "edit header")
        self.removes = _flag(section, "delete buttons", self.edit is not None)
        self.confirms = _flag(section, "confirm", False)
        self.reorders = _flag(section, "allow reordering", False)
        self.read_only = _attribute(section, "read only")
        self.sort_key = _expression(section, "sort key")
        self.sort_reverse = _flag(section, "sort reverse", False)
        self.filter = _expression(section, "filter")
        self.if_empty = section.get("show if empty", True)
        self.empty_text = text_at(section, "show if empty") if isinstance(self.if_empty, str) else None
        self.shows_incomplete = _flag(section, "show incomplete", False)
        self.not_available = text_at(section, "not available label")
        self.requires_gathered = _flag(section, "require gathered", True)

    def carry_out(self, evaluation: Evaluation) -> None:
        for name in self.found:
            set_variable(name, DALazyTableTemplate(name, block=self.name), evaluation.answers)

    def define(self, evaluation: Evaluation, wanted: Wanted) -> None:
        table = DALazyTableTemplate(wanted.name, block=self.name, bound=dict(wanted.binding.values))
        set_variable(wanted.name, table, evaluation.answers)

    # --- as Markdown -------------------------------------------------------------------------------------------------

    def text(self, evaluation: Evaluation, editable: bool) -> str:
        """The table in Markdown, with what was typed escaped. A missing variable may have to be sought first."""
        answers = evaluation.answers
        items = self.rows.evaluate(answers)
        rows = self._chosen(items, answers)
        if not rows and self.empty_text is not None:
            return self.empty_text.raw(answers)
        if not rows and self.if_empty is False:
            return ""
        header = [_in_cell(column.header.raw(answers)) for column in self.columns]
        lines = [[self._cell(column, row, answers) for column in self.columns] for row in rows]
        if editable and self._is_editable(items, answers):
            header.append(_in_cell(self.edit_header.raw(answers) if self.edit_header else word("Actions")))
            for row, cells in zip(rows, lines, strict=True):
                cells.append(self._buttons(evaluation, items, row, cells))
        return _markdown(header, lines, int(evaluation.program.features.get("table width", _WIDTH)))

    def values(self, evaluation: Evaluation) -> list[list[Any]]:
        """The table as plain values, its header first. A missing variable may have to be sought first."""
        answers = evaluation.answers
        header = [column.header.plain(answers) for column in self.columns]
        rows = self._chosen(self.rows.evaluate(answers), answers)
        return [header, *([self._value(column, row, answers) for column in self.columns] for row in rows)]

    def _chosen(self, items: Any, answers: dict[str, Any]) -> list[Row]:
        """The rows that are shown, in their order."""
        return self._sorted(self._filtered(self._rows(items, answers), answers), answers)

    def _rows(self, items: Any, answers: dict[str, Any]) -> list[Row]:
        if not isinstance(items, Group):
            pairs = items.items() if isinstance(items, Mapping) else enumerate(items)
            return [Row(index, item) for index, item in pairs]
        gathering = items.instanceName in current().gathering
        if not gathering and truth(self.requires_gathered, answers):
            items._trigger_gather()
        rows = [Row(index, item) for index, item in _places(items)]
        if items._is_gathered() or truth(self.shows_incomplete, answers):
            return rows
        complete = {id(item) for item in items.complete_elements()._items()}
        return [row for row in rows if id(row.item) in complete]

    def _filtered(self, rows: list[Row], answers: dict[str, Any]) -> list[Row]:
        if self.filter is None:
            return rows
        return [row for row in rows if _evaluated(self.filter, row, answers)]

    def _sorted(self, rows: list[Row], answers: dict[str, Any]) -> list[Row]:
        reverse = truth(self.sort_reverse, answers)
        if self.sort_key is None:
            return rows[::-1] if reverse else rows
        key: Callable[[Any], Any] = self.sort_key.evaluate(answers)
        by_pair = self._is_dictionary(answers)
        return sorted(rows, key=lambda row: key((row.index, row.item) if by_pair else row.item), reverse=reverse)

    def _is_dictionary(self, answers: dict[str, Any]) -> bool:
        return isinstance(self.rows.evaluate(answers), (DADict, Mapping))

    def _cell(self, column: Column, row: Row, answers: dict[str, Any]) -> str:
        value = self._evaluated(column, row, answers)
        return _in_cell(self._unavailable(answers) if value is _UNAVAILABLE else _shown(value))

    def _value(self, column: Column, row: Row, answers: dict[str, Any]) -> Any:
        value = self._evaluated(column, row, answers)
        return to_plain(self._unavailable(answers)) if value is _UNAVAILABLE else value

    def _evaluated(self, column: Column, row: Row, answers: dict[str, Any]) -> Any:
        if truth(self.requires_gathered, answers):
            return _evaluated(column.cell, row, answers)
        try:
            return _evaluated(column.cell, row, answers)
        except MissingVariable:
            return _UNAVAILABLE

    def _unavailable(self, answers: dict[str, Any]) -> str:
        return self.not_available.raw(answers) if self.not_available else word("n/a")

    # --- buttons -----------------------------------------------------------------------------------------------------

    def _is_editable(self, items: Any, answers: dict[str, Any]) -> bool:
        if not isinstance(items, (DAList, DADict)):
            return False
        return self.edit is not None or truth(self.removes, answers) or self._reorders(items, answers)

    def _reorders(self, items: Any, answers: dict[str, Any]) -> bool:
        as_listed = self.sort_key is None and self.filter is None and self.sort_reverse is False
        return isinstance(items, DAList) and as_listed and truth(self.reorders, answers)

    def _buttons(self, evaluation: Evaluation, items: Any, row: Row, cells: list[str]) -> str:
        answers = evaluation.answers
        may_edit, may_remove = self._allowed(row.item)
        enough = len(items.elements) > (items.minimum_number or 0)
        offer = Offer(
            edit=self.edit if may_edit else None,
            remove=may_remove and enough and truth(self.removes, answers),
            reorder=self._reorders(items, answers),
            confirm=truth(self.confirms, answers),
            label=to_plain(cells[0]) if cells else "",
        )
        return item_buttons(evaluation, items, row.index, offer)

    def _allowed(self, item: Any) -> tuple[bool, bool]:
        """Whether the item itself lets itself be edited, and be removed."""
        said = getattr(item, self.read_only) if self.read_only and isinstance(item, DAObject) else False
        if isinstance(said, (Mapping, DADict)):
            return bool(said.get("edit", True)), bool(said.get("delete", True))
        return not said, not said


# --- reading ---------------------------------------------------------------------------------------------------------


def _needed_expression(section: Section, key: str) -> Expression:
    found = _expression(section, key)
    if found is None:
        raise section.mistake(
            "table", f"A table needs “{key}”.", f"Add “{key}: people”, where “people” is the list whose items the rows are."
        )
    return found


def _expression(section: Section, key: str) -> Expression | None:
    value = section.get(key)
    if value is None:
        return None
    if isinstance(value, (list, dict)):
        raise section.mistake(key, f"“{key}” must be an expression.")
    return Expression(str(value), section.value_place(key))


def _flag(section: Section, key: str, default: bool) -> Expression | bool:
    return constant_or_expression(section.get(key, default), section.value_place(key))


def _attribute(section: Section, key: str) -> str:
    value = section.get(key)
    if value in (None, False):
        return ""
    if not isinstance(value, str) or not value.strip().isidentifier():
        raise section.mistake(
            key, f"“{key}” must be the name of an attribute of the items.", "For instance “read only: important”."
        )
    return value.strip()


def _edited(section: Section) -> tuple[str, ...] | None:
    """The attributes that “Edit” asks for; none for the item itself; None if there is no such button."""
    value = section.get("edit")
    if value is None or value is False:
        return None
    if value is True:
        return ()
    names = [str(name).strip() for name in (value if isinstance(value, list) else [value])]
    for name in names:
        if not all(part.isidentifier() for part in re.sub(r"\[[^\]]*\]", "", name).split(".")):
            raise section.mistake("edit", f"“{name}” isn't the name of an attribute.", "Write “- name.first”, or “edit: True”.")
    return tuple(names)


def _columns(section: Section) -> tuple[Column, ...]:
    value = section.get("columns")
    if not isinstance(value, Items) or not value:
        raise section.mistake(
            "columns" if "columns" in section else "table",
            "A table needs “columns”, a list.",
            "Write “columns:” and below it “- Name: row_item.name”.",
        )
    return tuple(_column(item, value.item_place(number)) for number, item in enumerate(value))


def _column(item: Any, place: Place) -> Column:
    if isinstance(item, Section) and set(item) >= _HEADER_KEYS:
        header = BlockText("" if item["header"] is None else item["header"], item.value_place("header"))
        return Column(header, Expression(str(item["cell"]), item.value_place("cell")))
    if not isinstance(item, Section) or len(item) != 1:
        raise place.mistake(
            "A column must be of the form “- Header: expression”.",
            "Or write “- header:” and “cell:” below each other. For instance “- Name: row_item.name”.",
        )
    ((label, cell),) = item.items()
    return Column(BlockText(label, item.key_place(label)), Expression(str(cell), item.value_place(label)))


# --- parts of making -------------------------------------------------------------------------------------------------


def _places(group: Group) -> Iterable[tuple[Any, Any]]:
    if isinstance(group, DADict):
        return [(key, group.elements[key]) for key in group._listed()]
    return enumerate(group._items())


@contextmanager
def _at_row(row: Row, answers: dict[str, Any]) -> Iterator[None]:
    """While a cell is made, the answers have its row in them."""
    before = {name: answers[name] for name in (_ITEM, _INDEX) if name in answers}
    answers[_ITEM], answers[_INDEX] = row.item, row.index
    try:
        yield
    finally:
        for name in (_ITEM, _INDEX):
            answers.pop(name, None)
        answers.update(before)


def _evaluated(expression: Expression, row: Row, answers: dict[str, Any]) -> Any:
    with _at_row(row, answers):
        return expression.evaluate(answers)


def _shown(value: Any) -> str:
    return "" if value is None else shown(value)


def _in_cell(text: str) -> str:
    """A text as it can stand in a cell: in one line, and without a bar that would end the cell."""
    return _UNESCAPED_BAR.sub(r"\\|", _LINE_END.sub(" [BR] ", text.strip()))


def _markdown(header: list[str], lines: list[list[str]], width: int) -> str:
    rule = "|".join("-" * size for size in _sizes(header, lines, width))
    rows = ["|".join(cells) for cells in (header, *lines)]
    rows.insert(1, rule)
    # a row of one cell, or one that begins with an empty cell, is a row only between bars
    return "\n" + "\n".join(f"|{row}|" for row in rows) + "\n"


def _sizes(header: list[str], lines: list[list[str]], width: int) -> list[int]:
    """The relative widths of the columns, of which documents make real ones: as long as the longest text, within `width`."""
    longest = [max(len(to_plain(row[number])) for row in (header, *lines)) or 1 for number in range(len(header))]
    total = sum(longest)
    if total > width:
        longest = [size * width // total for size in longest]
    return [max(_NARROWEST, size) for size in longest]
