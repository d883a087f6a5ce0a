"""Interviews in memory: a YAML text, a person who answers, and a host whose tasks run when they are told to.

Between two requests the answers go through the freezer, as they do in a real session.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from textwrap import dedent
from typing import Any, BinaryIO

import pytest

from docassemble_lite.clock import now
from docassemble_lite.emails import Delivery, Email
from docassemble_lite.engine.evaluation import Evaluation
from docassemble_lite.engine.going_back import note_discarded
from docassemble_lite.engine.internal import new_answers
from docassemble_lite.engine.program import Program, Programs, build
from docassemble_lite.engine.screen import Asked, Exit, FieldView, Outcome, Screen, TaskAction, TaskResponse, Wait
from docassemble_lite.engine.source import Sources
from docassemble_lite.engine.steering import SaveFirst
from docassemble_lite.engine.submission import Mistakes, note_typed, submit
from docassemble_lite.engine.uploads import Upload
from docassemble_lite.errors import AnswersTampered, AuthorError, EvaluationError, NoSuchFile, SourceError
from docassemble_lite.host import (
    FileAccess,
    FileInfo,
    Interface,
    InterviewEntry,
    KnownPerson,
    Person,
    PersonAccess,
    Request,
    SessionMoments,
    TaskReport,
)
from docassemble_lite.store.freezer import freeze, thaw
from docassemble_lite.store.small_redis import SmallRedis
from docassemble_lite.visit.addresses import uploaded_file_address

_FOLDER = Path(tempfile.mkdtemp(prefix="dal-interviews-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


@dataclass
class Task:
    """What `background_action()` asked for, and how it stands."""

    id: str
    action: str
    arguments: Mapping[str, Any]
    mode: str | None
    report: TaskReport = field(default_factory=lambda: TaskReport("waiting"))
    error_action: tuple[str, dict[str, Any]] | None = None


class KnownInMemory:
    """People with accounts, by their ids, who can only be looked for."""

    def __init__(self) -> None:
        self.emails = {1: "ada@example.com", 2: "ben@example.com"}

    def find(self, user_id: int | None, email: str | None) -> KnownPerson | None:
        for known_id, known_email in self.emails.items():
            if known_id == user_id or (user_id is None and known_email == email):
                return KnownPerson(Person(id=known_id, email=known_email), active=True)
        return None

    def privileges(self) -> Sequence[str]:
        return ("admin", "developer", "user")


def _all_of(content: BinaryIO) -> bytes:
    content.seek(0)
    return content.read()


class HostInMemory:
    """A host without a world: addresses are plain texts, tasks wait in a list."""

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        self.settings = dict(settings or {})
        self.tasks: list[Task] = []
        # how many of the tasks belong to saved answers
        self.saved = 0
        self.messages: list[tuple[str, str]] = []
        # the task that is running
        self.running: Task | None = None
        # e-mails that were sent, and the account that each was to be sent by
        self.emails: list[tuple[Email, str | None]] = []
        self.delivery = Delivery("sent", id="<1@test>")
        # (base, task) → how often it was performed
        self.performed: dict[tuple[str, str], int] = {}
        self.moments = SessionMoments(began=now(), saved=now(), person_there=now())
        self.people: list[PersonAccess] = []
        self.listed: list[InterviewEntry] = []
        # number → (name, content, mimetype)
        self.files: dict[int, tuple[str, bytes, str]] = {}
        # number → who may see it, if it isn't the session alone
        self.file_accesses: dict[int, FileAccess] = {}
        self.known = KnownInMemory()
        # bytes that all of them may have
        self.room = 10_000_000

    def action_url(self, action: str, arguments: Mapping[str, Any], *, with_session: bool, forget_prior: bool) -> str:
        pairs = "&".join(f"{name}={value}" for name, value in arguments.items())
        marks = ("session:" if with_session else "") + ("priority:" if forget_prior else "")
        return f"action:{marks}{action}?{pairs}"

    def interview_url(self, interview: str | None, arguments: Mapping[str, Any]) -> str:
        return f"interview:{interview or ''}?{'&'.join(f'{name}={value}' for name, value in arguments.items())}"

    def page_url(self, page: str, arguments: Mapping[str, Any]) -> str:
        return f"page:{page}"

    def start_task(self, action: str, arguments: Mapping[str, Any], mode: str | None) -> str:
        self.tasks.append(Task(f"task{len(self.tasks)}", action, dict(arguments), mode))
        return self.tasks[-1].id

    def _task(self, task_id: str) -> Task:
        return next(task for task in self.tasks if task.id == task_id)

    def task(self, task_id: str) -> TaskReport:
        return self._task(task_id).report

    def wait_for_task(self, task_id: str) -> TaskReport:
        if self._task(task_id) in self.tasks[self.saved :]:
            raise SaveFirst
        return self.task(task_id)

    def note_error_action(self, action: str, arguments: Mapping[str, Any]) -> None:
        assert self.running, "background_error_action() outside of a task"
        self.running.error_action = (action, dict(arguments))

    def revoke_task(self, task_id: str, *, terminate: bool) -> None:
        self._task(task_id).report = TaskReport("revoked")

    def make_file(self, name: str, content: bytes | BinaryIO, mimetype: str, like: int | None = None) -> int:
        number = len(self.files) + 1
        self.files[number] = (name, content if isinstance(content, bytes) else _all_of(content), mimetype)
        if like in self.file_accesses:
            self.file_accesses[number] = self.file_accesses[like]
        return number

    def open_file(self, number: int) -> BinaryIO:
        return BytesIO(self.read_file(number))

    def file_access(self, number: int) -> FileAccess:
        self._file(number)
        return self.file_accesses.get(number, FileAccess())

    def set_file_access(self, number: int, access: FileAccess) -> int:
        self._file(number)
        self.file_accesses[number] = access
        return number

    def accounts(self) -> Any:
        return self.known

    def read_file(self, number: int) -> bytes:
        return self._file(number)[1]

    def file_info(self, number: int) -> FileInfo:
        name, content, mimetype = self._file(number)
        return FileInfo(number, name, name.rpartition(".")[2].lower(), mimetype, len(content))

    def _file(self, number: int) -> tuple[str, bytes, str]:
        if number not in self.files:
            raise NoSuchFile
        return self.files[number]

    def room_for_files(self) -> int:
        return self.room - sum(len(content) for _, content, _ in self.files.values())

    def static_file(self, reference: str) -> Path | None:
        return None

    def file_url(
        self, number: int, extension: str, *, attachment: bool, external: bool, page: int | None = None, size: str = "page"
    ) -> str:
        root = "http://localhost" if external else ""
        return root + uploaded_file_address(number, extension, attachment=attachment, page=page, size=size)

    def temporary_file_url(self, number: int, extension: str, *, attachment: bool, seconds: float) -> str:
        return f"http://localhost/temporary-file/{number}.{extension}?seconds={seconds:g}{'&attachment=1' if attachment else ''}"

    def archive_url(self, numbers: Sequence[int], name: str) -> str:
        return f"/uploadedfiles/{name}?{'&'.join(f'file={number}' for number in numbers)}"

    def sends_emails(self) -> bool:
        return bool(self.setting("mail", True))

    def send_email(self, email: Email, account: str | None) -> Delivery:
        if (email, account) in self.emails:
            return replace(self.delivery, again=True)
        self.emails.append((email, account))
        return self.delivery

    def times_performed(self, task: str, base: str) -> int:
        return self.performed.get((base, task), 0)

    def set_times_performed(self, task: str, base: str, times: int | None) -> None:
        self.performed[base, task] = self.times_performed(task, base) + 1 if times is None else times

    def session_moments(self) -> SessionMoments:
        return self.moments

    def accesses(self) -> Sequence[PersonAccess]:
        return self.people

    def interviews(self) -> Sequence[InterviewEntry]:
        return self.listed

    def redis(self) -> Any:
        return SmallRedis(_FOLDER / "redis.sqlite3")

    def packed(self, value: Any, key: str) -> bytes:
        frozen = freeze({key: value})
        return sha256(frozen).digest() + frozen

    def unpacked(self, kept: bytes, key: str) -> Any:
        digest, frozen = kept[:32], kept[32:]
        if sha256(frozen).digest() != digest or key not in thaw(frozen)[0]:
            raise AnswersTampered
        return thaw(frozen)[0][key]

    def setting(self, name: str, default: Any = None) -> Any:
        return self.settings.get(name, default)

    def log(self, message: str, level: str = "info") -> None:
        self.messages.append((message, level))


@dataclass
class Interview:
    """A session. `screen` is what the person sees, `answers` what has been answered, `outcome` how the last request ended."""

    program: Program
    person: Person = field(default_factory=Person)
    settings: Mapping[str, Any] = field(default_factory=dict)
    url_args: Mapping[str, Any] = field(default_factory=dict)
    browser: str = "test"
    interface: Interface = "test"
    steps: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.host: HostInMemory = HostInMemory(self.settings)
        self.steps.append(freeze(new_answers(dict(self.url_args))))
        self.show()

    # --- what a person does ------------------------------------------------------------------------------------------

    def show(self) -> Interview:
        """See the screen again."""
        self._evaluate(new_step=False)
        return self

    def answer(self, *pressed: Any, **values: Any) -> Interview:
        """Answer the screen: by the label of a button or choice, by values of fields, or by a mapping of variables to values.

        Fields that aren't mentioned post what they show.
        """
        named = [item for item in pressed if isinstance(item, Mapping)]
        labels = [item for item in pressed if not isinstance(item, Mapping)]
        return self.post(self.form(*labels, **{key: value for item in [*named, values] for key, value in item.items()}))

    def form(self, *labels: Any, **values: Any) -> dict[str, list[str]]:
        """What a browser posts for this screen."""
        screen = self.screen
        posted: dict[str, list[str]] = {}
        for view in screen.fields:
            if view.name and not view.disabled:
                value = values.pop(view.variable) if view.variable in values else None
                texts = _shown(view) if value is None else _texts(view, value)
                posted.update({view.name: texts} if texts else {})
        assert not values, f"The screen “{screen.question}” doesn't ask for {', '.join(values)}."
        for label in labels:
            posted.update(_pressed(screen, label))
        return posted

    def post(self, posted: Mapping[str, Any], uploads: Mapping[str, Sequence[Upload]] | None = None) -> Interview:
        """Post a form just as it is, with files by their controls."""
        evaluation = self._begin()
        try:
            # what was asked is stored together with the answers, so that its objects are theirs
            outcome = submit(evaluation, self._asked_now, posted, uploads or {})
        except Mistakes as mistakes:
            self._evaluate(new_step=False, mistakes=mistakes)
            return self
        if outcome is not None:
            self.outcome = outcome
            return self
        self._finish(evaluation, new_step=True)
        return self

    def act(self, action: str, /, **arguments: Any) -> Interview:
        """Follow a link that carries out an action."""
        evaluation = self._begin(action, arguments)
        note_typed(evaluation, arguments)
        self._finish(evaluation, new_step=True)
        return self

    def back(self) -> Interview:
        """Press the Back button."""
        later = thaw(self.steps.pop())[0]
        evaluation = self._begin()
        note_discarded(evaluation, self._asked, later)
        self._finish(evaluation, new_step=False)
        return self

    @property
    def _asked(self) -> Asked:
        """What the screen of the newest step asked for."""
        return thaw(self.steps[-1])[1] or Asked(block="")

    # --- what there is -----------------------------------------------------------------------------------------------

    @property
    def screen(self) -> Screen:
        assert isinstance(self.outcome, Screen), f"This is no screen: {self.outcome}"
        return self.outcome

    @property
    def question(self) -> str:
        return self.screen.question

    @property
    def answers(self) -> dict[str, Any]:
        """The answers as they are saved, without `_internal`."""
        return {name: value for name, value in thaw(self.steps[-1])[0].items() if name not in ("_internal", "url_args")}

    @property
    def internal(self) -> dict[str, Any]:
        return thaw(self.steps[-1])[0]["_internal"]

    @property
    def variables(self) -> list[str]:
        """The variables that the screen asks for."""
        return [item.variable for item in self.screen.asked.fields]

    @property
    def labels(self) -> list[str]:
        """The labels of the buttons, or of the choices where there are no buttons."""
        choices = [choice.label for view in self.screen.fields for choice in view.choices if choice.key]
        return [button.label for button in self.screen.buttons] or choices

    def field(self, variable: str) -> FieldView:
        return next(view for view in self.screen.fields if view.variable == variable)

    # --- tasks -------------------------------------------------------------------------------------------------------

    @property
    def tasks(self) -> list[Task]:
        return self.host.tasks

    def run_tasks(self) -> Interview:
        """Run what waits; what a task changes in its answers is thrown away, what its response changes is saved."""
        for task in self.host.tasks:
            if task.report.state == "waiting":
                task.report = self._report(task)
        return self

    def _report(self, task: Task) -> TaskReport:
        try:
            outcome = self._run(task, task.action, task.arguments)
            if isinstance(outcome, TaskAction):
                outcome = self._run(task, outcome.action, outcome.arguments, save=True)
        except EvaluationError as error:
            details = {"error_type": error.cause_name, "error_message": error.cause_message}
            return TaskReport("failed", result=self._handled(task, error), **details)
        return TaskReport("done", result=outcome.value if isinstance(outcome, TaskResponse) else None)

    def _handled(self, task: Task, error: EvaluationError) -> Any:
        if task.error_action is None:
            return None
        action, arguments = task.error_action
        more = {"error_type": error.cause_name, "error_message": error.cause_message, "error_trace": error.trace}
        outcome = self._run(task, action, {**arguments, **more, "variables": list(error.sought)}, save=True)
        return outcome.value if isinstance(outcome, TaskResponse) else None

    def _run(self, task: Task, action: str, arguments: Mapping[str, Any], *, save: bool = False) -> Outcome:
        request = Request(
            interface="worker",
            person=self.person,
            browser=task.id,
            action=action,
            arguments=arguments,
            task_mode=task.mode,
        )
        answers, asked = thaw(self.steps[-1])
        self.host.running = task
        outcome = Evaluation(self.program, answers, self.host, request).assemble()
        if save:
            self.steps[-1] = freeze(answers, asked)
        return outcome

    # --- requests ----------------------------------------------------------------------------------------------------

    def _begin(self, action: str | None = None, arguments: Mapping[str, Any] | None = None) -> Evaluation:
        request = Request(
            interface=self.interface, person=self.person, browser=self.browser, action=action, arguments=dict(arguments or {})
        )
        answers, asked = thaw(self.steps[-1])
        self._asked_now = asked or Asked(block="")
        self.evaluation = Evaluation(self.program, answers, self.host, request)
        self.evaluation.internal["steps"] = len(self.steps)
        return self.evaluation

    def _evaluate(self, *, new_step: bool, mistakes: Mistakes | None = None) -> None:
        evaluation = self._begin()
        if mistakes is not None:
            evaluation.retyped, evaluation.form_error = mistakes.fields, mistakes.form
            evaluation.arrangement = mistakes.arrangement
        self._finish(evaluation, new_step=new_step)

    def _finish(self, evaluation: Evaluation, *, new_step: bool) -> None:
        evaluation.internal["steps"] += new_step
        while True:
            try:
                self.outcome: Outcome = evaluation.assemble()
                break
            except SaveFirst:
                self.host.saved = len(self.host.tasks)
                self.run_tasks()
        if not evaluation.embedded_answer_followed:
            evaluation.internal["answers"].clear()
        if isinstance(self.outcome, Exit) or evaluation.save_status == "ignore":
            return
        asked = Asked(block="") if isinstance(self.outcome, Wait) else self._asked
        frozen = freeze(evaluation.answers, self.outcome.asked if isinstance(self.outcome, Screen) else asked)
        self.host.saved = len(self.host.tasks)
        if new_step and evaluation.save_status != "overwrite":
            self.steps.append(frozen)
        else:
            self.steps[-1] = frozen


def _shown(view: FieldView) -> list[str]:
    """What a control posts when nobody touches it."""
    if view.kind == "checkbox":
        return [view.value] if view.checked else []
    if view.kind in ("select", "radio", "checkboxes"):
        return [choice.key for choice in view.choices if choice.selected]
    if view.kind == "file":
        return [item.ticket for item in view.kept]
    return [view.value]


def _texts(view: FieldView, value: Any) -> list[str]:
    values = value if isinstance(value, (list, tuple)) else [value]
    keys = {choice.label: choice.key for choice in view.choices} | {choice.key: choice.key for choice in view.choices}
    return [keys.get(str(item), str(item)) for item in values]


def _pressed(screen: Screen, label: Any) -> dict[str, list[str]]:
    for button in screen.buttons:
        if button.label == str(label):
            return {button.name: [button.value]}
    for view in screen.fields:
        for choice in view.choices:
            if choice.label == str(label):
                return {view.name: [choice.key]}
    raise AssertionError(f"The screen “{screen.question}” has no button or choice “{label}”.")


# --- making them -----------------------------------------------------------------------------------------------------


def folder_of(files: Mapping[str, str]) -> Path:
    """A folder with these files: name → text, whose indentation as a whole is taken away."""
    folder = Path(tempfile.mkdtemp(dir=_FOLDER))
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            (folder / name).write_bytes(text)
        else:
            (folder / name).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return folder


def program(text: str, **files: str) -> Program:
    """The text as a compiled interview `test.yml`; `files` (with `_yml` for `.yml`) lie beside it."""
    beside = {name.replace("_yml", ".yml"): content for name, content in files.items()}
    return build("test.yml", Sources(folder_of({"test.yml": text, **beside})))


def interview(text: str, *, person: Person | None = None, settings: Mapping[str, Any] | None = None, **files: str) -> Interview:
    """A session of the interview that the text is, at its first screen."""
    return Interview(program(text, **files), person or Person(), settings or {})


def programs(**files: str) -> tuple[Programs, Path]:
    """The programs of a folder with these files, and the folder."""
    folder = folder_of({name.replace("_yml", ".yml"): content for name, content in files.items()})
    return Programs(Sources(folder)), folder


def source_mistake(text: str, **files: str) -> SourceError:
    """The mistake for which the text can't be compiled."""
    with pytest.raises(SourceError) as caught:
        program(text, **files)
    return caught.value


def failure(text: str, **files: str) -> AuthorError:
    """The error with which an interview fails before its first screen."""
    with pytest.raises(AuthorError) as caught:
        interview(text, **files)
    return caught.value
