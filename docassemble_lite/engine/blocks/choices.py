"""Lists of choices: written down, or made by code, or both."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from docassemble_lite.engine.blocks.generators import Generators
from docassemble_lite.engine.blocks.texts import BlockText, text_at
from docassemble_lite.engine.document import Items, Place, Section
from docassemble_lite.engine.expressions import Expression
from docassemble_lite.engine.fields.datatype import Option
from docassemble_lite.engine.images import icon_html
from docassemble_lite.engine.names import is_plain_path
from docassemble_lite.errors import EvaluationError
from docassemble_lite.objects import DAFile, DAFileList

#: Keys of an entry that say something about the choice instead of being its label.
ENTRY_KEYS = frozenset({"color", "css class", "default", "group", "help", "image", "key", "label", "show if", "url", "value"})


@dataclass(frozen=True)
class Choice:
    """One written choice. `block` is a section when the choice holds a block of its own."""

    label: BlockText
    value: Any
    place: Place
    value_text: BlockText | None = None
    block: Section | None = None
    help: BlockText | None = None
    url: BlockText | None = None
    default: Any = None
    color: str = ""
    css_class: str = ""
    show_if: Expression | None = None
    # the name of an image
    image: str = ""

    @property
    def is_constant(self) -> bool:
        """Whether it is the same for everybody, always."""
        texts = (self.label, self.value_text, self.help)
        return self.show_if is None and all(text is None or text.constant is not None for text in texts)

    def shown(self, answers: dict[str, Any]) -> bool:
        return self.show_if is None or bool(self.show_if.evaluate(answers))

    def option(self, answers: dict[str, Any]) -> Option:
        return Option(
            value=self.value_text.value(answers) if self.value_text else self.value,
            label_html=_illustrated(self.label.inline(answers), self.image),
            label=self.label.plain(answers),
            selected=bool(self.default),
            help_html=self.help.inline(answers) if self.help else "",
            color=self.color,
            css_class=self.css_class,
        )


class Given:
    """A value that code made, where an author's file would have an expression."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def evaluate(self, _: dict[str, Any]) -> Any:
        return self.value


@dataclass(frozen=True)
class ChoiceList:
    """The choices of a field or of a question, in their order."""

    entries: tuple[Choice | Expression | Given, ...]
    place: Place
    excluded: tuple[Expression | Given, ...] = ()
    shuffled: bool = False
    choices: tuple[Choice, ...] = field(default=())
    generators: Generators | None = None

    @property
    def is_constant(self) -> bool:
        """Whether the choices are the same for everybody, always."""
        written = all(isinstance(entry, Choice) and entry.is_constant for entry in self.entries)
        return written and not self.excluded and not self.shuffled and self.generators is None

    def options(self, answers: dict[str, Any]) -> tuple[Option, ...]:
        """The choices as they are now."""
        found = [option for entry in self.entries for option in _options_of(entry, answers, self.place)]
        if self.excluded:
            excluded = list(_excluded(self.excluded, answers))
            found = [option for option in found if option.value not in excluded]
        if self.generators is not None:
            found = self.generators.applied(found, answers)
        if self.shuffled:
            random.shuffle(found)
        return tuple(found)


def read_choices(value: Any, place: Place, exclude: list[Expression] | None = None, *, shuffled: bool = False) -> ChoiceList:
    """The choices under `choices`, `buttons`, `dropdown` or `code`."""
    entries: list[Choice | Expression] = []
    if isinstance(value, str):
        entries.append(Expression(value, place))
    elif isinstance(value, Section):
        entries += _of_mapping(value)
    elif isinstance(value, Items):
        for number, item in enumerate(value):
            entries += _of_item(item, value.item_place(number))
    elif isinstance(value, list):
        entries += [choice for item in value for choice in _of_item(item, place)]
    else:
        raise place.mistake("The choices must be a list.", "Write each on a line of its own: “- Label: value”.")
    written = tuple(entry for entry in entries if isinstance(entry, Choice))
    return ChoiceList(tuple(entries), place, tuple(exclude or ()), shuffled, written)


def objects_to_choose(value: Any, place: Place, exclude: list[Expression], *, labelled: bool = True) -> ChoiceList:
    """The choices of a field for objects: expressions that give an object, or a list of them.

    If they aren't `labelled` by their own texts, nothing is asked for these.
    """
    kind = ObjectChoices if labelled else UnlabelledObjectChoices
    texts = [str(item) for item in value] if isinstance(value, list) else [str(value)]
    entries = tuple(kind(text, place) for text in texts)
    return ChoiceList(entries, place, tuple(exclude))


class ObjectChoices(Expression):
    """An expression whose value is offered, or each item of it if it is a list; the label is the object's own text."""

    __slots__ = ()

    def evaluate(self, answers: dict[str, Any]) -> Any:
        value = super().evaluate(answers)
        several = hasattr(value, "__iter__") and not isinstance(value, (str, Mapping))
        return [[item, self.label_of(item)] for item in (value if several else [value])]

    def label_of(self, item: Any) -> str:
        """What an object is called."""
        return str(item)


class UnlabelledObjectChoices(ObjectChoices):
    """The same where something else says what each is called."""

    __slots__ = ()

    def label_of(self, item: Any) -> str:
        return ""


def made_choices(value: Any, place: Place, exclude: Any, *, of_objects: bool, shuffled: bool = False) -> ChoiceList:
    """The choices of a field that code made. What stands in them may have been typed, so none of it is code or a template.

    A text in place of a list is the name of a variable.
    """
    excluded = () if exclude is None else (_variable_or_value(exclude, place),)
    if of_objects:
        items = [value] if isinstance(value, (str, Mapping)) or not hasattr(value, "__iter__") else list(value)
        return ChoiceList(tuple(_object_choices(item, place) for item in items), place, excluded)
    if isinstance(value, str):
        return ChoiceList((_variable_or_value(value, place),), place, excluded, shuffled)
    entries: list[Choice | Expression | Given] = []
    for item in [value] if isinstance(value, Mapping) else value:
        if isinstance(item, Section):
            entries += _of_made_section(item)
        else:
            entries.append(Given([item]))
    return ChoiceList(tuple(entries), place, excluded, shuffled)


def _variable_or_value(value: Any, place: Place) -> Expression | Given:
    return Expression(value, place) if isinstance(value, str) and is_plain_path(value) else Given(value)


def _object_choices(item: Any, place: Place) -> Expression | Given:
    if isinstance(item, str) and is_plain_path(item):
        return ObjectChoices(item, place)
    return Given([[item, str(item)]])


def _of_made_section(section: Section) -> list[Choice | Expression | Given]:
    if "show if" in section and not section["show if"]:
        return []
    if "label" in section and ("value" in section or "key" in section):
        return [_written(section, "label", _made_text)]
    return [_written(section, key, _made_text) for key in section if key not in ENTRY_KEYS]


def _made_text(value: Any, _: Place) -> BlockText:
    return BlockText.of_value(value)


def _of_mapping(section: Section) -> list[Choice | Expression]:
    if set(section) == {"code"}:
        return [Expression(str(section["code"]), section.value_place("code"))]
    if "label" in section and "value" in section:
        return [_written(section, "label")]
    return [_written(section, key) for key in section if key not in ENTRY_KEYS]


def _of_item(item: Any, place: Place) -> list[Choice | Expression]:
    if isinstance(item, Section):
        if set(item) == {"code"} and isinstance(item["code"], str):
            return [Expression(item["code"], item.value_place("code"))]
        if "label" in item and ("value" in item or "key" in item):
            return [_written(item, "label")]
        labels = [key for key in item if key not in ENTRY_KEYS]
        if len(labels) != 1:
            raise place.mistake("A choice needs one label.", "Write “- Label: value”, or “- label: …” and “value: …” below it.")
        return [_written(item, labels[0])]
    if isinstance(item, (list, dict)) or item is None:
        raise place.mistake("A choice must be a text or “Label: value”.")
    text = BlockText(item, place)
    return [Choice(text, item, place, text if isinstance(item, str) else None)]


def _written(section: Section, label_key: Any, text: Callable[[Any, Place], BlockText] = BlockText) -> Choice:
    if label_key == "label":
        label = text(section["label"], section.value_place("label"))
        value_key = "value" if "value" in section else "key"
    else:
        label = text(label_key, section.key_place(label_key))
        value_key = label_key
    value = section[value_key]
    return Choice(
        label,
        value,
        section.key_place(label_key),
        text(value, section.value_place(value_key)) if isinstance(value, str) else None,
        value if isinstance(value, Section) else None,
        _text_of(section, "help", text),
        _text_of(section, "url", text),
        section.get("default"),
        str(section.get("color") or ""),
        str(section.get("css class") or ""),
        _condition(section) if text is BlockText else None,
        str(section.get("image") or ""),
    )


def _text_of(section: Section, key: str, text: Callable[[Any, Place], BlockText]) -> BlockText | None:
    return text_at(section, key) if section.get(key) is None or text is BlockText else text(section[key], section.place)


def _condition(section: Section) -> Expression | None:
    value = section.get("show if")
    if value is None:
        return None
    if isinstance(value, Section):
        return Expression(str(value.get("code")), value.value_place("code"))
    return Expression(str(value), section.value_place("show if"))


def _options_of(entry: Choice | Expression | Given, answers: dict[str, Any], place: Place) -> Iterator[Option]:
    if isinstance(entry, Choice):
        if entry.shown(answers):
            yield entry.option(answers)
    else:
        yield from options_from(entry.evaluate(answers), place)


def options_from(made: Any, place: Place | None = None) -> Iterator[Option]:
    """The choices in what code (at `place`) made: a list of texts, of pairs, of one-item dictionaries, or a dictionary."""
    if made is None:
        return
    if isinstance(made, Mapping) or hasattr(made, "items"):
        for key, label in made.items():
            yield _made(key, label)
        return
    if isinstance(made, str) or not hasattr(made, "__iter__"):
        raise EvaluationError(
            f"The code for choices gave {made!r}, which is no list.",
            source=place.source.name if place else None,
            path=place.source.path if place else None,
            line=place.line if place else None,
            hint="It must be a list of texts, of lists [value, label], or of dictionaries {value: label}.",
        )
    for item in made:
        yield from _of_made_item(item)


def _of_made_item(item: Any) -> Iterator[Option]:
    if isinstance(item, Mapping):
        if "show if" in item and not item["show if"]:
            return
        if "value" in item and "label" in item:
            yield _made(item["value"], item["label"], item)
        else:
            for key, label in item.items():
                if key not in ENTRY_KEYS:
                    yield _made(key, label, item)
    elif isinstance(item, (list, tuple)) and item:
        extra = {"default": item[2] if len(item) > 2 else None, "help": item[3] if len(item) > 3 else None}
        yield _made(item[0], item[1] if len(item) > 1 else item[0], extra)
    else:
        yield _made(item, item)


def _made(value: Any, label: Any, extra: Mapping[Any, Any] | None = None) -> Option:
    extra = extra or {}
    text = BlockText.of_value(label)
    image = extra.get("image")
    return Option(
        value=value,
        label_html=_illustrated(text.inline({}), image),
        label=text.plain({}),
        selected=bool(extra.get("default")),
        help_html=BlockText.of_value(extra["help"]).inline({}) if extra.get("help") else "",
        color=str(extra.get("color") or ""),
        css_class=str(extra.get("css class") or ""),
    )


def _illustrated(label_html: str, image: Any) -> str:
    """A label with an image before it: one that has a name, or a file."""
    is_file = isinstance(image, (DAFile, DAFileList))
    shown = BlockText.of_value(image).inline({}) if is_file else icon_html(str(image or ""))
    return f'<span class="da-choice-image">{shown}</span> {label_html}' if shown else label_html


def given_options(given: tuple[tuple[Any, str], ...]) -> tuple[Option, ...]:
    """The choices, each (value, label), that a check-in put in place of those of the block."""
    return tuple(options_from([[value, label] for value, label in given]))


def _excluded(expressions: tuple[Expression | Given, ...], answers: dict[str, Any]) -> Iterator[Any]:
    for expression in expressions:
        value = expression.evaluate(answers)
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            yield value
        else:
            yield from value
