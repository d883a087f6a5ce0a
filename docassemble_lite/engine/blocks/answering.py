"""The ways in which a question can be answered: each is read from the block, and makes a form for every showing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.block import Block, names_at
from docassemble_lite.engine.blocks.choices import Choice, read_choices
from docassemble_lite.engine.blocks.conditions import Control, settle_conditions
from docassemble_lite.engine.blocks.disabling import settle_disabling
from docassemble_lite.engine.blocks.field import FieldEntry
from docassemble_lite.engine.blocks.fields import read_fields
from docassemble_lite.engine.blocks.list_collect import Collection, ListCollect
from docassemble_lite.engine.blocks.texts import BlockText, text_at
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import constant_or_expression, set_variable, truth
from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.fields.datatype import FieldSpec, FieldTexts, Option
from docassemble_lite.engine.fields.registry import datatype_for
from docassemble_lite.engine.names import Binding
from docassemble_lite.engine.screen import AskedField, ButtonView, ChoiceView, FieldView, Press
from docassemble_lite.engine.typed import target_acts
from docassemble_lite.language.words import word

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: The control that posts which of the choices was taken in a question without a variable.
MULTIPLE_CHOICE = "_multiple_choice"
#: What a choice can do instead of setting a variable.
SPECIAL = frozenset(
    {"restart", "exit", "leave", "logout", "exit_logout", "continue", "refresh", "new_session", "signin", "register"}
)
_YES_NO: dict[str, tuple[tuple[str, Any, str], ...]] = {
    "yesno": (("Yes", True, "primary"), ("No", False, "secondary")),
    "noyes": (("Yes", False, "primary"), ("No", True, "secondary")),
    "yesnomaybe": (("Yes", True, "primary"), ("No", False, "secondary"), ("I don't know", None, "warning")),
    "noyesmaybe": (("Yes", False, "primary"), ("No", True, "secondary"), ("I don't know", None, "warning")),
}
_LISTS = ("buttons", "choices", "dropdown", "combobox")


@dataclass
class Form:
    """How a screen can be answered, made for one showing of it."""

    style: str = "none"
    controls: list[Control] = field(default_factory=list)
    buttons: tuple[ButtonView, ...] = ()
    presses: Mapping[str, Press] = field(default_factory=dict)
    press_name: str = ""
    press_variable: str = ""
    continue_variable: str = ""
    # the list whose items the controls belong to
    collection: Collection | None = None

    def asked_fields(self) -> tuple[AskedField, ...]:
        return tuple(control.asked for control in self.controls if control.asked)

    def variables(self) -> list[str]:
        # an item that isn't there yet has no parts either
        present = self.collection.asked.present if self.collection else 0
        names = [asked.variable for asked in self.asked_fields() if asked.item is None or asked.item < present]
        return [*names, *(name for name in (self.press_variable, self.continue_variable) if name)]


class Answering:
    """A way of answering; this one is a button that leads on and makes a variable True, or nothing without a variable."""

    def __init__(self, variable: str = "") -> None:
        #: The variable that it sets, as the block writes it; there can be more in its fields.
        self.variable = variable
        self.entries: list[FieldEntry] = []
        #: The blocks that choices lead to instead of setting a variable, by the choices' numbers.
        self.embedded: dict[int, Block] = {}

    def defines(self) -> list[str]:
        """All variables that it sets, as the block writes them."""
        names = [entry.variable for entry in self.entries if entry.variable]
        for entry in self.entries:
            if entry.variable and entry.datatype in ("checkboxes", "multiselect"):
                names.append(f"{entry.variable}.gathered")
        names += [self.variable] if self.variable else []
        return [*names, *(name for block in self.embedded.values() for name in block.defines)]

    def form(self, evaluation: Evaluation, binding: Binding) -> Form | None:
        """The form. None: there is nothing to ask, and the question counts as answered."""
        if not self.variable:
            return Form()
        return Form(style="continue", continue_variable=binding.filled(self.variable))


def read_answering(section: Section, question: BlockText, embed: Callable[[Choice, int], Block]) -> Answering:
    """How the question of a block is answered. `embed` makes the block that a choice leads to."""
    ways = [key for key in (*_YES_NO, "fields") if key in section]
    if len(ways) > 1:
        raise section.mistake(
            ways[1],
            f"A question can't have both “{ways[0]}” and “{ways[1]}”.",
            "Ask a yes or no among the fields with “datatype: yesnoradio”, or make two questions of it.",
        )
    if ways and ways[0] != "fields":
        return YesNo(section, ways[0])
    if "signature" in section:
        return SignatureField(section, question)
    key = next((key for key in _LISTS if key in section), None)
    if key is not None and not ways:
        variable = name_at(section, "field")
        return ValueChoice(section, key, variable, question) if variable else DeedChoice(section, key, question, embed)
    return Fields(section) if ways else Answering(button_variable(section))


def name_at(section: Section, key: str) -> str:
    """The variable that is named there; empty if there is none."""
    return next(iter(names_at(section, key)), "")


def button_variable(section: Section) -> str:
    """The variable of the button that leads on from a question without fields."""
    return name_at(section, "continue button field") or name_at(section, "field")


class Fields(Answering):
    """Any number of fields."""

    def __init__(self, section: Section) -> None:
        super().__init__(name_at(section, "continue button field"))
        self.entries = read_fields(section)
        collects = section.get("list collect") not in (None, False)
        self._collect = ListCollect(section, self.entries) if collects else None

    def form(self, evaluation: Evaluation, binding: Binding) -> Form | None:
        variable = binding.filled(self.variable)
        if self._collect is not None and self._collect.is_enabled(evaluation.answers):
            made_of = self._collect.collection(evaluation, binding)
            return Form(style="continue", controls=made_of.controls, continue_variable=variable, collection=made_of)
        made = [control for entry in self.entries for control in entry.controls(evaluation, binding)]
        controls = settle_disabling(settle_conditions(made, binding, evaluation.answers), binding)
        if not any(control.view.variable for control in controls) and self._vanishes():
            return None
        return Form(style="continue", controls=controls, continue_variable=variable)

    def _vanishes(self) -> bool:
        """Whether all its fields can only be gone because there was nothing to choose from."""
        return not self.variable and any(entry.choices for entry in self.entries)


class YesNo(Answering):
    """Buttons that answer yes, no, and perhaps neither."""

    def __init__(self, section: Section, kind: str) -> None:
        super().__init__(name_at(section, kind))
        self._choices = _YES_NO[kind]

    def form(self, evaluation: Evaluation, binding: Binding) -> Form:
        variable = binding.filled(self.variable)
        name = control_name(variable)
        buttons = tuple(
            ButtonView(label_html=word(label), label=word(label), name=name, value=str(value), color=color)
            for label, value, color in self._choices
        )
        presses = {str(value): Press("value", value) for _, value, _ in self._choices}
        return Form(style="yesno", buttons=buttons, presses=presses, press_name=name, press_variable=variable)


class SignatureField(Answering):
    """A canvas to sign on."""

    def __init__(self, section: Section, question: BlockText) -> None:
        super().__init__(name_at(section, "signature"))
        self._question = question
        self._required = constant_or_expression(section.get("required", True), section.value_place("required"))
        self._pen_color = text_at(section, "pen color")

    def form(self, evaluation: Evaluation, binding: Binding) -> Form:
        variable = binding.filled(self.variable)
        spec = FieldSpec(
            variable,
            control_name(variable),
            "signature",
            required=truth(self._required, evaluation.answers),
            texts=_labelled_by(self._question, evaluation),
            keys={"pen color": self._pen_color.value(evaluation.answers) if self._pen_color else ""},
        )
        datatype = datatype_for("signature")
        asked = datatype.asked(spec)
        retyped = evaluation.retyped.get(variable)
        view = datatype.retyped(spec, asked, *retyped) if retyped else datatype.view(spec, asked, None)
        return Form(style="continue", controls=[Control(view, asked)])


class ValueChoice(Answering):
    """A list of values, one of which becomes that of a variable."""

    def __init__(self, section: Section, kind: str, variable: str, question: BlockText) -> None:
        super().__init__(variable)
        self._kind, self._question = kind, question
        self._choices = read_choices(section[kind], section.value_place(kind), shuffled=section.get("shuffle") is True)
        self._datatype = str(section["datatype"] or "") if "datatype" in section else None
        self._default = section.get("default")

    def form(self, evaluation: Evaluation, binding: Binding) -> Form | None:
        variable = binding.filled(self.variable)
        options = self._choices.options(evaluation.answers)
        if not options:
            set_variable(variable, None, evaluation.answers)
            return None
        if self._kind == "buttons":
            return self._button_form(variable, options)
        return self._control_form(evaluation, variable, options)

    def _button_form(self, variable: str, options: tuple[Option, ...]) -> Form:
        name = control_name(variable)
        keys = _distinct_keys(options)
        presses = {key: Press("value", value) for key, value in zip(keys, self._values_of(options), strict=True)}
        buttons = tuple(_option_button(option, name, key) for option, key in zip(options, keys, strict=True))
        return Form(style="buttons", buttons=buttons, presses=presses, press_name=name, press_variable=variable)

    def _values_of(self, options: tuple[Option, ...]) -> list[Any]:
        """True, False and None are themselves only where nothing else can be chosen."""
        if self._datatype is not None:
            datatype = datatype_for(self._datatype)
            return [datatype.value_of_choice(option.value) for option in options]
        if all(isinstance(option.value, bool) or option.value is None for option in options):
            return [option.value for option in options]
        return [str(option.value) for option in options]

    def _control_form(self, evaluation: Evaluation, variable: str, options: tuple[Option, ...]) -> Form:
        values = self._values_of(options)
        options = tuple(replace(option, value=value) for option, value in zip(options, values, strict=True))
        input_type = "radio" if self._kind == "choices" else self._kind
        kind = self._datatype or ("boolean" if isinstance(values[0], bool) else "text")
        datatype = datatype_for(kind, input_type, choices=True)
        texts = _labelled_by(self._question, evaluation)
        spec = FieldSpec(variable, control_name(variable), kind, input_type, texts=texts, options=options)
        asked = datatype.asked(spec)
        retyped = evaluation.retyped.get(variable)
        if retyped:
            view = datatype.retyped(spec, asked, *retyped)
        else:
            discarded = evaluation.internal["discarded"]
            value = discarded[variable] if variable in discarded else evaluation.value_or_none(variable)
            view = datatype.view(spec, asked, self._default if value is None else value)
        return Form(style="continue", controls=[Control(view, asked)])


class DeedChoice(Answering):
    """A list of deeds: each choice leads to a block of its own, to an address, or does something with the session."""

    def __init__(self, section: Section, kind: str, question: BlockText, embed: Callable[[Choice, int], Block]) -> None:
        super().__init__()
        self._kind, self._question = kind, question
        self._choices = read_choices(section[kind], section.value_place(kind), shuffled=section.get("shuffle") is True)
        for number, choice in enumerate(self._choices.choices):
            if choice.block is not None:
                self.embedded[number] = embed(choice, number)
            elif choice.value not in SPECIAL and choice.url is None:
                raise choice.place.mistake(
                    f"“{choice.value}” is nothing that a button can do, and the question sets no variable.",
                    f"Add “field: name_of_a_variable”, or use one of {', '.join(sorted(SPECIAL))}.",
                )

    def form(self, evaluation: Evaluation, binding: Binding) -> Form:
        answers = evaluation.answers
        shown = [(str(number), choice) for number, choice in enumerate(self._choices.choices) if choice.shown(answers)]
        presses = {key: _press_of(choice, int(key), answers) for key, choice in shown}
        options = [(key, choice.option(answers)) for key, choice in shown]
        if self._kind == "buttons":
            buttons = tuple(_option_button(option, MULTIPLE_CHOICE, key) for key, option in options)
            return Form(style="buttons", buttons=buttons, presses=presses, press_name=MULTIPLE_CHOICE)
        label = self._question.plain(answers)
        view = FieldView(
            name=MULTIPLE_CHOICE,
            kind="radio" if self._kind == "choices" else "select",
            datatype="radio",
            label=label,
            label_html=label,
            no_label=True,
            choices=tuple(_choice_view(option, key) for key, option in options),
        )
        return Form(style="continue", controls=[Control(view)], presses=presses, press_name=MULTIPLE_CHOICE)


def _labelled_by(question: BlockText, evaluation: Evaluation) -> FieldTexts:
    """The texts of a control that has no other label than the question."""
    answers = evaluation.answers
    return FieldTexts(label_html=question.inline(answers), label=question.plain(answers), no_label=True)


def _option_button(option: Option, name: str, key: str) -> ButtonView:
    return ButtonView(
        label_html=option.label_html,
        label=option.label,
        name=name,
        value=key,
        color=option.color or "primary",
        help_html=option.help_html,
        css_class=option.css_class,
    )


def _choice_view(option: Option, key: str) -> ChoiceView:
    return ChoiceView(key, option.label_html, option.label, option.selected, option.help_html, option.color, option.css_class)


def _press_of(choice: Choice, number: int, answers: dict[str, Any]) -> Press:
    url = choice.url.value(answers).strip() if choice.url else ""
    if target_acts(url):
        raise choice.place.mistake(f"A button can't lead to “{url}”.", "Write an address that begins with https:// or with /.")
    if choice.block is not None:
        return Press("embedded", number)
    if choice.value in SPECIAL:
        return Press("embedded", number) if choice.value == "continue" else Press(str(choice.value), url=url)
    return Press("url", url=url)


def _distinct_keys(options: tuple[Option, ...]) -> list[str]:
    """What buttons post: the value's text where these are different, and else numbers."""
    texts = [str(option.value) for option in options]
    return texts if len(set(texts)) == len(texts) else [str(number) for number in range(len(texts))]
