"""What the templates know of a page beside the screen that it shows.

As in `engine.screen`, a text whose name ends in `html` is safe HTML; every other one is plain text.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from flask import current_app
from markupsafe import Markup

from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.page_files import PageFiles
from docassemble_lite.engine.screen import FieldView, GridPlace, Screen
from docassemble_lite.formats.kinds import SHOWN_PICTURES
from docassemble_lite.language.direction import direction
from docassemble_lite.visit.addresses import uploaded_file_address

# seconds after which a page loads again that waits for a task and isn't told of its end
_RELOAD = 10.0
# milliseconds between two check-ins, whatever an interview wishes: fewer are a burden, and a browser takes more for none
_SHORTEST_INTERVAL = 1000
_LONGEST_INTERVAL = 24 * 60 * 60 * 1000
# what would end a script, or begin a comment around it, in the middle of a string or a regular expression
_SCRIPT_END = re.compile("<(/script|!--)", re.IGNORECASE)
# kinds of fields that only show a text
_TEXT_KINDS = {"note", "html", "raw html"}
# kinds of fields that are a group of controls
# kinds whose label can stand within the control
_FLOATING_KINDS = {"input", "textarea", "select"}
_GROUP_KINDS = {"radio", "checkboxes"}
# what tells one blank field from another → its HTML
_blank_fields: dict[tuple[Any, ...], Markup] = {}
_MOST_FIELDS = 2000
_PLAIN_MEMBERS = tuple(member.name for member in fields(FieldView) if member.name != "attributes")


@dataclass(frozen=True)
class Link:
    """An item of the menu."""

    label: str
    url: str


@dataclass(frozen=True)
class Notice:
    """A message above the screen; `kind` is "success", "info", "warning" or "danger"."""

    text: str
    kind: str = "info"


@dataclass(frozen=True)
class PageContext:
    """What every template needs, whatever it shows. An empty address means that there is nothing to go to."""

    app_name: str = "docassemble_lite"
    language: str = "en"
    # translates a word of the page into its language
    word: Callable[[str], str] = str
    csrf_token: str = ""
    # what allows a script or a style of the page under its Content-Security-Policy
    nonce: str = ""
    interview: str = ""
    session: str = ""
    # where the form is sent, and where a GET shows the current screen
    action_url: str = ""
    # where the form for sending documents by e-mail goes
    email_url: str = ""
    # where a file is sent ahead of its form
    upload_url: str = ""
    # the address of a file: number, extension
    file_url: Callable[[int, str], str] = uploaded_file_address
    shown_pictures: frozenset[str] = SHOWN_PICTURES
    back_allowed: bool = False
    debug: bool = False
    restart_url: str = ""
    exit_url: str = ""
    list_url: str = ""
    # milliseconds between two check-ins of a page that waits; 0: only when it is told to
    checkin_interval: int = 0
    # the tasks that the screen waits for, by their ids, and whether there is a task of whose end the browser is to be told
    awaits: tuple[str, ...] = ()
    # tasks that may bring another screen, although this one doesn't say that it waits
    watches: tuple[str, ...] = ()
    has_news: bool = False
    # messages that came from the background: (text, kind)
    flashes: tuple[tuple[str, str], ...] = ()
    # whether what the screen waits for has failed, so that waiting would be in vain
    stalled: bool = False
    notice: Notice | None = None
    # scripts and styles that the interview brings along, and where jQuery is if it needs that
    files: PageFiles = field(default_factory=PageFiles)
    jquery_url: str = ""
    menu: tuple[Link, ...] = ()
    # where one can sign in; empty: that isn't offered, or somebody is signed in
    sign_in_url: str = ""
    # of who is signed in: the e-mail address, the name (empty: nobody has said it), the number, the pages that are for this
    # person, and where the form for signing out is sent
    email: str = ""
    name: str = ""
    user_id: int | None = None
    account: tuple[Link, ...] = ()
    sign_out_url: str = ""
    # screen parts that `Screen` has no member for, by their names: "tab title", "corner back button label" and "exit link"
    # (what the link Exit does) are plain text; "navigation bar html", "submit" and "footer" are HTML
    parts: Mapping[str, str] = field(default_factory=dict)

    def direction(self, language: str) -> str:
        """In which direction a language is written: "ltr" or "rtl"."""
        return direction(language)

    def waits(self, screen: Screen) -> bool:
        """Whether all that a person can do is to wait."""
        return self.reload_seconds(screen) > 0 and screen.button_style == "none"

    def reload_seconds(self, screen: Screen) -> float:
        """Seconds after which the page loads again by itself; 0: never."""
        if self.stalled:
            return 0.0
        return screen.reload or (_RELOAD if self.awaits else 0.0)

    def interval(self, screen: Screen) -> int:
        """Milliseconds between two check-ins; 0: none as time passes."""
        own = screen.features.get("checkin interval")
        wanted: int = self.checkin_interval if own is None else own
        return min(max(wanted, _SHORTEST_INTERVAL), _LONGEST_INTERVAL) if wanted > 0 else 0

    def tab_title(self, screen: Screen) -> str:
        """The title of the browser's tab while the screen is shown."""
        return self.parts.get("tab title") or screen.title or self.app_name

    def body_classes(self, screen: Screen) -> str:
        """The classes of <body>, for style sheets and test tools."""
        named = [f"question-{_hyphenated(screen.id.lower())}"] if screen.id else []
        return " ".join(["dabody", *named, *screen.css_class.split()])

    def container_classes(self, item: FieldView) -> str:
        """The classes of the element around a field, by which style sheets and test tools know its type."""
        if item.kind in _TEXT_KINDS:
            classes = ["da-field-container", f"da-field-container-{item.kind}"]
        else:
            classes = [
                "da-form-group",
                "da-field-container",
                f"da-field-container-datatype-{_hyphenated(item.datatype)}",
                f"da-field-container-inputtype-{_input_type(item)}",
            ]
        depending = ["dashowif"] if item.condition else []
        return " ".join([*classes, *depending, *_grid_classes(item), *(f"{name}-container" for name in item.css_class.split())])

    def grid_style(self, item: FieldView) -> str:
        """How many columns a field takes and leaves, for the attribute `style` of the element around it."""
        grid = item.layout.grid
        if grid is None:
            return ""
        return f"--da-width: {grid.width}; --da-label-width: {grid.label_width}; --da-offset: {grid.offset}"

    def floats(self, item: FieldView) -> bool:
        """Whether the label is within the control until something is entered."""
        fits = item.kind in _FLOATING_KINDS and not item.prefix
        return item.layout.floating and fits and bool(item.label_html) and not item.no_label

    def shown_fields(self, items: Sequence[FieldView]) -> Markup:
        """Fields as HTML, those that have a place in a grid in rows."""
        shown = Markup("\n").join
        return shown(
            Markup('<div class="da-row">{}</div>').format(shown(map(self.shown_field, row)))
            if row[0].layout.grid
            else shown(map(self.shown_field, row))
            for row in _rows(items)
        )

    def condition_attributes(self, item: FieldView) -> dict[str, str]:
        """What the page has to know in order to judge a field's condition: attributes of the element around it."""
        condition = item.condition
        if condition is None:
            return {}
        attributes = {"data-if-effect": condition.effect}
        if condition.control:
            attributes |= {"data-if-control": condition.control, "data-if-texts": json.dumps(condition.texts)}
            attributes |= {"data-if-negated": ""} if condition.negated else {}
        else:
            attributes |= {"data-if-script": _script_name(item.script)}
        return attributes | ({"hidden": ""} if item.absent else {})

    def condition_scripts(self, screen: Screen) -> dict[str, str]:
        """The expressions that fields depend on, by the names under which the page finds them; to stand within a script."""
        scripts = dict.fromkeys(item.script for item in screen.fields if item.script)
        return {_script_name(script): _SCRIPT_END.sub(r"<\\\1", script) for script in scripts}

    def shown_field(self, item: FieldView) -> Markup:
        """A field as HTML. One that nobody has answered looks the same for everybody, and making it takes time."""
        macro = current_app.jinja_env.get_template("parts/fields.html").module.show_field  # type: ignore[attr-defined]
        if item.value or item.error or item.checked or item.kept:
            return Markup(macro(item, self))
        known = (self.language, *(getattr(item, name) for name in _PLAIN_MEMBERS), *item.attributes.items())
        if known not in _blank_fields:
            if len(_blank_fields) >= _MOST_FIELDS:
                _blank_fields.clear()
            _blank_fields[known] = Markup(macro(item, self))
        return _blank_fields[known]

    def fields_of(self, screen: Screen, number: int) -> list[FieldView]:
        """The fields that belong to one item of the list that the screen asks about."""
        return [item for item in screen.fields if item.item == number]

    def encoded(self, variable: str) -> str:
        """The name of a variable as names of controls are written."""
        return control_name(variable)

    def control_id(self, item: FieldView) -> str:
        """The id of a field's control, of the first one where it has several."""
        return f"{item.name}_0" if item.kind in _GROUP_KINDS else item.name

    def describing_ids(self, item: FieldView) -> str:
        """The ids of the elements that say more about a field, for `aria-describedby`; empty if there are none."""
        said = {"prefix": item.prefix, "under": item.under_html, "error": item.error}
        if item.kind == "checkboxes":
            said["required"] = "yes" if item.required else ""
        return " ".join(f"{item.name}-{what}" for what, text in said.items() if text)

    def controls(self, screen: Screen) -> list[FieldView]:
        """The fields of a screen that a person can fill in or that carry a value."""
        return [item for item in screen.fields if item.kind not in _TEXT_KINDS]

    def sends_files(self, screen: Screen) -> bool:
        """Whether a form has controls for files."""
        return any(item.kind == "file" for item in screen.fields)

    def is_signed(self, screen: Screen) -> bool:
        """Whether a form is for signing."""
        return any(item.kind == "signature" for item in screen.fields)

    def marks_required(self, screen: Screen) -> bool:
        """Whether a mark of required fields is on the screen, so that it has to be explained."""
        return any(item.required and item.label and not item.no_label and item.kind != "hidden" for item in screen.fields)

    def hidden_inputs(self, screen: Screen) -> tuple[tuple[str, str], ...]:
        """The names and values of the form's hidden inputs.

        Test tools and scripts read them. Of what comes back the server believes the tokens alone, and judges the rest
        by the step that it stored.
        """
        asked = screen.asked
        controls = self.controls(screen)
        files = [item.name for item in controls if item.kind == "file"]
        return (
            *((("_files", _packed(files)),) if files else ()),
            ("csrf_token", self.csrf_token),
            ("_session", self.session),
            ("_question_name", asked.block),
            ("_tracker", asked.token),
            ("_event", _packed([asked.sought] if asked.sought else [])),
            ("_datatypes", _packed({item.name: item.datatype for item in controls})),
            ("_varnames", _packed(_other_names(controls))),
            ("_visible", ""),
            ("_checkboxes", _packed({item.name: _unchecked(item) for item in controls if item.kind == "checkbox"})),
            ("_empties", _packed({item.name: item.datatype for item in controls if item.kind == "checkboxes"})),
        )

    def continue_name(self, screen: Screen) -> str:
        """The name that the Continue button posts, empty where it stands for no variable."""
        return control_name(screen.asked.continue_variable)


def _rows(items: Sequence[FieldView]) -> list[list[FieldView]]:
    """The fields in groups: those of one row of a grid, and those in between."""
    rows: list[list[FieldView]] = []
    last: GridPlace | None = None
    for item in items:
        grid = item.layout.grid
        goes_on = rows and (grid is None) == (last is None) and not (grid and grid.starts) and not (last and last.ends)
        if not goes_on:
            rows.append([])
        rows[-1].append(item)
        last = grid
    return rows


def _grid_classes(item: FieldView) -> list[str]:
    grid = item.layout.grid
    if grid is None:
        return []
    return ["da-cell", f"da-at-{grid.breakpoint}", *(["da-label-beside"] if grid.label_width else [])]


def _script_name(script: str) -> str:
    return hashlib.sha256(script.encode()).hexdigest()[:16]


def _other_names(controls: list[FieldView]) -> dict[str, str]:
    """Names of controls that aren't made of their variables' names -> the names that would have been."""
    usual = {item.name: control_name(item.variable) for item in controls if item.variable}
    return {name: made for name, made in usual.items() if name != made}


def _input_type(item: FieldView) -> str:
    """The name by which authors know the kind of control."""
    if item.kind == "input":
        return "datalist" if item.choices else _hyphenated(item.input_type)
    return {"textarea": "area", "select": "dropdown"}.get(item.kind, item.kind)


def _unchecked(item: FieldView) -> str:
    """What a checkbox stands for while it isn't checked."""
    return "True" if item.value == "False" else "False"


def _hyphenated(name: str) -> str:
    """A name as a part of a class: whatever is no letter, digit or underscore becomes a hyphen."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")


def _packed(value: Any) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()
