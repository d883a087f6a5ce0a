"""One field of a question: what its author says of it, and the control and the contract that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.choices import ChoiceList, given_options
from docassemble_lite.engine.blocks.conditions import NOTHING, Control, Dependences
from docassemble_lite.engine.blocks.disabling import Disables
from docassemble_lite.engine.blocks.layout import AS_USUAL, WrittenLayout
from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import Expression, read_variable, set_variable, truth
from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.fields.datatype import Datatype, FieldSpec, FieldTexts, Option
from docassemble_lite.engine.fields.registry import datatype_for
from docassemble_lite.engine.names import Binding
from docassemble_lite.engine.screen import STACKED, AskedField, FieldView
from docassemble_lite.errors import EvaluationError, LiteError

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation


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
    css_class: BlockText | None = None
    # (kind, text) of a note or of HTML, alone or beside a field
    note: tuple[str, BlockText] | None = None
    # makes more entries: the code, and what reads each of the things that it gives, with its number
    code: Expression | None = None
    read_made: Callable[[Mapping[Any, Any], int], FieldEntry] | None = None
    choices: ChoiceList | None = None
    default: Callable[[dict[str, Any]], Any] | None = None
    limits: Mapping[str, BlockText] = field(default_factory=dict)
    flags: Mapping[str, Any] = field(default_factory=dict)
    messages: Mapping[str, BlockText] = field(default_factory=dict)
    validate: Expression | None = None
    depends: Dependences = NOTHING
    disables: Disables = False
    layout: WrittenLayout = AS_USUAL
    # a field that is the same for everybody is prepared once for each (language, locale)
    prepared: dict[tuple[str, str], Prepared] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def is_constant(self) -> bool:
        """Whether the field is the same for everybody, but for what they answered."""
        texts = [self.label, self.hint, self.help, self.under, self.css_class, *self.limits.values(), *self.messages.values()]
        texts += [value for value in self.flags.values() if isinstance(value, BlockText)]
        conditions = isinstance(self.required, bool) and isinstance(self.disabled, bool)
        choices = self.choices is None or self.choices.is_constant
        code = any(isinstance(value, Expression) for value in self.flags.values())
        return conditions and choices and not code and all(text is None or text.constant is not None for text in texts)

    def controls(self, evaluation: Evaluation, binding: Binding, *, further: bool = False) -> Iterator[Control]:
        """What it puts on the screen now. A `further` item isn't there yet, so nothing of it may be defined."""
        if not self.depends.is_shown(evaluation.answers):
            return
        if self.code is not None:
            for entry in self._made_entries(evaluation):
                for control in entry.controls(evaluation, binding, further=further):
                    yield replace(control, depends=control.depends or self.depends.later)
        elif not self.variable:
            yield from self._note(evaluation.answers)
        else:
            yield from self._field(evaluation, binding, further)

    def is_left_out(self, answers: dict[str, Any]) -> bool:
        """Whether code says that it isn't to be answered now."""
        return not (self.depends.is_shown(answers) and self.depends.is_enabled(answers))

    def _made_entries(self, evaluation: Evaluation) -> Iterator[FieldEntry]:
        assert self.code is not None
        assert self.read_made is not None
        made = self.code.evaluate(evaluation.answers)
        if isinstance(made, Mapping) or not hasattr(made, "__iter__"):
            raise self._failure(f"The code for fields gave {made!r}.", "It must be a list of dictionaries, one for each field.")
        for number, item in enumerate(made):
            if not isinstance(item, Mapping):
                raise self._failure(f"The code for fields gave {item!r} for a field.", "Each field must be a dictionary.")
            yield self.read_made(item, 1000 * (self.number + 1) + number)

    def _note(self, answers: dict[str, Any]) -> Iterator[Control]:
        if self.note:
            kind, text = self.note
            html = text.block(answers) if kind == "note" else text.html(answers)
            view = FieldView(name="", kind=kind, datatype="", label_html=html)
            yield Control(view, depends=self.depends.later)

    def _field(self, evaluation: Evaluation, binding: Binding, further: bool) -> Iterator[Control]:
        variable = binding.filled(self.variable)
        prepared = self._prepared(evaluation, variable)
        if self.choices is not None and not prepared.spec.options and prepared.datatype.has_choices:
            empty = prepared.datatype.empty(prepared.asked)
            # where there was nothing to choose from, the value is None; only a group of checkboxes is an empty group
            # a field that only stands for others in its stead leaves these to them
            if not further and not self.disables:
                set_variable(variable, None if isinstance(empty, str) else empty, evaluation.answers)
            return
        layout = self.layout.evaluated(evaluation.answers, floats=bool(evaluation.program.features.get("floating labels")))
        view = self._view(evaluation, prepared)
        view = view if layout == STACKED else replace(view, layout=layout)
        disabled = prepared.spec.texts.disabled or not self.depends.is_enabled(evaluation.answers)
        if disabled:
            yield Control(replace(view, disabled=True), depends=self.depends.later)
        else:
            yield Control(view, prepared.asked, self.depends.later, self.disables)
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
            required=truth(self.required, answers),
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
            css_class=self.css_class.value(answers).strip() if self.css_class else "",
            disabled=truth(self.disabled, answers),
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
