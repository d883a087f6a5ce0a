"""What a page does in a real browser, with its script and without it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, render_template, request
from playwright.sync_api import Page

from docassemble_lite.engine.screen import ButtonView, ChoiceView, Condition, FieldView, Screen
from docassemble_lite.web.page import PageContext
from tests.acceptance.preview import a_field, a_screen, choice, create_bare_app, serve, take_complaints

pytestmark = pytest.mark.browser

NAME = a_field("bmFtZQ", "input", "Name")
FRUIT = a_field(
    "ZnJ1aXQ",
    "checkboxes",
    "Fruit",
    "checkboxes",
    choices=(
        choice("Apple"),
        choice("Pear"),
        ChoiceView("all", "All of these", "All of these", special="all"),
        ChoiceView("none", "None of these", "None of these", special="none"),
    ),
)


# the second time long enough after the first for a browser to send both, soon enough to come before the answer
PRESSED_TWICE = """() => new Promise((done) => {
    const button = document.querySelector(".btn-primary");
    button.click();
    setTimeout(() => { button.click(); done(button.ariaDisabled); }, 200);
})"""


class Site:
    """A server that shows one screen, remembers what is posted, and then says Thanks."""

    def __init__(self) -> None:
        self.screen = a_screen("First", NAME)
        self.posts: list[dict[str, list[str]]] = []
        self.gets = 0
        # a post is answered when this is set
        self.answering = threading.Event()
        self.answering.set()
        self.address, self.stop = serve(self._app())

    def _app(self) -> Flask:
        app = create_bare_app()
        page = PageContext(action_url="/", csrf_token="c", nonce="preview", back_allowed=True, list_url="/list")

        @app.get("/")
        def show() -> str:
            self.gets += 1
            return render_template("screen.html", screen=self.screen, page=replace(page, csrf_token=f"c{self.gets}"))

        @app.post("/")
        def take() -> str:
            self.posts.append(request.form.to_dict(flat=False))
            self.answering.wait(30)
            return render_template("screen.html", screen=a_screen("Thanks"), page=page)

        return app


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.answering.set()
    made.stop()


@pytest.fixture
def visit(site: Site, page: Any) -> Iterator[Callable[..., Any]]:
    """`visit(field, …)` or `visit(screen)` opens that screen; the browser must not complain about it."""
    complaints = take_complaints(page)

    def opened(*shown: FieldView | Screen) -> Any:
        site.screen = shown[0] if shown and isinstance(shown[0], Screen) else a_screen("First", *shown)
        page.goto(site.address)
        return page

    yield opened
    assert complaints == []


def checked(page: Any) -> list[str]:
    """The values of the checkboxes that are ticked."""
    return page.eval_on_selector_all("input[type=checkbox]:checked", "boxes => boxes.map(box => box.value)")


def focused(page: Any) -> str:
    """The id of the element that has the focus."""
    return page.evaluate("document.activeElement.id")


def test_p14_a_form_that_is_sent_again_before_the_answer_comes_is_sent_once(site: Site, visit: Callable[..., Any]) -> None:
    page = visit(NAME)
    site.answering.clear()
    page.get_by_label("Name").fill("Ada")
    assert page.evaluate(PRESSED_TWICE) == "true"
    site.answering.set()
    page.get_by_role("heading", name="Thanks").wait_for()
    assert [post["bmFtZQ"] for post in site.posts] == [["Ada"]]


def test_the_button_that_was_pressed_is_posted(site: Site, visit: Callable[..., Any]) -> None:
    buttons = (ButtonView("Yes", "Yes", name="eA", value="True"), ButtonView("No", "No", name="eA", value="False"))
    visit(a_screen("First", button_style="yesno", buttons=buttons)).get_by_role("button", name="No").click()
    assert site.posts[0]["eA"] == ["False"]


def test_a_page_that_comes_back_from_the_browsers_memory_can_be_sent(site: Site, visit: Callable[..., Any]) -> None:
    page = visit(NAME)
    page.evaluate("() => document.addEventListener('submit', event => event.preventDefault(), { once: true })")
    page.get_by_role("button", name="Continue").click()
    page.evaluate("() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Thanks").wait_for()
    assert len(site.posts) == 1


def test_back_posts_nothing_but_the_wish_to_go_back(site: Site, visit: Callable[..., Any]) -> None:
    page = visit(NAME)
    page.get_by_label("Name").fill("Ada")
    page.get_by_role("button", name="Back").click()
    assert site.posts == [{"csrf_token": ["c1"], "_tracker": ["token"], "_session": [""], "_back_one": ["1"]}]


def test_none_of_the_above_excludes_the_others(visit: Callable[..., Any]) -> None:
    page = visit(FRUIT)
    page.get_by_label("Apple").check()
    page.get_by_label("None of these").check()
    assert checked(page) == ["none"]
    page.get_by_label("Pear").check()
    assert checked(page) == ["pear"]


def test_all_of_the_above_follows_the_others_and_they_follow_it(visit: Callable[..., Any]) -> None:
    page = visit(FRUIT)
    page.get_by_label("All of these").check()
    assert checked(page) == ["apple", "pear", "all"]
    page.get_by_label("Pear").uncheck()
    assert checked(page) == ["apple"]
    page.get_by_label("Pear").check()
    assert checked(page) == ["apple", "pear", "all"]


def a_box(name: str, label: str, **attributes: str) -> FieldView:
    named = {key.replace("_", "-"): value for key, value in attributes.items()}
    return a_field(name, "checkbox", label, "yesno", required=False, attributes=named)


@pytest.mark.parametrize("others", ["*", "aQ ag"])
def test_a_checkbox_unchecks_others_and_gives_way_to_them(visit: Callable[..., Any], others: str) -> None:
    page = visit(a_box("aQ", "One"), a_box("ag", "Two"), a_box("aw", "Neither", data_uncheck_others=others))
    page.get_by_label("One").check()
    page.get_by_label("Neither").check()
    assert [page.get_by_label(label).is_checked() for label in ("One", "Two", "Neither")] == [False, False, True]
    page.get_by_label("Two").check()
    assert [page.get_by_label(label).is_checked() for label in ("One", "Two", "Neither")] == [False, True, False]


def test_a_checkbox_checks_others_and_gives_way_when_one_is_unchecked(visit: Callable[..., Any]) -> None:
    page = visit(a_box("aQ", "One"), a_box("ag", "Two"), a_box("aw", "Both", data_check_others="aQ"))
    page.get_by_label("Both").check()
    assert [page.get_by_label(label).is_checked() for label in ("One", "Two", "Both")] == [True, False, True]
    page.get_by_label("One").uncheck()
    assert not page.get_by_label("Both").is_checked()


def test_a_slider_says_where_it_stands(visit: Callable[..., Any]) -> None:
    page = visit(a_field("eA", "range", "How much?", "range", value="4", attributes={"min": "0", "max": "10"}))
    page.get_by_label("How much?").press("ArrowRight")
    assert page.locator("output").inner_text() == "5"


def test_a_new_screen_gives_the_focus_to_its_question(visit: Callable[..., Any]) -> None:
    assert focused(visit(NAME)) == "daMainQuestion"


def test_a_screen_with_errors_gives_the_focus_to_their_summary(visit: Callable[..., Any]) -> None:
    page = visit(replace(NAME, error="This field is required."))
    assert focused(page) == "da-errors"
    page.get_by_role("link", name="This field is required.").click()
    assert focused(page) == "bmFtZQ"


def test_escape_closes_the_menu_and_gives_the_focus_back(visit: Callable[..., Any]) -> None:
    page = visit(NAME)
    page.get_by_text("Menu").click()
    page.get_by_role("link", name="Interviews").focus()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Interviews").is_visible()
    assert focused(page) == "damenutoggle"


def test_scripts_are_told_when_a_page_has_come_up(site: Site, page: Any) -> None:
    page.add_init_script("document.addEventListener('daPageLoad', () => { window.loaded = (window.loaded || 0) + 1; })")
    page.goto(site.address)
    assert page.evaluate("window.loaded") == 1


WAITING = a_screen("Waiting", button_style="none", reload=0.05)


def test_p41_a_screen_that_loads_again_shows_what_is_new_and_says_so(site: Site, visit: Callable[..., Any]) -> None:
    page = visit(WAITING)
    page.evaluate("window.same = true")
    site.screen = a_screen("Ready", NAME)
    page.get_by_role("heading", name="Ready").wait_for()
    assert page.evaluate("window.same")
    assert page.locator("#da-live").inner_text() == "Ready"
    assert page.title() == "Answering an eviction case"
    assert focused(page) == "daMainQuestion"


def test_a_screen_that_loads_again_unchanged_stays_as_it_is(
    site: Site, visit: Callable[..., Any], eventually: Callable[..., Any]
) -> None:
    page = visit(WAITING)
    page.evaluate("window.heading = document.querySelector('h1')")
    eventually(
        lambda: page.evaluate("document.querySelector('[name=csrf_token]').value") not in ("", "c1"), "the token is a newer one"
    )
    assert page.evaluate("window.heading.isConnected")
    assert page.locator("#da-live").inner_text() == ""


def test_a_screen_that_loads_again_leaves_the_focus_where_it_is(site: Site, visit: Callable[..., Any]) -> None:
    page = visit(replace(WAITING, fields=(NAME,), button_style="continue"))
    page.get_by_label("Name").focus()
    site.screen = replace(WAITING, fields=(NAME,), subquestion_html="<p>Nearly there.</p>")
    page.locator(".da-subquestion").wait_for()
    assert focused(page) == "bmFtZQ"
    assert page.locator("#da-live").inner_text() == "Nearly there."


def test_html_that_got_into_a_screen_brings_no_scripts_along(
    site: Site, visit: Callable[..., Any], eventually: Callable[..., Any]
) -> None:
    page = visit(WAITING)
    own = replace(NAME, condition=Condition("show"), script="(window.own = true)", absent=True)
    scripts = "".join(f'<script class="da-condition"{nonce}>window.foreign = true</script>' for nonce in ("", " nonce=guessed"))
    site.screen = replace(WAITING, fields=(own, FieldView("", "html", "", label_html=scripts)), button_style="continue")
    page.get_by_label("Name").wait_for()
    assert page.evaluate("[window.own, window.foreign]") == [True, None]


def test_a_screen_never_loads_again_over_what_is_being_typed(
    site: Site, visit: Callable[..., Any], eventually: Callable[..., Any]
) -> None:
    page = visit(replace(WAITING, fields=(NAME,), button_style="continue"))
    page.get_by_label("Name").type("Ada")
    other = a_screen("Something else")
    # of another question: a look that began before the first letter may still find it
    site.screen = replace(other, asked=replace(other.asked, block="ID other"))
    page.wait_for_timeout(300)
    assert page.get_by_label("Name").input_value() == "Ada"
    assert page.get_by_role("heading", name="Waiting").is_visible()


def test_without_a_script_the_form_is_sent_and_back_goes_back(site: Site, plain_page: Page) -> None:
    page = plain_page
    page.goto(site.address)
    page.get_by_label("Name").fill("Ada")
    page.get_by_role("button", name="Continue").click()
    page.goto(site.address)
    page.get_by_role("button", name="Back").click()
    assert [post.get("bmFtZQ") or post.get("_back_one") for post in site.posts] == [["Ada"], ["1"]]


def test_p41_without_a_script_a_screen_loads_again_too(site: Site, plain_page: Page) -> None:
    page = plain_page
    site.screen = WAITING
    page.goto(site.address)
    site.screen = a_screen("Ready")
    page.get_by_role("heading", name="Ready").wait_for()
