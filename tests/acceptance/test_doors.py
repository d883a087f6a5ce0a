"""Who is let into an interview: each way to a session asks, and leads people to where they can sign in."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import Page, interview_path


def interview(metadata: str) -> str:
    return f"""\
metadata:
  title: Secret
  {metadata}
---
mandatory: True
code: multi_user = True
---
mandatory: True
question: A word?
fields:
  - Word: word
---
mandatory: True
question: The word is ${{ word }}
---
event: tell
code: |
  json_response('told')
"""


MENU = """\
metadata:
  title: Menu
  unlisted: True
  tags: [menus]
---
mandatory: True
code: |
  session_tags().add('lists')
---
mandatory: True
question: What there is
subquestion: |
  ${ ' '.join(entry['filename'] for entry in interview_menu()) }

  You come from ${ device(ip=True) } with ${ device().browser.family }.
"""
INTERVIEWS = {
    "open.yml": interview("tags: [free, wills]"),
    "advice.yml": interview("required privileges: [advocate]"),
    "login.yml": interview("require login: True"),
    "begun.yml": interview("required privileges for initiating: [advocate]"),
    "one.yml": interview("sessions are unique: True"),
    "brief.yml": interview("temporary session: True"),
    "unlisted.yml": interview("unlisted: True"),
    "shown.yml": interview("required privileges for listing: advocate"),
    "hidden.yml": interview("hidden: True\n  unlisted: True"),
    "menu.yml": MENU,
    "wrong.yml": "question: [",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A server that knows Ada, who advises, and Ben, who has no privilege."""
    with application(tmp_path_factory.mktemp("doors"), INTERVIEWS) as running:
        store_of(running).people.add("ada@example.com", PASSWORD, privileges=["advocate"])
        store_of(running).people.add("ben@example.com", PASSWORD)
        yield running


@pytest.fixture(scope="module")
def ada(app: Flask) -> Client:
    return Client(app).sign_in("ada@example.com")


@pytest.fixture(scope="module")
def ben(app: Flask) -> Client:
    return Client(app).sign_in("ben@example.com")


@pytest.fixture
def nobody(app: Flask) -> Client:
    """A browser in which nobody has signed in."""
    return Client(app)


def session_of(browser: Client, name: str) -> str:
    with browser.flask.session_transaction() as cookie:
        return str(cookie["sessions"][name])


def begun_by(browser: Client, name: str) -> str:
    """A session that the browser begins."""
    assert browser.get(interview_path(name, new_session=1)).heading == "A word?"
    return session_of(browser, name)


# --- being led to sign in --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["advice.yml", "login.yml", "one.yml"])
def test_whoever_has_not_signed_in_is_led_there_and_comes_back(app, name):
    browser = Client(app)
    page = browser.get(interview_path(name, colour="red"))
    assert page.heading == "Sign in"
    form = dict(page.forms["da-sign-in"])
    assert form["next"] == interview_path(name, colour="red")
    after = browser.post("/user/sign-in", email="ada@example.com", password=PASSWORD, next=form["next"])
    assert after.heading == "A word?"


def test_whoever_has_not_the_privilege_is_told_so(ben):
    page = ben.get(interview_path("advice.yml"))
    assert (page.status, page.heading) == (403, "This is not for you")


def test_whoever_has_the_privilege_is_let_in(ada):
    assert ada.get(interview_path("advice.yml", new_session=1)).heading == "A word?"


# --- every door ------------------------------------------------------------------------------------------------------


def ways_in(session: str) -> list[tuple[str, str, dict[str, str]]]:
    """Every way to a session of an interview that somebody else began: (method, path, form)."""
    name = "advice.yml"
    action = "eyJhY3Rpb24iOiJ0ZWxsIn0"
    form = {"_session": session, "i": name}
    return [
        ("GET", interview_path(name), {}),
        ("GET", interview_path(name, session=session), {}),
        ("GET", interview_path(name, new_session=1), {}),
        ("GET", interview_path(name, reset=1), {}),
        ("GET", interview_path(name, action=action), {}),
        ("GET", interview_path(name, action=action, session=session), {}),
        ("POST", interview_path(name), {**form, "_tracker": "x"}),
        ("POST", interview_path(name), {**form, "_tracker": "x", "_back_one": "1"}),
        ("POST", f"/upload?i={name}", form),
        ("POST", f"/vars?i={name}", form),
        ("POST", f"/checkin?i={name}", form),
        ("POST", f"/checkin?i={name}", {**form, "do_action": "1", "_tracker": "x"}),
        ("GET", f"/events?i={name}&session={session}", {}),
    ]


@pytest.mark.parametrize("number", range(13))
@pytest.mark.parametrize("who", ["nobody", "ben"])
def test_no_door_is_open_to_others(request, ada, who, number):
    browser: Client = request.getfixturevalue(who)
    session = begun_by(ada, "advice.yml")
    version = store_of(ada.flask.application).sessions.peek(session).version
    method, path, form = ways_in(session)[number]
    # the cookie says that this browser was in the session before
    with browser.flask.session_transaction() as cookie:
        cookie["sessions"] = {"advice.yml": session}
    token = browser.token()
    answer = browser.flask.open(path, method=method, data={"csrf_token": token, **form} if form else None)
    body = answer.get_data(as_text=True)
    assert "A word?" not in body
    assert "told" not in body
    if path.startswith(("/vars", "/checkin")):
        assert answer.get_json() == {"success": False}
    elif path.startswith("/upload"):
        assert answer.status_code == 409
    elif path.startswith("/events"):
        assert answer.status_code == 204
    elif who == "ben":
        assert answer.status_code == 403
    else:
        assert (answer.status_code, urlsplit(answer.location).path) == (303, "/user/sign-in")
    assert store_of(ada.flask.application).sessions.peek(session).version == version


def test_somebody_who_answers_after_having_been_signed_out_comes_back_to_the_interview(nobody):
    answer = nobody.post(interview_path("advice.yml"), follow=False, _session="x")
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"] == [interview_path("advice.yml")]


# --- beginning -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [{}, {"new_session": "1"}, {"reset": "1"}, {"action": "eyJhY3Rpb24iOiJ0ZWxsIn0"}])
def test_a_session_can_be_for_others_to_begin(ben, arguments):
    assert ben.get(interview_path("begun.yml", **arguments)).status == 403


def test_a_session_that_somebody_else_began_can_be_joined(ada, app):
    session = begun_by(ada, "begun.yml")
    assert Client(app).get(interview_path("begun.yml", session=session)).heading == "A word?"


def test_there_is_only_one_session_of_some_interviews(ada):
    first = begun_by(ada, "one.yml")
    assert ada.answer(ada.get(interview_path("one.yml")), word="tree").heading == "The word is tree"
    assert ada.get(interview_path("one.yml", new_session=1)).heading == "The word is tree"
    with ada.flask.session_transaction() as cookie:
        cookie["sessions"] = {}
    assert ada.get(interview_path("one.yml")).heading == "The word is tree"
    assert session_of(ada, "one.yml") == first


def test_a_temporary_session_ends_when_the_next_one_begins(nobody, app):
    first = begun_by(nobody, "brief.yml")
    second = begun_by(nobody, "brief.yml")
    assert [held.session_id for held in store_of(app).sessions.held_by(secret_of(nobody))] == [second] != [first]


def secret_of(browser: Client) -> bytes:
    cookie = browser.flask.get_cookie("secret")
    assert cookie is not None
    return urlsafe_b64decode(cookie.value + "=")


# --- the list --------------------------------------------------------------------------------------------------------


def listed(browser: Client, **arguments: str) -> set[str]:
    text = browser.get("/list" + ("?tag=" + arguments["tag"] if arguments else "")).text
    return {name for name in INTERVIEWS if f"i={name}" in text}


def test_everybody_sees_on_the_list_what_they_may_begin(nobody, ben, ada):
    free = {"open.yml", "brief.yml"}
    assert listed(nobody) == free
    assert listed(ben) == {*free, "login.yml", "one.yml"}
    assert listed(ada) == {*free, "login.yml", "one.yml", "advice.yml", "begun.yml", "shown.yml"}


def test_interviews_can_tell_of_what_is_on_the_list(nobody, ada):
    assert names_in(nobody.get(interview_path("menu.yml"))) == {"open.yml", "brief.yml", "wrong.yml"}
    assert "advice.yml" in names_in(ada.get(interview_path("menu.yml", new_session=1)))


def names_in(page: Page) -> set[str]:
    return INTERVIEWS.keys() & set(page.words.split())


def test_the_tags_of_a_session_are_kept_beside_its_answers(nobody, app):
    nobody.get(interview_path("menu.yml"))
    assert store_of(app).sessions.peek(session_of(nobody, "menu.yml")).tags == ("lists", "menus")


def test_interviews_know_the_browser(nobody):
    assert "You come from 127.0.0.1 with Other." in nobody.get(interview_path("menu.yml")).words


def test_the_list_can_be_of_those_with_a_tag(ada):
    assert listed(ada, tag="wills") == {"open.yml"}
    assert listed(ada, tag="estates") == set()


def test_what_is_not_on_the_list_can_be_begun_all_the_same(nobody):
    assert nobody.get(interview_path("unlisted.yml")).heading == "A word?"
    assert nobody.get(interview_path("shown.yml")).heading == "A word?"


def test_a_server_can_want_everybody_to_sign_in(tmp_path):
    with application(tmp_path, INTERVIEWS, allow_anonymous_access=False) as running:
        browser = Client(running)
        assert browser.get(interview_path("open.yml")).heading == "Sign in"
        assert listed(browser) == set()


def test_sessions_of_some_interviews_are_on_nobodys_list_and_are_deleted_with_the_others(app):
    store_of(app).people.add("cora@example.com", PASSWORD)
    cora = Client(app).sign_in("cora@example.com")
    session = begun_by(cora, "hidden.yml")
    page = cora.get("/interviews")
    assert session not in page.text
    assert "/interviews/delete-all" in page.text
    other = begun_by(cora, "open.yml")
    page = cora.get("/interviews")
    assert (session in page.text, other in page.text) == (False, True)
    cora.post("/interviews/delete-all")
    assert store_of(app).sessions.listing(cora_id(app), None, most=1) == []


def cora_id(app: Flask) -> int:
    person = store_of(app).people.find("cora@example.com")
    assert person is not None
    return person.id or 0
