"""Two people at once in real browsers: in one session that they share, and each in a private one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.accounts import PASSWORD, add_person
from tests.browsing import open_tab

SHARED = """
metadata:
  title: The table
---
mandatory: True
code: |
  multi_user = True
  dishes = []
---
mandatory: True
question: The table
subquestion: |
  Dishes: ${ ', '.join(dishes) or 'none' }.

  Who helps: ${ user_info().email if user_logged_in() else 'nobody' }.

  [Bring a dish](${ url_action('bring') })

  [Make it private](${ url_action('close') })

  Address: ${ interview_url() }
buttons:
  - Look again: refresh
---
event: bring
code: |
  dishes.append(dish)
  undefine('dish')
---
question: What do you bring?
fields:
  - Dish: dish
---
event: close
code: |
  multi_user = False
"""
PRIVATE = """
metadata:
  title: A diary
---
mandatory: True
question: What happened today?
fields:
  - Today: today
---
mandatory: True
question: Today
subquestion: It was ${ today }.
"""


@pytest.fixture
def running(server: Callable[..., Any], stored: dict[str, Any]) -> Any:
    running = server({"shared.yml": SHARED, "private.yml": PRIVATE}, **stored)
    for name in ("ada", "ben"):
        add_person(running, f"{name}@example.com")
    return running


@pytest.fixture
def ada(running: Any, browser: Browser) -> Iterator[Page]:
    """The browser of somebody who has signed in."""
    with open_tab(browser, base_url=running.url) as tab:
        sign_in(tab, "ada")
        yield tab


@pytest.fixture
def ben(running: Any, browser: Browser) -> Iterator[Page]:
    """The browser of somebody else."""
    with open_tab(browser, base_url=running.url) as tab:
        sign_in(tab, "ben")
        yield tab


def sign_in(tab: Page, name: str) -> None:
    tab.goto("/user/sign-in")
    tab.get_by_label("E-mail address").fill(f"{name}@example.com")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", name="Interviews")).to_be_visible()


def bring(tab: Page, dish: str) -> None:
    tab.get_by_role("link", name="Bring a dish").click()
    tab.get_by_label("Dish").fill(dish)
    tab.get_by_role("button", name="Continue").click()


def address_on(tab: Page) -> str:
    found = re.search(r"Address: (http\S+)", tab.locator("#daquestion").inner_text())
    assert found
    return found[1]


def test_two_people_in_one_session_each_have_their_own_place(ada: Page, ben: Page) -> None:
    """P1: nobody's answer is lost. Each sees who is there, and where one is in an action is one's own affair."""
    ada.goto("/interview?i=shared.yml")
    address = address_on(ada)
    ben.goto(address)
    expect(ben.locator("#daquestion")).to_contain_text("Who helps: ben@example.com")
    # both are asked at the same time, and the later answer doesn't undo the earlier one
    for tab in (ada, ben):
        tab.get_by_role("link", name="Bring a dish").click()
        expect(tab.get_by_label("Dish")).to_be_visible()
    ben.get_by_label("Dish").fill("bread")
    ben.get_by_role("button", name="Continue").click()
    expect(ben.locator("#daquestion")).to_contain_text("Dishes: bread")
    ada.reload()
    ada.get_by_label("Dish").fill("soup")
    ada.get_by_role("button", name="Continue").click()
    expect(ada.locator("#daquestion")).to_contain_text("Dishes: bread, soup")
    expect(ada.locator("#daquestion")).to_contain_text("Who helps: ada@example.com")
    bring(ben, "wine")
    expect(ben.locator("#daquestion")).to_contain_text("Dishes: bread, soup, wine")


def test_a_session_that_is_private_again_is_its_owners(ada: Page, ben: Page) -> None:
    ada.goto("/interview?i=shared.yml")
    address = address_on(ada)
    ben.goto(address)
    bring(ben, "bread")
    ada.reload()
    ada.get_by_role("link", name="Make it private").click()
    expect(ada.locator("#daquestion")).to_contain_text("Dishes: bread")
    answer = ben.goto(address)
    assert answer is not None
    assert answer.status == 404
    expect(ben.locator("body")).not_to_contain_text("bread")
    ada.goto("/interviews")
    expect(ada.get_by_role("row", name=re.compile("The table"))).to_have_count(1)


def test_two_people_in_private_sessions_see_nothing_of_each_other(ada: Page, ben: Page) -> None:
    for tab, what in ((ada, "It rained."), (ben, "The sun shone.")):
        tab.goto("/interview?i=private.yml")
        tab.get_by_label("Today").fill(what)
        tab.get_by_role("button", name="Continue").click()
        expect(tab.locator("#daquestion")).to_contain_text(what)
    session = ada.locator("input[name=_session]").first.get_attribute("value")
    answer = ben.goto(f"/interview?i=private.yml&session={session}")
    assert answer is not None
    assert answer.status == 404
    for tab, title in ((ada, "A diary"), (ben, "A diary")):
        tab.goto("/interviews")
        expect(tab.get_by_role("link", name=title, exact=True)).to_have_count(1)
    ben.get_by_role("link", name="A diary", exact=True).click()
    expect(ben.locator("#daquestion")).to_contain_text("The sun shone.")


def test_an_interview_is_deleted_from_the_list(ada: Page) -> None:
    for _ in range(2):
        ada.goto("/interview?i=private.yml&new_session=1")
    ada.goto("/interviews")
    expect(ada.get_by_role("link", name="A diary", exact=True)).to_have_count(2)
    ada.get_by_role("button", name=re.compile("^Delete")).first.click()
    expect(ada.get_by_role("link", name="A diary", exact=True)).to_have_count(1)
    expect(ada.get_by_text("“A diary” is deleted.")).to_be_visible()
    ada.get_by_role("link", name="Delete all").click()
    ada.get_by_role("button", name="Delete all").click()
    expect(ada.get_by_text("You haven't begun an interview yet.")).to_be_visible()
