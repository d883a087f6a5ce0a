"""What every datatype does: say what is asked, show a control, and turn what was posted into a value.

The life of a field: `asked` and `view` when the screen is made (`asked` is stored with the step), `convert` when the
form comes back, `retyped` when something in the form has to be mended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from docassemble_lite.engine.fields.messages import chosen_messages, message
from docassemble_lite.engine.screen import AskedField, ChoiceView, FieldView


class FieldError(Exception):
    """An answer that won't do. The message is plain text in the person's language, shown beside the field."""

    @property
    def message(self) -> str:
        """The sentence for the person."""
        return str(self)


class _LeftAlone:
    """The class of `LEFT_ALONE`."""

    def __repr__(self) -> str:
        return "LEFT_ALONE"


# what `convert` gives when the person chose "none of the above" among objects: the variable is not to be touched
LEFT_ALONE = _LeftAlone()


@dataclass(frozen=True)
class Option:
    """One evaluated choice, as the author listed it."""

    value: Any
    label_html: str
    label: str
    # whether the author marked it as the default
    selected: bool = False
    help_html: str = ""
    color: str = ""
    css_class: str = ""
    # where a picture of it is
    image_url: str = ""


@dataclass(frozen=True)
class FieldTexts:
    """The evaluated texts around a field."""

    label_html: str = ""
    label: str = ""
    hint: str = ""
    help_html: str = ""
    under_html: str = ""
    no_label: bool = False
    css_class: str = ""
    disabled: bool = False


@dataclass(frozen=True)
class FieldSpec:
    """A field as its author described it, everything evaluated.

    `keys` are the other modifiers under the names that authors write: "min", "max", "minlength", "maxlength", "step",
    "rows", "scale", "currency symbol", "inline", "none of the above", "all of the above" (True, False, a text or an
    `Option` whose label counts), "uncheck others", "check others" (True or a list of variables), "validation
    messages" and "default validation messages" (code -> text).
    """

    variable: str
    # the name of its control, see `control_name`
    name: str
    datatype: str = "text"
    input_type: str = ""
    required: bool = True
    texts: FieldTexts = field(default_factory=FieldTexts)
    options: tuple[Option, ...] = ()
    keys: Mapping[str, Any] = field(default_factory=dict)
    # the field's place in the block
    number: int = 0
    # whether the value to show is the variable's own, so that None means that the person answered "None"
    answered: bool = False


class Datatype:
    """A kind of field. A subclass in this folder is found by its `names` and `input_types`.

    `stored` is set where a control shows values of another datatype (radio buttons for whole numbers): that datatype
    says what a choice or a typed text stands for.
    """

    # values of `datatype` that it serves
    names: ClassVar[tuple[str, ...]] = ()
    # values of `input type` that make it the control of other datatypes
    input_types: ClassVar[tuple[str, ...]] = ()
    # FieldView.kind and the type of an <input>
    kind: ClassVar[str] = "input"
    html_type: ClassVar[str] = "text"
    # whether the author's list of choices means something to it
    has_choices: ClassVar[bool] = False
    required_code: ClassVar[str] = "required"

    def __init__(self, stored: Datatype | None = None, input_type: str = "") -> None:
        self.stored = stored
        self.input_type = input_type

    def asked(self, spec: FieldSpec) -> AskedField:
        """What a post is held to. A disabled field isn't to be asked for at all."""
        options = {"input_type": self.input_type, "messages": chosen_messages(spec.keys), **self.limits(spec)}
        return AskedField(
            variable=spec.variable,
            datatype=spec.datatype,
            label=spec.texts.label,
            required=self.is_required(spec),
            options=options,
            number=spec.number,
        )

    def view(self, spec: FieldSpec, asked: AskedField, value: Any) -> FieldView:
        """The field with its current value or default; None is no value (but see `FieldSpec.answered`)."""
        return self.shown(spec, asked, self.text_of(value))

    def retyped(self, spec: FieldSpec, asked: AskedField, posted: Sequence[str], error: str) -> FieldView:
        """The field with exactly what was posted and what is wrong with it ("" when nothing is)."""
        return replace(self.shown(spec, asked, posted[-1] if posted else ""), error=error)

    def convert(self, asked: AskedField, posted: Sequence[str]) -> Any:
        """The value that the posted texts stand for; FieldError when they won't do."""
        text = self.typed(posted)
        if text:
            return self.parsed(asked, text)
        if asked.required:
            raise self.refusal(asked, self.required_code)
        return self.empty(asked)

    def empty(self, asked: AskedField) -> Any:
        """The value of a field that may be left empty and was."""
        return ""

    # --- what a family overrides -----------------------------------------------------------------------------------

    def is_required(self, spec: FieldSpec) -> bool:
        """Whether something must be entered."""
        return spec.required and not spec.texts.disabled

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        """What `convert` needs besides the messages: it becomes part of `AskedField.options`."""
        return {}

    def typed(self, posted: Sequence[str]) -> str:
        """The one text that was entered, tidied: the last one where a control was posted more than once."""
        return posted[-1].strip() if posted else ""

    def parsed(self, asked: AskedField, text: str) -> Any:
        """The value of a text that isn't empty; FieldError when it won't do."""
        return text

    def text_of(self, value: Any) -> str:
        """A value as the control wants it; "" for what it can't show."""
        return "" if value is None else str(value)

    def value_of_choice(self, value: Any) -> Any:
        """What a variable of this datatype is set to by a choice for which the author wrote `value`."""
        return value if isinstance(value, str) else str(value)

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        """The control's HTML attributes, without its messages."""
        return {}

    def rules(self, asked: AskedField) -> dict[str, str]:
        """Rule -> message for the rules that hold: required, type, min, max, step, minlength, maxlength."""
        return {"required": self.told(asked, self.required_code)} if asked.required else {}

    # --- what a family uses ----------------------------------------------------------------------------------------

    def shown(self, spec: FieldSpec, asked: AskedField, text: str, choices: tuple[ChoiceView, ...] = ()) -> FieldView:
        """The field with `text` in its control. Each rule's message is the attribute `data-msg-RULE`."""
        texts = spec.texts
        told = {f"data-msg-{rule}": sentence for rule, sentence in self.rules(asked).items()}
        return FieldView(
            name=spec.name,
            kind=self.kind,
            datatype=spec.datatype,
            variable=spec.variable,
            input_type=self.html_type,
            label_html=texts.label_html,
            label=texts.label,
            no_label=texts.no_label,
            value=text,
            choices=choices,
            inline=bool(spec.keys.get("inline")),
            required=asked.required,
            hint=texts.hint,
            help_html=texts.help_html,
            under_html=texts.under_html,
            attributes={**self.attributes(spec, asked), **told},
            css_class=texts.css_class,
            disabled=texts.disabled,
        )

    def told(self, asked: AskedField, code: str, *parts: Any) -> str:
        """The field's message for a code."""
        return message(asked.options.get("messages", {}), code, *parts)

    def refusal(self, asked: AskedField, code: str, *parts: Any) -> FieldError:
        """The error for a code, to be raised."""
        return FieldError(self.told(asked, code, *parts))
