"""One attempt of a background task, from its action to its end in the store.

What the action changes in the answers is thrown away. `background_response_action()`, or the error action when something
fails, then changes the newest answers: that change and the end of the task are one transaction.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError

from docassemble_lite.engine.evaluation import Evaluation
from docassemble_lite.engine.program import Program
from docassemble_lite.engine.screen import Exit, Outcome, Response, Screen, TaskAction, TaskResponse
from docassemble_lite.engine.steering import SaveFirst
from docassemble_lite.errors import (
    AnswersNotStorable,
    AnswersTampered,
    EvaluationError,
    LiteError,
    SavedByAnother,
    SessionNotFound,
    StoreAway,
)
from docassemble_lite.host import Request
from docassemble_lite.mail import Outbox
from docassemble_lite.objects.emails import made_email, outside_texts
from docassemble_lite.store.freezer import freeze, thaw
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.tasks import Claimed, EndState, FinishedTask, LateReport
from docassemble_lite.visit.asked import last_asked
from docassemble_lite.visit.changes import note_changes, plain_values, shown_values
from docassemble_lite.visit.host import ResponseHost, TaskHost, VisitHost, log_of_task, request_on_behalf
from docassemble_lite.visit.limits import TooLong
from docassemble_lite.visit.reading_emails import EmailReader
from docassemble_lite.visit.surroundings import Surroundings
from docassemble_lite.visit.visits import columns_of

log = logging.getLogger(__name__)

T = TypeVar("T")

#: `with limit(seconds):` ends the code inside with `TooLong` when its time is up, or with `Stopped` when it isn't wanted.
Limit = Callable[[float], AbstractContextManager[None]]

#: The action that an e-mail starts, and what its task was told of it.
INCOMING_EMAIL = "incoming_email"
EMAIL = "email"
#: Seconds that a response waits for whoever is in the session, and pauses before it tries again.
PATIENCE = 30.0
_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
#: How often a response may hand on to another action.
_MOST_ACTIONS = 10


class Stopped(BaseException):
    """The task was revoked or taken over by somebody else. No `Exception`, so that an author's code doesn't catch it."""


@dataclass(frozen=True)
class Failure:
    """Why a task failed, as interviews learn it."""

    error_type: str
    message: str
    trace: str = ""
    # the names that were being sought, most recent first
    variables: tuple[str, ...] = ()

    @property
    def details(self) -> dict[str, Any]:
        """The arguments that an error action gets."""
        return {
            "error_type": self.error_type,
            "error_message": self.message,
            "error_trace": self.trace or self.message,
            "variables": list(self.variables),
        }


@dataclass(frozen=True)
class _End:
    """How the task ends: in which state, with what value, and with what to say of its failure."""

    state: EndState = "done"
    value: Any = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def of(self, claimed: Claimed) -> FinishedTask:
        error_type = str(self.details.get("error_type", ""))
        return claimed.finished(self.state, freeze({"value": self.value, **self.details}), error_type)


class TaskRun:
    """An attempt at `claimed`, in this process."""

    def __init__(self, surroundings: Surroundings, claimed: Claimed, limit: Limit) -> None:
        self.surroundings = surroundings
        self.settings = surroundings.settings
        self.claimed = claimed
        self.limit = limit
        self.arguments, self.kept = thaw(claimed.arguments)
        self.error_action: tuple[str, dict[str, Any]] | None = None
        self.at_start: dict[str, Any] = {}
        self.program: Program | None = None
        # texts that the action came upon, and that stay texts wherever its response puts them
        self.from_outside: set[str] = set()
        # its response may run again when somebody else saved first
        self.outbox = Outbox(self.settings.mail)
        # under this name the actions of this task are kept apart from those of people
        self._browser = f"task {claimed.id}"

    # --- from the beginning to the end -----------------------------------------------------------------------------------

    def run(self) -> EndState:
        """Carry out the task; how it ended. Raises `LateReport` when it was taken away, and `Stopped`."""
        try:
            outcome = self._act()
        except _Failed as failed:
            return self.fail(failed.failure)
        if isinstance(outcome, TaskAction):
            return self._respond(outcome.action, outcome.arguments)
        value = outcome.value if isinstance(outcome, TaskResponse) else None
        return self._written(_End(value=value))

    def end_lost(self) -> EndState:
        """Run the error action of a task whose worker is gone, and end it."""
        kept = thaw(self.claimed.error_action)[0] if self.claimed.error_action else None
        if kept is not None:
            self.error_action = (kept["action"], kept["arguments"])
        message = f"The worker that ran the background action “{self.claimed.action}” is gone."
        return self.fail(Failure(self.claimed.cause or "WorkerLost", message))

    def fail(self, failure: Failure) -> EndState:
        """End the task as failed, after its error action if it has one."""
        if self.error_action is None:
            return self._written(_End("failed", details=failure.details))
        action, arguments = self.error_action
        self.error_action = None
        try:
            return self._changing(action, {**arguments, **failure.details}, _End("failed", details=failure.details))
        except _Failed as second:
            log.error('action="error_action_failed" task=%s %s', self.claimed.id, second.failure.error_type)
            return self._written(_End("failed", details=failure.details))

    def _respond(self, action: str, arguments: Mapping[str, Any]) -> EndState:
        try:
            return self._changing(action, arguments, _End())
        except _Failed as failed:
            return self.fail(failed.failure)

    # --- the action ------------------------------------------------------------------------------------------------------

    def _act(self) -> Outcome:
        """Run the action itself. What it changes is gone when this returns."""
        loaded = self._patiently(self._load)
        self.at_start = plain_values(loaded.answers)
        self._take_in_email(loaded)
        request = self._request(loaded, self.claimed.action, self.arguments)
        source = self._program(loaded).source
        host = TaskHost(self.surroundings, request, source, loaded, self.claimed, self._patiently, self.outbox)
        try:
            outcome = self._evaluated(loaded, host, request, self.settings.task_time_limit)
        finally:
            self.error_action = host.error_action
        if isinstance(outcome, Exit):
            raise self._without_response(request, outcome)
        return outcome

    def _take_in_email(self, loaded: Loaded) -> None:
        """Give the action the e-mail that started the task, if it was one."""
        number = self.kept.get(EMAIL) if isinstance(self.kept, dict) else None
        if number is None:
            return
        reader = EmailReader(self.surroundings.store, self.settings, loaded.session_id, loaded.data_key)
        received = self._patiently(lambda: reader.email(number))
        if received is None:
            raise _Failed(Failure("EmailGone", "The interview began anew, and the e-mail is gone."))
        self.from_outside.update(outside_texts(received))
        self.arguments = {**self.arguments, "email": made_email(received, self.settings.zone)}

    def _evaluated(self, loaded: Loaded, host: VisitHost, request: Request, seconds: float) -> Outcome:
        """The outcome of an action that may be a background task's. Raises `_Failed`."""
        evaluation = self.evaluation = Evaluation(self._program(loaded), loaded.answers, host, request)
        evaluation.note_outside(self.from_outside)
        try:
            with self.limit(seconds):
                outcome = evaluation.assemble()
            self.from_outside |= evaluation.typed
        except EvaluationError as error:
            raise _Failed(self._told(request, error)) from error
        except SaveFirst:
            raise _Failed(
                Failure("TaskNotOver", "An action that saves its changes can't wait for a task that it starts.")
            ) from None
        except TooLong:
            message = f"“{request.action}” was stopped because it took more than {seconds:g} seconds."
            log.error('action="task_too_long" task=%s', self.claimed.id)
            raise _Failed(Failure("TooLong", message)) from None
        except (LateReport, StoreAway):
            raise
        except LiteError as error:
            raise _Failed(Failure(type(error).__name__, error.message)) from error
        if isinstance(outcome, (TaskResponse, TaskAction, Response)) or _is_end_of_session(outcome):
            return outcome
        raise self._without_response(request, outcome)

    def _without_response(self, request: Request, outcome: Outcome) -> _Failed:
        failure = _failure_of(request, outcome, self.evaluation)
        shown = self._shown(request)
        sought = " ← ".join(shown if name == request.action else name for name in failure.variables)
        self._log(f"{shown}: {failure.error_type} {sought}")
        return _Failed(failure)

    def _told(self, request: Request, error: EvaluationError) -> Failure:
        # what Python says of a mistake often quotes an answer
        told = error if self.settings.debug else f"{error.source or 'interview'}:{error.line or '?'}: {error.cause_name}"
        self._log(f"{self._shown(request)}: {told}")
        if self.settings.debug and error.trace:
            self._log(error.trace)
        return Failure(error.cause_name, error.cause_message, error.trace or str(error), error.sought)

    def _log(self, message: str) -> None:
        log_of_task(self.claimed, self.surroundings.programs, message, "error")

    def _shown(self, request: Request) -> str:
        """What the log calls the action that was to run."""
        return self.surroundings.programs.known_action(self.claimed.interview, request.action or "")

    def _not_storable(self, error: AnswersNotStorable) -> Failure:
        self._log(error.message)
        return Failure("AnswersNotStorable", error.message)

    # --- what changes the answers ----------------------------------------------------------------------------------------

    def _changing(self, action: str, arguments: Mapping[str, Any], end: _End) -> EndState:
        """Run an action on the newest answers, and save what it changes together with the end of the task."""

        def work() -> EndState:
            with self.surroundings.store.locks.hold(self.claimed.session_id, PATIENCE):
                return self._changed(action, arguments, end)

        return self._patiently(work)

    def _changed(self, action: str, arguments: Mapping[str, Any], end: _End) -> EndState:
        loaded = self._load()
        asked = last_asked(loaded)
        before = {**plain_values(loaded.answers), **shown_values(asked, loaded.answers)}
        request = self._request(loaded, action, arguments)
        host = ResponseHost(self.surroundings, request, self._program(loaded).source, loaded, self.claimed, self.outbox)
        outcome = self._evaluated(loaded, host, request, self.settings.time_limit)
        for _ in range(_MOST_ACTIONS):
            if not isinstance(outcome, TaskAction):
                break
            request = self._request(loaded, outcome.action, outcome.arguments)
            outcome = self._evaluated(loaded, host, request, self.settings.time_limit)
        if isinstance(outcome, Exit):
            # with the session its tasks are gone, so there is no end to be written that would tell
            if not self.surroundings.store.tasks.is_ours(self.claimed):
                raise LateReport
            self.surroundings.store.sessions.delete(loaded)
            return end.state
        value = outcome.value if isinstance(outcome, TaskResponse) else None
        after = {**plain_values(loaded.answers), **shown_values(asked, loaded.answers)}
        note_changes(self.evaluation.internal, asked, self.at_start, before, after)
        self._save(loaded, host, _End(end.state, value, end.details))
        return end.state

    def _save(self, loaded: Loaded, host: VisitHost, end: _End) -> None:
        self.evaluation.internal["event_stack"].pop(self._browser, None)
        tasks = list(host.new_tasks)
        try:
            self.surroundings.store.sessions.save(
                loaded,
                loaded.answers,
                loaded.extra,
                tasks=tasks,
                finish=end.of(self.claimed),
                **columns_of(self.evaluation),
            )
        except AnswersNotStorable as error:
            raise _Failed(self._not_storable(error)) from error
        for task in tasks:
            self.surroundings.broker.wake(task.id)

    # --- the end ---------------------------------------------------------------------------------------------------------

    def _written(self, end: _End) -> EndState:
        """Write an end that changes no answers; however long the store is away, as long as the task is ours."""
        try:
            finished = end.of(self.claimed)
        except AnswersNotStorable as error:
            # what was to be the value
            return self.fail(self._not_storable(error))
        if not self._patiently(lambda: self.surroundings.store.tasks.finish(finished)):
            raise LateReport
        return end.state

    def _patiently(self, work: Callable[[], T]) -> T:
        """What the work gives, once the store is there; a store that is away for a while ends no task."""
        pause = _PAUSE
        while True:
            try:
                return work()
            except (SavedByAnother, OperationalError, StoreAway) as error:
                log.info('action="task_tries_again" task=%s %s', self.claimed.id, type(error).__name__)
                self._require_ours(error)
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _require_ours(self, reason: Exception) -> None:
        """Go on only if the task is still ours, or if that can't be told. Raises `LateReport`."""
        try:
            if not self.surroundings.store.tasks.is_ours(self.claimed):
                raise LateReport from reason
        except OperationalError:
            log.warning('action="store_away" task=%s', self.claimed.id)

    def _load(self) -> Loaded:
        try:
            return self.surroundings.store.sessions.load_with_key(self.claimed.session_id, self.claimed.data_key)
        except SessionNotFound as error:
            # its tasks are gone with it
            raise LateReport from error
        except AnswersTampered as error:
            raise _Failed(Failure("AnswersTampered", error.message)) from error

    def _program(self, loaded: Loaded) -> Program:
        """The interview as it was when the task began: what its author changes meanwhile is for the next one."""
        if self.program is None:
            try:
                self.program = self.surroundings.programs.get(loaded.interview)
            except LiteError as error:
                raise _Failed(Failure(type(error).__name__, error.message)) from error
        return self.program

    def _request(self, loaded: Loaded, action: str, arguments: Mapping[str, Any]) -> Request:
        return request_on_behalf(
            self.kept,
            interview=loaded.interview,
            session=loaded.session_id,
            interface="worker",
            browser=self._browser,
            action=action,
            arguments=arguments,
            task_mode=self.claimed.mode,
        )


class _Failed(Exception):
    """Inside of this module: the action failed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def _is_end_of_session(outcome: Outcome) -> bool:
    return isinstance(outcome, Exit) and outcome.kind in ("exit", "exit_logout")


def _failure_of(request: Request, outcome: Outcome, evaluation: Evaluation) -> Failure:
    if isinstance(outcome, Screen):
        sought = evaluation.sought_at_end or ((outcome.asked.sought,) if outcome.asked.sought else ())
        # what an action seeks is its own name first
        needed = tuple(name for name in sought if name != request.action)
        if needed and outcome.asked.asks_something:
            message = f"“{request.action}” needs {needed[0]}, which only a person can answer."
            return Failure("NameError", message, variables=needed)
        message = f"“{request.action}” came to the screen “{outcome.question}” without background_response()."
        return Failure("NoBackgroundResponse", message, variables=needed or (request.action or "",))
    message = f"“{request.action}” came to its end without background_response()."
    return Failure("NoBackgroundResponse", message, variables=(request.action or "",))
