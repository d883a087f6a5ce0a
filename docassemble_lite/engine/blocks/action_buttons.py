"""`action buttons`: buttons beside those of a question, each of which carries out an action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.texts import BlockText, text_at
from docassemble_lite.engine.document import Items, Section
from docassemble_lite.engine.expressions import Expression
from docassemble_lite.engine.screen import ButtonView
from docassemble_lite.engine.typed import target_acts

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

_KEYS = frozenset(
    {"action", "arguments", "color", "css class", "forget prior", "icon", "label", "new window", "placement", "show if"}
)
_ADDRESSES = ("http://", "https://", "/", "?")


@dataclass(frozen=True)
class ActionButton:
    """One button as it was written."""

    texts: Mapping[str, BlockText]
    arguments: Mapping[str, Any]
    forgets: bool
    condition: Expression | None
    section: Section

    def view(self, evaluation: Evaluation) -> ButtonView | None:
        """The button; None if it isn't to be seen."""
        answers = evaluation.answers
        if self.condition is not None and not self.condition.evaluate(answers):
            return None
        action = self.texts["action"].value(answers).strip()
        if target_acts(action):
            raise self.section.mistake(
                "action", f"A button can't lead to “{action}”.", "Write the name of an event, or an address."
            )
        arguments = {
            key: value.value(answers) if isinstance(value, BlockText) else value for key, value in self.arguments.items()
        }
        return ButtonView(
            label_html=self.texts["label"].inline(answers),
            label=self.texts["label"].plain(answers),
            url=_url(evaluation, action, arguments, self.forgets),
            color=self._word("color", answers) or "primary",
            css_class=self._word("css class", answers),
            before=self._word("placement", answers) == "before",
        )

    def _word(self, key: str, answers: dict[str, Any]) -> str:
        return self.texts[key].value(answers).strip() if key in self.texts else ""


class ActionButtons:
    """The buttons of a question."""

    def __init__(self, section: Section) -> None:
        self.buttons: list[ActionButton] = []
        self.code: Expression | None = None
        self.section = section
        value = section.get("action buttons")
        if isinstance(value, Section) and set(value) == {"code"}:
            self.code = Expression(str(value["code"]), value.value_place("code"))
        elif isinstance(value, Items):
            self.buttons = [_button(section, item) for item in value]
        elif value is not None:
            raise section.mistake("action buttons", "“action buttons” must be a list.", "Each has a “label” and an “action”.")

    def views(self, evaluation: Evaluation) -> tuple[ButtonView, ...]:
        """The buttons as they are now."""
        buttons = [*self.buttons, *self._made(evaluation)]
        return tuple(view for button in buttons if (view := button.view(evaluation)) is not None)

    def _made(self, evaluation: Evaluation) -> list[ActionButton]:
        made = self.code.evaluate(evaluation.answers) if self.code else None
        if made is None:
            return []
        if isinstance(made, (str, Mapping)):
            raise self.section.mistake("action buttons", "The code of “action buttons” must give a list of dictionaries.")
        return [_made_button(self.section, item) for item in made]


def _url(evaluation: Evaluation, action: str, arguments: Mapping[str, Any], forgets: bool) -> str:
    if action.startswith(_ADDRESSES):
        return action
    return evaluation.host.action_url(action, arguments, with_session=False, forget_prior=forgets)


def _button(section: Section, item: Any) -> ActionButton:
    if not isinstance(item, Section) or not {"label", "action"} <= set(item):
        raise section.mistake(
            "action buttons", "An action button needs a label and an action.", "Write “- label: More” and “action: more”."
        )
    odd = [key for key in item if key not in _KEYS]
    if odd:
        raise item.mistake(odd[0], f"An action button has no “{odd[0]}”.", f"It can have: {', '.join(sorted(_KEYS))}.")
    arguments = item.get("arguments") or Section(item.place)
    if not isinstance(arguments, Section):
        raise item.mistake("arguments", "“arguments” must consist of lines of the form “name: value”.")
    values = {str(key): _argument(arguments, key, value) for key, value in arguments.items()}
    texts = {key: text for key in ("action", "label", "color", "css class", "placement") if (text := text_at(item, key))}
    shown = item.get("show if")
    condition = Expression(str(shown), item.value_place("show if")) if shown is not None else None
    return ActionButton(texts, values, item.get("forget prior") is True, condition, item)


def _argument(arguments: Section, key: str, value: Any) -> Any:
    return BlockText(value, arguments.value_place(key)) if isinstance(value, str) else value


def _made_button(section: Section, item: Any) -> ActionButton:
    if not isinstance(item, Mapping) or not {"label", "action"} <= set(item):
        raise section.mistake(
            "action buttons", f"The code of “action buttons” gave {item!r}.", "Each needs a label and an action."
        )
    texts = {
        key: BlockText.of_value(item[key]) for key in ("action", "label", "color", "css class", "placement") if item.get(key)
    }
    return ActionButton(texts, dict(item.get("arguments") or {}), item.get("forget prior") is True, None, section)
