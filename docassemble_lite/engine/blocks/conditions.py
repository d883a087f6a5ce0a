"""The modifiers by which a field depends on others: `show if`, `js hide if` and their like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import Expression
from docassemble_lite.engine.fields.conditions import PostedForm, choice_key, condition_on, condition_on_choice
from docassemble_lite.engine.fields.control_name import control_name, control_of
from docassemble_lite.engine.fields.populating import posted_by
from docassemble_lite.engine.names import Binding, is_path, normalized, parents_of
from docassemble_lite.engine.screen import AskedField, Condition, FieldView
from docassemble_lite.errors import SourceError

_EFFECTS = ("show", "hide", "enable", "disable")
_POSITIVE = ("show", "enable")
#: The modifiers; those that begin with "js" are JavaScript.
CONDITION_KEYS = frozenset({f"{effect} if" for effect in _EFFECTS} | {f"js {effect} if" for effect in _EFFECTS})
_HINT = "Write the name of a variable of this screen, or “variable:” and “is:”, or “code:” below it."

# how a script names a variable of the screen; what Mako puts there isn't known before
VAL = re.compile(r"""\bval\(\s*(?:'([^'$]+)'|"([^"$]+)")\s*\)""")

TextReader = Callable[[Any, str], BlockText | None]


@dataclass(frozen=True)
class Dependence:
    """One modifier as it was written: it depends on a variable of the screen, on code, or on a script."""

    key: str
    effect: str
    variable: str = ""
    wanted: Any = True
    code: Expression | None = None
    script: BlockText | None = None
    # the script where it was evaluated already
    made_script: str = ""

    def wanted_value(self, answers: dict[str, Any]) -> Any:
        """The value that the variable is to have."""
        return self.wanted.value(answers).strip() if isinstance(self.wanted, BlockText) else self.wanted


@dataclass(frozen=True)
class Dependences:
    """All that one field depends on: what the server judges when it makes the screen, and what changes while it is shown."""

    at_first: Dependence | None = None
    later: Dependence | None = None

    def is_shown(self, answers: dict[str, Any]) -> bool:
        """Whether it is on the screen at all."""
        return self._allows(answers, "show", "hide")

    def is_enabled(self, answers: dict[str, Any]) -> bool:
        """Whether code allows it to be answered."""
        return self._allows(answers, "enable", "disable")

    def _allows(self, answers: dict[str, Any], *effects: str) -> bool:
        modifier = self.at_first
        if modifier is None or modifier.code is None or modifier.effect not in effects:
            return True
        return bool(modifier.code.evaluate(answers)) == (modifier.effect in _POSITIVE)


NOTHING = Dependences()


@dataclass(frozen=True)
class Control:
    """A field of a screen: what is shown, and what a post is held to (None for a mere text)."""

    view: FieldView
    asked: AskedField | None = None
    depends: Dependence | None = None
    # what it keeps from being answered: all others, or the fields for these variables
    disables: bool | tuple[str, ...] = False


# --- reading ---------------------------------------------------------------------------------------------------------------


def read_dependences(section: Section, text: TextReader) -> Dependences:
    """What the modifiers of one field say. Raises `SourceError` where they contradict each other."""
    found = [_read(section, key, text) for key in section if key in CONDITION_KEYS and section[key] is not None]
    at_first = [modifier for modifier in found if modifier.code is not None]
    later = [modifier for modifier in found if modifier.code is None]
    for several in (at_first, later):
        if len(several) > 1:
            raise section.mistake(
                several[1].key,
                f"“{several[0].key}” and “{several[1].key}” can't be combined.",
                "Say all of it in one “js show if”, or in one “code:”.",
            )
    if not found:
        return NOTHING
    return Dependences(at_first[0] if at_first else None, later[0] if later else None)


def _read(section: Section, key: str, text: TextReader) -> Dependence:
    effect = key.removeprefix("js ").removesuffix(" if")
    value = section[key]
    if key.startswith("js "):
        return Dependence(key, effect, script=text(section, key))
    if isinstance(value, str):
        return Dependence(key, effect, _variable(section, key, value))
    if isinstance(value, Section) and set(value) == {"code"}:
        return Dependence(key, effect, code=Expression(str(value["code"]), value.value_place("code")))
    if isinstance(value, Section) and {"variable"} <= set(value) <= {"variable", "is"}:
        wanted = value.get("is", True)
        if isinstance(wanted, (list, dict)):
            raise value.mistake("is", "“is” must be one value.", "Compare with several values in “js show if”.")
        shown = text(value, "is") if isinstance(wanted, str) else wanted
        return Dependence(key, effect, _variable(value, "variable", str(value["variable"])), shown)
    raise section.mistake(key, f"“{key}” can't be understood.", _HINT)


def _variable(section: Section, key: str, written: str) -> str:
    name = normalized(written.strip())
    if not name or not is_path(name):
        raise section.mistake(key, f"“{written.strip()}” isn't the name of a variable.", _HINT)
    return name


def missing_parents(entries: Sequence[tuple[Section, str, Dependences]]) -> Iterator[SourceError]:
    """What is to be said about conditions on variables that the screen doesn't ask for: (section, variable, modifiers)."""
    asked = {variable for _, variable, _ in entries if variable}
    for section, _, depends in entries:
        modifier = depends.later
        if modifier is None:
            continue
        for name in _names_in(section, modifier):
            if not asked & {name, *parents_of(name)}:
                yield section.mistake(
                    modifier.key,
                    f"No field of this screen asks for “{name}”, so it has no value that “{modifier.key}” could look at.",
                    "To depend on something that was asked before, write “code:” and below it the expression.",
                )


def _names_in(section: Section, modifier: Dependence) -> list[str]:
    if modifier.script is None:
        return [modifier.variable]
    found = [single or double for single, double in VAL.findall(str(section[modifier.key]))]
    return [normalized(name) for name in dict.fromkeys(found)]


# --- settling --------------------------------------------------------------------------------------------------------------


def settle_conditions(
    controls: Sequence[Control], binding: Binding, answers: dict[str, Any], *, before: int = 0
) -> list[Control]:
    """The controls with their conditions in terms of each other; those that can never be shown are left out.

    `before` says how many controls the screen has before these.
    """
    controls = _told_apart(controls, before)
    if not any(control.depends for control in controls):
        return list(controls)
    parents = {control.asked.variable: control.asked for control in reversed(controls) if control.asked}
    settled = [made for control in controls for made in _settled(control, parents, binding, answers)]
    return _with_first_look(settled)


def _told_apart(controls: Sequence[Control], before: int) -> Sequence[Control]:
    """Of several controls for one variable, all but the first get names of their own."""
    names: set[str] = set()
    told: list[Control] = []
    for number, control in enumerate(controls):
        name = control.view.name
        if control.asked is not None and name in names:
            name = control_name(f"_field_{before + number}")
            control = replace(control, view=replace(control.view, name=name), asked=replace(control.asked, control=name))
        names.add(name)
        told.append(control)
    return told


def _settled(control: Control, parents: dict[str, AskedField], binding: Binding, answers: dict[str, Any]) -> Iterator[Control]:
    modifier = control.depends
    if modifier is None:
        yield control
        return
    if modifier.script is not None:
        yield _under(control, Condition(modifier.effect), modifier.made_script or modifier.script.script(answers))
        return
    condition = _condition(modifier, parents, binding.filled(modifier.variable), answers)
    if condition is not None:
        yield _under(control, condition)
    elif modifier.effect == "enable":
        yield replace(control, view=replace(control.view, disabled=True), asked=None, depends=None)
    elif modifier.effect != "show":
        yield control


def _condition(modifier: Dependence, parents: dict[str, AskedField], variable: str, answers: dict[str, Any]) -> Condition | None:
    """The condition on the field for the variable; None if the screen has none."""
    wanted = modifier.wanted_value(answers)
    if variable in parents:
        return condition_on(modifier.effect, parents[variable], wanted)
    parent = parents.get(parents_of(variable)[-1]) if "[" in variable else None
    key = choice_key(parent, variable) if parent is not None else ""
    return condition_on_choice(modifier.effect, parent, key, wanted) if parent is not None and key else None


def _under(control: Control, condition: Condition, script: str = "") -> Control:
    asked = replace(control.asked, condition=condition) if control.asked else None
    return replace(control, view=replace(control.view, condition=condition, script=script), asked=asked, depends=None)


def _with_first_look(controls: list[Control]) -> list[Control]:
    """The controls, of which those are absent that a condition keeps from sight before anybody has touched anything."""
    posted = {control.view.name: posted_by(control.view) for control in controls if control.asked}
    # what only the browser can judge appears as soon as it has: appearing is better than vanishing
    form = PostedForm([control.asked for control in controls if control.asked], posted, lambda _: False)
    return [replace(control, view=replace(control.view, absent=_is_absent(control, form))) for control in controls]


def _is_absent(control: Control, form: PostedForm) -> bool:
    condition = control.view.condition
    if condition is None or condition.effect in ("enable", "disable"):
        return False
    return not condition.control or not form.fulfils(condition, control_of(control.asked) if control.asked else "")
