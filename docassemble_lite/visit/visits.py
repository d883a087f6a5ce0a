"""Visits: lock the session, load it, run the interview, save, tell the workers.

The lock keeps visits from colliding; the version that every save compares keeps the answers right. A visit that finds
that somebody else saved first runs again on the fresh answers.
"""

from __future__ import annotations

import logging
import pickle
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, TypeVar

from docassemble_lite.broker import Broker
from docassemble_lite.engine.evaluation import Evaluation
from docassemble_lite.engine.expressions import value_if_there
from docassemble_lite.engine.internal import new_answers
from docassemble_lite.engine.program import Program, Programs
from docassemble_lite.engine.screen import Asked, Exit, Outcome, Refresh, Screen, TaskResponse
from docassemble_lite.engine.steering import SaveFirst
from docassemble_lite.engine.submission import Mistakes, note_typed, submit
from docassemble_lite.errors import EvaluationError, SavedByAnother, SessionNotFound
from docassemble_lite.host import Request
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.freezer import freeze, thaw
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.tasks import Claimed, EndState, FinishedTask
from docassemble_lite.visit.deeds import Act, Deed, GoBack, Show, Submit
from docassemble_lite.visit.host import VisitHost

log = logging.getLogger(__name__)

T = TypeVar("T")

#: How often a visit runs again because somebody else saved first.
RERUNS = 3
STALE = "stale"
_KINDS_OF_END = ("exit", "exit_logout")


@dataclass(frozen=True)
class Visited:
    """How a visit ended. `notice` is "stale" when the page that was answered was out of date."""

    outcome: Outcome
    session: str
    interview: str
    back_allowed: bool = False
    notice: str = ""
    program: Program | None = None


class Visits:
    """All visits of one process."""

    def __init__(self, store: Store, programs: Programs, settings: Settings, broker: Broker) -> None:
        self.store = store
        self.programs = programs
        self.settings = settings
        self.broker = broker

    # --- persons ---------------------------------------------------------------------------------------------------

    def begin(self, interview: str, secret: bytes, request: Request, url_args: Mapping[str, Any]) -> Visited:
        """Begin a session, which `secret` opens from now on, and show its first screen."""
        session_id = self.create(interview, secret, url_args)
        try:
            return self.visit(session_id, secret, request, Show(url_args))
        except EvaluationError:
            # nobody has answered anything yet, and an interview that can't begin leaves no session behind
            self.store.sessions.delete(self.store.sessions.peek(session_id))
            raise

    def create(self, interview: str, secret: bytes, url_args: Mapping[str, Any]) -> str:
        """A new session whose first screen nobody has seen yet; its id."""
        program = self.programs.get(interview)
        answers = new_answers(dict(url_args))
        return self.store.sessions.create(program.name, secret, answers, Asked(block=""), title=program.title).session_id

    def restart(self, session_id: str, secret: bytes, url_args: Mapping[str, Any]) -> None:
        """Put a session back to its beginning, under the same id."""

        def work() -> None:
            loaded = self.store.sessions.load(session_id, secret)
            self.store.sessions.restart(loaded, new_answers(dict(url_args)), Asked(block=""), multi_user=False)

        self._protected(session_id, work)

    def visit(self, session_id: str, secret: bytes | None, request: Request, deed: Deed) -> Visited:
        """Do something in a session.

        Raises `SessionNotFound`, `AnswersTampered`, `NotAsked`, `EvaluationError`, and `SavedByAnother` when others
        kept saving first. Nothing is saved then.
        """

        def load() -> Loaded:
            return self.store.sessions.load(session_id, secret)

        return self._protected(session_id, lambda: _PersonVisit(self, load, request).do(deed))

    def _protected(self, session_id: str, work: Callable[[], T]) -> T:
        with self.store.locks.hold(session_id, self.settings.concurrency_lock_timeout):
            for _ in range(RERUNS):
                try:
                    return work()
                except SavedByAnother:
                    continue
            return work()

    # --- tasks -----------------------------------------------------------------------------------------------------

    def run_task(self, claimed: Claimed) -> FinishedTask:
        """Run a background task; how it ended, still to be written. What it changes in the answers is thrown away."""
        loaded = self.store.sessions.load_with_key(claimed.session_id, claimed.data_key)
        program = self.programs.get(loaded.interview)
        request = Request(
            interview=loaded.interview,
            session=loaded.session_id,
            interface="worker",
            browser=f"task {claimed.id}",
            action=claimed.action,
            arguments=thaw(claimed.arguments)[0],
        )
        host = VisitHost(self.store, self.programs.sources, self.settings, request, program.source, loaded)
        try:
            outcome = Evaluation(program, loaded.answers, host, request).assemble()
        except EvaluationError as error:
            # what Python says of a mistake often quotes an answer
            told = error if self.settings.debug else f"{error.source or 'interview'}:{error.line or '?'}: {error.cause_name}"
            log.error('action="task_failed" task=%s name=%s %s', claimed.id, claimed.action, told)
            return _failed(claimed, error.cause_name, str(error), error.trace or str(error), error.sought)
        return _ended(claimed, outcome)


def _ended(claimed: Claimed, outcome: Outcome) -> FinishedTask:
    if isinstance(outcome, TaskResponse):
        return claimed.finished("done", freeze({"value": outcome.value}))
    if isinstance(outcome, Screen) and outcome.asked.sought and outcome.asked.sought != claimed.action:
        sought = outcome.asked.sought
        message = f"The background action “{claimed.action}” needs {sought}, which only a person can answer."
        return _failed(claimed, "NameError", message, message, (sought,))
    return claimed.finished("done", freeze({"value": None}))


def _failed(claimed: Claimed, kind: str, message: str, trace: str, sought: tuple[str, ...]) -> FinishedTask:
    details = {"error_type": kind, "error_message": message, "error_trace": trace, "variables": list(sought)}
    state: EndState = "failed"
    return claimed.finished(state, freeze(details), kind)


class _PersonVisit:
    """One attempt of a person's visit, from loading to saving."""

    def __init__(self, visits: Visits, load: Callable[[], Loaded], request: Request) -> None:
        self.visits = visits
        self.load = load
        self.loaded = load()
        if request.interview != self.loaded.interview:
            raise SessionNotFound
        self.request = replace(request, session=self.loaded.session_id)
        self.program = visits.programs.get(self.loaded.interview)

    @property
    def asked(self) -> Asked:
        return self.loaded.extra if isinstance(self.loaded.extra, Asked) else Asked(block="")

    def do(self, deed: Deed) -> Visited:
        if isinstance(deed, (Submit, GoBack)) and (not deed.token or deed.token != self.asked.token):
            return replace(self.show({}), notice=STALE)
        match deed:
            case Show(url_args):
                return self.show(url_args)
            case Submit(posted):
                return self.submit(posted)
            case GoBack():
                return self.go_back()
            case Act(action, arguments):
                return self.act(action, arguments)

    # --- the deeds -------------------------------------------------------------------------------------------------

    def show(self, url_args: Mapping[str, Any]) -> Visited:
        before = _stored_form(self.loaded.answers)
        evaluation = self.evaluation()
        if url_args:
            self.loaded.answers["url_args"].update(url_args)
            note_typed(evaluation, dict(url_args))
        outcome = self.assemble(evaluation, new_step=False)
        asked = self.asked_by(outcome)
        changed = asked is not self.asked or before != _stored_form(evaluation.answers)
        return self.end(evaluation, outcome, asked, new_step=False, save=changed)

    def submit(self, posted: Mapping[str, Any]) -> Visited:
        evaluation = self.evaluation()
        try:
            outcome = submit(evaluation, self.asked, posted)
        except Mistakes as mistakes:
            return self.show_mistakes(mistakes)
        if outcome is not None and not isinstance(outcome, Refresh):
            return self.end(evaluation, outcome, self.asked, new_step=False, save=False)
        outcome = self.assemble(evaluation, new_step=True)
        return self.end(evaluation, outcome, self.new_asked(outcome), new_step=True)

    def show_mistakes(self, mistakes: Mistakes) -> Visited:
        """The same screen with what was typed and what is wrong. Nothing of it is saved."""
        self.loaded = self.load()
        evaluation = self.evaluation()
        evaluation.retyped = mistakes.fields
        evaluation.form_error = mistakes.form
        outcome = self.assemble(evaluation, new_step=False)
        asked = self.asked_by(outcome)
        return self.end(evaluation, outcome, asked, new_step=False, save=asked is not self.asked)

    def go_back(self) -> Visited:
        previous = self.visits.store.sessions.load_previous(self.loaded) if self.back_allowed() else None
        if previous is None:
            return self.show({})
        self.loaded = previous
        evaluation = self.evaluation()
        if previous.discarded:
            evaluation.internal["discarded"] = _values_of(self.asked, previous.discarded)
        outcome = self.assemble(evaluation, new_step=False)
        return self.end(evaluation, outcome, self.new_asked(outcome), new_step=False)

    def act(self, action: str, arguments: Mapping[str, Any]) -> Visited:
        self.request = replace(self.request, action=action, arguments=arguments)
        evaluation = self.evaluation()
        note_typed(evaluation, dict(arguments))
        outcome = self.assemble(evaluation, new_step=True)
        return self.end(evaluation, outcome, self.new_asked(outcome), new_step=True)

    def restart(self) -> Visited:
        """From the beginning, with the arguments of the address with which it began."""
        kept = self.loaded.answers.get("url_args", {})
        self.visits.store.sessions.restart(self.loaded, new_answers(dict(kept)), Asked(block=""), multi_user=False)
        self.loaded = self.load()
        return self.show(kept)

    # --- evaluating and saving ---------------------------------------------------------------------------------------

    def evaluation(self) -> Evaluation:
        visits = self.visits
        self.host = VisitHost(
            visits.store, visits.programs.sources, visits.settings, self.request, self.program.source, self.loaded
        )
        evaluation = Evaluation(self.program, self.loaded.answers, self.host, self.request)
        evaluation.internal["steps"] = self.loaded.step
        return evaluation

    def assemble(self, evaluation: Evaluation, *, new_step: bool) -> Outcome:
        """The outcome; in between, the answers are saved as often as the interview waits for what that sets off."""
        if new_step:
            evaluation.internal["steps"] = self.loaded.step + 1
        while True:
            try:
                outcome = evaluation.assemble()
            except SaveFirst:
                unfinished = replace(self.asked, token=secrets.token_urlsafe(9))
                self.save(evaluation, unfinished, new_step=new_step and self.loaded.step + 1 == evaluation.internal["steps"])
                continue
            if not evaluation.embedded_answer_followed:
                evaluation.internal["answers"].clear()
            return outcome

    def end(self, evaluation: Evaluation, outcome: Outcome, asked: Asked, *, new_step: bool, save: bool = True) -> Visited:
        """Save what is to be saved, and give what is to be shown."""
        if isinstance(outcome, Exit):
            return self.leave(outcome)
        if isinstance(outcome, Screen):
            outcome = replace(outcome, asked=asked)
        status = evaluation.save_status
        if status != "ignore" and (save or self.host.new_tasks):
            saved_already = self.loaded.step >= evaluation.internal["steps"]
            is_new = new_step and status != "overwrite" and isinstance(outcome, Screen) and not saved_already
            if not is_new:
                evaluation.internal["steps"] = self.loaded.step
            self.save(evaluation, asked, new_step=is_new)
        return Visited(outcome, self.loaded.session_id, self.loaded.interview, self.back_allowed(), program=self.program)

    def save(self, evaluation: Evaluation, asked: Asked, *, new_step: bool) -> None:
        answers = evaluation.answers
        tasks = list(self.host.new_tasks)
        self.loaded = self.visits.store.sessions.save(
            self.loaded,
            answers,
            asked,
            new_step=new_step,
            person_access=True,
            tasks=tasks,
            title=self.program.title,
            multi_user=answers.get("multi_user") is True,
            allow_cron=answers.get("allow_cron") is True,
            cron_events=self.program.cron_events,
            steps_offset=evaluation.internal["steps_offset"],
        )
        self.host.saved()
        for task in tasks:
            self.visits.broker.wake(task.id)

    def leave(self, way_out: Exit) -> Visited:
        """Out of the session, or back to its beginning."""
        if way_out.kind == "restart":
            return self.restart()
        if way_out.kind in _KINDS_OF_END:
            self.visits.store.sessions.delete(self.loaded)
        return Visited(way_out, self.loaded.session_id, self.loaded.interview, program=self.program)

    # --- pages -----------------------------------------------------------------------------------------------------

    def back_allowed(self) -> bool:
        return self.asked.back and self.loaded.step - self.loaded.steps_offset > 1

    def asked_by(self, outcome: Outcome) -> Asked:
        """What the screen asks; the very object of the step if that is the same, so that open pages stay valid."""
        if not isinstance(outcome, Screen):
            return self.asked
        known = self.asked
        return known if known.token and replace(outcome.asked, token=known.token) == known else self.new_asked(outcome)

    def new_asked(self, outcome: Outcome) -> Asked:
        asked = outcome.asked if isinstance(outcome, Screen) else self.asked
        return replace(asked, token=secrets.token_urlsafe(9))


def _stored_form(answers: Mapping[str, Any]) -> bytes | None:
    """What would be stored of the answers, without what changes with every request; None if they can't be stored."""
    kept = {key: value for key, value in answers.items() if key != "__builtins__" and not isinstance(value, _NOT_STORED)}
    kept["_internal"] = {key: value for key, value in answers["_internal"].items() if key not in ("tracker", "steps")}
    try:
        return pickle.dumps(kept)
    except (pickle.PicklingError, TypeError, AttributeError):
        # saving them says which one it is
        return None


_NOT_STORED = (type, ModuleType, FunctionType, BuiltinFunctionType)


def _values_of(asked: Asked, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What had been answered to a screen, in answers that were made from it."""
    names = [item.variable for item in asked.fields]
    found = {name: value_if_there(name, answers) for name in names}
    return {name: value for name, value in found.items() if value is not None}
