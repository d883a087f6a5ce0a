"""No page breaks a rule of WCAG 2.2 AA that a program can check: on a phone and on a desk, by day and by night."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.acceptance.playing import PATIENCE, begin
from tests.acceptance.preview import create_preview, plain_pages, screens, serve
from tests.browsing import open_tab
from tests.conftest import Server
from tests.unit.formats.hostile import picture

INTERVIEWS = Path(__file__).resolve().parents[2] / "interviews"
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    # it belongs to WCAG 2.2 and is asked only of those who want it
    "rules": {"target-size": {"enabled": True}},
}
Look = tuple[int, Literal["light", "dark"]]
# in the long form all of them; else two that differ in both respects, as each takes a second
ALL_LOOKS: tuple[Look, ...] = ((390, "light"), (1280, "dark"), (390, "dark"), (1280, "light"))
TEXTS = {"email": "ann@example.com", "date": "2031-01-05", "time": "10:00", "tel": "202-555-0100", "password": "Geheim-91"}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    """A server with the interviews that come with it."""
    # some of them show an e-mail address of theirs
    server: Server = shared_server(INTERVIEWS, external_hostname="interviews.example.com")
    return server


@pytest.fixture(scope="module")
def preview() -> Iterator[str]:
    """The address of a server that shows every kind of page."""
    address, stop = serve(create_preview())
    yield address
    stop()


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all: a page is looked at in several ways without being loaded again."""
    with open_tab(browser, reduced_motion="reduce") as tab:
        tab.set_default_timeout(PATIENCE)
        yield tab


@pytest.fixture(scope="module")
def looks(long_form: bool) -> Sequence[Look]:
    """The ways in which each page is looked at."""
    return ALL_LOOKS if long_form else ALL_LOOKS[:2]


def violations(tab: Page, looks: Sequence[Look]) -> list[str]:
    """What breaks a rule on the page as it stands, in some ways of looking at it."""
    found = []
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(Axe().axe_script)
    for width, scheme in looks:
        tab.set_viewport_size({"width": width, "height": 860})
        tab.emulate_media(color_scheme=scheme)
        for rule in tab.evaluate("async (options) => (await axe.run(document, options)).violations", OPTIONS):
            places = ", ".join(node["html"][:200] for node in rule["nodes"])
            found.append(f"{tab.title()} ({width}, {scheme}): {rule['id']}: {rule['help']}: {places}")
    return found


def test_what_breaks_a_rule_is_found(tab: Page, looks: Sequence[Look]) -> None:
    tab.goto("about:blank")
    tab.set_content("""<html lang="en"><title>x</title><main><h1>x</h1><input><p style="color: #aaa; background: #fff">Words</p>
        <button style="padding: 0; width: 9px">a</button><button style="padding: 0; width: 9px">b</button></main>""")
    found = " ".join(violations(tab, looks[:1]))
    assert [rule for rule in ("label", "color-contrast", "target-size") if f" {rule}: " not in found] == []


@pytest.mark.parametrize("name", [*screens(), *plain_pages()])
def test_no_kind_of_page_breaks_a_rule(preview: str, tab: Page, looks: Sequence[Look], name: str) -> None:
    tab.goto(f"{preview}/{name}")
    assert violations(tab, looks) == []


@pytest.mark.parametrize("name", sorted(str(path.relative_to(INTERVIEWS)) for path in INTERVIEWS.rglob("*.yml")))
def test_no_screen_of_an_interview_breaks_a_rule(running: Server, tab: Page, looks: Sequence[Look], name: str) -> None:
    """Each screen on one way through; the first one also with nothing filled in and the mistakes shown."""
    begin(tab, running, name)
    found = violations(tab, looks)
    if tab.get_by_role("button", name="Continue", exact=True).count():
        tab.evaluate("document.documentElement.dataset.former = 'yes'")
        tab.get_by_role("button", name="Continue", exact=True).click()
        # it shows what is wrong, or there is another page
        tab.locator(".da-has-error:visible, html:not([data-former]) #daMainQuestion").first.wait_for()
        tab.wait_for_load_state()
        found += violations(tab, looks)
    seen: set[str] = set()
    while question_of(tab) not in seen:
        seen.add(question_of(tab))
        if not go_on(tab):
            break
        tab.locator("#daquestion:not(:has(.da-waiting)), #daMainQuestion").first.wait_for()
        found += violations(tab, looks)
    assert found == []


def question_of(tab: Page) -> str:
    """The question that is being asked; empty on the page to which a way out of the interview leads."""
    asked = tab.locator("#daform [name=_question_name]")
    return asked.input_value() if asked.count() else ""


def go_on(tab: Page) -> bool:
    """Answer everything in some way and press the first button; False if there is none."""
    for control in tab.locator("#daform :is(input, select, textarea):visible:enabled").all():
        answer(control)
    button = tab.locator("#daform button.btn-primary[type=submit]:visible").first
    if not button.count():
        return False
    # the page that it leads to is looked at, not the one that is being left
    with tab.expect_navigation():
        button.click()
    return True


def answer(control: Locator) -> None:
    kind = control.evaluate("control => control.localName === 'input' ? control.type : control.localName")
    if kind == "select":
        control.select_option(index=control.locator("option").count() - 1)
    elif kind in ("radio", "checkbox"):
        control.check(force=True)
    elif kind == "file":
        if control.get_attribute("accept") == "image/*":
            control.set_input_files([{"name": "me.png", "mimeType": "image/png", "buffer": picture()}])
            expect(control.locator("xpath=ancestor::*[@class='da-files']").locator(".da-kept")).to_have_count(1)
    elif kind not in ("range", "hidden"):
        control.fill(TEXTS.get(kind, "5"))
