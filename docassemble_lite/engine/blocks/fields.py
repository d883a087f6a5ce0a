"""The entries under `fields`: what an author says of each, and the control and the contract that it becomes."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.block import expressions_in
from docassemble_lite.engine.blocks.choices import ChoiceList, given_options, made_choices, objects_to_choose, read_choices
from docassemble_lite.engine.blocks.conditions import (
    CONDITION_KEYS,
    NOTHING,
    Control,
    Dependences,
    TextReader,
    missing_parents,
    read_dependences,
)
from docassemble_lite.engine.blocks.texts import BlockText, page_text_at, text_at
from docassemble_lite.engine.document import Items, Place, Section
from docassemble_lite.engine.expressions import Expression, constant_or_expression, read_variable, set_variable
from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.fields.datatype import Datatype, FieldSpec, FieldTexts, Option
from docassemble_lite.engine.fields.registry import datatype_for
from docassemble_lite.engine.names import Binding, is_path, normalized, parents_of
from docassemble_lite.engine.screen import AskedField, FieldView
from docassemble_lite.errors import EvaluationError, LiteError, SourceError

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
        "disable others",
        "field metadata",
        "floating label",
        "grid",
        "image generator",
        "help generator",
        "inline width",
        "item grid",
        "keep for training",
        "object labeler",
        "using",
        "allow privileges",
        "allow users",
        "persistent",
        "private",
        "content type",
        "sync",
    }
)
#: Keys whose text goes to the datatype after Mako.
_LIMITS = ("min", "max", "minlength", "maxlength", "step", "rows", "scale", "currency symbol")
_TEXTS_ALONE = ("note", "html", "raw html")
_NO_LABEL = "no label"


@dataclass(frozen=True)
class Prepared:
    """A field of a screen without its value."""

    datatype: Datatype
    spec: FieldSpec
    asked: AskedField

    @cached_property
    def blank(self) -> FieldView:
        """The field as it looks while nobody has answered it."""
        return self.datatype.view(self.spec, self.asked, None)


@dataclass(frozen=True)
class FieldEntry:
    """One entry under `fields` as it was written."""

    section: Section
    number: int
    variable: str = ""
    label: BlockText | None = None
    no_label: bool = False
    datatype: str = "text"
    input_type: str = ""
    required: Expression | bool = True
    disabled: Expression | bool = False
    hint: BlockText | None = None
    help: BlockText | None = None
    under: BlockText | None = None
    # (kind, text) of a note or of HTML, alone or beside a field
    note: tuple[str, BlockText] | None = None
    # makes more entries
    code: Expression | None = None
    choices: ChoiceList | None = None
    default: Callable[[dict[str, Any]], Any] | None = None
    limits: Mapping[str, BlockText] = field(default_factory=dict)
    flags: Mapping[str, Any] = field(default_factory=dict)
    messages: Mapping[str, BlockText] = field(default_factory=dict)
    validate: Expression | None = None
    depends: Dependences = NOTHING
    # a field that is the same for everybody is prepared once for each (language, locale)
    prepared: dict[tuple[str, str], Prepared] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def is_constant(self) -> bool:
        """Whether the field is the same for everybody, but for what they answered."""
        texts = [self.label, self.hint, self.help, self.under, *self.limits.values(), *self.messages.values()]
        texts += [value for value in self.flags.values() if isinstance(value, BlockText)]
        conditions = isinstance(self.required, bool) and isinstance(self.disabled, bool)
        choices = self.choices is None or self.choices.is_constant
        code = any(isinstance(value, Expression) for value in self.flags.values())
        return conditions and choices and not code and all(text is None or text.constant is not None for text in texts)

    def controls(self, evaluation: Evaluation, binding: Binding) -> Iterator[Control]:
        """What it puts on the screen now."""
        if not self.depends.is_shown(evaluation.answers):
            return
        if self.code is not None:
            for entry in self._made_entries(evaluation):
                for control in entry.controls(evaluation, binding):
                    yield replace(control, depends=control.depends or self.depends.later)
        elif not self.variable:
            yield from self._note(evaluation.answers)
        else:
            yield from self._field(evaluation, binding)

    def is_left_out(self, answers: dict[str, Any]) -> bool:
        """Whether code says that it isn't to be answered now."""
        return not (self.depends.is_shown(answers) and self.depends.is_enabled(answers))

    def _made_entries(self, evaluation: Evaluation) -> Iterator[FieldEntry]:
        assert self.code is not None
        made = self.code.evaluate(evaluation.answers)
        if isinstance(made, Mapping) or not hasattr(made, "__iter__"):
            raise self._failure(f"The code for fields gave {made!r}.", "It must be a list of dictionaries, one for each field.")
        for number, item in enumerate(made):
            if not isinstance(item, Mapping):
                raise self._failure(f"The code for fields gave {item!r} for a field.", "Each field must be a dictionary.")
            yield read_entry(_section_of(item, self.code.place), 1000 * (self.number + 1) + number, made=True)

    def _note(self, answers: dict[str, Any]) -> Iterator[Control]:
        if self.note:
            kind, text = self.note
            html = text.block(answers) if kind == "note" else text.html(answers)
            view = FieldView(name="", kind="note" if kind == "note" else "html", datatype="", label_html=html)
            yield Control(view, depends=self.depends.later)

    def _field(self, evaluation: Evaluation, binding: Binding) -> Iterator[Control]:
        variable = binding.filled(self.variable)
        prepared = self._prepared(evaluation, variable)
        if self.choices is not None and not prepared.spec.options and prepared.datatype.has_choices:
            empty = prepared.datatype.empty(prepared.asked)
            # where there was nothing to choose from, the value is None; only a group of checkboxes is an empty group
            set_variable(variable, None if isinstance(empty, str) else empty, evaluation.answers)
            return
        view = self._view(evaluation, prepared)
        disabled = prepared.spec.texts.disabled or not self.depends.is_enabled(evaluation.answers)
        if disabled:
            yield Control(replace(view, disabled=True), depends=self.depends.later)
        else:
            yield Control(view, prepared.asked, self.depends.later)
        if self.note:
            yield from self._note(evaluation.answers)

    def _prepared(self, evaluation: Evaluation, variable: str) -> Prepared:
        """All of the field but its value."""
        given = evaluation.given.get(variable)
        if given is not None:
            prepared = self._prepare(evaluation.answers, variable, given_options(given))
            return replace(prepared, asked=replace(prepared.asked, given=given))
        if not self.is_constant or variable != self.variable:
            return self._prepare(evaluation.answers, variable)
        key = (evaluation.current.language, evaluation.current.locale)
        if key not in self.prepared:
            self.prepared[key] = self._prepare(evaluation.answers, variable)
        return self.prepared[key]

    def _prepare(self, answers: dict[str, Any], variable: str, options: tuple[Option, ...] | None = None) -> Prepared:
        if options is None:
            options = self.choices.options(answers) if self.choices else ()
        datatype = self.datatype_of(bool(self.choices))
        spec = self._spec(answers, variable, options)
        try:
            asked = datatype.asked(spec)
        except LiteError as error:
            key = next((key for key in ("min", "max", "step") if key in self.section and f"“{key}”" in error.message), "datatype")
            raise self.section.mistake(key, error.message) from error
        return Prepared(datatype, spec, asked)

    def datatype_of(self, with_choices: bool) -> Datatype:
        """The datatype that serves it. Raises `SourceError` if there is none."""
        try:
            return datatype_for(self.datatype, self.input_type, choices=with_choices)
        except LiteError as error:
            raise self.section.mistake("datatype", error.message) from error

    def _spec(self, answers: dict[str, Any], variable: str, options: tuple[Option, ...]) -> FieldSpec:
        keys: dict[str, Any] = {key: text.value(answers).strip() for key, text in self.limits.items()}
        for key, value in self.flags.items():
            keys[key] = _flag_value(value, answers)
        keys["validation messages"] = {code: text.plain(answers) for code, text in self.messages.items()}
        return FieldSpec(
            variable=variable,
            name=control_name(variable),
            datatype=self.datatype,
            input_type=self.input_type,
            required=_truth(self.required, answers),
            texts=self._texts(answers),
            options=options,
            keys=keys,
            number=self.number,
        )

    def _texts(self, answers: dict[str, Any]) -> FieldTexts:
        return FieldTexts(
            label_html=self.label.inline(answers) if self.label else "",
            label=self.label.plain(answers) if self.label else "",
            hint=self.hint.plain(answers) if self.hint else "",
            help_html=self.help.block(answers) if self.help else "",
            under_html=self.under.inline(answers) if self.under else "",
            no_label=self.no_label,
            css_class=str(self.flags.get("css class") or ""),
            disabled=_truth(self.disabled, answers),
        )

    def _view(self, evaluation: Evaluation, prepared: Prepared) -> FieldView:
        spec, asked = prepared.spec, prepared.asked
        retyped = evaluation.retyped.get(spec.variable)
        if retyped is not None:
            return prepared.datatype.retyped(spec, asked, retyped[0], retyped[1])
        value, answered = self._value(evaluation, spec.variable)
        if value is None and not answered:
            return prepared.blank
        return prepared.datatype.view(replace(spec, answered=answered), asked, value)

    def _value(self, evaluation: Evaluation, variable: str) -> tuple[Any, bool]:
        """What the control shows at first, and whether that had been answered or is only the default."""
        for earlier in (evaluation.internal["discarded"], evaluation.internal["dirty"]):
            if variable in earlier and (earlier is evaluation.internal["discarded"] or not evaluation.is_defined(variable)):
                return earlier[variable], True
        if evaluation.is_defined(variable):
            value = read_variable(variable, evaluation.answers)
            if not callable(value):
                return value, True
        return (self.default(evaluation.answers) if self.default else None), False

    def check(self, answers: dict[str, Any], value: Any) -> None:
        """Run the author's `validate`. It objects by raising, or by giving something false."""
        if self.validate is None:
            return
        if not self.validate.evaluate(answers)(value):
            raise ValueError("Please enter a valid value.")

    def _failure(self, message: str, hint: str) -> EvaluationError:
        place = self.section.place
        return EvaluationError(message, source=place.source.name, path=place.source.path, line=place.line, hint=hint)


def _flag_value(value: Any, answers: dict[str, Any]) -> Any:
    if isinstance(value, Expression):
        return value.evaluate(answers)
    return value.value(answers) if isinstance(value, BlockText) else value


def _truth(condition: Expression | bool, answers: dict[str, Any]) -> bool:
    return condition if isinstance(condition, bool) else bool(condition.evaluate(answers))


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
        return FieldEntry(section, number, code=made_by, depends=read_dependences(section, text))
    note = next(((key, _sure(page_text(section, key))) for key in _TEXTS_ALONE if section.get(key) is not None), None)
    if not labels and "field" not in section and _NO_LABEL not in section:
        if note is None:
            raise section.place.mistake("This field has no variable.", "Write “- Label: variable”.")
        return FieldEntry(section, number, note=note, depends=read_dependences(section, text))
    label, no_label, variable = _label_and_variable(section, labels, text)
    choices, default = _choices_of(section, made), _default_of(section, text)
    return FieldEntry(
        section,
        number,
        variable=variable,
        label=label,
        no_label=no_label,
        datatype=str(section.get("datatype") or "text"),
        input_type=str(section.get("input type") or ""),
        required=constant_or_expression(section.get("required", True), section.value_place("required")),
        disabled=constant_or_expression(section.get("disabled", False), section.value_place("disabled")),
        hint=text(section, "hint"),
        help=text(section, "help"),
        under=text(section, "under text"),
        note=note,
        choices=choices,
        default=default,
        limits={key: _sure(text(section, key)) for key in _LIMITS if section.get(key) is not None},
        flags=_flags(section, text),
        messages=_messages(section, text),
        validate=_validate(section),
        depends=read_dependences(section, text),
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
    of_objects = str(section.get("datatype", "")).startswith("object")
    if made and key == "choices":
        shuffled = section.get("shuffle") is True
        return made_choices(section[key], section.place, section.get("exclude"), of_objects=of_objects, shuffled=shuffled)
    exclude = expressions_in(section.get("exclude"), section, "exclude")
    value = section[key]
    if key == "code":
        value = str(value)
    elif of_objects:
        return objects_to_choose(value, section.value_place(key), exclude)
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
        "css class",
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
    if isinstance(flags.get("css class"), BlockText):
        flags["css class"] = flags["css class"].raw({})
    return flags


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
