"""The ways out of an interview: by a button, by code and by a link, where they lead and what is left of the session."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page as Tab

from docassemble_lite.errors import SessionNotFound
from docassemble_lite.visit.addresses import encoded_action
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import Page, interview_path

KINDS = ("exit", "leave", "logout", "exit_logout", "restart", "new_session", "signin", "register", "continue", "refresh")
ELSEWHERE = "https://elsewhere.example/bye?a=b"


def interview(metadata: str = "", more: str = "") -> str:
    """An interview whose second screen has a button of each kind; an action does the same by code."""
    buttons = "\n".join(f"  - {kind}: {kind}" for kind in KINDS)
    return f"""\
metadata:
  title: Ways out
{metadata}---
mandatory: True
code: multi_user = True
---
mandatory: True
question: Your name?
subquestion: |
  From ${{ url_args.get('from', 'nowhere') }}.
fields:
  - Name: name
---
mandatory: True
question: Where to, ${{ name }}?
subquestion: |
  Signed in: ${{ user_logged_in() }}.

  % for kind in ('exit', 'leave', 'logout', 'exit_logout'):
  [by ${{ kind }}](${{ url_of(kind) }})
  [to list by ${{ kind }}](${{ url_of(kind, next='/list?by=' + kind) }})
  % endfor
buttons:
{buttons}
  - Out: exit
    url: /list?out=${{ name }}
  - Elsewhere: leave
    url: {ELSEWHERE}
  - Link: link
    url: {ELSEWHERE}
---
mandatory: True
question: You went on
---
event: by_code
code: |
  command(action_argument('kind'), url=action_argument('url'))
{more}"""


INTERVIEWS = {
    "loop.yml": "mandatory: True\ncode: |\n  command('restart')\n",
    "out.yml": interview(),
    "url.yml": interview("  exit url: /list?left=${ url_args.get('from', 'nowhere') }\n"),
    "corner.yml": interview("  show login: False\n  exit link: leave\n  exit label: Get out\n"),
    "odd.yml": interview("  show login: False\n  exit link: elsewhere\n"),
    "corner-exit.yml": interview("  show login: False\n"),
    "bad.yml": interview("  exit url: ${ 1 / 0 }\n"),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with application(tmp_path_factory.mktemp("ways"), INTERVIEWS) as running:
        store_of(running).people.add("ada@example.com", PASSWORD)
        yield running


@pytest.fixture
def nobody(app: Flask) -> Client:
    """A browser in which nobody has signed in."""
    return Client(app)


@pytest.fixture
def ada(app: Flask) -> Client:
    """Ada's browser."""
    return Client(app).sign_in("ada@example.com")


def second_screen(browser: Client, name: str = "out.yml") -> tuple[Page, str]:
    """The screen with the buttons, and its session."""
    page = browser.answer(browser.get(interview_path(name, **{"new_session": "1", "from": "home"})), name="Ida")
    assert page.heading == "Where to, Ida?"
    with browser.flask.session_transaction() as cookie:
        return page, cookie["sessions"][name]


def press(browser: Client, page: Page, label: str) -> Page:
    number = [*KINDS, "Out", "Elsewhere", "Link"].index(label)
    form = {**dict(page.form), "_multiple_choice": str(number)}
    return browser.post(page.url, **form)


def is_there(browser: Client, session: str) -> bool:
    """Whether the session is still in the store."""
    try:
        store_of(browser.flask.application).sessions.peek(session)
    except SessionNotFound:
        return False
    return True


def is_signed_in(browser: Client) -> bool:
    return "Signed in as" in browser.get("/list").words


# --- what each of them does --------------------------------------------------------------------------------------------


def by_button(browser: Client, page: Page, kind: str) -> Page:
    return press(browser, page, kind)


def by_code(browser: Client, page: Page, kind: str) -> Page:
    return browser.get(interview_path("out.yml", action=encoded_action("by_code", {"kind": kind})))


def by_link(browser: Client, page: Page, kind: str) -> Page:
    return browser.get(link_of(page, f"by {kind}"))


def link_of(page: Page, label: str) -> str:
    found = re.search(rf'<a href="([^"]*)"[^>]*>{label}</a>', page.text)
    assert found, label
    return html.unescape(found[1])


@pytest.mark.parametrize("way", [by_button, by_code, by_link])
@pytest.mark.parametrize(
    ("kind", "ends", "signs_out"),
    [("exit", True, False), ("leave", False, False), ("logout", False, True), ("exit_logout", True, True)],
)
def test_what_is_left_of_the_session_and_of_being_signed_in(ada, way, kind, ends, signs_out):
    page, session = second_screen(ada)
    after = way(ada, page, kind)
    assert after.heading == "Goodbye"
    assert is_there(ada, session) is not ends
    assert is_signed_in(ada) is not signs_out


@pytest.mark.parametrize("way", [by_button, by_code, by_link])
def test_leaving_somebody_comes_back_to_where_they_were(nobody, way):
    page, _ = second_screen(nobody)
    way(nobody, page, "leave")
    assert nobody.get(interview_path("out.yml")).heading == "Where to, Ida?"


def test_signing_out_without_being_signed_in_is_leaving(nobody):
    page, session = second_screen(nobody)
    assert press(nobody, page, "logout").heading == "Goodbye"
    assert is_there(nobody, session)
    assert nobody.get(interview_path("out.yml")).heading == "Where to, Ida?"


def test_whoever_signs_out_leaves_no_session_open_for_the_next_person(ada):
    page, _ = second_screen(ada)
    press(ada, page, "logout")
    assert ada.get(interview_path("out.yml")).heading == "Your name?"


@pytest.mark.parametrize("way", [by_button, by_code])
def test_restarting_empties_the_session_and_keeps_the_arguments_of_its_address(nobody, way):
    page, session = second_screen(nobody)
    after = way(nobody, page, "restart")
    assert (after.heading, "From home." in after.words) == ("Your name?", True)
    assert current_session(nobody) == session


def test_an_interview_that_restarts_for_ever_is_a_mistake(nobody):
    page = nobody.get(interview_path("loop.yml"))
    assert (page.status, page.heading) == (500, "The interview has a mistake")


def current_session(browser: Client) -> str:
    with browser.flask.session_transaction() as cookie:
        return str(cookie["sessions"]["out.yml"])


@pytest.mark.parametrize("way", [by_button, by_code])
def test_another_session_begins_beside_with_the_same_arguments(nobody, way):
    page, session = second_screen(nobody)
    after = way(nobody, page, "new_session")
    assert (after.heading, "From home." in after.words) == ("Your name?", True)
    assert current_session(nobody) != session
    assert nobody.get(interview_path("out.yml", session=session)).heading == "Where to, Ida?"


@pytest.mark.parametrize("way", [by_button, by_code])
def test_whoever_is_to_sign_in_comes_back_to_the_same_session(nobody, way):
    page, _ = second_screen(nobody)
    after = way(nobody, page, "signin")
    assert after.heading == "Sign in"
    following = dict(after.forms["da-sign-in"])["next"]
    back = nobody.post("/user/sign-in", email="ada@example.com", password=PASSWORD, next=following)
    assert (back.heading, "Signed in: True." in back.words) == ("Where to, Ida?", True)


@pytest.mark.parametrize("way", [by_button, by_code])
def test_whoever_registers_comes_back_to_the_same_session(nobody, way):
    page, _ = second_screen(nobody)
    form = dict(way(nobody, page, "register").forms["da-register"])
    values = {**form, "email": f"{way.__name__}@example.com", "password": PASSWORD, "again": PASSWORD}
    nobody.post("/user/register", **values)
    back = nobody.get(form["next"])
    assert (back.heading, "Signed in: True." in back.words) == ("Where to, Ida?", True)


def test_of_two_sessions_it_is_the_one_that_was_left(nobody):
    page, session = second_screen(nobody)
    second_screen(nobody)
    after = press(nobody, page, "signin")
    assert f"session={session}" in dict(after.forms["da-sign-in"])["next"]


def test_whoever_has_signed_in_already_stays(ada):
    page, _ = second_screen(ada)
    assert press(ada, page, "signin").heading == "Where to, Ida?"


def test_going_on_goes_on_and_looking_again_does_not(nobody):
    page, _ = second_screen(nobody)
    page = press(nobody, page, "refresh")
    assert page.heading == "Where to, Ida?"
    assert press(nobody, page, "continue").heading == "You went on"


@pytest.mark.parametrize("kind", ["continue", "refresh"])
def test_code_goes_back_to_the_interview(nobody, kind):
    page, _ = second_screen(nobody)
    assert by_code(nobody, page, kind).heading == "Where to, Ida?"


@pytest.mark.parametrize(
    ("name", "label", "ends"), [("corner.yml", "Get out", False), ("corner-exit.yml", "Exit", True), ("odd.yml", "Exit", False)]
)
def test_where_nobody_is_to_sign_in_the_menu_has_a_way_out(nobody, name, label, ends):
    page, session = second_screen(nobody, name)
    assert "Sign in" not in page.words
    assert nobody.get(link_of(page, label)).heading == "Goodbye"
    assert is_there(nobody, session) is not ends


def test_where_one_can_sign_in_the_menu_has_none(nobody):
    page, _ = second_screen(nobody)
    assert "Sign in" in page.words
    assert " Exit " not in page.words


# --- where they lead ---------------------------------------------------------------------------------------------------


def test_a_button_leads_to_its_own_address(nobody):
    page, session = second_screen(nobody)
    assert press(nobody, page, "Out").url == "/list?out=Ida"
    assert not is_there(nobody, session)


@pytest.mark.parametrize("kind", ["exit", "leave", "logout", "exit_logout"])
def test_a_link_leads_to_its_own_address(ada, kind):
    page, _ = second_screen(ada)
    assert ada.get(link_of(page, f"to list by {kind}")).url == f"/list?by={kind}"


@pytest.mark.parametrize("kind", ["exit", "leave", "logout", "exit_logout"])
def test_the_interview_says_where_its_buttons_lead(nobody, kind):
    page, _ = second_screen(nobody, "url.yml")
    assert press(nobody, page, kind).url == "/list?left=home"


def test_an_address_that_cannot_be_made_is_a_mistake_and_ends_nothing(nobody):
    page, session = second_screen(nobody, "bad.yml")
    assert press(nobody, page, "exit").status == 500
    assert is_there(nobody, session)


@pytest.mark.parametrize("label", ["Elsewhere", "Link"])
def test_a_form_that_leads_to_another_server_shows_a_page_that_leads_on(nobody, label):
    page, _ = second_screen(nobody)
    after = press(nobody, page, label)
    assert f'content="0; url={ELSEWHERE}"' in after.text
    assert after.heading == "One moment, please"


def test_code_leads_to_another_server_at_once(nobody):
    second_screen(nobody)
    answer = nobody.flask.get(interview_path("out.yml", action=encoded_action("by_code", {"kind": "leave", "url": ELSEWHERE})))
    assert (answer.status_code, answer.location) == (303, ELSEWHERE)


def test_code_leads_to_no_address_that_runs_code(nobody):
    _, session = second_screen(nobody)
    action = encoded_action("by_code", {"kind": "exit", "url": "javascript:alert(1)"})
    answer = nobody.get(interview_path("out.yml", action=action))
    assert answer.status == 500
    assert is_there(nobody, session)


@pytest.mark.parametrize(
    ("settings", "kind", "expected"),
    [
        ({"exitpage": "/list?x=1"}, "exit", "/list?x=1"),
        ({"exitpage": "/list?x=1"}, "leave", "/list?x=1"),
        ({"exitpage": "/list?x=1"}, "logout", "/list?x=1"),
        ({"exitpage": "/list?x=1", "logoutpage": "/list?x=2"}, "logout", "/list?x=2"),
        ({"exitpage": "/list?x=1", "logoutpage": "/list?x=2"}, "exit_logout", "/list?x=2"),
        ({"exitpage": "/list?x=1", "logoutpage": "/list?x=2"}, "exit", "/list?x=1"),
    ],
)
def test_the_operator_says_where_people_go_otherwise(tmp_path, settings, kind, expected):
    with application(tmp_path, INTERVIEWS, **settings) as running:
        store_of(running).people.add("ada@example.com", PASSWORD)
        browser = Client(running).sign_in("ada@example.com")
        page, _ = second_screen(browser)
        assert press(browser, page, kind).url == expected


# --- links are for the browser whose page they stand in ----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["exit", "logout", "exit_logout"])
def test_a_link_out_does_nothing_in_another_browser(nobody, ada, kind):
    page, session = second_screen(nobody)
    ada.get(interview_path("out.yml", session=session))
    assert ada.get(link_of(page, f"to list by {kind}")).heading == "Goodbye"
    assert is_signed_in(ada)
    assert is_there(nobody, session)


@pytest.mark.parametrize("change", [lambda key: key[:-4] + "AAAA", lambda key: "", lambda key: "é", lambda key: key[:20]])
def test_a_link_that_somebody_made_up_does_nothing(ada, change):
    page, session = second_screen(ada)
    path, key = urlsplit(link_of(page, "by exit_logout")).path, urlsplit(link_of(page, "by exit_logout")).query[4:]
    assert ada.flask.get(path, query_string={"key": change(key)}).location == "/exit"
    assert is_there(ada, session)
    assert is_signed_in(ada)


def test_a_link_out_of_a_session_that_is_over_leads_to_the_same_place(nobody):
    page, _ = second_screen(nobody)
    for _ in range(2):
        assert nobody.get(link_of(page, "to list by exit")).url == "/list?by=exit"


# --- in a real browser -------------------------------------------------------------------------------------------------

BROWSER = """\
mandatory: True
question: Out?
buttons:
  - Away: exit
    url: {url}
"""


@pytest.mark.browser
def test_a_button_leads_to_another_server_in_a_browser(any_tab: Tab, server: Callable[..., Any]) -> None:
    other = server({"there.yml": "mandatory: True\nquestion: Arrived\n"})
    here = server({"out.yml": BROWSER.replace("{url}", f"{other.url}/interview?i=there.yml")})
    any_tab.goto(here.url + interview_path("out.yml"))
    any_tab.get_by_role("button", name="Away").click()
    any_tab.get_by_role("heading", name="Arrived").wait_for()
