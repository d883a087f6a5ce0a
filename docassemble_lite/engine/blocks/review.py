"""`review` blocks: screens on which people see what they have answered, and from which they go back to it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.answering import Answering, Form, button_variable
from docassemble_lite.engine.blocks.block import expressions_in
from docassemble_lite.engine.blocks.question import QuestionBlock
from docassemble_lite.engine.blocks.texts import BlockText, page_text_at, text_at
from docassemble_lite.engine.document import Items, Section
from docassemble_lite.engine.expressions import Expression, constant_or_expression, read_variable, truth
from docassemble_lite.engine.names import Binding, is_path, normalized
from docassemble_lite.engine.offers import offered_url
from docassemble_lite.engine.screen import Review, ReviewItem, Screen
from docassemble_lite.language.words import word
from docassemble_lite.objects.missing import DAAttributeError, DAIndexError

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: Keys of an entry that say how it is; any other key is its label.
ENTRY_KEYS = frozenset(
    {
        "action",
        "arguments",
        "button",
        "color",
        "css class",
        "field",
        "fields",
        "help",
        "html",
        "label",
        "note",
        "raw html",
        "show if",
    }
)
_TEXTS = ("note", "html", "raw html")
#: What an entry can do with variables instead of asking for them.
COMMANDS = frozenset({"follow up", "invalidate", "recompute", "set", "undefine"})
#: What shows a table that is asked for without a class of its own.
_TABLE_CLASS = "table"


@dataclass(frozen=True)
class ReviewEntry:
    """One entry as it was written. `items` are the names and commands that its link goes through."""

    label: BlockText | None
    items: tuple[Any, ...]
    action: tuple[str, Mapping[str, Any]] | None
    conditions: tuple[Expression, ...]
    texts: Mapping[str, BlockText]
    css_class: str
    color: str

    def shown(self, evaluation: Evaluation, binding: Binding) -> ReviewItem | None:
        """What it looks like now; None if it isn't to be seen. Raises what says that something in it is missing."""
        answers = evaluation.answers
        if not all(condition.evaluate(answers) for condition in self.conditions):
            return None
        if self.label is None:
            kind, text = next(iter(self.texts.items()))
            return ReviewItem("note", text.block(answers) if kind == "note" else text.html(answers), css_class=self.css_class)
        for name in self.items:
            if isinstance(name, str):
                read_variable(binding.filled(name), answers)
        made = {key: text.html(answers) if "html" in key else text.block(answers) for key, text in self.texts.items()}
        return ReviewItem(
            text_html=made.get("button", ""),
            label_html=self.label.inline(answers),
            url=self._url(evaluation, binding),
            help_html=made.get("help", ""),
            note_html="".join(made.get(key, "") for key in _TEXTS),
            color=self.color or str(evaluation.program.features.get("review button color") or "secondary"),
            css_class=self.css_class,
        )

    def _url(self, evaluation: Evaluation, binding: Binding) -> str:
        if self.action is not None:
            return evaluation.host.action_url(*self.action, with_session=False, forget_prior=False)
        items = [_filled(item, binding) for item in self.items]
        return offered_url(evaluation, "_da_force_ask", {"variables": items})


class Resuming(Answering):
    """A button that leads back to the interview, whether it sets a variable or not."""

    def form(self, evaluation: Evaluation, binding: Binding) -> Form:
        return Form(style="continue", continue_variable=binding.filled(self.variable))


class ReviewBlock(QuestionBlock):
    """A screen with what has been answered; what hasn't is left out, unless `skip undefined` is False."""

    keys = QuestionBlock.keys | {"review", "tabular", "skip undefined"}

    def __init__(self, section: Section, number: int, language: str = "*", name: str = "") -> None:
        if "question" not in section:
            raise section.mistake("review", "A review needs a question.", "Add “question: Your answers”.")
        for key in ("fields", "yesno", "noyes", "yesnomaybe", "noyesmaybe", "buttons", "choices", "dropdown", "combobox"):
            if key in section:
                raise section.mistake(key, f"A review can't have “{key}”.", "Make two blocks of it.")
        super().__init__(section, number, language, name)
        self.reviewed = read_entries(section)
        self.skips = constant_or_expression(section.get("skip undefined", True), section.value_place("skip undefined"))
        self.tabular = text_at(section, "tabular")
        self.resume_label = text_at(section, "resume button label")

    def _made(self, evaluation: Evaluation, binding: Binding, sought: str) -> Screen:
        screen = super()._made(evaluation, binding, sought)
        items = [item for entry in self.reviewed if (item := self._item(entry, evaluation, binding)) is not None]
        screen = replace(screen, review=Review(tuple(items), self._table_class(evaluation.answers)))
        if self.answering.variable:
            return screen
        label = self.resume_label.inline(evaluation.answers) if self.resume_label else word("Resume")
        return replace(screen, continue_label_html=label)

    def _read_answering(self) -> Answering:
        return Resuming(button_variable(self.section))

    def _item(self, entry: ReviewEntry, evaluation: Evaluation, binding: Binding) -> ReviewItem | None:
        if not truth(self.skips, evaluation.answers):
            return entry.shown(evaluation, binding)
        try:
            return entry.shown(evaluation, binding)
        except (NameError, DAAttributeError, DAIndexError) as error:
            # raises what isn't a missing variable
            evaluation.missing_name(error)
            return None

    def _table_class(self, answers: dict[str, Any]) -> str:
        if self.tabular is None:
            return ""
        said = self.tabular.value(answers).strip()
        return {"true": _TABLE_CLASS, "false": ""}.get(said.lower(), said)


# --- reading ---------------------------------------------------------------------------------------------------------


def read_entries(section: Section) -> tuple[ReviewEntry, ...]:
    """The entries under `review`."""
    value = section["review"]
    if not isinstance(value, Items):
        raise section.mistake("review", "“review” must be a list.", "Write each entry on a line of its own: “- Label: variable”.")
    entries = []
    for number, item in enumerate(value):
        if not isinstance(item, Section):
            raise value.item_place(number).mistake(
                "An entry of a review must be of the form “- Label: variable”.", "For instance “- Your name: name”."
            )
        entries.append(_entry(item))
    return tuple(entries)


def _entry(section: Section) -> ReviewEntry:
    labels = [key for key in section if key not in ENTRY_KEYS]
    if len(labels) > 1:
        raise _odd_label(section, labels)
    label, items = _label(section, labels)
    if label is not None and not items and "action" not in section:
        raise section.mistake(
            labels[0] if labels else "label", "This entry doesn't say what is looked at again.", "Add the name of a variable."
        )
    texts = {key: text for key in ("button", "help", *_TEXTS) if (text := page_text_at(section, key)) is not None}
    if label is None and not any(key in texts for key in _TEXTS):
        raise section.place.mistake("This entry has neither a label nor a text.", "Write “- Label: variable” or “- note: text”.")
    if label is None:
        texts = {key: text for key, text in texts.items() if key in _TEXTS}
    return ReviewEntry(
        label=label,
        items=items,
        action=_action(section),
        conditions=tuple(expressions_in(section.get("show if"), section, "show if")),
        texts=texts,
        css_class=str(section.get("css class") or ""),
        color=str(section.get("color") or ""),
    )


def _label(section: Section, labels: list[str]) -> tuple[BlockText | None, tuple[Any, ...]]:
    if labels:
        return BlockText(labels[0], section.key_place(labels[0])), _items(section, labels[0])
    key = next((key for key in ("fields", "field") if key in section), "")
    if "label" in section:
        return text_at(section, "label"), _items(section, key) if key else ()
    if key:
        raise section.mistake(key, "This entry has no label.", "Add “label: Edit”.")
    return None, ()


def _odd_label(section: Section, labels: list[str]) -> Exception:
    odd, near = next(
        ((key, found[0]) for key in labels if (found := difflib.get_close_matches(str(key), ENTRY_KEYS, 1, 0.75))), ("", "")
    )
    hint = f"Did you mean “{near}”?" if near else f"An entry can have: {', '.join(sorted(ENTRY_KEYS))}."
    return section.mistake(odd or labels[1], f"An entry of a review has one label, not {len(labels)}.", hint)


def _items(section: Section, key: str) -> tuple[Any, ...]:
    value = section[key]
    entries = value if isinstance(value, list) else [value]
    return tuple(_asked(section, key, entry) for entry in entries if entry is not None)


def _asked(section: Section, key: str, entry: Any) -> Any:
    """A name, or a command as {command: names}."""
    if not isinstance(entry, Section):
        return _name(section, key, entry)
    if len(entry) == 1:
        ((command, names),) = entry.items()
        if command in COMMANDS:
            listed = names if isinstance(names, list) else [names]
            return {command: [_set(entry, command, item) if command == "set" else _name(entry, command, item) for item in listed]}
    if set(entry) <= {"action", "arguments"} and "action" in entry:
        return {"action": _name(entry, "action", entry["action"]), "arguments": dict(entry.get("arguments") or {})}
    raise entry.place.mistake(
        f"“{', '.join(entry)}” is nothing that an entry of a review can do.",
        f"Write the name of a variable, or one of: {', '.join(sorted(COMMANDS))}.",
    )


def _set(section: Section, key: str, item: Any) -> dict[str, Any]:
    if not isinstance(item, Section):
        raise section.mistake(key, "“set” needs a value for each variable.", "Write “- set:” and below it “- variable: value”.")
    return {_name(item, name, name): value for name, value in item.items()}


def _name(section: Section, key: str, value: Any) -> str:
    name = normalized(str(value))
    if isinstance(value, (dict, list)) or not is_path(name):
        raise section.mistake(key, f"“{value}” isn't the name of a variable.", "Write a name such as client.name.first.")
    return name


def _action(section: Section) -> tuple[str, Mapping[str, Any]] | None:
    if "action" not in section:
        return None
    arguments = section.get("arguments") or {}
    if not isinstance(arguments, Mapping):
        raise section.mistake("arguments", "“arguments” must consist of lines of the form “name: value”.")
    return _name(section, "action", section["action"]), dict(arguments)


def _filled(item: Any, binding: Binding) -> Any:
    if isinstance(item, str):
        return binding.filled(item)
    if "action" in item:
        return item
    return {
        command: [
            {binding.filled(k): v for k, v in name.items()} if isinstance(name, dict) else binding.filled(name) for name in names
        ]
        for command, names in item.items()
    }
