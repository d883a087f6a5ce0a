"""What an evaluation ends with: frozen values that know nothing of a browser.

All texts whose name ends in `html` are safe HTML made by `markup`; the others are plain text, to be escaped by whoever
shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ChoiceView:
    """One thing to choose from. `key` is what a form posts; the value behind it stays on the server."""

    key: str
    label_html: str
    label: str
    selected: bool = False
    help_html: str = ""
    color: str = ""
    css_class: str = ""
    # "none": none of the above, "all": all of the above, "": an ordinary choice
    special: str = ""
    # where a picture of it is
    image_url: str = ""


@dataclass(frozen=True)
class Condition:
    """When a field can be answered, judged by what another control of the form posts.

    `effect` says what the condition does where it holds: "show", "hide", "enable" or "disable". It holds if `control`
    posts one of `texts`, or, when `negated`, none of them; never if that control can't be answered itself. Without a
    `control` only the browser can tell: there a script decides.
    """

    effect: str
    control: str = ""
    texts: tuple[str, ...] = ()
    negated: bool = False


#: The widths of a window from which on things stand side by side, by the names that authors use; "xs" is any width.
BREAKPOINTS = ("xs", "sm", "md", "lg", "xl", "xxl")


@dataclass(frozen=True)
class GridPlace:
    """A place among twelve columns, in a window that is wide enough for the `breakpoint`; else it takes all of them.

    `label_width` columns before it are the label's, 0: the label stands above. `starts` and `ends`: a row of its own
    begins with it, or ends with it.
    """

    width: int = 12
    label_width: int = 0
    offset: int = 0
    breakpoint: str = "md"
    starts: bool = False
    ends: bool = False


@dataclass(frozen=True)
class Layout:
    """How a field is laid out: its place beside others, that of each of its choices, and a label within the control."""

    grid: GridPlace | None = None
    items: GridPlace | None = None
    floating: bool = False


STACKED = Layout()


@dataclass(frozen=True)
class KeptFile:
    """A file that was sent with a form and needn't be sent again. `ticket` is what the form carries for it."""

    ticket: str
    number: int
    name: str
    extension: str
    mimetype: str
    # for people
    size: str


@dataclass(frozen=True)
class FieldView:
    """One field as a screen shows it; `name` is the name of its control.

    `kind` says which control: "input", "textarea", "select", "radio", "checkboxes", "checkbox", "range", "hidden", "file",
    "signature", "note", "html" or "raw html" (these three only show `label_html`, the last one without anything around it).
    `input_type` is the type of an <input>.
    `value` is the text in the control as the browser wants it (a date as 2026-05-04).
    """

    name: str
    kind: str
    datatype: str
    variable: str = ""
    input_type: str = "text"
    label_html: str = ""
    label: str = ""
    no_label: bool = False
    value: str = ""
    checked: bool = False
    choices: tuple[ChoiceView, ...] = ()
    # for radio buttons: "yesnowide" and the like are shown as wide buttons
    wide: bool = False
    inline: bool = False
    required: bool = True
    hint: str = ""
    help_html: str = ""
    under_html: str = ""
    prefix: str = ""
    # files that the control has already
    kept: tuple[KeptFile, ...] = ()
    # HTML attributes that a browser checks: min, max, step, minlength, maxlength, rows, autocomplete, inputmode
    attributes: Mapping[str, str] = field(default_factory=dict)
    css_class: str = ""
    disabled: bool = False
    # what is wrong with what was typed
    error: str = ""
    condition: Condition | None = None
    # the JavaScript expression of a condition that only the browser can judge
    script: str = ""
    # whether the condition keeps it from sight as long as nobody changes anything
    absent: bool = False
    # the item of a list to which it belongs, where a screen asks about several
    item: int | None = None
    # the controls that can't be answered while something is entered in this one
    disables: tuple[str, ...] = ()
    layout: Layout = STACKED


@dataclass(frozen=True)
class ItemView:
    """One item of a list on a screen that asks about all of them; `label_html` belongs to the place where it stands."""

    number: int
    label_html: str
    shown: bool
    may_be_removed: bool


@dataclass(frozen=True)
class CollectedView:
    """A list on a screen: its items as they stand there, those that aren't shown yet last. "" is no way to add one."""

    group: str
    items: tuple[ItemView, ...]
    add_label: str
    reorders: bool


@dataclass(frozen=True)
class ButtonView:
    """One button. `name` and `value` are what it posts; a button with a `url` is a link."""

    label_html: str
    label: str
    name: str = ""
    value: str = ""
    url: str = ""
    color: str = "primary"
    help_html: str = ""
    css_class: str = ""
    # a link that stands before the buttons of the question
    before: bool = False


@dataclass(frozen=True)
class AskedField:
    """What a screen asked for: the contract that a post is held to. It is stored with the step.

    `options` is what the datatype needs to check and convert the text (limits, messages); `choices` maps what is
    posted to the value that it stands for.
    """

    variable: str
    datatype: str
    label: str = ""
    required: bool = True
    choices: Mapping[str, Any] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    # whether the block has a `validate` for this field; the number is the field's place in the block
    number: int = 0
    validated: bool = False
    # choices that a check-in put in place of the block's own: (value, label) of each
    given: tuple[tuple[Any, str], ...] | None = None
    condition: Condition | None = None
    # the name of its control, where that isn't made of the variable's name
    control: str = ""
    # the item of a list to which it belongs, where the screen asks about several
    item: int | None = None
    # the controls that can't be answered while something is entered in this one
    disables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Collected:
    """A list about whose items a screen asks all at once.

    `present` items are there; `items` are the numbers of all that the page has, further ones too, and `shown` those that
    are seen at first, in their order. The list never gets fewer than `least`. When the screen `is_final`, it is known
    afterwards that there is no other item.
    """

    group: str
    iterator: str
    present: int
    items: tuple[int, ...] = ()
    shown: tuple[int, ...] = ()
    least: int = 0
    may_append: bool = True
    may_delete: bool = True
    may_reorder: bool = False
    is_final: bool = True

    def may_remove(self, number: int) -> bool:
        """Whether the item can be taken away by the person."""
        return number >= self.least and (self.may_delete or number >= self.present)


@dataclass(frozen=True)
class Press:
    """What pressing a button means.

    `kind` is "value" (set the variable to `value`), "embedded" (follow the block inside the choice number `value`), or
    "restart", "new_session", "exit", "leave", "logout", "exit_logout", "continue", "refresh", "signin", "register", "url".
    """

    kind: str
    value: Any = None
    url: str = ""


@dataclass(frozen=True)
class Asked:
    """All that a screen asked for."""

    block: str
    # the variable or event that was sought when the screen came up
    sought: str = ""
    fields: tuple[AskedField, ...] = ()
    # x, i, j … at the time the screen was made: name -> expression that gives it
    iterators: Mapping[str, str] = field(default_factory=dict)
    # a variable that pressing Continue sets to True
    continue_variable: str = ""
    # what the buttons (or the choices of a question without a variable) mean: posted key -> meaning
    presses: Mapping[str, Press] = field(default_factory=dict)
    # the name of the control that posts the key, and the variable that is set
    press_name: str = ""
    press_variable: str = ""
    # whether the person may go back from here
    back: bool = True
    # the action that the page runs from time to time while the person is on it
    check_in: str = ""
    collected: Collected | None = None
    # the names of the groups for whose sake it asks
    gathering: tuple[str, ...] = ()
    # made when the step is made; a page that carries another one is out of date
    token: str = ""

    @property
    def asks_something(self) -> bool:
        """Whether answering it sets a variable."""
        return bool(self.fields or self.continue_variable or self.press_variable)


@dataclass(frozen=True)
class DocumentFile:
    """A file to download: `label` says of which kind it is, `use` what such files are good for."""

    extension: str
    label: str
    use: str
    # where a browser shows it, if it can, and where it saves it
    url: str
    download_url: str


@dataclass(frozen=True)
class DocumentView:
    """A document that a screen offers. `problem` says why there are no files."""

    name_html: str
    name: str
    description_html: str = ""
    files: tuple[DocumentFile, ...] = ()
    preview_html: str = ""
    # what developers see: the text it was made of
    markdown: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Letter:
    """An e-mail with the documents of a screen. `numbers` are those of the files that are sent, `all_numbers` if those that
    are for changes are sent too."""

    subject: str
    text: str
    html: str
    numbers: tuple[int, ...]
    all_numbers: tuple[int, ...]


@dataclass(frozen=True)
class EmailedDocuments:
    """What is said of an e-mail with documents; `task` is what sends it, empty when it is over."""

    text: str
    task: str = ""


@dataclass(frozen=True)
class DocumentEmails:
    """A form for sending documents by e-mail. Where there is a choice, `editable` says whether all files go with it."""

    label: str
    letter: Letter
    address: str = ""
    editable: bool = False
    sent: tuple[EmailedDocuments, ...] = ()
    # what is wrong with what was entered
    error: str = ""

    @property
    def has_choice(self) -> bool:
        """Whether files that are for changes can be left out."""
        return self.letter.numbers != self.letter.all_numbers

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks of what is on its way."""
        return tuple(item.task for item in self.sent if item.task)


@dataclass(frozen=True)
class Documents:
    """The documents of a screen; `notice` says whether it is said that they have been made for the person."""

    views: tuple[DocumentView, ...] = ()
    notice: bool = True
    # ways to download all of them at once
    archives: tuple[DocumentFile, ...] = ()
    emailing: DocumentEmails | None = None
    # why they can't be sent by e-mail, where the author has promised it
    problem: str = ""


@dataclass(frozen=True)
class ReviewItem:
    """Something that a person can look at again.

    With `text_html` it has a button that leads on, otherwise its label is a link. A "note" or "html" only shows its text.
    """

    kind: str = "item"
    text_html: str = ""
    label_html: str = ""
    url: str = ""
    help_html: str = ""
    # stands beside it
    note_html: str = ""
    color: str = ""
    css_class: str = ""


@dataclass(frozen=True)
class Review:
    """What a `review` screen shows; as a table, if there is a `table_class` for it."""

    items: tuple[ReviewItem, ...] = ()
    table_class: str = ""


@dataclass(frozen=True)
class NavigationItem:
    """A section in the bar; `past` says whether the person has been there. Without a `url` it leads nowhere."""

    label: str
    url: str = ""
    current: bool = False
    past: bool = False
    subsections: tuple[NavigationItem, ...] = ()


@dataclass(frozen=True)
class Navigation:
    """The sections beside a screen, or above it. `small` is what narrow pages have: "bar", "dropdown" or nothing."""

    items: tuple[NavigationItem, ...]
    horizontal: bool = False
    small: str = "bar"


@dataclass(frozen=True)
class Screen:
    """A screen for a person."""

    asked: Asked
    question_html: str
    question: str
    subquestion_html: str = ""
    under_html: str = ""
    right_html: str = ""
    # images beside the question, and whom to thank for the images of the screen
    decoration_html: str = ""
    attribution_html: str = ""
    pre_html: str = ""
    post_html: str = ""
    # scripts and styles of the question, as HTML
    script_html: str = ""
    css_html: str = ""
    # players above the question
    player_html: str = ""
    help_html: str = ""
    # what the bar calls the help
    help_label: str = ""
    # whether some of the help is about this very question
    helps_question: bool = False
    # a button for the help inside the question; empty: there is none
    help_button: str = ""
    fields: tuple[FieldView, ...] = ()
    # the list to whose items the fields belong
    collected: CollectedView | None = None
    # "continue": one button that sends the form; "yesno"/"buttons": `buttons` are the answers; "none": nothing can be sent
    button_style: str = "continue"
    buttons: tuple[ButtonView, ...] = ()
    # what can be looked at again
    review: Review | None = None
    # the sections of the interview
    navigation: Navigation | None = None
    # how far the interview has got, from 0 to 100; None: that isn't shown
    progress: float | None = None
    # entries of the menu that the interview adds: (label, address), both plain text
    menu: tuple[tuple[str, str], ...] = ()
    # additional links (action buttons)
    links: tuple[ButtonView, ...] = ()
    documents: Documents | None = None
    continue_label_html: str = ""
    continue_color: str = "primary"
    back_label_html: str = ""
    # a Back button inside the question, beside that of the navigation bar
    question_back: bool = False
    # seconds until the page loads again; 0: never
    reload: float = 0.0
    css_class: str = ""
    id: str = ""
    title: str = ""
    short_title: str = ""
    subtitle: str = ""
    title_url: str = ""
    exit_label: str = ""
    logo_html: str = ""
    language: str = "en"
    dark_logo_html: str = ""
    # messages to show above the screen: (text, "success", "info", "warning" or "danger")
    flashes: tuple[tuple[str, str], ...] = ()
    # what is wrong with the form as a whole
    error: str = ""
    # what developers see: the block's source and where it is
    source: str = ""
    source_place: str = ""
    # parts of the page that have no member here: "tab title", "corner back button label" and
    # "exit link" are plain text;
    # "navigation bar html", "submit" and "footer" are HTML
    parts: Mapping[str, str] = field(default_factory=dict)
    # keys of `features` that say how a page looks, e.g. "centered", "labels above fields"
    features: Mapping[str, Any] = field(default_factory=dict)

    # whether `error` and the fields' errors come from a post
    @property
    def has_errors(self) -> bool:
        """Whether something that was posted has to be mended."""
        return bool(self.error) or any(item.error for item in self.fields)

    @property
    def has_mistakes(self) -> bool:
        """`has_errors`, or the same of the form for sending documents."""
        emailing = self.documents.emailing if self.documents else None
        return self.has_errors or bool(emailing and emailing.error)


@dataclass(frozen=True)
class Response:
    """A raw answer: `response()` and its family."""

    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200


@dataclass(frozen=True)
class Redirect:
    """Send the browser to another address."""

    url: str


@dataclass(frozen=True)
class Exit:
    """Leave the session. `kind` is "exit" (delete), "leave" (keep), "logout", "restart" (begin anew), "new_session"."""

    kind: str
    url: str = ""


@dataclass(frozen=True)
class Refresh:
    """Show the screen again."""


@dataclass(frozen=True)
class Wait:
    """Ask again after so many seconds: something that the interview waits for takes its time.

    `question` and `subquestion` are what the author has to say of it, in Markdown; empty: the usual.
    """

    seconds: float
    question: str = ""
    subquestion: str = ""


@dataclass(frozen=True)
class TaskResponse:
    """`background_response()`: a task's value, and what is to become of it on the screen if that was said there."""

    value: Any = None
    mode: str | None = None


@dataclass(frozen=True)
class TaskAction:
    """`background_response_action()`: an action that is to change the answers on behalf of a task."""

    action: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """What became of a file that a page sent ahead of its form: it was kept, or why it wasn't."""

    kept: KeptFile | None
    error: str = ""


Outcome = Screen | Sent | Response | Redirect | Exit | Refresh | Wait | TaskResponse | TaskAction
