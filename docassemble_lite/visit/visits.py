"""Visits: lock the session, load it, run the interview, save, tell the workers.

The lock keeps visits from colliding; the version that every save compares keeps the answers right. A visit that finds
that somebody else saved first runs again on the fresh answers.
"""

from __future__ import annotations

import pickle
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from docassemble_lite.engine.check_in import Filling, begin, filling, known_parameters, without_given
from docassemble_lite.engine.document_emails import order_email
from docassemble_lite.engine.evaluation import Evaluation
from docassemble_lite.engine.expressions import place_of_frame
from docassemble_lite.engine.fields.datatype import FieldError
from docassemble_lite.engine.functions.variables import all_variables
from docassemble_lite.engine.going_back import note_discarded
from docassemble_lite.engine.internal import new_answers
from docassemble_lite.engine.leaving import ENDING, address_after
from docassemble_lite.engine.program import Program
from docassemble_lite.engine.screen import Asked, Exit, Outcome, Refresh, Screen, Sent, TaskAction, TaskResponse, Wait
from docassemble_lite.engine.session_tags import session_tags_to_save
from docassemble_lite.engine.starting import COME_BACK
from docassemble_lite.engine.steering import SaveFirst
from docassemble_lite.engine.submission import Mistakes, keep_ahead, note_typed, submit
from docassemble_lite.engine.suggestions import is_suggested
from docassemble_lite.engine.uploads import Upload
from docassemble_lite.engine.waiting import waiting_screen
from docassemble_lite.errors import EvaluationError, SavedByAnother, SessionNotFound
from docassemble_lite.host import Request, TaskState, entered
from docassemble_lite.logs import note_about
from docassemble_lite.mail import Outbox
from docassemble_lite.store.freezer import LEFT_OUT
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.visit.asked import asked_of, keep_page, kept_page
from docassemble_lite.visit.changes import notices_of_changes, take_notices
from docassemble_lite.visit.deeds import Act, CheckIn, Deed, EmailDocuments, GoBack, Leave, Send, Show, Submit
from docassemble_lite.visit.emailing_documents import addressed, mistaken, too_often
from docassemble_lite.visit.host import VisitHost
from docassemble_lite.visit.leaving_emails import outbox_of
from docassemble_lite.visit.limits import TimeIsUp, limited, saving
from docassemble_lite.visit.surroundings import Surroundings

T = TypeVar("T")

#: How often a visit runs again because somebody else saved first.
RERUNS = 3
#: How often an action asked for by a link may hand on to another one.
_MOST_ACTIONS = 10
STALE = "stale"


@dataclass(frozen=True)
class Visited:
    """How a visit ended. `notice` is "stale" when the page that was answered was out of date.

    `tasks` says of the tasks that the interview looked at how they stood; `has_news` is whether the browser may have to be
    told of a task's end, `has_open_tasks` whether there are tasks that aren't over.
    """

    outcome: Outcome
    session: str
    interview: str
    back_allowed: bool = False
    notice: str = ""
    program: Program | None = None
    tasks: Mapping[str, TaskState] = field(default_factory=dict)
    has_news: bool = False
    has_open_tasks: bool = False
    # of a way out: the arguments of the address with which the session began
    url_args: Mapping[str, Any] = field(default_factory=dict)
    # what failed, where the interview's `error action` answered in its place
    error: EvaluationError | None = None
    # how far the e-mails of the session were, if the interview asked for them
    emails_seen: str = ""
    # of a check-in: what is to be filled into the page's controls
    filling: Filling | None = None


@dataclass(frozen=True)
class Variables:
    """What the scripts of a page may know of a session: its answers as plain data, and what it is."""

    variables: Mapping[str, Any]
    interview: str
    session: str
    encrypted: bool
    steps: int


class Visits:
    """All visits of persons to one process."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.store = surroundings.store
        self.programs = surroundings.programs
        self.settings = surroundings.settings

    def begin(self, interview: str, secret: bytes, request: Request, url_args: Mapping[str, Any]) -> Visited:
        """Begin a session, which `secret` opens from now on, and show its first screen."""
        session_id = self.create(interview, secret, url_args, request.person.id)
        try:
            return self.visit(session_id, secret, request, Show(url_args))
        except EvaluationError:
            # nobody has answered anything yet, and an interview that can't begin leaves no session behind
            self.store.sessions.delete(self.store.sessions.peek(session_id))
            raise

    def create(self, interview: str, secret: bytes, url_args: Mapping[str, Any], owner_id: int | None = None) -> str:
        """A new session whose first screen nobody has seen yet, of the person with that number; its id."""
        program = self.programs.get(interview)
        answers = new_answers(dict(url_args))
        made = self.store.sessions.create(program.name, secret, answers, Asked(block=""), title=program.title, owner_id=owner_id)
        return made.session_id

    def restart(self, session_id: str, secret: bytes, interview: str, url_args: Mapping[str, Any]) -> None:
        """Put a session of the interview back to its beginning, under the same id. Raises `SessionNotFound`."""

        def work() -> None:
            loaded = self.store.sessions.load(session_id, secret)
            if loaded.interview != interview:
                raise SessionNotFound
            self.store.sessions.restart(loaded, new_answers(dict(url_args)), Asked(block=""), multi_user=False)

        self._protected(session_id, work)

    def visit(self, session_id: str, secret: bytes | None, request: Request, deed: Deed) -> Visited:
        """Do something in a session.

        Raises `SessionNotFound`, `AnswersTampered`, `NotAsked`, `EvaluationError`, and `SavedByAnother` when others
        kept saving first. Nothing is saved then.
        """

        note_about(session=session_id, interview=request.interview)

        def load() -> Loaded:
            return self.store.sessions.load(session_id, secret)

        with outbox_of(self.surroundings, session_id) as outbox:

            def work() -> Visited:
                return self._limited(request.interview, lambda: PersonVisit(self.surroundings, load, request, outbox).do(deed))

            return work() if isinstance(deed, Act) and deed.read_only else self._protected(session_id, work)

    def variables(self, session_id: str, secret: bytes, request: Request) -> Variables | None:
        """The answers of a session as plain data, unless its interview has forbidden it. Raises `SessionNotFound`."""

        def load() -> Loaded:
            return self.store.sessions.load(session_id, secret)

        return self._limited(request.interview, lambda: PersonVisit(self.surroundings, load, request).variables())

    def _limited(self, interview: str, work: Callable[[], T]) -> T:
        return within_limit(self.surroundings, interview, self.settings.time_limit, work)

    def _protected(self, session_id: str, work: Callable[[], T]) -> T:
        with self.store.locks.hold(session_id, self.settings.concurrency_lock_timeout):
            for _ in range(RERUNS):
                try:
                    return work()
                except SavedByAnother:
                    continue
            return work()


def within_limit(surroundings: Surroundings, interview: str, seconds: float, work: Callable[[], T]) -> T:
    """What the work gives, if that takes no more than so many seconds (0: any); else an `EvaluationError` with its place."""
    try:
        return limited(seconds, work)
    except TimeIsUp as over:
        raise _took_too_long(surroundings.programs.get(interview), over, seconds) from None


def _took_too_long(program: Program, over: TimeIsUp, seconds: float) -> EvaluationError:
    error = EvaluationError(
        f"The code took more than {seconds:g} seconds and was stopped. Nothing was saved.",
        hint="Let what takes long run in the background: background_action().",
        cause_name="TooLong",
    )
    place = place_of_frame(over.frame)
    if place is not None:
        error.source, error.line = place
        error.path = program.path_of(place[0])
    return error


class PersonVisit:
    """One attempt of a person's visit, from loading to saving."""

    # whether somebody is there, which is written down
    by_person = True

    def __init__(
        self, surroundings: Surroundings, load: Callable[[], Loaded], request: Request, outbox: Outbox | None = None
    ) -> None:
        self.surroundings = surroundings
        self.outbox = outbox or Outbox(surroundings.settings.mail)
        self.load = load
        self.loaded = load()
        if request.interview != self.loaded.interview:
            raise SessionNotFound
        self.request = replace(request, session=self.loaded.session_id)
        self.program = surroundings.programs.get(self.loaded.interview)
        self.has_news = self.loaded.has_news
        self.has_open_tasks = self.loaded.has_open_tasks
        # whether nothing is to be saved
        self.glancing = False
        self.restarted = False

    @property
    def asked(self) -> Asked:
        """What the page of this browser asks."""
        return asked_of(self.loaded, self.request.browser)

    def do(self, deed: Deed) -> Visited:
        """Do what the person comes for. Should the interview fail, its `error action` answers in its place."""
        if isinstance(deed, CheckIn):
            return self.check_in(deed)
        try:
            return self.done(deed)
        except EvaluationError as error:
            if not self.by_person or not self.program.error_action:
                raise
            return self.act_on_error(error, new_step=not isinstance(deed, Show))

    def done(self, deed: Deed) -> Visited:
        if isinstance(deed, (Submit, Send, EmailDocuments, GoBack)) and not self.is_current(deed):
            return replace(self.show({}), notice=STALE)
        match deed:
            case Show(url_args, glance):
                return self.show(url_args, glance=glance)
            case Submit(posted, _, uploads):
                return self.submit(posted, uploads)
            case Send(control, upload):
                return self.send(control, upload)
            case EmailDocuments():
                return self.email_documents(deed)
            case GoBack():
                return self.go_back()
            case Act(action, arguments, read_only):
                return self.act(action, arguments, read_only=read_only)
            case Leave(kind, url):
                return self.leave(self.evaluation(), Exit(kind, url))
        raise TypeError(f"Nothing can be done about {deed!r}.")

    def act_on_error(self, error: EvaluationError, *, new_step: bool) -> Visited:
        """Run the `error action` on the answers as they are stored. What fails in it is told as usual."""
        told = {"error_message": error.message, "error_history": None, "error_trace": error.trace or str(error)}
        self.loaded = self.load()
        self.request = replace(self.request, action=self.program.error_action, arguments=told, own_action=True)
        evaluation = self.evaluation()
        # what Python says of a mistake often quotes an answer
        note_typed(evaluation, {key: text for key, text in told.items() if text})
        evaluation, outcome = self.followed(evaluation, lambda current: self.assemble(current, new_step=new_step))
        asked = self.new_asked(outcome) if isinstance(outcome, (Screen, Wait)) else self.asked
        return replace(self.end(evaluation, outcome, asked, new_step=new_step), error=error)

    def is_current(self, deed: Submit | Send | EmailDocuments | GoBack) -> bool:
        """Whether the page that is answered is the newest of its browser, and what it asks is still to be asked."""
        if not deed.token or deed.token != self.asked.token:
            return False
        kept = kept_page(self.loaded, self.request.browser)
        if kept is None or kept.step == self.loaded.step:
            return True
        return not isinstance(deed, GoBack) and self.is_still_asked(kept.asked)

    def is_still_asked(self, asked: Asked) -> bool:
        """Whether the person would see the same page, although somebody else has gone on in the meantime."""
        self.glancing = True
        evaluation = self.evaluation(given=asked)
        self.host.only_looks = True
        outcome = self.assemble(evaluation, new_step=False)
        self.glancing = False
        seen, self.loaded = self.loaded.version, self.load()
        if self.loaded.version != seen:
            raise SavedByAnother
        return isinstance(outcome, Screen) and replace(outcome.asked, token=asked.token) == asked

    # --- the deeds -------------------------------------------------------------------------------------------------

    def show(self, url_args: Mapping[str, Any], *, glance: bool = False) -> Visited:
        self.glancing = glance
        before = _stored_form(self.loaded.answers)
        evaluation = self.evaluation(given=self.asked)
        self.host.only_looks = glance
        evaluation.messages += take_notices(evaluation.internal)
        if url_args:
            self.loaded.answers["url_args"].update(url_args)
            note_typed(evaluation, dict(url_args))
        outcome = self.assemble(evaluation, new_step=False)
        asked = self.asked_by(outcome)
        changed = asked is not self.asked or before != _stored_form(evaluation.answers)
        if glance:
            evaluation.save_status = "ignore"
        return self.end(evaluation, outcome, asked, new_step=False, save=changed)

    def send(self, control: str, upload: Upload) -> Visited:
        """Keep a file; the answers stay as they are. What is wrong with it is told in the outcome."""
        try:
            outcome: Sent = Sent(keep_ahead(self.evaluation(), self.asked, control, upload))
        except FieldError as error:
            outcome = Sent(None, error.message)
        return Visited(outcome, self.loaded.session_id, self.loaded.interview)

    def email_documents(self, deed: EmailDocuments) -> Visited:
        """Have the documents of the screen sent; what is wrong is told in its form. The page stays valid."""
        evaluation = self.evaluation(given=self.asked)
        screen = self.assemble(evaluation, new_step=False)
        form = screen.documents.emailing if isinstance(screen, Screen) and screen.documents else None
        if not isinstance(screen, Screen) or form is None:
            return replace(self.show({}), notice=STALE)
        with entered(evaluation.current):
            address = addressed(deed)
            error = address if isinstance(address, str) else too_often(self.surroundings.store.attempts, self.request)
            if isinstance(address, str) or error:
                outcome = mistaken(screen, form, deed, error)
                return self.end(evaluation, outcome, self.asked, new_step=False, save=False)
            order_email(evaluation, screen.asked.block, form, address, editable=deed.editable)
        return self.end(evaluation, screen, self.asked, new_step=False)

    def submit(self, posted: Mapping[str, Any], uploads: Mapping[str, Sequence[Upload]]) -> Visited:
        evaluation = self.evaluation()
        try:
            outcome = submit(evaluation, self.asked, posted, uploads)
        except Mistakes as mistakes:
            return self.show_mistakes(mistakes)
        if outcome is not None and not isinstance(outcome, Refresh):
            return self.end(evaluation, outcome, self.asked, new_step=False, save=False)
        evaluation.messages += notices_of_changes(evaluation.internal, self.asked) + take_notices(evaluation.internal)
        outcome = self.assemble(evaluation, new_step=True)
        return self.end(evaluation, outcome, self.new_asked(outcome), new_step=True)

    def show_mistakes(self, mistakes: Mistakes) -> Visited:
        """The same screen with what was typed and what is wrong. Nothing of it is saved."""
        self.loaded = self.load()
        evaluation = self.evaluation(given=self.asked)
        evaluation.retyped = mistakes.fields
        evaluation.form_error = mistakes.form
        evaluation.arrangement = mistakes.arrangement
        outcome = self.assemble(evaluation, new_step=False)
        asked = self.asked_by(outcome)
        return self.end(evaluation, outcome, asked, new_step=False, save=asked is not self.asked)

    def go_back(self) -> Visited:
        previous = self.surroundings.store.sessions.load_previous(self.loaded) if self.back_allowed() else None
        if previous is None:
            return self.show({})
        self.loaded = previous
        evaluation = self.evaluation(given=self.asked)
        if previous.discarded:
            note_discarded(evaluation, self.asked, previous.discarded)
            evaluation.messages += take_notices(previous.discarded["_internal"])
        outcome = self.assemble(evaluation, new_step=False)
        return self.end(evaluation, outcome, self.new_asked(outcome), new_step=False)

    def act(self, action: str, arguments: Mapping[str, Any], *, read_only: bool) -> Visited:
        self.glancing = read_only
        self.request = replace(self.request, action=action, arguments=arguments, own_action=self.suggests(action))
        evaluation = self.evaluation()
        note_typed(evaluation, dict(arguments))
        evaluation, outcome = self.followed(evaluation, lambda current: self.assemble(current, new_step=True))
        if read_only:
            evaluation.save_status = "ignore"
            outcome = Refresh() if isinstance(outcome, Exit) else outcome
        # the page whose script called an action that answers by itself stays valid
        asked = self.new_asked(outcome) if isinstance(outcome, (Screen, Wait)) else self.asked
        return self.end(evaluation, outcome, asked, new_step=True)

    def variables(self) -> Variables | None:
        evaluation = self.evaluation()
        allowed = evaluation.internal.get("status", {}).get("variable_access") is not False
        if not allowed and not self.surroundings.settings.debug:
            return None
        with entered(evaluation.current):
            answers = all_variables()
        loaded = self.loaded
        return Variables(answers, loaded.interview, loaded.session_id, not loaded.multi_user, loaded.step)

    def suggests(self, action: str) -> bool:
        """Whether the action says what can be typed into a field of the screen."""
        return any(is_suggested(item) and item.options["action"] == action for item in self.asked.fields)

    def followed(self, evaluation: Evaluation, assemble: Callable[[Evaluation], Outcome]) -> tuple[Evaluation, Outcome]:
        """The evaluation with which an action ends that may hand on to others, and its outcome.

        As for a task, an action that follows sees nothing of what the one before changed.
        """
        outcome = assemble(evaluation)
        for _ in range(_MOST_ACTIONS):
            if not isinstance(outcome, TaskAction):
                break
            self.loaded = self.load()
            self.request = replace(self.request, action=outcome.action, arguments=outcome.arguments, own_action=True)
            typed, evaluation = evaluation.typed, self.evaluation()
            # what it is given may have been typed
            evaluation.typed.update(typed)
            outcome = assemble(evaluation)
        return evaluation, outcome

    def check_in(self, deed: CheckIn) -> Visited:
        """Run the screen's own action, and save what it changes over the current step. The page stays valid."""
        asked = self.asked
        if not deed.token or deed.token != asked.token or not asked.check_in:
            return replace(self.checked_in(Refresh()), notice=STALE)
        parameters = known_parameters(asked, deed.parameters)
        self.request = replace(self.request, action=asked.check_in, arguments=parameters, own_action=True)
        before = _stored_form(self.loaded.answers)
        evaluation = self.evaluation()
        known = set(evaluation.typed)
        note_typed(evaluation, dict(self.request.arguments))

        def assemble(current: Evaluation) -> Outcome:
            begin(current, asked, initial=deed.initial, changed=deed.changed)
            return self.assemble(current, new_step=False, asked=asked)

        evaluation, outcome = self.followed(evaluation, assemble)
        return self.save_check_in(evaluation, outcome, asked, before, known)

    def save_check_in(
        self, evaluation: Evaluation, outcome: Outcome, asked: Asked, before: bytes | None, known: set[str]
    ) -> Visited:
        """Save what a check-in has changed in the answers, and in what the screen asks; `known` had been typed before it."""
        filled: Filling | None = None
        if isinstance(outcome, TaskResponse) and outcome.mode == "fields":
            filled, asked = filling(asked, outcome.value)
        elif isinstance(outcome, Refresh) or (isinstance(outcome, TaskResponse) and outcome.mode == "refresh"):
            asked = without_given(asked)
        # what was typed matters only where it has got into the answers
        typed, evaluation.internal["typed"] = evaluation.typed, known
        changed = before != _stored_form(evaluation.answers)
        evaluation.internal["typed"] = typed
        if evaluation.save_status != "ignore" and (changed or asked != self.asked or self.host.new_tasks):
            self.save(evaluation, asked, new_step=False)
        return replace(self.checked_in(outcome), filling=filled)

    def checked_in(self, outcome: Outcome) -> Visited:
        session, interview = self.loaded.session_id, self.loaded.interview
        return Visited(outcome, session, interview, has_news=self.has_news, has_open_tasks=self.has_open_tasks)

    def restart(self) -> Visited:
        """From the beginning, with the arguments of the address with which it began."""
        if self.restarted:
            hint = "Let command('restart') depend on an answer."
            raise EvaluationError("The interview restarts as soon as it has begun.", hint=hint)
        self.restarted = True
        # an action isn't carried out again
        self.request = replace(self.request, action=None, arguments={}, own_action=False)
        kept = self.loaded.answers.get("url_args", {})
        self.surroundings.store.sessions.restart(self.loaded, new_answers(dict(kept)), Asked(block=""), multi_user=False)
        self.loaded = self.load()
        return self.show(kept)

    # --- evaluating and saving ---------------------------------------------------------------------------------------

    def evaluation(self, *, given: Asked | None = None) -> Evaluation:
        """A fresh evaluation; with `given`, of the same screen, whose choices may have come from a check-in."""
        self.host = VisitHost(self.surroundings, self.request, self.program.source, self.loaded, self.outbox)
        evaluation = Evaluation(self.program, self.loaded.answers, self.host, self.request)
        evaluation.internal["steps"] = self.loaded.step
        if given is not None:
            evaluation.given = {item.variable: item.given for item in given.fields if item.given is not None}
        return evaluation

    def assemble(self, evaluation: Evaluation, *, new_step: bool, asked: Asked | None = None) -> Outcome:
        """The outcome; in between, the answers are saved as often as the interview waits for what that sets off.

        `asked` is what the page on which the person is asks, if it stays valid.
        """
        if new_step:
            evaluation.internal["steps"] = self.loaded.step + 1
        while True:
            try:
                outcome = evaluation.assemble()
            except SaveFirst:
                if self.glancing:
                    return Wait(COME_BACK)
                unfinished = asked or replace(self.asked, token=secrets.token_urlsafe(9))
                self.save(evaluation, unfinished, new_step=new_step and self.loaded.step + 1 == evaluation.internal["steps"])
                continue
            if not evaluation.embedded_answer_followed:
                evaluation.internal["answers"].clear()
            return outcome

    def end(self, evaluation: Evaluation, outcome: Outcome, asked: Asked, *, new_step: bool, save: bool = True) -> Visited:
        """Save what is to be saved, and give what is to be shown."""
        if isinstance(outcome, Exit):
            return self.leave(evaluation, outcome)
        if isinstance(outcome, Screen):
            outcome = replace(outcome, asked=asked)
        if isinstance(outcome, Wait):
            outcome = waiting_screen(evaluation, outcome, asked)
        if isinstance(outcome, Screen) and outcome.reload:
            # what was started just now is what it waits for, even if nobody has looked at it yet
            self.host.seen.update({task.id: "waiting" for task in self.host.new_tasks})
        status = evaluation.save_status
        if status != "ignore" and (save or self.host.new_tasks):
            saved_already = self.loaded.step >= evaluation.internal["steps"]
            is_new = new_step and status != "overwrite" and isinstance(outcome, Screen) and not saved_already
            if not is_new:
                evaluation.internal["steps"] = self.loaded.step
            self.save(evaluation, asked, new_step=is_new)
        elif self.by_person and not self.glancing:
            self.surroundings.store.sessions.note_person_access(self.loaded.session_id, self.request.person.id)
        return Visited(
            outcome,
            self.loaded.session_id,
            self.loaded.interview,
            self.back_allowed(),
            program=self.program,
            tasks=self.host.seen,
            has_news=self.has_news,
            has_open_tasks=self.has_open_tasks,
            emails_seen=self.host.emails_seen,
        )

    def save(self, evaluation: Evaluation, asked: Asked, *, new_step: bool) -> None:
        answers = evaluation.answers
        tasks = list(self.host.new_tasks)
        keep_page(answers, self.request.browser, asked, self.loaded.step + new_step)
        with saving():
            self.loaded = self.surroundings.store.sessions.save(
                self.loaded,
                answers,
                asked,
                new_step=new_step,
                person_access=self.by_person,
                user_id=self.request.person.id,
                tasks=tasks,
                **columns_of(evaluation),
            )
        self.host.saved()
        self.has_news = self.has_news or any(task.mode for task in tasks)
        self.has_open_tasks = self.has_open_tasks or bool(tasks)
        for task in tasks:
            self.surroundings.broker.wake(task.id)

    def leave(self, evaluation: Evaluation, way_out: Exit) -> Visited:
        """Out of the session, or back to its beginning."""
        if way_out.kind == "restart":
            return self.restart()
        way_out = replace(way_out, url=address_after(evaluation, way_out))
        if way_out.kind in ENDING:
            self.surroundings.store.sessions.delete(self.loaded)
        began_with = self.loaded.answers.get("url_args", {})
        return Visited(way_out, self.loaded.session_id, self.loaded.interview, program=self.program, url_args=began_with)

    # --- pages -----------------------------------------------------------------------------------------------------

    def back_allowed(self) -> bool:
        return self.asked.back and self.loaded.step - self.loaded.steps_offset > 1

    def asked_by(self, outcome: Outcome) -> Asked:
        """What the screen asks; the very object of the step if that is the same, so that open pages stay valid."""
        if isinstance(outcome, Wait) and self.asked.block:
            return self.new_asked(outcome)
        if not isinstance(outcome, Screen):
            return self.asked
        known = self.asked
        return known if known.token and replace(outcome.asked, token=known.token) == known else self.new_asked(outcome)

    def new_asked(self, outcome: Outcome) -> Asked:
        asked = Asked(block="") if isinstance(outcome, Wait) else self.asked
        return replace(outcome.asked if isinstance(outcome, Screen) else asked, token=secrets.token_urlsafe(9))


def columns_of(evaluation: Evaluation) -> dict[str, Any]:
    """What is saved of an evaluation beside its answers, as `Sessions.save` takes it."""
    answers, program = evaluation.answers, evaluation.program
    return {
        "title": program.title,
        "multi_user": answers.get("multi_user") is True,
        "allow_cron": answers.get("allow_cron") is True,
        "steps_offset": evaluation.internal["steps_offset"],
        "tags": session_tags_to_save(evaluation),
    }


def _stored_form(answers: Mapping[str, Any]) -> bytes | None:
    """What would be stored of the answers, without what changes with every request; None if they can't be stored."""
    kept = {key: value for key, value in answers.items() if key != "__builtins__" and not isinstance(value, LEFT_OUT)}
    kept["_internal"] = {key: value for key, value in answers["_internal"].items() if key not in ("tracker", "steps")}
    try:
        return pickle.dumps(kept)
    except (pickle.PicklingError, TypeError, AttributeError):
        # saving them says which one it is
        return None
