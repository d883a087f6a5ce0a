"""The pages that aren't screens of an interview, as the frozen values that their templates read."""

from __future__ import annotations

from dataclasses import dataclass

from docassemble_lite.errors import AuthorError, EvaluationError

# lines of the source that are shown before and after the one to blame
_CONTEXT = 3


@dataclass(frozen=True)
class InterviewCard:
    """An interview on the list. `problem` says why it can't be started, `place` where that is in its source."""

    name: str
    title: str
    start_url: str = ""
    description: str = ""
    problem: str = ""
    place: str = ""


@dataclass(frozen=True)
class SourceLine:
    """A line of an interview's source; `to_blame` marks the one that an error points at."""

    number: int
    text: str
    to_blame: bool = False


@dataclass(frozen=True)
class SourceReport:
    """An author's error as developers see it. `sought` are the names that were being sought, most recent first."""

    message: str
    source: str = ""
    line: int | None = None
    lines: tuple[SourceLine, ...] = ()
    hint: str = ""
    trace: str = ""
    sought: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: AuthorError) -> SourceReport:
        """The report of an error, with the lines around the one to blame where the file can be read."""
        evaluation = error if isinstance(error, EvaluationError) else None
        return cls(
            message=error.message,
            source=error.source or "",
            line=error.line,
            lines=_lines_around(error),
            hint=error.hint or "",
            trace=evaluation.trace if evaluation else "",
            sought=evaluation.sought if evaluation else (),
        )


@dataclass(frozen=True)
class ErrorPage:
    """What went wrong and what to do. `text` is what anybody may know; `report` is for developers alone."""

    title: str
    text: str
    advice: str = ""
    retry_url: str = ""
    report: SourceReport | None = None


@dataclass(frozen=True)
class TypedAnswer:
    """What a person typed into a field, to be shown again."""

    label: str
    text: str


@dataclass(frozen=True)
class ConflictPage:
    """A post that could not be saved, kept so that it can be sent again.

    `typed` is shown, `posted` are the names and values that are sent, beside the CSRF token. Empty `title` and `text`
    mean the usual ones of a session that another window is saving. Whoever has to sign in first does at `sign_in_url`.
    """

    typed: tuple[TypedAnswer, ...] = ()
    posted: tuple[tuple[str, str], ...] = ()
    title: str = ""
    text: str = ""
    sign_in_url: str = ""


@dataclass(frozen=True)
class SignInPage:
    """The form for signing in. `next` is where the person goes on afterwards, a path; empty: the first page."""

    email: str = ""
    next: str = ""
    error: str = ""
    # where one can register, and what to do about a forgotten password; empty: that isn't offered
    register_url: str = ""
    forgotten_url: str = ""


@dataclass(frozen=True)
class FormField:
    """A control of a form that isn't one of an interview. `kind` is "select", "checkbox", or a type of <input>."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    required: bool = False
    hint: str = ""
    error: str = ""
    # what a browser may fill in
    autocomplete: str = "off"
    longest: int = 250
    # of a list: (value, label)
    choices: tuple[tuple[str, str], ...] = ()
    checked: bool = False
    # shown, and not to be changed
    fixed: bool = False
    # what several controls that stand together are about; it stands over the first of them
    group: str = ""


@dataclass(frozen=True)
class PlainForm:
    """A form that isn't one of an interview. `hidden` are names and values that it sends along."""

    id: str
    action_url: str
    button: str
    fields: tuple[FormField, ...] = ()
    title: str = ""
    texts: tuple[str, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    # whether what it does can't be undone
    is_final: bool = False
    # whether it looks for something, and changes nothing
    is_search: bool = False
    # whether it is what the page is for, as those with fields are
    is_main: bool = False


@dataclass(frozen=True)
class FormPage:
    """A page of texts and forms, of an account or of people. `error` is about all of it, those of fields stand there."""

    title: str
    forms: tuple[PlainForm, ...] = ()
    texts: tuple[str, ...] = ()
    error: str = ""
    # what is to be copied from the page: (what it is, the text)
    copied: tuple[str, str] = ("", "")
    # other pages to go on to: (label, address)
    links: tuple[tuple[str, str], ...] = ()

    @property
    def mistakes(self) -> tuple[FormField, ...]:
        """The fields that have to be mended."""
        return tuple(field for form in self.forms for field in form.fields if field.error)


@dataclass(frozen=True)
class CodePage:
    """The page of the recovery code; `code` is there only once, when it is made."""

    code: str = ""
    email: str = ""
    # whether there was one before
    has_code: bool = False
    # interviews of the person that are closed, and that an earlier code may open
    closed: str = ""
    recover_url: str = ""
    next: str = ""
    on_url: str = ""
    error: str = ""


@dataclass(frozen=True)
class PersonRow:
    """A person on the page of them."""

    id: int
    email: str
    name: str
    privileges: str
    active: bool
    created: str
    last_seen: str
    url: str


@dataclass(frozen=True)
class PeoplePage:
    """A page of the list of people. An empty address means that there is no such page."""

    people: tuple[PersonRow, ...]
    number: str
    search: PlainForm
    timezone: str
    links: tuple[tuple[str, str], ...] = ()
    earlier_url: str = ""
    later_url: str = ""


@dataclass(frozen=True)
class TaskRow:
    """A background task on the page of them. Where an address is empty, that can't be done with the task."""

    id: str
    interview: str
    action: str
    # for style sheets, and as people read it
    state: str
    state_label: str
    # when it was ordered, as people read it and as programs do
    ordered: str
    ordered_iso: str
    waited: str
    ran: str
    attempt: int
    error: str = ""
    run_again_url: str = ""
    revoke_url: str = ""


@dataclass(frozen=True)
class TaskFilter:
    """A state by which tasks can be chosen, with how many are in it; an empty `state` is for all."""

    state: str
    label: str
    # such as 12, or 10000+ where not all are counted
    number: str
    url: str
    chosen: bool = False


@dataclass(frozen=True)
class TaskPage:
    """A page of the list of background tasks, the newest first. An empty address means that there is no such page."""

    tasks: tuple[TaskRow, ...]
    filters: tuple[TaskFilter, ...]
    # what a form says besides, so that it leads back to where it was
    state: str
    number: int
    # when this was so, and the time zone of all times
    moment: str
    timezone: str
    refresh_url: str
    newer_url: str = ""
    older_url: str = ""


@dataclass(frozen=True)
class LeadingPage:
    """A page that leads on to another server by itself."""

    url: str


@dataclass(frozen=True)
class InterviewRow:
    """A session on the list of a person's. Where `resume_url` is empty, the person hasn't got its key any more."""

    id: str
    title: str
    interview: str
    tags: tuple[str, ...]
    # as people read it and as programs do
    begun: str
    begun_iso: str
    used: str
    used_iso: str
    is_shared: bool
    is_mine: bool
    resume_url: str
    delete_url: str


@dataclass(frozen=True)
class InterviewPage:
    """A page of a person's sessions, the latest first. An empty address means that there is no such page."""

    rows: tuple[InterviewRow, ...]
    number: int
    # of all times
    timezone: str
    newer_url: str
    older_url: str
    delete_all_url: str
    index_url: str


@dataclass(frozen=True)
class ExitPage:
    """The last page of a session that was left. Empty texts mean the usual ones."""

    title: str = ""
    text: str = ""
    start_url: str = ""


def _lines_around(error: AuthorError) -> tuple[SourceLine, ...]:
    if error.path is None or error.line is None or not error.path.is_file():
        return ()
    lines = error.path.read_text(encoding="utf-8", errors="replace").splitlines()
    first = max(1, error.line - _CONTEXT)
    shown = lines[first - 1 : error.line + _CONTEXT]
    return tuple(SourceLine(number, text, number == error.line) for number, text in enumerate(shown, first))
