"""Checking in: the action that a page has run while the person is on it, and what comes back for the controls."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.choices import options_from
from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.fields.datatype import FieldSpec, Option
from docassemble_lite.engine.fields.populating import posted_texts
from docassemble_lite.engine.fields.registry import datatype_of
from docassemble_lite.engine.names import Binding, normalized
from docassemble_lite.engine.screen import Asked, AskedField
from docassemble_lite.errors import LiteError
from docassemble_lite.host import entered

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

log = logging.getLogger(__name__)

#: Longer texts than this aren't looked at while they are being typed.
LONGEST = 100_000


def known_parameters(asked: Asked, posted: Mapping[str, Any]) -> dict[str, Any]:
    """What a page says of its controls, for those that the screen has: variable → text, or a list of texts.

    Each choice of a group of checkboxes is a parameter of its own, `fruit['Apple']`.
    """
    known = {item.variable for item in asked.fields}
    if asked.press_variable:
        known.add(asked.press_variable)
    for item in asked.fields:
        known |= {f"{item.variable}[{key!r}]" for key in item.choices or {}}
    return {name: value for name, value in posted.items() if name in known and _is_text(value)}


def _is_text(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value) and sum(map(len, value)) <= LONGEST
    return isinstance(value, str) and len(value) <= LONGEST


def begin(evaluation: Evaluation, asked: Asked, *, initial: bool, changed: Any) -> None:
    """Let the evaluation of a check-in know on which occasion it happens, and at which iterators its screen stands."""
    variables = {item.variable for item in asked.fields}
    evaluation.actions.occasion = {"_initial": initial, "_changed": changed if changed in variables else None}
    with entered(evaluation.current):
        evaluation.bind(Binding(asked.iterators))


# --- what is to be filled in ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filling:
    """What controls are to show: variable → what a form would post, and variable → (key, label) of what can be chosen."""

    texts: Mapping[str, list[str]]
    choices: Mapping[str, list[tuple[str, str]]]


def filling(asked: Asked, values: Any) -> tuple[Filling, Asked]:
    """What `background_response(values, 'fields')` puts into the screen, and the screen with the choices that it has then.

    What the screen doesn't ask for, and what a control can't show, is left out.
    """
    texts: dict[str, list[str]] = {}
    choices: dict[str, list[tuple[str, str]]] = {}
    if not isinstance(values, Mapping):
        log.warning('action="fields_refused" a dictionary of variables and values is needed, not %s', type(values).__name__)
        return Filling(texts, choices), asked
    changed: dict[int, AskedField] = {}
    for name, value in values.items():
        # where it depends on other answers which control asks for a variable, there are several
        for place, item in enumerate(asked.fields):
            if item.variable != normalized(str(name)):
                continue
            try:
                if isinstance(value, Mapping) and "choices" in value:
                    item, choices[item.variable] = with_choices(item, value["choices"])
                    changed[place] = item
                    if "value" in value:
                        texts[item.variable] = posted_texts(item, value["value"])
                else:
                    texts[item.variable] = posted_texts(item, value)
            except (LiteError, ValueError, TypeError) as error:
                log.warning('action="field_refused" variable=%s %s', item.variable, type(error).__name__)
    fields = tuple(changed.get(place, item) for place, item in enumerate(asked.fields))
    return Filling(texts, choices), replace(asked, fields=fields) if changed else asked


def without_given(asked: Asked) -> Asked:
    """The screen as its block makes it, without what check-ins gave it to choose from."""
    if all(item.given is None for item in asked.fields):
        return asked
    return replace(asked, fields=tuple(replace(item, given=None) for item in asked.fields))


def with_choices(item: AskedField, made: Any) -> tuple[AskedField, list[tuple[str, str]]]:
    """The field with other choices, and what a control shows for each: (key, label). Raises `LiteError`."""
    options = tuple(options_from(made))
    fresh = datatype_of(item).asked(_spec(item, options))
    more = {key: fresh.options[key] for key in ("labels",) if key in fresh.options}
    given = tuple((option.value, option.label) for option in options)
    changed = replace(item, choices=fresh.choices, options={**item.options, **more}, given=given)
    return changed, [(key, option.label) for key, option in zip(fresh.choices or {}, options, strict=True)]


def _spec(item: AskedField, options: tuple[Option, ...]) -> FieldSpec:
    return FieldSpec(
        variable=item.variable,
        name=control_name(item.variable),
        datatype=item.datatype,
        input_type=item.options.get("input_type", ""),
        required=item.required,
        options=options,
    )
