"""What the pages promise to people, test tools and scripts, read from the HTML that the templates make."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template

from docassemble_lite.engine.screen import (
    Asked,
    ButtonView,
    ChoiceView,
    Condition,
    DocumentFile,
    Documents,
    DocumentView,
    FieldView,
    GridPlace,
    Layout,
    Screen,
)
from docassemble_lite.errors import EvaluationError, SourceError
from docassemble_lite.web.page import Link, PageContext
from docassemble_lite.web.plain_pages import (
    ConflictPage,
    ErrorPage,
    ExitPage,
    InterviewCard,
    SignInPage,
    SourceReport,
    TaskFilter,
    TaskPage,
    TaskRow,
    TypedAnswer,
)
from tests.acceptance.preview import contexts, create_preview, plain_pages, screens

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
HOSTILE = """<script>alert(1)</script>"'&<img src=x onerror=alert(1)>"""


@dataclass(eq=False)
class Element:
    """An element of a page: its tag, attributes, all the text in it, what it stands in and what stands in it."""

    tag: str
    attributes: dict[str, str]
    # without these two a failing test would write the whole page many times over
    ancestors: tuple[Element, ...] = field(default=(), repr=False)
    children: list[Element] = field(default_factory=list, repr=False)
    text: str = ""

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    @property
    def classes(self) -> list[str]:
        return self.get("class").split()


class Page(HTMLParser):
    """A page as a list of elements; a closing tag that fits nothing fails the test."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(html)
        assert [item.tag for item in self.open] == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self.open))
        self.elements.append(element)
        if self.open:
            self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, tag: str = "", **wanted: str) -> list[Element]:
        """The elements with that tag and those attributes; `class_` asks for one class among others."""
        return [item for item in self.elements if (not tag or item.tag == tag) and self._fits(item, wanted)]

    def one(self, tag: str = "", **wanted: str) -> Element:
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} elements {tag} {wanted}"
        return found[0]

    @staticmethod
    def _fits(item: Element, wanted: dict[str, str]) -> bool:
        return all(
            value in item.classes if name == "class_" else item.get(name.replace("_", "-")) == value
            for name, value in wanted.items()
        )


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_preview()


@pytest.fixture
def render(app: Flask) -> Iterator[Any]:
    """Renders a template with undefined names as errors, and parses it."""

    def made(template: str, **values: Any) -> Page:
        return Page(render_template(template, **values))

    with app.test_request_context():
        yield made


def shown(render: Any, *fields: FieldView, page: PageContext | None = None, **more: Any) -> Page:
    """The page of a screen made of these fields."""
    screen = Screen(**{"asked": Asked(block="b", token="t"), "question_html": "Q", "question": "Q", "fields": fields} | more)
    return render("screen.html", screen=screen, page=page or PageContext(action_url="/interview?i=a.yml", csrf_token="c"))


def unpacked(value: str) -> Any:
    return json.loads(base64.b64decode(value))


NAME = FieldView(name="bmFtZQ", kind="input", datatype="text", label_html="Name", label="Name")
COLOR = FieldView(
    name="Y29sb3I",
    kind="radio",
    datatype="radio",
    label_html="Color",
    label="Color",
    choices=(ChoiceView("red", "Red", "Red"), ChoiceView("blue", "Blue", "Blue", selected=True)),
)
FRUIT = replace(COLOR, name="ZnJ1aXQ", kind="checkboxes", datatype="checkboxes", label_html="Fruit", label="Fruit")
BOX = FieldView(name="b2s", kind="checkbox", datatype="yesno", label_html="I agree", label="I agree", required=False)


def every_page() -> list[Any]:
    """Every page of the preview: template and values."""
    made = [
        pytest.param("screen.html", {"page": contexts(name), "screen": screen}, id=name) for name, screen in screens().items()
    ]
    others = [
        pytest.param(template, {"page": contexts(name), **values}, id=name) for name, (template, values) in plain_pages().items()
    ]
    return made + others


# --- every page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("template", "values"), every_page())
def test_a_page_has_no_inline_styles_handlers_or_scripts(render: Any, template: str, values: dict[str, Any]) -> None:
    page = render(template, **values)
    assert [item for item in page.elements if item.tag == "style" or "style" in item.attributes] == []
    assert [name for item in page.elements for name in item.attributes if name.startswith("on")] == []
    assert all(item.get("src").startswith("/static/") and item.get("nonce") == "preview" for item in page.all("script"))


@pytest.mark.parametrize(("template", "values"), every_page())
def test_a_page_loads_nothing_from_another_host(render: Any, template: str, values: dict[str, Any]) -> None:
    page = render(template, **values)
    loaded = [item.get("src") or item.get("href") for item in page.elements if item.tag in ("link", "script", "img")]
    assert len(loaded) >= 4
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)


@pytest.mark.parametrize(("template", "values"), every_page())
def test_ids_are_unique_and_what_refers_to_one_finds_it(render: Any, template: str, values: dict[str, Any]) -> None:
    page = render(template, **values)
    ids = Counter(item.get("id") for item in page.elements if item.get("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    referring = ("for", "aria-describedby", "aria-labelledby", "form", "list")
    referred = {name for item in page.elements for attribute in referring for name in item.get(attribute).split()}
    targets = {item.get("href")[1:] for item in page.all("a") if item.get("href").startswith("#da")}
    assert referred | targets <= set(ids)


@pytest.mark.parametrize(("template", "values"), every_page())
def test_a_page_has_one_heading_one_main_part_a_language_and_a_title(render: Any, template: str, values: dict[str, Any]) -> None:
    page = render(template, **values)
    assert page.one("h1").get("id") == "daMainQuestion"
    assert page.one("h1").get("tabindex") == "-1"
    assert page.one("html").get("lang")
    assert page.one("title").text.strip()
    assert page.one("main")
    assert "dabody" in page.one("body").classes
    assert page.one(id="dabody")


@pytest.mark.parametrize(("template", "values"), every_page())
def test_every_control_has_a_name_that_a_screen_reader_says(render: Any, template: str, values: dict[str, Any]) -> None:
    page = render(template, **values)
    labelled = {item.get("for") for item in page.all("label") if item.text.strip()}
    controls = [item for item in page.elements if item.tag in ("input", "select", "textarea") and item.get("type") != "hidden"]
    unnamed = [
        c.get("id") for c in controls if c.get("id") not in labelled and not c.get("aria-label") and not c.get("aria-labelledby")
    ]
    assert unnamed == []
    for group in page.all("fieldset"):
        assert group.get("aria-label") or group.get("aria-labelledby") or any(child.tag == "legend" for child in group.children)
    assert all(item.text.strip() for item in page.elements if item.tag in ("button", "a", "summary"))


@pytest.mark.parametrize(("template", "values"), every_page())
def test_every_form_posts_with_the_csrf_token(render: Any, template: str, values: dict[str, Any]) -> None:
    page = render(template, **values)
    for form in page.all("form"):
        tokens = [item.get("value") for item in page.all("input", name="csrf_token") if form in item.ancestors]
        # what only looks for something changes nothing, and what it sends stands in the address
        looks = any(around.tag == "search" for around in form.ancestors)
        assert (form.get("method"), tokens) == (("get", []) if looks else ("post", ["a-csrf-token"]))


# --- names that test tools and scripts know --------------------------------------------------------------------------


def test_the_hidden_inputs_say_what_the_screen_asked_for(render: Any) -> None:
    page = shown(render, NAME, BOX, FRUIT, asked=Asked(block="ID intro", sought="user.name", token="T1"))
    hidden = {item.get("name"): item.get("value") for item in page.all("input", type="hidden")}
    assert hidden["csrf_token"] == "c"
    assert hidden["_question_name"] == "ID intro"
    assert hidden["_tracker"] == "T1"
    assert unpacked(hidden["_event"]) == ["user.name"]
    assert unpacked(hidden["_datatypes"]) == {"bmFtZQ": "text", "b2s": "yesno", "ZnJ1aXQ": "checkboxes"}
    assert unpacked(hidden["_checkboxes"]) == {"b2s": "False"}
    assert unpacked(hidden["_empties"]) == {"ZnJ1aXQ": "checkboxes"}
    assert {"_varnames", "_visible"} <= set(hidden)


def test_fields_beside_each_other_are_in_one_row(render: Any) -> None:
    def cell(name: str, **more: Any) -> FieldView:
        return FieldView(name, "input", "text", label_html="L", layout=Layout(GridPlace(4, **more)))

    above = FieldView("z", "input", "text", label_html="L")
    page = shown(render, above, cell("a"), cell("b", ends=True), cell("c"), cell("d", starts=True, offset=2))
    rows = page.all("div", class_="da-row")
    cells = [[item.get("style")[-1] for item in row.children if "da-at-md" in item.classes] for row in rows]
    assert cells == [["0", "0"], ["0"], ["2"]]


def test_a_label_that_floats_comes_after_its_control(render: Any) -> None:
    item = FieldView("a", "input", "text", label_html="L", label="L", layout=Layout(floating=True))
    page = shown(render, item)
    control, label = page.one("div", class_="form-floating").children
    assert (control.get("id"), control.get("placeholder"), label.get("for")) == ("a", " ", "a")


def test_an_authors_class_is_on_the_control_and_with_a_suffix_around_it(render: Any) -> None:
    page = shown(render, FieldView("a", "input", "text", label_html="L", css_class="fruit"))
    assert "fruit" in page.one("input", id="a").classes
    assert "fruit-container" in page.one("div", class_="da-field-container").classes


def test_raw_html_has_nothing_around_it(render: Any) -> None:
    page = shown(render, FieldView("", "raw html", "", label_html="<hr class='mine'>"), FieldView("a", "input", "text"))
    assert page.one("hr", class_="mine")
    assert len(page.all("div", class_="da-field-container")) == 1


def test_the_body_carries_the_questions_id_and_css_class(render: Any) -> None:
    page = shown(render, id="Intro screen (1)", css_class="wide quiet")
    assert page.one("body").classes == ["dabody", "question-intro-screen-1", "wide", "quiet"]


@pytest.mark.parametrize(
    ("item", "datatype", "input_type"),
    [
        (NAME, "text", "text"),
        (replace(NAME, input_type="email", datatype="email"), "email", "email"),
        (replace(NAME, kind="textarea", datatype="area"), "area", "area"),
        (replace(COLOR, kind="select", datatype="dropdown"), "dropdown", "dropdown"),
        (replace(NAME, choices=COLOR.choices), "text", "datalist"),
        (COLOR, "radio", "radio"),
        (FRUIT, "checkboxes", "checkboxes"),
        (BOX, "yesno", "checkbox"),
        (replace(NAME, kind="range", datatype="range"), "range", "range"),
    ],
)
def test_a_fields_container_names_its_datatype_and_input_type(
    render: Any, item: FieldView, datatype: str, input_type: str
) -> None:
    container = shown(render, item).one("div", class_="da-field-container")
    assert "da-form-group" in container.classes
    assert f"da-field-container-datatype-{datatype}" in container.classes
    assert f"da-field-container-inputtype-{input_type}" in container.classes


def test_continue_is_a_primary_submit_button_in_the_fieldset_of_buttons(render: Any) -> None:
    button = shown(render, NAME).one("button", class_="btn-primary")
    assert button.get("type") == "submit"
    assert button.text == "Continue"
    assert any("da-field-buttons" in item.classes and item.tag == "fieldset" for item in button.ancestors)
    assert any(item.get("id") == "daform" for item in button.ancestors)


def test_continue_posts_the_variable_that_it_stands_for(render: Any) -> None:
    button = shown(render, asked=Asked(block="b", continue_variable="user.ready")).one("button", class_="btn-primary")
    assert base64.b64decode(button.get("name") + "==").decode() == "user.ready"
    assert button.get("value") == "True"


def test_continue_without_a_variable_posts_no_name(render: Any) -> None:
    assert "name" not in shown(render, NAME).one("button", class_="btn-primary").attributes


# --- fields ----------------------------------------------------------------------------------------------------------


def test_an_input_shows_its_value_hint_and_limits(render: Any) -> None:
    item = replace(NAME, value="Ada", hint="First name", attributes={"maxlength": "20", "autocomplete": "given-name"})
    control = shown(render, item).one("input", id="bmFtZQ")
    assert (control.get("value"), control.get("placeholder"), control.get("maxlength")) == ("Ada", "First name", "20")
    assert control.get("autocomplete") == "given-name"


def test_a_text_area_keeps_every_line_of_its_value(render: Any) -> None:
    area = shown(render, replace(NAME, kind="textarea", value="\n two\nthree ")).one("textarea")
    assert area.text == "\n\n two\nthree "  # a browser drops the first line end


def test_a_required_control_says_so_and_an_optional_one_does_not(render: Any) -> None:
    page = shown(render, NAME, replace(NAME, name="b3B0", required=False))
    assert "required" in page.one("input", id="bmFtZQ").attributes
    assert "da-required" in page.one("label", **{"for": "bmFtZQ"}).classes
    assert "required" not in page.one("input", id="b3B0").attributes
    assert "da-required" not in page.one("label", **{"for": "b3B0"}).classes
    assert page.one("p", class_="da-required-note").text == "required"


def test_a_required_group_of_checkboxes_says_so_to_a_screen_reader(render: Any) -> None:
    page = shown(render, FRUIT)
    group = page.one("fieldset", class_="da-group")
    assert [page.one(id=name).text for name in group.get("aria-describedby").split()] == ["required"]


def test_radio_buttons_post_their_keys_and_the_selected_one_is_checked(render: Any) -> None:
    radios = shown(render, COLOR).all("input", type="radio")
    assert [(item.get("name"), item.get("value"), "checked" in item.attributes) for item in radios] == [
        ("Y29sb3I", "red", False),
        ("Y29sb3I", "blue", True),
    ]


def test_a_groups_legend_is_its_label(render: Any) -> None:
    page = shown(render, COLOR)
    group = page.one("fieldset", class_="da-group")
    assert group.get("role") == "radiogroup"
    assert [child.text for child in group.children if child.tag == "legend"] == ["Color"]


def test_none_and_all_of_the_above_are_marked_for_the_script(render: Any) -> None:
    choices = (*FRUIT.choices, ChoiceView("all", "All", "All", special="all"), ChoiceView("none", "None", "None", special="none"))
    page = shown(render, replace(FRUIT, choices=choices))
    assert page.one("input", class_="daaota-checkbox").get("value") == "all"
    assert page.one("input", class_="danota-checkbox").get("value") == "none"


def test_a_drop_down_selects_and_a_required_ones_empty_choice_cannot_be_chosen(render: Any) -> None:
    item = replace(COLOR, kind="select", choices=(ChoiceView("", "Select...", "Select..."), *COLOR.choices))
    options = shown(render, item).all("option")
    assert [option.get("value") for option in options if "selected" in option.attributes] == ["blue"]
    assert [option.get("value") for option in options if "disabled" in option.attributes] == [""]
    optional = shown(render, replace(item, required=False)).all("option")
    assert [option for option in optional if "disabled" in option.attributes] == []


def test_a_multiselect_takes_several(render: Any) -> None:
    assert "multiple" in shown(render, replace(COLOR, kind="select", datatype="multiselect")).one("select").attributes


def test_an_input_with_choices_suggests_them(render: Any) -> None:
    page = shown(render, replace(NAME, choices=COLOR.choices))
    assert page.one("input", id="bmFtZQ").get("list") == page.one("datalist").get("id")
    assert [item.get("value") for item in page.all("option")] == ["Red", "Blue"]


def test_a_checkbox_posts_true_and_is_checked_when_its_field_is(render: Any) -> None:
    assert shown(render, BOX).one("input", type="checkbox").get("value") == "True"
    assert "checked" not in shown(render, BOX).one("input", type="checkbox").attributes
    assert "checked" in shown(render, replace(BOX, checked=True)).one("input", type="checkbox").attributes


def test_a_checkbox_that_means_no_posts_false(render: Any) -> None:
    page = shown(render, replace(BOX, datatype="noyes", value="False"))
    assert page.one("input", type="checkbox").get("value") == "False"
    assert unpacked(page.one("input", name="_checkboxes").get("value")) == {"b2s": "True"}


def test_a_prefix_and_a_text_under_the_control_describe_it(render: Any) -> None:
    page = shown(render, replace(NAME, prefix="$", under_html="<p>Per month</p>"))
    described = page.one("input", id="bmFtZQ").get("aria-describedby").split()
    assert [page.one(id=name).text.strip() for name in described] == ["$", "Per month"]


def test_help_for_a_field_opens_without_a_script(render: Any) -> None:
    page = shown(render, replace(NAME, help_html="<p>As on your passport</p>"))
    opened = page.one("details", class_="da-field-help")
    assert "As on your passport" in opened.text
    assert page.one("summary", aria_label="Help: Name")


def test_a_field_without_a_label_is_named_by_its_hidden_label_or_by_the_question(render: Any) -> None:
    page = shown(render, replace(NAME, no_label=True), replace(NAME, name="eA", label="", label_html=""))
    assert page.all("label") == []
    assert page.one("input", id="bmFtZQ").get("aria-label") == "Name"
    assert page.one("input", id="eA").get("aria-labelledby") == "daMainQuestion"


def test_a_hidden_field_only_carries_its_value(render: Any) -> None:
    page = shown(render, replace(NAME, kind="hidden", value="kept"))
    assert page.one("input", id="bmFtZQ", type="hidden").get("value") == "kept"
    assert page.all(class_="da-field-container") == []


def test_notes_and_html_stand_between_the_fields_as_they_are(render: Any) -> None:
    note = FieldView(name="bjE", kind="note", datatype="note", label_html="<p>Take <b>care</b></p>")
    page = shown(render, note, NAME, replace(note, name="bjI", kind="html", label_html="<hr>"))
    assert page.one("b").text == "care"
    containers = [item.classes[1] for item in page.all("div", class_="da-field-container")]
    assert containers == ["da-field-container-note", "da-field-container", "da-field-container-html"]


def test_a_disabled_field_stays_disabled(render: Any) -> None:
    page = shown(render, replace(NAME, disabled=True), replace(COLOR, disabled=True))
    assert "disabled" in page.one("input", id="bmFtZQ").attributes
    assert "disabled" in page.one("fieldset", class_="da-group").attributes


def test_the_server_alone_judges_what_was_typed(render: Any) -> None:
    assert "novalidate" in shown(render, NAME).one("form", id="daform").attributes


# --- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "item", [NAME, replace(NAME, kind="textarea"), replace(COLOR, kind="select"), BOX, replace(NAME, kind="range")]
)
def test_an_error_is_tied_to_its_control(render: Any, item: FieldView) -> None:
    page = shown(render, replace(item, error="This field is required."))
    control = page.one(id=item.name)
    assert control.get("aria-invalid") == "true"
    assert page.one(class_="da-has-error").get("id") in control.get("aria-describedby").split()
    assert page.one(class_="da-has-error").text == "This field is required."


@pytest.mark.parametrize("item", [COLOR, FRUIT])
def test_an_error_of_a_group_is_tied_to_the_group(render: Any, item: FieldView) -> None:
    page = shown(render, replace(item, error="Choose one."))
    assert page.one(class_="da-has-error").get("id") in page.one("fieldset", class_="da-group").get("aria-describedby").split()
    assert page.all(aria_invalid="true")


def test_the_summary_of_errors_links_to_each_field(render: Any) -> None:
    page = shown(render, replace(NAME, error="Too short."), COLOR, replace(FRUIT, error="Choose one."), error="Look again.")
    summary = page.one(id="da-errors")
    assert summary.get("role") == "alert"
    assert "alert-danger" in summary.classes
    assert "Look again." in summary.text
    links = [item.get("href") for item in page.all("a") if summary in item.ancestors]
    assert links == ["#bmFtZQ", "#ZnJ1aXQ_0"]
    assert all(page.one(id=link[1:]).tag == "input" for link in links)


def test_the_tab_says_that_there_are_errors(render: Any) -> None:
    assert shown(render, replace(NAME, error="Too short."), title="Case").one("title").text == "Error: Case"
    assert shown(render, NAME, title="Case").one("title").text == "Case"


def test_a_screen_without_errors_has_no_summary(render: Any) -> None:
    assert shown(render, NAME).all(id="da-errors") == []


# --- buttons -----------------------------------------------------------------------------------------------------------


def test_buttons_post_their_names_and_values(render: Any) -> None:
    buttons = (
        ButtonView("Yes", "Yes", name="eA", value="True"),
        ButtonView("No", "No", name="eA", value="False", color="secondary"),
    )
    page = shown(render, button_style="yesno", buttons=buttons)
    pressed = [item for item in page.all("button", type="submit") if item.get("name") == "eA"]
    assert [(item.text, item.get("value"), item.classes[1]) for item in pressed] == [
        ("Yes", "True", "btn-primary"),
        ("No", "False", "btn-secondary"),
    ]


def test_a_button_with_an_address_is_a_link(render: Any) -> None:
    page = shown(
        render, button_style="buttons", buttons=(ButtonView("More", "More", url="https://example.com/?a=1&b=2", color="info"),)
    )
    link = page.one("a", class_="btn-info")
    assert link.get("href") == "https://example.com/?a=1&b=2"


def test_choices_are_asked_with_continue(render: Any) -> None:
    page = shown(render, replace(COLOR, label="", label_html=""))
    assert page.one("fieldset", class_="da-group").get("aria-labelledby") == "daMainQuestion"
    assert page.one("button", class_="btn-primary").text == "Continue"
    assert unpacked(page.one("input", name="_datatypes").get("value")) == {"Y29sb3I": "radio"}


def test_a_screen_that_takes_nothing_has_no_buttons(render: Any) -> None:
    page = shown(render, button_style="none")
    assert page.all("button") == []
    assert page.all(class_="da-field-buttons") == []


def test_action_buttons_are_links_beside_continue(render: Any) -> None:
    page = shown(render, NAME, links=(ButtonView("Add", "Add", url="/interview?action=eyJ9", color="success"),))
    assert page.one("a", class_="daquestionactionbutton").get("href") == "/interview?action=eyJ9"


# --- going back, help, menu --------------------------------------------------------------------------------------------

BACK = PageContext(action_url="/i", csrf_token="c", back_allowed=True)


def test_back_posts_a_form_of_its_own_without_a_script(render: Any) -> None:
    page = shown(render, NAME, page=BACK)
    button = page.one("button", class_="dabackicon")
    assert button.get("type") == "submit"
    assert "formnovalidate" in button.attributes
    form = page.one("form", id=button.get("form"))
    posted = {item.get("name"): item.get("value") for item in page.all("input") if form in item.ancestors}
    assert posted == {"csrf_token": "c", "_tracker": "t", "_session": "", "_back_one": "1"}


def test_the_question_has_a_back_button_where_it_is_wanted(render: Any) -> None:
    page = shown(render, NAME, page=BACK, question_back=True, back_label_html="Go <i>back</i>")
    button = page.one("button", class_="daquestionbackbutton")
    assert (button.text, button.get("form")) == ("Go back", "dabackform")
    assert shown(render, NAME, page=BACK).all(class_="daquestionbackbutton") == []


def test_there_is_no_way_back_where_the_page_or_the_screen_forbids_it(render: Any) -> None:
    first = shown(render, NAME, question_back=True)
    fixed = shown(render, NAME, page=BACK, question_back=True, asked=Asked(block="b", back=False))
    for page in (first, fixed):
        assert page.all("input", name="_back_one") == []
        assert page.all(class_="dabackicon") + page.all(class_="daquestionbackbutton") == []


@pytest.mark.parametrize(("wished", "got"), [(0, "0"), (1, "1000"), (6000, "6000"), (10**12, "86400000"), (None, "7000")])
def test_pages_check_in_as_often_as_an_interview_wishes_within_bounds(render, wished, got):
    features = {} if wished is None else {"checkin interval": wished}
    page = shown(render, NAME, page=replace(BACK, checkin_interval=7000), features=features)
    assert page.one("body").get("data-checkin-interval") == got


def test_the_bar_can_be_hidden_and_its_back_button_too(render: Any) -> None:
    assert shown(render, NAME, page=BACK, features={"hide navbar": True}).all("header") == []
    assert shown(render, NAME, page=BACK, features={"navigation back button": False}).all(class_="dabackicon") == []


def test_help_opens_without_a_script_and_leads_back_to_the_question(render: Any) -> None:
    page = shown(render, NAME, help_html="<p>Your legal name</p>", help_label="More info")
    toggle = page.one("summary", id="dahelptoggle")
    assert toggle.text == "More info"
    assert toggle.ancestors[-1].tag == "details"
    assert page.one("a", id="daquestionlabel").get("href") == "#daMainQuestion"
    assert shown(render, NAME).all(id="dahelptoggle") == []


def test_the_menu_holds_what_there_is_to_go_to(render: Any) -> None:
    page = shown(render, NAME, page=replace(BACK, list_url="/interviews", exit_url="/exit"), exit_label="Leave")
    links = [(item.text, item.get("href")) for item in page.all("a") if any("da-menu" in up.classes for up in item.ancestors)]
    assert links == [("Interviews", "/interviews"), ("Leave", "/exit")]
    assert shown(render, NAME).all(id="damenutoggle") == []


def test_signing_in_is_offered_once_for_each_width_of_screen(render: Any) -> None:
    page = shown(render, NAME, page=replace(BACK, sign_in_url="/user/sign-in?next=/i"))
    links = [item for item in page.all("a") if item.text == "Sign in"]
    assert [item.get("href") for item in links] == ["/user/sign-in?next=/i"] * 2
    assert "da-not-narrow" in links[0].classes
    assert "da-narrow-only" in links[1].ancestors[-1].classes
    hidden = shown(render, NAME, page=replace(BACK, sign_in_url="/s"), features={"hide corner interface": True})
    assert [item for item in hidden.all("a") if item.text == "Sign in"] == []


def test_the_menu_says_who_is_signed_in_and_signs_out_by_a_form(render: Any) -> None:
    known = replace(BACK, email="ada@example.com", account=(Link("Tasks", "/tasks"),), sign_out_url="/user/sign-out")
    pages = [shown(render, NAME, page=known), render("exit.html", page=known, exit=ExitPage())]
    for page in pages:
        assert "ada@example.com" in page.one(class_="da-menu").text
        form = page.one("form", id="da-sign-out")
        assert (form.get("method"), form.get("action")) == ("post", "/user/sign-out")
        posted = {item.get("name"): item.get("value") for item in page.all("input") if form in item.ancestors}
        assert posted == {"csrf_token": "c"}
        assert [item.get("href") for item in page.all("a") if item.text == "Tasks"] == ["/tasks"]
        assert [item for item in page.all("a") if item.text == "Sign in"] == []


# --- the rest of a screen ----------------------------------------------------------------------------------------------


def test_a_screen_that_loads_again_does_so_without_a_script_too(render: Any) -> None:
    page = shown(render, button_style="none", reload=4.5)
    assert page.one("section", id="daquestion").get("data-reload") == "4.5"
    refresh = page.one("meta", http_equiv="refresh")
    assert refresh.get("content") == "5; url=/interview?i=a.yml"
    assert refresh.ancestors[-1].tag == "noscript"
    assert shown(render, NAME).all("meta", http_equiv="refresh") == []


@pytest.mark.parametrize("part", ["question", "subquestion", "under", "right", "pre", "post"])
def test_each_part_of_a_screen_is_shown_as_html(render: Any, part: str) -> None:
    assert shown(render, **{f"{part}_html": "<strong>part</strong>"}).one("strong").text == "part"


def test_messages_stand_above_the_screen(render: Any) -> None:
    page = shown(render, flashes=(("Saved.", "success"), ("Wrong.", "danger")))
    assert page.one(class_="alert-success").get("role") == "status"
    assert page.one(class_="alert-danger").get("role") == "alert"


def test_the_source_is_for_developers_alone(render: Any) -> None:
    assert "question: x" in shown(render, source="question: x", page=PageContext(debug=True)).one(class_="da-source").text
    assert shown(render, source="question: x").all(class_="da-source") == []


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("ar", "rtl"), ("he-IL", "rtl"), ("fa_IR", "rtl"), ("es", "ltr")]
)
def test_a_page_is_written_in_the_direction_of_its_language(render: Any, language: str, direction: str) -> None:
    root = shown(render, language=language).one("html")
    assert (root.get("lang"), root.get("dir")) == (language, direction)


def test_the_words_of_the_page_are_translated(render: Any) -> None:
    page = shown(render, NAME, page=PageContext(word=lambda text: {"Continue": "Weiter"}.get(text, text)))
    assert page.one("button", class_="btn-primary").text == "Weiter"


# --- texts that came from people ---------------------------------------------------------------------------------------


def hostile_screen() -> Screen:
    """A screen whose every plain-text member is hostile."""
    choices = (ChoiceView(HOSTILE, "x", HOSTILE, color=HOSTILE, css_class=HOSTILE),)
    plain = {"label": HOSTILE, "value": HOSTILE, "hint": HOSTILE, "prefix": HOSTILE, "error": HOSTILE, "css_class": HOSTILE}
    first = FieldView(name="YQ", kind="input", datatype=HOSTILE, input_type=HOSTILE, attributes={"min": HOSTILE}, **plain)
    kinds = ("textarea", "select", "radio", "checkboxes", "checkbox", "range", "hidden")
    others = tuple(
        FieldView(name=f"eA{kind}", kind=kind, datatype="text", choices=choices, no_label=True, **plain) for kind in kinds
    )
    button = ButtonView("x", HOSTILE, name=HOSTILE, value=HOSTILE, color=HOSTILE, css_class=HOSTILE)
    return Screen(
        asked=Asked(block=HOSTILE, sought=HOSTILE, token=HOSTILE),
        question_html="Q",
        question=HOSTILE,
        fields=(first, *others, replace(first, name="Yg", choices=choices)),
        button_style="buttons",
        buttons=(button, replace(button, url=HOSTILE)),
        links=(replace(button, url=HOSTILE),),
        id=HOSTILE,
        css_class=HOSTILE,
        title=HOSTILE,
        short_title=HOSTILE,
        title_url=HOSTILE,
        help_html="h",
        help_label=HOSTILE,
        exit_label=HOSTILE,
        language=HOSTILE,
        flashes=((HOSTILE, "info"),),
        error=HOSTILE,
        source=HOSTILE,
        source_place=HOSTILE,
    )


def hostile_tasks() -> TaskPage:
    """A page of tasks on which every text is hostile."""
    row = TaskRow(*(HOSTILE,) * 9, attempt=1, error=HOSTILE, run_again_url=HOSTILE, revoke_url=HOSTILE)
    return TaskPage((row,), (TaskFilter(HOSTILE, HOSTILE, 1, HOSTILE),), HOSTILE, 1, *(HOSTILE,) * 5)


HOSTILE_PAGE = PageContext(
    app_name=HOSTILE,
    csrf_token=HOSTILE,
    action_url=HOSTILE,
    exit_url=HOSTILE,
    list_url=HOSTILE,
    debug=True,
    back_allowed=True,
    email=HOSTILE,
    account=(Link(HOSTILE, HOSTILE),),
    sign_out_url=HOSTILE,
)
REPORT = SourceReport(HOSTILE, source=HOSTILE, line=1, hint=HOSTILE, trace=HOSTILE, sought=(HOSTILE,))


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("screen.html", {"screen": hostile_screen()}),
        ("index.html", {"interviews": [InterviewCard(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)]}),
        ("error.html", {"error": ErrorPage(HOSTILE, HOSTILE, HOSTILE, HOSTILE, REPORT)}),
        ("conflict.html", {"conflict": ConflictPage((TypedAnswer(HOSTILE, HOSTILE),), ((HOSTILE, HOSTILE),), HOSTILE, HOSTILE)}),
        ("sign_in.html", {"sign_in": SignInPage(HOSTILE, HOSTILE, HOSTILE)}),
        ("sign_out.html", {}),
        ("tasks.html", {"shown": hostile_tasks()}),
    ],
)
def test_p27_no_plain_text_of_a_page_becomes_markup(render: Any, template: str, values: dict[str, Any]) -> None:
    page = render(template, page=HOSTILE_PAGE, **values)
    assert [item.get("src") for item in page.all("script")] == ["/static/app.js", "/static/start.js"]
    assert page.all("img") == []
    assert [name for item in page.elements for name in item.attributes if name.startswith("on")] == []
    assert HOSTILE in page.one("body").text


def test_what_was_typed_comes_back_unchanged(render: Any) -> None:
    page = render("screen.html", page=HOSTILE_PAGE, screen=hostile_screen())
    assert page.one("input", id="YQ").get("value") == HOSTILE
    assert page.one("textarea").text == "\n" + HOSTILE
    assert page.one("input", type="radio").get("value") == HOSTILE
    assert page.all("option")[0].get("value") == HOSTILE


# --- documents ---------------------------------------------------------------------------------------------------------


def a_document(name: str = "Letter", **more: Any) -> DocumentView:
    """A document as PDF and as RTF."""
    files = tuple(DocumentFile(kind, kind.upper(), "", f"/u/1.{kind}", f"/u/1.{kind}?attachment=1") for kind in ("pdf", "rtf"))
    return DocumentView(**{"name_html": name, "name": name, "files": files} | more)


@pytest.mark.parametrize(
    ("views", "said"),
    [
        ((a_document(),), "The following document has been created for you."),
        ((a_document(), a_document("Other")), "The following documents have been created for you."),
        ((a_document(), a_document("Form", files=(), problem="Not yet.")), "The following document has been created for you."),
    ],
)
def test_a_screen_says_how_many_documents_have_been_made(render: Any, views: tuple[DocumentView, ...], said: str) -> None:
    page = shown(render, documents=Documents(views))
    assert page.one("h2").text.strip() == said
    assert [heading.text for heading in page.all("h3")] == [view.name for view in views]


def test_links_to_files_say_the_format_and_the_document(render: Any) -> None:
    links = {
        link.get("aria-label"): link
        for link in shown(render, documents=Documents((a_document(),))).all("a")
        if "/u/" in link.get("href")
    }
    assert {label: link.get("href") for label, link in links.items()} == {
        "Download PDF: Letter": "/u/1.pdf?attachment=1",
        "Open PDF: Letter": "/u/1.pdf",
        "Download RTF: Letter": "/u/1.rtf?attachment=1",
    }
    assert all(label.startswith(link.text) for label, link in links.items())


def test_a_preview_opens_without_a_script(render: Any) -> None:
    view = a_document(preview_html="<p>Dear Ann</p>", markdown="Dear <Ann>")
    preview, markdown = shown(render, documents=Documents((view,))).all("details", **{"class": "da-preview"})
    assert "Dear Ann" in preview.text
    assert "Dear <Ann>" in markdown.text


def test_documents_have_a_label_where_nothing_announces_them(render: Any) -> None:
    page = shown(render, documents=Documents((a_document(),), notice=False))
    assert page.all("h2") == []
    assert page.one("section", **{"class": "da-documents"}).get("aria-label") == "Documents"


def test_names_of_documents_are_no_markup(render: Any) -> None:
    page = shown(render, documents=Documents((a_document(name_html="safe", name=HOSTILE, problem=HOSTILE, markdown=HOSTILE),)))
    assert page.all("img") == []
    assert page.all("a")[-1].get("aria-label").endswith(HOSTILE)


def test_a_screen_without_documents_has_no_section_for_them(render: Any) -> None:
    assert shown(render).all("section", **{"class": "da-documents"}) == []
    assert shown(render, documents=Documents()).all("section", **{"class": "da-documents"}) == []


# --- the other pages ---------------------------------------------------------------------------------------------------


def test_the_list_links_to_interviews_that_start_and_says_which_do_not(render: Any) -> None:
    cards = [
        InterviewCard("a.yml", "Rent", "/interview?i=a.yml"),
        InterviewCard("b.yml", "Debt", "/interview?i=b.yml", problem="Line 3 is wrong"),
    ]
    page = render("index.html", page=PageContext(), interviews=cards)
    assert [item.get("href") for item in page.all("a") if item.text == "Rent"] == ["/interview?i=a.yml"]
    assert [item for item in page.all("a") if item.text == "Debt"] == []
    assert "Line 3 is wrong" not in page.one("main").text
    assert "Line 3 is wrong" in render("index.html", page=PageContext(debug=True), interviews=cards).one("main").text


def test_the_error_page_says_what_happened_and_lets_one_try_again(render: Any) -> None:
    page = render("error.html", page=PageContext(), error=ErrorPage("Sorry", "It failed.", "Try later.", "/interview?i=a.yml"))
    assert page.one("blockquote").text == "It failed."
    assert page.one("a", id="da-retry").get("href") == "/interview?i=a.yml"
    assert page.all(class_="da-report") == []


def test_developers_see_the_lines_around_the_one_to_blame(render: Any, tmp_path: Path) -> None:
    source = tmp_path / "a.yml"
    source.write_text("".join(f"line {number}\n" for number in range(1, 11)))
    error = EvaluationError("No.", source="p:a.yml", path=source, line=5, hint="Do this.", trace="Traceback", sought=("x", "y"))
    page = render("error.html", page=PageContext(debug=True), error=ErrorPage("Sorry", "No.", report=SourceReport.of(error)))
    assert re.findall(r"line \d+", page.all("pre")[0].text) == [f"line {number}" for number in range(2, 9)]
    assert page.one("mark").text.split() == ["5", "line", "5"]
    shown_text = page.one(class_="da-report").text
    assert all(text in shown_text for text in ("p:a.yml:5", "Do this.", "Traceback", "x", "y"))


@pytest.mark.parametrize("line", [None, 1, 40])
def test_an_error_whose_line_cannot_be_shown_has_a_report_all_the_same(tmp_path: Path, line: int | None) -> None:
    report = SourceReport.of(SourceError("No.", source="a.yml", path=tmp_path / "gone.yml", line=line))
    assert (report.message, report.source, report.line, report.lines) == ("No.", "a.yml", line, ())


def test_p3_a_conflict_keeps_what_was_typed_and_posts_it_again(render: Any) -> None:
    conflict = ConflictPage(
        (TypedAnswer("Name", "Ada\nLovelace"),), (("csrf_token", "old"), ("bmFtZQ", "Ada\r\nLovelace"), ("_tracker", "t"))
    )
    page = render("conflict.html", page=PageContext(action_url="/i", csrf_token="new"), conflict=conflict)
    posted = [(item.get("name"), item.get("value")) for item in page.all("input")]
    assert posted == [("csrf_token", "new"), ("bmFtZQ", "Ada\r\nLovelace"), ("_tracker", "t")]
    assert page.one("dd").text == "Ada\nLovelace"
    assert "being saved by another window" in page.one("h1").text


# --- fields that depend on others ------------------------------------------------------------------------------------


def test_what_a_field_depends_on_stands_beside_it(render: Any) -> None:
    condition = Condition("show", "Y29sb3I", ("red", HOSTILE), negated=True)
    field = shown(render, replace(NAME, condition=condition, absent=True)).one("div", class_="dashowif")
    assert (field.get("data-if-effect"), field.get("data-if-control")) == ("show", "Y29sb3I")
    assert json.loads(field.get("data-if-texts")) == ["red", HOSTILE]
    assert {"data-if-negated", "hidden"} <= set(field.attributes)


@pytest.mark.parametrize("kind", ["note", "html", "hidden"])
def test_what_is_no_control_depends_on_others_too(render: Any, kind: str) -> None:
    field = replace(NAME, kind=kind, condition=Condition("hide", "Y29sb3I", ("red",)))
    assert "hidden" not in shown(render, field).one("div", class_="dashowif").attributes


def test_a_field_that_depends_on_nothing_says_nothing(render: Any) -> None:
    assert shown(render, NAME).all("div", class_="dashowif") == []
    assert shown(render, NAME).all("script", class_="da-condition") == []


def test_an_expression_is_a_script_of_the_page_that_nothing_in_it_can_end(render: Any) -> None:
    script = 'val("a") < 3 && val("b") === "</script><!--</SCRIPT>"'
    fields = [replace(NAME, condition=Condition("show"), script=script), replace(BOX, condition=Condition("hide"), script=script)]
    page = shown(render, *fields, page=PageContext(nonce="n"))
    found = page.one("script", class_="da-condition")
    assert found.get("nonce") == "n"
    assert r'val("a") < 3 && val("b") === "<\/script><\!--<\/SCRIPT>"' in found.text
    names = {item.get("data-if-script") for item in page.all("div", class_="dashowif")}
    assert len(names) == 1
    assert f'["{names.pop()}"]' in found.text


def test_the_page_knows_variables_of_controls_that_are_not_named_after_them(render: Any) -> None:
    page = shown(render, replace(NAME, variable="name"), replace(NAME, name="X2ZpZWxkXzE", variable="name"))
    assert unpacked(page.one("input", name="_varnames").get("value")) == {"X2ZpZWxkXzE": "bmFtZQ"}
