"""Actions: what a link, a task or a schedule asks of an interview beside its ordinary course.

Each browser has a stack of actions that are still to be gone through, so that one may take several screens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine import searchable
from docassemble_lite.engine.document_emails import ACTION as EMAIL_DOCUMENTS
from docassemble_lite.engine.document_emails import send_documents
from docassemble_lite.engine.expressions import read_variable, set_variable
from docassemble_lite.engine.list_actions import LIST_ACTIONS
from docassemble_lite.engine.names import ITERATORS, is_excessive, is_plain_path, normalized, words_of
from docassemble_lite.engine.offers import is_offered
from docassemble_lite.engine.screen import Exit, Outcome, TaskResponse
from docassemble_lite.engine.steering import EndWith, SeekForced
from docassemble_lite.engine.wanted import Result
from docassemble_lite.errors import EvaluationError, LiteError
from docassemble_lite.language.words import word

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation


class ActionRefused(LiteError):
    """This action can't be asked for from outside. Nothing was changed."""


class ActionStack:
    """The actions of one browser, and the arguments of the one that is going on."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.pending: tuple[str, Mapping[str, Any]] | None = None
        self.arguments: Mapping[str, Any] = {}
        # the action that is being gone through
        self.current = ""
        # while a page checks in: "_initial" and "_changed"; otherwise None
        self.occasion: Mapping[str, Any] | None = None
        request = evaluation.request
        if request.action is not None:
            offered = is_offered(evaluation, request.action, request.arguments)
            if not offered:
                self.refuse_from_outside(request.action)
            if not offered and request.interface == "web" and not request.own_action:
                self._refuse_unlisted(request.action, request.arguments)
            self.pending = (request.action, request.arguments)

    def refuse_from_outside(self, action: str) -> None:
        """Of the actions that every interview has, an address can ask only for those that change no answer by themselves."""
        if self.evaluation.request.interface == "web" and action in BUILT_IN and action not in FROM_OUTSIDE:
            raise ActionRefused

    def _refuse_unlisted(self, action: str, arguments: Mapping[str, Any]) -> None:
        """Where an interview lists what addresses may ask for, nothing else gets in, in whatever it is wrapped."""
        allowed = self.evaluation.program.allowed_actions
        left = [(action, arguments)] if allowed.restricted else []
        while left:
            action, arguments = left.pop()
            if action in _WRAPPED:
                left += _WRAPPED[action](arguments)
            elif not allowed.allows(action):
                raise ActionRefused

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What is still to be gone through, the next one first."""
        return self.evaluation.internal["event_stack"].setdefault(self.evaluation.request.browser, [])

    def take(self) -> tuple[str, Mapping[str, Any]] | None:
        """The action to perform now: that of the request, or else the next one of the stack."""
        if self.pending is not None:
            taken, self.pending = self.pending, None
            self.evaluation.action_ran = True
            return taken
        entries = self.evaluation.internal["event_stack"].get(self.evaluation.request.browser)
        if not entries:
            return None
        top = entries[0]
        self.evaluation.answers.update(top.get("context", {}))
        return top["action"], top["arguments"]

    def push(self, entries: list[tuple[str, Mapping[str, Any]]]) -> None:
        """Put actions on top of the stack, the first one uppermost; what is there already isn't added again."""
        answers = self.evaluation.answers
        context = {name: answers[name] for name in ("x", *ITERATORS) if name in answers}
        new = [{"action": action, "arguments": dict(arguments), "context": context} for action, arguments in entries]
        known = [(entry["action"], entry["arguments"]) for entry in self.entries]
        self.entries[:0] = [entry for entry in new if (entry["action"], entry["arguments"]) not in known]

    def done(self, name: str) -> None:
        """The action of that name has been gone through."""
        if self.current == name:
            self.current = ""
        stacks = self.evaluation.internal["event_stack"]
        entries = stacks.get(self.evaluation.request.browser, [])
        while entries and entries[0]["action"] == name:
            del entries[0]
        if not entries:
            stacks.pop(self.evaluation.request.browser, None)

    def done_with_current(self) -> None:
        """The action that is going on has done all that it is there for."""
        if self.current:
            self.done(self.current)

    def clear(self) -> None:
        """Forget all actions of this browser."""
        self.evaluation.internal["event_stack"].pop(self.evaluation.request.browser, None)

    def force(self, forced: SeekForced) -> Outcome | None:
        """Go through names in their order, whether or not they are defined, beginning with the first."""
        entries = [_entry(item) for item in forced.items]
        if not entries:
            return None
        # nobody goes through what a check-in does, screen by screen
        if forced.stacked and self.occasion is None:
            self.push(entries)
        name, arguments = entries[0]
        self.current, self.arguments = name, arguments
        if name in BUILT_IN:
            BUILT_IN[name](self.evaluation, arguments)
            self.done(name)
            return None
        outcome = self._seek(name)
        if outcome is None and self.occasion is not None:
            # the rest of the interview has been gone through for the screen that checks in
            return TaskResponse()
        return outcome

    def _seek(self, name: str) -> Outcome | None:
        """Find a question or an event for the name; a name that nothing answers is forgiven."""
        if is_excessive(name) or not is_plain_path(name) or not _means_something(self.evaluation, name):
            self.done(name)
            return None
        self.evaluation.sought.append(name)
        for _ in range(self.evaluation.program.loop_limit):
            result = self._try_all(name)
            if result is not Result.FROM_THE_START:
                return self.evaluation.found(result)
        raise EvaluationError(
            f"The action “{name}” was tried {self.evaluation.program.loop_limit} times and doesn't come to an end."
        )

    def _try_all(self, name: str) -> Any:
        for block, wanted in self.evaluation.candidates(name, forced=True):
            result = self.evaluation.try_noting(block, wanted)
            if result is not Result.NEXT:
                return result
        self.done(name)
        return Result.DEFINED


def perform_pending_action(evaluation: Evaluation) -> None:
    """`process_action()`: go on with what is to be gone through, if there is anything; it raises the search for it."""
    if evaluation.actions.pending is None:
        gather = evaluation.internal["gather"]
        while gather and evaluation.is_defined(gather[0]):
            del gather[0]
        if gather:
            read_variable(gather[0], evaluation.answers)
    taken = evaluation.actions.take()
    if taken is None:
        return
    name, arguments = taken
    if name in BUILT_IN and name not in LIST_ACTIONS and not evaluation.actions.entries:
        evaluation.actions.arguments = arguments
        BUILT_IN[name](evaluation, arguments)
        # what it queued is sought at once, so that a name that can't be had is never saved with the session
        perform_pending_action(evaluation)
        return
    raise SeekForced([{"action": name, "arguments": dict(arguments)}])


def _entry(item: Any) -> tuple[str, Mapping[str, Any]]:
    """An item of `force_ask()` as (action, arguments)."""
    if isinstance(item, str):
        return item if is_excessive(item) else normalized(item), {}
    if isinstance(item, Mapping):
        if "action" in item:
            return str(item["action"]), _mapping(item.get("arguments"))
        for key, action in _FOLLOWING.items():
            if key in item:
                names = item[key] if isinstance(item[key], (list, tuple)) else [item[key]]
                return action, {"variables": list(names)}
    raise EvaluationError(f"force_ask() takes names of variables and actions, not {item!r}.")


def _mapping(value: Any) -> dict[str, Any]:
    """Arguments as they came from outside: what is no mapping counts as none."""
    return dict(value) if isinstance(value, Mapping) else {}


_FOLLOWING = {
    "undefine": "_da_undefine",
    "invalidate": "_da_invalidate",
    "recompute": "_da_compute",
    "set": "_da_set",
    "follow up": "_da_force_ask",
}


def _variables(arguments: Mapping[str, Any]) -> list[Any]:
    value = arguments.get("variables", [])
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _names(arguments: Mapping[str, Any]) -> list[str]:
    return [normalized(name) for name in _variables(arguments) if isinstance(name, str) and _is_name(name)]


def _definable(evaluation: Evaluation, arguments: Mapping[str, Any]) -> list[str]:
    """The names that are there or that some block can define; the others are forgiven."""
    return [name for name in _names(arguments) if _is_definable(evaluation, name)]


def _is_definable(evaluation: Evaluation, name: str) -> bool:
    if evaluation.is_defined(name):
        return True
    return next(evaluation.candidates(name), None) is not None and _means_something(evaluation, name)


def _means_something(evaluation: Evaluation, name: str) -> bool:
    """Whether what stands in the name could be had: `people[i]` is nothing where no `i` is."""
    words = words_of(name) - {name}
    return all(evaluation.is_defined(word) or next(evaluation.candidates(word), None) is not None for word in words)


def _is_command(item: Any) -> bool:
    return isinstance(item, Mapping) and ("action" in item or any(key in item for key in _FOLLOWING))


def _to_ask(arguments: Mapping[str, Any]) -> list[Any]:
    """What `_da_force_ask` is to go through, as far as it can."""
    asked = _variables(arguments)
    return [item for item in asked if _is_command(item) or (isinstance(item, str) and _is_name(item))]


def _is_name(text: str) -> bool:
    return not is_excessive(text) and is_plain_path(normalized(text))


def _force_ask(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    items = _to_ask(arguments)
    if not is_offered(evaluation, "_da_force_ask", arguments):
        for action, _ in map(_entry, items):
            evaluation.actions.refuse_from_outside(action)
    if items:
        evaluation.actions.done("_da_force_ask")
        raise SeekForced(items)


def _compute(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    names = _definable(evaluation, arguments)
    evaluation.undefine(names)
    _define(evaluation, arguments)


def _define(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    gather = evaluation.internal["gather"]
    gather += [name for name in _definable(evaluation, arguments) if name not in gather]


def _set(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    for pair in _variables(arguments):
        if isinstance(pair, Mapping):
            for name, value in pair.items():
                if _is_name(str(name)):
                    set_variable(normalized(str(name)), value, evaluation.answers)


def _undefine(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    evaluation.undefine(_names(arguments))


def _invalidate(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    evaluation.dependencies.invalidate(_names(arguments))


def _need(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    for name in _definable(evaluation, arguments):
        read_variable(name, evaluation.answers)


def _priority(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    """An action that first empties the stack."""
    action, inner = _prior(arguments)
    evaluation.actions.refuse_from_outside(action)
    evaluation.actions.clear()
    raise SeekForced([{"action": action, "arguments": inner}])


def _prior(arguments: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    return str(arguments.get("_action", "")), _mapping(arguments.get("_arguments"))


def _exit(_: Evaluation, __: Mapping[str, Any]) -> None:
    raise EndWith(Exit("exit"))


def _ocr(evaluation: Evaluation, arguments: Mapping[str, Any]) -> None:
    """What a task of `ocr_file_in_background()` does."""
    # it takes a while to import, and few interviews need it
    from docassemble_lite.engine.functions.recognition import recognized_text

    found = recognized_text(arguments["file"], arguments["options"])
    told = evaluation.request.task_mode in ("flash", "javascript")
    raise EndWith(TaskResponse((arguments["message"] or word("OCR succeeded")) if told and found.ok else found))


#: The actions that every interview has.
BUILT_IN = {
    EMAIL_DOCUMENTS: send_documents,
    "_da_ocr": _ocr,
    searchable.ACTION: searchable.make,
    searchable.RESPONSE: searchable.take_over,
    "_da_force_ask": _force_ask,
    "_da_compute": _compute,
    "_da_define": _define,
    "_da_set": _set,
    "_da_undefine": _undefine,
    "_da_invalidate": _invalidate,
    "_da_priority_action": _priority,
    "_da_exit": _exit,
    "need": _need,
    **LIST_ACTIONS,
}
#: Those that an address may ask for: each only leads to others, and this is how to find out to which.
_WRAPPED: Mapping[str, Callable[[Mapping[str, Any]], list[tuple[str, Mapping[str, Any]]]]] = {
    "_da_force_ask": lambda arguments: [_entry(item) for item in _to_ask(arguments)],
    "_da_priority_action": lambda arguments: [_prior(arguments)],
    "need": lambda arguments: [(name, {}) for name in _names(arguments)],
}
FROM_OUTSIDE = frozenset(_WRAPPED)
