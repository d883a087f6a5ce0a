"""What comes back from a screen: checked against what was asked, turned into values, and put into the answers.

The browser may only answer what it was asked. What a screen asked is stored with the step; a post that names anything
else is refused before anything is changed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from docassemble_lite.engine import collecting
from docassemble_lite.engine.blocks.answering import MULTIPLE_CHOICE
from docassemble_lite.engine.blocks.fields import define_parents
from docassemble_lite.engine.blocks.question import QuestionBlock
from docassemble_lite.engine.evaluation import Evaluation
from docassemble_lite.engine.expressions import set_variable
from docassemble_lite.engine.fields.conditions import PostedForm
from docassemble_lite.engine.fields.control_name import control_name, control_of
from docassemble_lite.engine.fields.datatype import LEFT_ALONE, FieldError
from docassemble_lite.engine.fields.registry import datatype_of
from docassemble_lite.engine.fields.uploads import File
from docassemble_lite.engine.fields.yesno import check_groups
from docassemble_lite.engine.file_access import give_access
from docassemble_lite.engine.names import Binding
from docassemble_lite.engine.screen import Asked, AskedField, Collected, Exit, KeptFile, Outcome, Press, Redirect, Refresh
from docassemble_lite.engine.steering import InvalidAnswer, Steering
from docassemble_lite.engine.suggestions import is_suggested, value_suggested
from docassemble_lite.engine.typed import gather_typed
from docassemble_lite.engine.uploads import Upload, keep, kept_file
from docassemble_lite.errors import LiteError
from docassemble_lite.host import entered
from docassemble_lite.language.words import word
from docassemble_lite.objects import DAFileList
from docassemble_lite.objects.gathering import still_gathering
from docassemble_lite.objects.missing import DAAttributeError, DAIndexError

Posted = Mapping[str, Sequence[str]]
NO_UPLOADS: Mapping[str, Sequence[Upload]] = {}
#: Controls of every form; they decide nothing by themselves.
HIDDEN = frozenset(
    {
        "csrf_token",
        "_question_name",
        "_event",
        "_datatypes",
        "_varnames",
        "_visible",
        "_checkboxes",
        "_empties",
        "_tracker",
        "_files",
        "_save_as",
        "_back_one",
        "_null_question",
        "ajax",
        "json",
        "_the_image",
        "_success",
        "_files_inline",
    }
)
#: Longer texts than this aren't answers.
LONGEST = 1_000_000


class NotAsked(LiteError):
    """The form has something in it that this screen didn't ask for. Nothing was changed."""


class Mistakes(LiteError):
    """Some answers won't do.

    `fields` maps variables to what was posted and what is wrong; `form` is what is wrong with the whole. `arrangement` are
    the items of a list that the screen asks for, as they stood there.
    """

    def __init__(
        self,
        fields: Mapping[str, tuple[tuple[str, ...], str]],
        form: str = "",
        arrangement: tuple[int, ...] | None = None,
    ) -> None:
        super().__init__(form or word("There are mistakes in what you entered."))
        self.fields = fields
        self.form = form
        self.arrangement = arrangement


def submit(
    evaluation: Evaluation, asked: Asked, posted: Posted, uploads: Mapping[str, Sequence[Upload]] = NO_UPLOADS
) -> Outcome | None:
    """Put the answers of a form into the answers of the session. `uploads` are the files that came with it, by controls.

    An outcome means that the button does something else than to go on. Raises `NotAsked` and `Mistakes`; what has been
    changed then must be thrown away.
    """
    with entered(evaluation.current), still_gathering(asked.gathering):
        _refuse_what_was_not_asked(asked, posted)
        evaluation.bind(Binding(asked.iterators))
        press = _pressed(asked, posted)
        if press is not None and press.kind not in ("value", "embedded"):
            return _special_outcome(press)
        posted, refused = _with_uploads(asked, posted, uploads)
        if asked.collected is None:
            _take_in(evaluation, asked, posted, refused, press)
        else:
            _take_in_items(evaluation, asked, asked.collected, posted, refused)
        return None


def _take_in(
    evaluation: Evaluation,
    asked: Asked,
    posted: Posted,
    refused: Mapping[str, str],
    press: Press | None,
    order: tuple[int, ...] | None = None,
) -> None:
    """Convert, assign and check what was posted; `order` is that of the items of a list, as their page numbered them.

    `refused` says of files that came with it what is wrong with them, by controls.
    """
    answered = _answered(asked, posted, refused)
    values = _converted(asked, answered, posted, refused)
    values |= _suggested(evaluation, asked, answered, posted)
    before = {name: evaluation.dependencies.value(name) for name in _variables(asked) if evaluation.dependencies.concerns(name)}
    if asked.collected is not None and order is not None:
        _with_what_it_needs(evaluation, partial(collecting.make_further, evaluation, asked, asked.collected, order))
        collecting.rearrange(evaluation, asked.collected, order)
        _with_what_it_needs(evaluation, partial(define_parents, evaluation, _variables(asked)))
    _assign(evaluation, asked, answered, values)
    if asked.collected is not None:
        collecting.conclude(evaluation, asked.collected)
    _check(evaluation, asked, answered, posted, values)
    _open_files(answered, values)
    _follow(evaluation, asked, press)
    evaluation.internal["arranged"] = order
    for name, old in before.items():
        evaluation.dependencies.compare(name, old)


def _take_in_items(
    evaluation: Evaluation, asked: Asked, collected: Collected, posted: Posted, refused: Mapping[str, str]
) -> None:
    """Take in what was posted about the items of a list. Raises `Mistakes` too if a button asked for another arrangement."""
    try:
        order = collecting.arrangement_of(collected, posted)
        again = collecting.rearranged(collected, order, posted)
    except ValueError as error:
        raise NotAsked from error
    if again is not None:
        # an item that comes back after it was removed begins anew
        raise Mistakes(_fields_of_items(asked, posted, set(order) & set(again), {}), arrangement=again)
    order = collecting.without_blank(asked, collected, order, posted)
    renamed = collecting.with_items(asked, collected, order)
    try:
        _take_in(evaluation, renamed, posted, refused, None, order)
    except Mistakes as mistakes:
        # the page knows the items by the numbers that it gave them
        wrong = {control_of(item): mistakes.fields[item.variable][1] for item in renamed.fields}
        raise Mistakes(_fields_of_items(asked, posted, set(order), wrong), mistakes.form, order) from mistakes


def _fields_of_items(
    asked: Asked, posted: Posted, numbers: set[int], wrong: Mapping[str, str]
) -> Mapping[str, tuple[tuple[str, ...], str]]:
    """What was posted for these items, and what is `wrong`, by controls, as `Mistakes.fields`."""
    shown = replace(asked, fields=tuple(item for item in asked.fields if item.item in numbers))
    variables = {item.variable: message for item in shown.fields if (message := wrong.get(control_of(item)))}
    return _mistakes(shown, posted, variables).fields


def _refuse_what_was_not_asked(asked: Asked, posted: Posted) -> None:
    allowed = {control_name(name) for name in _variables(asked)} | {control_of(item) for item in asked.fields} | HIDDEN
    allowed |= {asked.press_name} if asked.press_name else set()
    allowed |= collecting.CONTROLS if asked.collected else set()
    # a person's screen may be asked by a test tool for the meaning of its controls; the meaning stays with the step
    odd = [name for name in posted if name not in allowed]
    if odd:
        raise NotAsked
    if any(len(text) > LONGEST for texts in posted.values() for text in texts):
        raise NotAsked(word("An answer is longer than can be stored."))


def _variables(asked: Asked) -> list[str]:
    names = [item.variable for item in asked.fields]
    return [*names, *(name for name in (asked.continue_variable, asked.press_variable) if name)]


def _pressed(asked: Asked, posted: Posted) -> Press | None:
    """What the button or the choice that was taken means."""
    if not asked.press_name:
        return None
    keys = posted.get(asked.press_name, ())
    if not keys or keys[-1] == "":
        variable = asked.press_variable or MULTIPLE_CHOICE
        raise Mistakes({variable: (tuple(keys), word("You need to select one."))}, word("You need to select one."))
    press = asked.presses.get(keys[-1])
    if press is None:
        raise NotAsked
    return press


def _special_outcome(press: Press) -> Outcome:
    if press.kind == "refresh":
        return Refresh()
    if press.kind == "url":
        return Redirect(press.url)
    return Exit(press.kind, press.url)


def _with_uploads(asked: Asked, posted: Posted, uploads: Mapping[str, Sequence[Upload]]) -> tuple[Posted, dict[str, str]]:
    """What was posted with tickets for the files that came with it, and control → what is wrong with a file."""
    fields = {control_of(item): item for item in asked.fields if isinstance(datatype_of(item), File)}
    if uploads.keys() - fields.keys():
        raise NotAsked
    texts = {name: list(listed) for name, listed in posted.items()}
    refused: dict[str, str] = {}
    for name, sent in uploads.items():
        for upload in sent:
            try:
                texts.setdefault(name, []).append(keep(fields[name], upload))
            except FieldError as error:
                refused.setdefault(name, error.message)
    return texts, refused


def keep_ahead(evaluation: Evaluation, asked: Asked, control: str, upload: Upload) -> KeptFile:
    """Keep a file that a page sends before its form. Raises `NotAsked` and `FieldError`."""
    with entered(evaluation.current):
        item = next((item for item in asked.fields if control_of(item) == control), None)
        if item is None or not isinstance(datatype_of(item), File):
            raise NotAsked
        return kept_file(item.variable, keep(item, upload))


def _answered(asked: Asked, posted: Posted, refused: Mapping[str, str]) -> list[AskedField]:
    """The fields that the person could answer: others are hidden or disabled by their conditions."""
    visible = _visible(posted)

    def told(item: AskedField) -> bool:
        if visible is not None:
            return control_of(item) in visible
        # without JavaScript every field is there, and one that was left empty may be one that doesn't concern the person
        said = control_of(item) in refused or any(text.strip() for text in _texts(item, posted))
        return said or not item.required

    return PostedForm(asked.fields, posted, told).answerable()


def _visible(posted: Posted) -> frozenset[str] | None:
    """The controls that the page says could be answered; None if it says nothing that can be understood."""
    try:
        names = json.loads(base64.b64decode(posted.get("_visible", ("",))[-1], validate=True))
    except (ValueError, IndexError, RecursionError):
        return None
    return frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else None


def _converted(asked: Asked, answered: Sequence[AskedField], posted: Posted, refused: Mapping[str, str]) -> dict[str, Any]:
    """variable → value. Raises `Mistakes` with everything that was posted, so that nothing typed is lost."""
    values: dict[str, Any] = {}
    wrong = {item.variable: refused[control_of(item)] for item in answered if control_of(item) in refused}
    for item in answered:
        if item.variable in wrong:
            continue
        try:
            values[item.variable] = datatype_of(item).convert(item, _texts(item, posted))
        except FieldError as error:
            wrong[item.variable] = error.message
    wrong = wrong or dict(check_groups(answered, values))
    if wrong:
        raise _mistakes(asked, posted, wrong)
    return values


def _suggested(evaluation: Evaluation, asked: Asked, answered: Sequence[AskedField], posted: Posted) -> dict[str, Any]:
    """variable → value of the fields that take nothing but what their action suggests."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for item in answered:
        text = "".join(_texts(item, posted)[-1:]).strip()
        if not text or not is_suggested(item):
            continue

        def look_up(item: AskedField = item, text: str = text) -> None:
            values[item.variable] = value_suggested(evaluation, item, text)

        try:
            _with_what_it_needs(evaluation, look_up)
        except ValueError:
            wrong[item.variable] = word("Please take one of the suggestions.")
    if wrong:
        raise _mistakes(asked, posted, wrong)
    return values


def _mistakes(asked: Asked, posted: Posted, wrong: Mapping[str, str], form: str = "") -> Mistakes:
    # of several controls for one variable, what was typed into the one that was there counts
    fields = sorted(asked.fields, key=lambda item: bool(_texts(item, posted)))
    return Mistakes({i.variable: (_texts(i, posted), wrong.get(i.variable, "")) for i in fields}, form)


def _texts(item: AskedField, posted: Posted) -> tuple[str, ...]:
    return tuple(posted.get(control_of(item), ()))


def _assign(evaluation: Evaluation, asked: Asked, answered: Sequence[AskedField], values: Mapping[str, Any]) -> None:
    for item in answered:
        value = values[item.variable]
        if value is LEFT_ALONE:
            continue
        set_variable(item.variable, value, evaluation.answers)
        if item.datatype != "raw":
            note_typed(evaluation, value)
        if isinstance(value, DAFileList):
            note_typed(evaluation, [file.filename for file in value.elements])
    if asked.continue_variable:
        set_variable(asked.continue_variable, True, evaluation.answers)


def _open_files(answered: Sequence[AskedField], values: Mapping[str, Any]) -> None:
    """Have others see the files that came with a form in which nothing is wrong, where the author says so."""
    for item in answered:
        files = values[item.variable]
        if isinstance(files, DAFileList):
            give_access(item.options.get("access", {}), files)


def note_typed(evaluation: Evaluation, value: Any) -> None:
    """Remember a text from outside that could be mistaken for markup, wherever it is in the value."""
    gather_typed(value, evaluation.typed)


def _check(
    evaluation: Evaluation, asked: Asked, answered: Sequence[AskedField], posted: Posted, values: Mapping[str, Any]
) -> None:
    """Run the author's own validation: of each field, and then of the whole."""
    block = evaluation.program.named(asked.block)
    if not isinstance(block, QuestionBlock):
        return
    entries = {entry.number: entry for entry in block.entries if entry.variable}
    wrong: dict[str, str] = {}
    if block.validation is not None or any(entry.validate for entry in entries.values()):
        _prepare(evaluation)
    for item in answered:
        entry, binding = entries.get(item.number), collecting.binding_of(asked, item)
        if entry is None or entry.validate is None or values[item.variable] is LEFT_ALONE:
            continue
        if binding.filled(entry.variable) != item.variable:
            continue
        evaluation.bind(binding)
        try:
            _with_what_it_needs(evaluation, partial(entry.check, evaluation.answers, values[item.variable]))
        except (InvalidAnswer, ValueError, AssertionError) as error:
            wrong[item.variable] = _message_of(error)
        except Exception as error:
            raise evaluation.failure(error) from error
    if wrong:
        raise _mistakes(asked, posted, wrong)
    if block.validation is not None:
        evaluation.bind(Binding(asked.iterators))
        _check_whole(evaluation, block, asked, posted)


def _prepare(evaluation: Evaluation) -> None:
    """Run what runs in every request: functions that initial code defines aren't stored with the answers."""
    for block in evaluation.program.walked:
        if block.initial is not True:
            continue
        try:
            _with_what_it_needs(evaluation, partial(block.carry_out, evaluation))
        except Steering:
            # where it leads comes when the interview is evaluated with the new answers
            return


def _with_what_it_needs(evaluation: Evaluation, work: Callable[[], object]) -> None:
    """Do something; what it lacks is made by code if that can be done without asking a person."""
    for _ in range(evaluation.program.loop_limit):
        try:
            work()
            return
        except (NameError, DAAttributeError, DAIndexError) as error:
            if evaluation.seek_missing(error) is not None:
                raise evaluation.failure(error) from error


def _check_whole(evaluation: Evaluation, block: QuestionBlock, asked: Asked, posted: Posted) -> None:
    assert block.validation is not None
    try:
        _with_what_it_needs(evaluation, partial(block.validation.run, evaluation.answers))
    except InvalidAnswer as error:
        field = Binding(asked.iterators).filled(error.field) if error.field else ""
        if field in {item.variable for item in asked.fields}:
            raise _mistakes(asked, posted, {field: error.message}) from error
        raise _mistakes(asked, posted, {}, error.message) from error
    except (ValueError, AssertionError) as error:
        raise _mistakes(asked, posted, {}, _message_of(error)) from error
    except Exception as error:
        raise evaluation.failure(error) from error


def _message_of(error: Exception) -> str:
    return str(error) or word("Please enter a valid value.")


def _follow(evaluation: Evaluation, asked: Asked, press: Press | None) -> None:
    """Keep the books: which block is answered, which choice was taken, which action is done."""
    internal = evaluation.internal
    if press is not None and press.kind == "embedded":
        internal["answers"][asked.block] = press.value
    else:
        if press is not None and asked.press_variable:
            set_variable(asked.press_variable, press.value, evaluation.answers)
            note_typed(evaluation, press.value)
        if asked.block:
            internal["answered"].add(asked.block)
    for name in (asked.sought, *_variables(asked)):
        if name:
            evaluation.actions.done(name)
    for name in _variables(asked):
        internal["dirty"].pop(name, None)
    internal["discarded"] = {}
