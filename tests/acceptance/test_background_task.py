"""Interviews that start a background task and wait for it: with a browser, without its script, by keyboard alone."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
SUITE = Path(os.environ.get("CONFORMANCE_SUITE", ROOT.parent / "shared" / "conformance"))
EXAMPLE = SUITE / "packages/docassemble.base/data/questions/examples/background_action.yml"
SPECIFICATION = SUITE.parent / "spec/background.txt"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shipped(shared_server: Callable[..., Any]) -> str:
    """The address of the example that comes with the server."""
    return f"{shared_server(ROOT / 'interviews').url}/interview?i=background_task.yml"


def wait_for_answer(page: Page) -> None:
    """The page comes to the answer by itself."""
    page.get_by_role("heading", name="The answer is 555.").wait_for(timeout=40_000)


def answer(page: Page, address: str) -> None:
    """Open the interview and add 2."""
    page.goto(address)
    page.get_by_label("Number", exact=True).fill("2")
    page.get_by_role("button", name="Continue").click()


def test_the_shipped_example_comes_to_its_answer_by_itself(shipped: str, page: Page) -> None:
    answer(page, shipped)
    wait_for_answer(page)


def test_p41_without_scripts_it_comes_to_its_answer_by_itself(shipped: str, plain_page: Page) -> None:
    answer(plain_page, shipped)
    wait_for_answer(plain_page)


def test_it_can_be_done_by_keyboard_alone(shipped: str, page: Page) -> None:
    page.goto(shipped)
    press_tab_until(page, "input", "Number")
    page.keyboard.type("2")
    press_tab_until(page, "button", "Continue")
    page.keyboard.press("Enter")
    wait_for_answer(page)
    press_tab_until(page, "button", "Another number")
    page.keyboard.press("Space")
    page.get_by_role("heading", name="Which number shall be added to 553?").wait_for()


def press_tab_until(page: Page, tag: str, name: str) -> None:
    """Press Tab until the element of that name has the focus."""
    for _ in range(20):
        page.keyboard.press("Tab")
        focused = page.evaluate("""() => {
            const here = document.activeElement;
            return [here.localName, here.labels?.[0]?.innerText || here.innerText];
        }""")
        if focused[0] == tag and focused[1].strip() == name:
            return
    pytest.fail(f"Tab never comes to “{name}”.")


def test_leave_ends_it(shipped: str, page: Page) -> None:
    answer(page, shipped)
    wait_for_answer(page)
    page.get_by_role("button", name="Leave").click()
    page.wait_for_url("**/exit")


def test_the_example_of_the_conformance_suite_comes_to_its_answer(
    server: Callable[..., Any], page: Page, eventually: Callable[..., Any]
) -> None:
    if not EXAMPLE.is_file():
        pytest.skip(f"there is no {EXAMPLE} (CONFORMANCE_SUITE names another folder)")
    address = server({"example.yml": EXAMPLE.read_text()}).url + "/interview?i=example.yml"
    answer(page, address)
    # not to wait ten seconds once more, as the next test does
    eventually(
        lambda: page.goto(address) and page.get_by_role("heading", name="The answer is 555.").count(), "there is an answer"
    )


def test_the_example_of_the_specification_comes_to_its_answer(server: Callable[..., Any], page: Page) -> None:
    if not SPECIFICATION.is_file():
        pytest.skip(f"there is no {SPECIFICATION} (it lies beside the suite that CONFORMANCE_SUITE names)")
    answer(page, server({"pasted.yml": first_example(SPECIFICATION.read_text())}).url + "/interview?i=pasted.yml")
    wait_for_answer(page)


def first_example(text: str) -> str:
    """The first complete example: the specification's next sentence follows on the same line."""
    found = re.search(r"^mandatory: True\n.*?The answer is \$\{ the_task\.get\(\) \}\.", text, re.DOTALL | re.MULTILINE)
    assert found, "the specification has no such example"
    return found[0] + "\n"
