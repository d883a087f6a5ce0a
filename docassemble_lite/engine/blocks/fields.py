"""The entries under `fields`: how they are read, and what is to be said about them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.block import expressions_in
from docassemble_lite.engine.blocks.choices import ChoiceList, made_choices, objects_to_choose, read_choices
from docassemble_lite.engine.blocks.conditions import CONDITION_KEYS, TextReader, missing_parents, read_dependences
from docassemble_lite.engine.blocks.disabling import read_disables
from docassemble_lite.engine.blocks.field import FieldEntry
from docassemble_lite.engine.blocks.generators import read_generators
from docassemble_lite.engine.blocks.layout import read_layout
from docassemble_lite.engine.blocks.texts import BlockText, page_text_at, text_at
from docassemble_lite.engine.document import Items, Place, Section
from docassemble_lite.engine.expressions import Expression, constant_or_expression, read_variable
from docassemble_lite.engine.file_access import access_flags
from docassemble_lite.engine.names import is_path, normalized, parents_of
from docassemble_lite.errors import SourceError

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: Keys of an entry that say how the field is; any other key is its label.
FIELD_KEYS = frozenset(
    {
        "accept",
        "action",
        "address autocomplete",
        "all of the above",
        "choices",
        "code",
        "css class",
        "currency symbol",
        "datatype",
        "default",
        "disable others",
        "disabled",
        "exclude",
        "field",
        "field metadata",
        "file css class",
        "floating label",
        "grid",
        "group",
        "help",
        "help generator",
        "hint",
        "html",
        "image generator",
        "inline",
        "inline width",
        "input type",
        "item grid",
        "keep for training",
        "label",
        "label above field",
        "max",
        "maximum image size",
        "maxlength",
        "min",
        "minlength",
        "no label",
        "none of the above",
        "note",
        "object labeler",
        "raw html",
        "required",
        "rows",
        "scale",
        "shuffle",
        "step",
        "trigger at",
        "under text",
        "uncheck others",
        "check others",
        "using",
        "validate",
        "validation messages",
        "allow privileges",
        "allow users",
        "persistent",
        "private",
        "content type",
        "image upload type",
        "sync",
        *CONDITION_KEYS,
    }
)
#: Those of them that have no effect yet.
LATER_FIELD_KEYS = frozenset(
    {
        "address autocomplete",
        "field metadata",
        "inline width",
        "keep for training",
        "using",
        "content type",
        "sync",
    }
)
#: Keys whose text goes to the datatype after Mako.
_LIMITS = ("min", "max", "minlength", "maxlength", "step", "rows", "scale", "currency symbol")
#: Values of `datatype` and `input type` that mean nothing without choices.
_CHOOSING = frozenset(
    {
        "checkboxes",
        "choices",
        "dropdown",
        "multiselect",
        "object",
        "object_checkboxes",
        "object_multiselect",
        "object_radio",
        "radio",
        "select",
    }
)
_TEXTS_ALONE = ("note", "html", "raw html")
_NO_LABEL = "no label"


def read_fields(section: Section) -> list[FieldEntry]:
    """The entries under `fields`."""
    value = section["fields"]
    if isinstance(value, Section):
        return [read_entry(value, 0)]
    if not isinstance(value, Items):
        raise section.mistake("fields", "“fields” must be a list.", "Write each field on a line of its own: “- Label: variable”.")
    entries = []
    for number, item in enumerate(value):
        if not isinstance(item, Section):
            raise value.item_place(number).mistake(
                "A field must be of the form “Label: variable”.", "For instance “- Your name: name”."
            )
        entries.append(read_entry(item, number))
    return entries


def read_entry(section: Section, number: int, *, made: bool = False) -> FieldEntry:
    """One entry. Texts of an entry that code `made` are no templates."""
    text, page_text = (_made_text, _made_text) if made else (text_at, page_text_at)
    labels = [key for key in section if key not in FIELD_KEYS]
    if set(section) - {"required"} - CONDITION_KEYS == {"code"}:
        made_by = Expression(str(section["code"]), section.value_place("code"))

        def read_made(item: Mapping[Any, Any], place: int) -> FieldEntry:
            return read_entry(_section_of(item, made_by.place), place, made=True)

        return FieldEntry(section, number, code=made_by, read_made=read_made, depends=read_dependences(section, text))
    note = next(((key, _sure(page_text(section, key))) for key in _TEXTS_ALONE if section.get(key) is not None), None)
    if not labels and "field" not in section and _NO_LABEL not in section:
        if note is None:
            raise section.place.mistake("This field has no variable.", "Write “- Label: variable”.")
        return FieldEntry(section, number, note=note, depends=read_dependences(section, text))
    label, no_label, variable = _label_and_variable(section, labels, text)
    choices, default, disables = _choices_of(section, made), _default_of(section, text), read_disables(section)
    if choices is None:
        _refuse_nothing_to_choose_from(section)
    return FieldEntry(
        section,
        number,
        variable=variable,
        label=label,
        no_label=no_label,
        datatype=str(section.get("datatype") or "text"),
        input_type=str(section.get("input type") or ""),
        # what is entered elsewhere instead makes up for it
        required=constant_or_expression(section.get("required", not disables), section.value_place("required")),
        disabled=constant_or_expression(section.get("disabled", False), section.value_place("disabled")),
        hint=text(section, "hint"),
        help=text(section, "help"),
        under=text(section, "under text"),
        css_class=text(section, "css class"),
        note=note,
        choices=choices,
        default=default,
        limits={key: _sure(text(section, key)) for key in _LIMITS if section.get(key) is not None},
        flags=_flags(section, text),
        messages=_messages(section, text),
        validate=_validate(section),
        depends=read_dependences(section, text),
        disables=disables,
        layout=read_layout(section, text),
    )


def _made_text(section: Any, key: str) -> BlockText | None:
    return None if section.get(key) is None else BlockText.of_value(section[key])


def _sure(text: BlockText | None) -> BlockText:
    assert text is not None
    return text


def _label_and_variable(section: Section, labels: list[str], text: TextReader) -> tuple[BlockText | None, bool, str]:
    if len(labels) > 1:
        near = difflib.get_close_matches(str(labels[1]), FIELD_KEYS, n=1, cutoff=0.75)
        hint = f"Did you mean “{near[0]}”?" if near else "Begin another field with “- ”, or correct the name of the modifier."
        raise section.mistake(labels[1], f"A field has one label; “{labels[1]}” isn't a modifier of a field.", hint)
    if labels and "field" not in section:
        key, label = (
            labels[0],
            BlockText.of_value(labels[0]) if text is _made_text else BlockText(labels[0], section.key_place(labels[0])),
        )
        return label, False, _variable(section, key)
    if _NO_LABEL in section and section[_NO_LABEL] is not None and "field" not in section:
        return None, True, _variable(section, _NO_LABEL)
    label_text = text(section, "label")
    return label_text, label_text is None, _variable(section, "field")


def _variable(section: Section, key: str) -> str:
    value = section.get(key)
    name = normalized(value) if isinstance(value, str) else ""
    if not name or not is_path(name):
        raise section.mistake(key, f"“{value}” isn't the name of a variable.", f"Write “- {key}: name_of_a_variable”.")
    return name


def _choices_of(section: Section, made: bool) -> ChoiceList | None:
    key = next((key for key in ("choices", "code") if section.get(key) is not None), None)
    if key is None:
        return None
    choices = _listed_choices(section, key, made)
    generators = read_generators(section, made=made)
    return choices if generators is None else replace(choices, generators=generators)


def _refuse_nothing_to_choose_from(section: Section) -> None:
    for key in ("datatype", "input type"):
        if section.get(key) in _CHOOSING:
            raise section.mistake(
                key,
                f"A field of the {key} “{section[key]}” needs something to choose from.",
                "Add “choices:” and below it a list, or “code:” and below it an expression that gives one.",
            )


def _listed_choices(section: Section, key: str, made: bool) -> ChoiceList:
    of_objects = str(section.get("datatype", "")).startswith("object")
    if made and key == "choices":
        shuffled = section.get("shuffle") is True
        return made_choices(section[key], section.place, section.get("exclude"), of_objects=of_objects, shuffled=shuffled)
    exclude = expressions_in(section.get("exclude"), section, "exclude")
    value = section[key]
    if key == "code":
        value = str(value)
    elif of_objects:
        labelled = section.get("object labeler") is None
        return objects_to_choose(value, section.value_place(key), exclude, labelled=labelled)
    return read_choices(value, section.value_place(key), exclude, shuffled=section.get("shuffle") is True)


def _default_of(section: Section, text: TextReader) -> Callable[[dict[str, Any]], Any] | None:
    value = section.get("default")
    if value is None:
        return None
    if isinstance(value, Section) and set(value) == {"code"}:
        return Expression(str(value["code"]), value.value_place("code")).evaluate
    if isinstance(value, str) and str(section.get("datatype", "")).startswith("object"):
        return Expression(value, section.value_place("default")).evaluate
    if isinstance(value, str):
        default = _sure(text(section, "default"))
        return lambda answers: default.value(answers).rstrip("\n")
    if isinstance(value, list):
        if text is _made_text:
            return lambda _: value
        texts = [BlockText(item, section.value_place("default")) if isinstance(item, str) else item for item in value]
        return lambda answers: [item.value(answers) if isinstance(item, BlockText) else item for item in texts]
    return lambda _: value


def _flags(section: Section, text: TextReader) -> dict[str, Any]:
    flags: dict[str, Any] = {}
    for key in (
        "none of the above",
        "all of the above",
        "uncheck others",
        "check others",
        "inline",
        "action",
        "trigger at",
        "maximum image size",
        "image upload type",
        "file css class",
    ):
        if key in section:
            flags[key] = text(section, key) if isinstance(section[key], str) else section[key]
    if section.get("input type") == "ajax" and not flags.get("action"):
        raise section.mistake("input type", "A field with suggestions needs an action.", "Add “action: name_of_an_event”.")
    if section.get("accept") is not None:
        written = section["accept"]
        flags["accept"] = str(written) if text is _made_text else Expression(str(written), section.value_place("accept"))
    return flags | access_flags(section)


def _messages(section: Section, text: TextReader) -> dict[str, BlockText]:
    value = section.get("validation messages")
    if value is None:
        return {}
    if not isinstance(value, Section):
        raise section.mistake("validation messages", "“validation messages” must consist of lines “rule: message”.")
    return {key: _sure(text(value, key)) for key in value if value[key] is not None}


def _validate(section: Section) -> Expression | None:
    value = section.get("validate")
    return None if value is None else Expression(str(value), section.value_place("validate"))


def _section_of(item: Mapping[Any, Any], place: Place) -> Section:
    """A field that code made, as if it had been written where the code stands."""
    section = Section(place)
    for key, value in item.items():
        section[str(key)] = _made_value(value, place)
    return section


def _made_value(value: Any, place: Place) -> Any:
    if isinstance(value, Mapping):
        return _section_of(value, place)
    return [_made_value(item, place) for item in value] if type(value) is list else value


def odd_field_keys(entries: list[FieldEntry]) -> list[SourceError]:
    """What is to be said about fields that can't be shown, and about keys of fields that have no effect yet."""
    return [*_unknown_datatypes(entries), *_later_keys(entries), *_unmet_conditions(entries)]


def _unmet_conditions(entries: list[FieldEntry]) -> Iterator[SourceError]:
    # what code makes is only known when the screen is made
    if not any(entry.code for entry in entries):
        yield from missing_parents([(entry.section, entry.variable, entry.depends) for entry in entries])


def _unknown_datatypes(entries: list[FieldEntry]) -> Iterator[SourceError]:
    for entry in entries:
        try:
            entry.datatype_of(bool(entry.choices))
        except SourceError as error:
            yield error


def _later_keys(entries: list[FieldEntry]) -> list[SourceError]:
    return [
        entry.section.mistake(
            key, f"“{key}” isn't supported yet for a field, and has no effect.", "Remove it, or do without it for now."
        )
        for entry in entries
        for key in entry.section
        if key in LATER_FIELD_KEYS
    ]


def define_parents(evaluation: Evaluation, variables: list[str]) -> None:
    """Evaluate the objects that the variables are parts of, so that they are there when the form comes back."""
    for parent in dict.fromkeys(parent for variable in variables for parent in parents_of(variable)):
        read_variable(parent, evaluation.answers)
