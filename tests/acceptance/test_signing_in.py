"""Signing in and out at a real server: who it lets in, what it tells interviews, and what ends it."""

from __future__ import annotations

import sqlite3
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, Page

from docassemble_lite.store.database import open_store
from tests.acceptance.accounts import PASSWORD, add_person
from tests.acceptance.preview import take_complaints
from tests.acceptance.test_accessibility import assert_well_made
from tests.acceptance.test_command_line import run
from tests.acceptance.visitor import Visitor, form_without, interview_path, path_of, value_of
from tests.browsing import open_tab

WHO = """\
question: What is your word?
subquestion: |
  Signed in: ${ user_logged_in() }. E-mail: ${ user_info().email }. Name: ${ user_info().first_name } ${ user_info().last_name }.
  May advise: ${ user_has_privilege('advocate') }. Privileges: ${ ' '.join(user_privileges()) }.
fields:
  - Word: the_word
---
mandatory: True
question: The word is ${ the_word }
subquestion: |
  E-mail: ${ user_info().email }.
"""
# `test_tricky_addresses.py` has many more
TRICKY = ["//evil.example/", "/\\evil.example", "https://evil.example/", "/\t/evil.example", "/ok\r\nSet-Cookie: a=b", "/\0", ""]


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Any:
    """A server that knows Ada, who advises, and Ben, who has no privilege."""
    started = shared_server({"who.yml": WHO}, appname="Court forms")
    add_person(started, "Ada@example.com", "advocate", "trainer", first_name="Ada", last_name="Lovelace")
    add_person(started, "ben@example.com")
    return started


@pytest.fixture
def visitor(running: Any) -> Visitor:
    """A browser in which nobody is signed in."""
    return Visitor(running.url)


@pytest.fixture
def ada(running: Any) -> Visitor:
    """Ada's browser."""
    browser = Visitor(running.url)
    assert browser.sign_in("ada@example.com", PASSWORD).status == 200
    return browser


def is_signed_in(browser: Visitor) -> bool:
    return "Signed in as" in browser.get("/list").words


def copied(browser: Visitor) -> Visitor:
    """Another browser with the same cookies."""
    other = Visitor(browser.url)
    for cookie in browser.cookies:
        other.cookies.set_cookie(cookie)
    return other


# --- who is let in ---------------------------------------------------------------------------------------------------


def test_the_right_password_lets_in_and_the_page_says_who_it_is(visitor: Visitor) -> None:
    page = visitor.sign_in("ADA@example.com ", PASSWORD)
    assert (page.status, page.url) == (200, visitor.url + "/")
    assert "Signed in as Ada@example.com" in page.words
    assert "Sign in " not in page.words


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "wrong password"),
        ("nobody@example.com", PASSWORD),
        ("", ""),
        ("ada@example.com\0", PASSWORD),
        ("%@example.com", PASSWORD),
        ("x" * 100_000, "x" * 100_000),
        ("' OR 1=1 --", "' OR 1=1 --"),
        ("<script>alert(1)</script>@example.com", "\0"),
        ("\ud83d@example.com".encode("utf-8", "surrogatepass").decode("latin-1"), "é"),
    ],
)
def test_nothing_else_does_and_all_are_told_the_same(running: Any, email: str, password: str) -> None:
    eve = Visitor(running.url)
    page = eve.sign_in(email, password)
    assert page.status == 422
    assert "The e-mail address or the password is wrong." in page.words
    assert not is_signed_in(eve)
    assert "<script>alert(1)" not in page.text


def test_what_was_typed_as_an_address_comes_back_and_the_password_never(visitor: Visitor) -> None:
    page = visitor.sign_in("ada@example.com", "geheim-9173")
    assert dict(page.forms["da-sign-in"])["email"] == "ada@example.com"
    assert "geheim-9173" not in page.text


def test_who_is_signed_in_goes_on_at_once(ada: Visitor) -> None:
    assert ada.get("/user/sign-in?next=/exit").url == ada.url + "/exit"


def test_signing_in_as_somebody_else_ends_the_first(running: Any, ada: Visitor) -> None:
    before = copied(ada)
    form = before.get("/user/sign-out").forms["da-sign-out-here"]
    page = ada.post("/user/sign-in", [*form, ("email", "ben@example.com"), ("password", PASSWORD)])
    assert "Signed in as ben@example.com" in page.words
    assert not is_signed_in(before)


# --- where it leads --------------------------------------------------------------------------------------------------


def test_a_person_goes_on_where_they_came_from(visitor: Visitor) -> None:
    visitor.show("who.yml")
    link = visitor.show("who.yml").text.partition('href="/user/sign-in')[2].partition('"')[0]
    assert urllib.parse.parse_qs(link.lstrip("?"))["next"] == ["/interview?i=who.yml"]
    page = visitor.sign_in("ada@example.com", PASSWORD, next="/interview?i=who.yml")
    assert path_of(page) == "/interview?i=who.yml"


def test_the_way_on_outlives_a_wrong_password(visitor: Visitor) -> None:
    page = visitor.sign_in("ada@example.com", "wrong password", next="/exit?a=b")
    assert dict(page.forms["da-sign-in"])["next"] == "/exit?a=b"


@pytest.mark.parametrize("wanted", TRICKY)
def test_p33_it_never_leads_to_another_server(running: Any, wanted: str) -> None:
    """P33: `tests/unit/web/test_same_origin.py` has the long list."""
    browser = Visitor(running.url)
    assert browser.sign_in("ada@example.com", PASSWORD, next=wanted).url == running.url + "/"
    again = browser.get("/user/sign-in?" + urllib.parse.urlencode({"next": wanted}))
    assert again.url == running.url + "/"


# --- sessions, cookies, tokens ---------------------------------------------------------------------------------------


def test_p30_a_cookie_copied_before_signing_out_is_dead(ada: Visitor) -> None:
    """P30: signing out ends it on the server."""
    stolen = copied(ada)
    assert is_signed_in(stolen)
    page = ada.sign_out()
    assert page.heading == "You are signed out"
    assert not is_signed_in(ada)
    assert not is_signed_in(stolen)


def test_p30_what_was_known_before_signing_in_is_worth_nothing(running: Any, visitor: Visitor) -> None:
    """P30: neither the cookie that Eve planted in the browser nor the token of its forms."""
    eve = Visitor(running.url)
    form = form_without(eve.get("/user/sign-in").forms["da-sign-in"], "email", "password")
    for cookie in eve.cookies:
        visitor.cookies.set_cookie(cookie)
    visitor.post("/user/sign-in", [*form, ("email", "ada@example.com"), ("password", PASSWORD)])
    assert is_signed_in(visitor)
    assert not is_signed_in(eve)
    assert visitor.post("/user/sign-out", form).status == 403
    assert is_signed_in(visitor)


def test_p30_a_changed_password_ends_every_sign_in(running: Any) -> None:
    person = add_person(running, "cleo@example.com")
    browsers = [Visitor(running.url) for _ in range(2)]
    for browser in browsers:
        browser.sign_in("cleo@example.com", PASSWORD)
        assert is_signed_in(browser)
    store = open_store(running.settings)
    store.people.set_password(person, "another password")
    store.close()
    assert [is_signed_in(browser) for browser in browsers] == [False, False]


def test_p30_the_cookie_holds_a_long_random_token_and_is_out_of_reach_of_scripts(ada: Visitor, running: Any) -> None:
    """P30: and it differs each time."""
    other = Visitor(running.url)
    other.sign_in("ada@example.com", PASSWORD)
    tokens = {token_of(browser) for browser in (ada, other)}
    assert len(tokens) == 2
    assert all(len(token) >= 43 for token in tokens)
    (cookie,) = [item for item in ada.cookies if item.name == "da_session"]
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Lax"


def token_of(browser: Visitor) -> str:
    """What names the user in a cookie, which its browser can read but not write."""
    app = Flask("reader")
    app.secret_key = "another one"
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer
    return str(signer.loads_unsafe(browser.cookie("da_session"))[1]["_user_id"])


def test_p30_behind_https_the_cookie_is_of_this_host_alone(server: Callable[..., Any]) -> None:
    """P30: `__Host-`, which a browser takes only with Secure, for the whole host, and for no other one."""
    headers = Visitor(server({"who.yml": WHO}, behind_https_load_balancer=True).url).get("/list").headers
    (cookie,) = [text for text in headers.get_all("Set-Cookie") or [] if "da_session" in text]
    assert cookie.startswith("__Host-da_session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("cookie", ["remember_token=1|é", "remember_token=x|" + "0" * 128, "da_session=é", "_user_id=1"])
def test_odd_cookies_sign_nobody_in_and_break_nothing(running: Any, cookie: str) -> None:
    request = urllib.request.Request(running.url + "/list", headers={"Cookie": cookie.encode().decode("latin-1")})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
        assert b"Signed in as" not in answer.read()


def test_signing_out_takes_a_form_of_ours(ada: Visitor) -> None:
    """P29: an address does nothing, and neither does a form of somebody else's."""
    assert ada.get("/user/sign-out").heading == "Sign out"
    assert ada.post("/user/sign-out", []).status == 403
    assert is_signed_in(ada)


def test_a_session_goes_along_with_who_signs_in_and_waits_for_who_signed_out(visitor: Visitor) -> None:
    """P25, P30."""
    page = visitor.show("who.yml")
    secret = visitor.cookie("secret")
    visitor.answer(page, the_word="swan")
    visitor.sign_in("ada@example.com", PASSWORD)
    assert visitor.show("who.yml").heading == "The word is swan"
    assert "E-mail: Ada@example.com." in visitor.show("who.yml").words
    session = value_of(visitor.show("who.yml").form, "_session")
    visitor.sign_out()
    assert visitor.cookie("secret") != secret
    assert visitor.get(f"/interview?i=who.yml&session={session}").status == 404
    assert visitor.show("who.yml").heading == "What is your word?"
    visitor.sign_in("ada@example.com", PASSWORD)
    assert visitor.get(f"/interview?i=who.yml&session={session}").heading == "The word is swan"


def test_a_page_that_was_open_in_another_tab_when_somebody_signed_in_can_be_sent(visitor: Visitor) -> None:
    """P25."""
    page = visitor.show("who.yml")
    visitor.sign_in("ada@example.com", PASSWORD)
    assert visitor.answer(page, the_word="swan").heading == "The word is swan"


def test_a_form_of_the_account_that_was_open_when_somebody_signed_in_is_refused(visitor: Visitor) -> None:
    """P29: whoever planted a token before can do nothing with the account."""
    before = visitor.get("/user/sign-in").forms["da-sign-in"]
    visitor.sign_in("ada@example.com", PASSWORD)
    assert visitor.post("/user/sign-out", [("csrf_token", value_of(before, "csrf_token"))]).status == 403
    assert is_signed_in(visitor)


# --- what interviews are told ----------------------------------------------------------------------------------------


def test_interviews_are_told_who_is_there(ada: Visitor, visitor: Visitor) -> None:
    told = ada.show("who.yml").words
    assert "Signed in: True. E-mail: Ada@example.com. Name: Ada Lovelace." in told
    assert "May advise: True. Privileges: advocate trainer." in told
    assert (
        "Signed in: False. E-mail: None. Name: Anonymous User. May advise: False. Privileges: user."
        in visitor.show("who.yml").words
    )


def test_somebody_without_a_privilege_is_a_user(visitor: Visitor) -> None:
    visitor.sign_in("ben@example.com", PASSWORD)
    assert "May advise: False. Privileges: user." in visitor.show("who.yml").words


# --- too many attempts -----------------------------------------------------------------------------------------------


def test_p35_ten_attempts_a_minute_and_then_none_but_from_elsewhere(server: Callable[..., Any]) -> None:
    """P35: for one account and network, over a restart; the person's own network is not locked out."""
    running = server({"who.yml": WHO})
    add_person(running, "ada@example.com")
    add_person(running, "ben@example.com")
    statuses = [Visitor(running.url, f"127.0.7.{number}").sign_in("ada@example.com", "guess").status for number in range(1, 13)]
    assert statuses == [422] * 10 + [429] * 2
    eve = Visitor(running.url, "127.0.7.200")
    refused = eve.sign_in("ADA@example.com", PASSWORD)
    assert refused.status == 429
    assert "Wait a minute" in refused.words
    assert 0 < int(refused.headers["Retry-After"] or 0) <= 60
    assert not is_signed_in(eve)
    web = running.child("web")
    web.kill()
    assert eve.sign_in("ada@example.com", PASSWORD).status == 429
    assert eve.sign_in("ben@example.com", PASSWORD).status == 200
    ada = Visitor(running.url, "127.0.8.1")
    assert ada.sign_in("ada@example.com", PASSWORD).status == 200


def test_p35_who_knows_the_password_may_sign_in_as_often_as_they_like(running: Any) -> None:
    for _ in range(12):
        assert Visitor(running.url, "127.0.9.1").sign_in("ben@example.com", PASSWORD).status == 200


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_a_server_that_shows_no_sign_in_still_has_one(server: Callable[..., Any]) -> None:
    running = server({"who.yml": WHO}, show_login=False)
    add_person(running, "ada@example.com")
    browser = Visitor(running.url)
    assert "Sign in" not in browser.get("/list").words
    assert "Sign in" not in browser.show("who.yml").words
    assert "Signed in as ada@example.com" in browser.sign_in("ada@example.com", PASSWORD).words
    assert "Signed in as ada@example.com" in browser.show("who.yml").words


def test_the_page_for_signing_out_does_not_lead_back_to_itself(visitor: Visitor) -> None:
    assert "sign-in?next" not in visitor.get("/user/sign-out").text


@pytest.mark.parametrize("table", ["users", "logins", "attempts"])
def test_a_store_that_fails_is_told_and_no_password_comes_back(server: Callable[..., Any], table: str) -> None:
    running = server({"who.yml": WHO}, database="")
    add_person(running, "ada@example.com")
    ada, other = Visitor(running.url), Visitor(running.url)
    ada.sign_in("ada@example.com", PASSWORD)
    form = form_without(other.get("/user/sign-in").forms["da-sign-in"], "email", "password")
    with closing(sqlite3.connect(running.data / "store.sqlite3")) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
    failed = other.post("/user/sign-in", [*form, ("email", "ada@example.com"), ("password", PASSWORD)])
    assert failed.status == 503
    assert PASSWORD not in failed.text
    assert ada.get("/list").status == (200 if table == "attempts" else 503)
    assert PASSWORD not in running.log


@pytest.mark.postgresql
def test_it_is_all_the_same_on_postgresql(server: Callable[..., Any], new_database: Callable[[], str]) -> None:
    running = server({"who.yml": WHO}, database=new_database())
    run("user", "add", "ada@example.com", "--privilege", "admin", folder=running.folder, typed=PASSWORD)
    ada = Visitor(running.url)
    assert ada.sign_in("ada@example.com\0", PASSWORD).status == 422
    assert ada.sign_in("ADA@example.com", PASSWORD, next="/tasks?state=%00").heading == "Background tasks"
    assert (
        ada.post("/tasks/%00/revoke", [("csrf_token", dict(ada.get("/tasks").forms["da-sign-out"])["csrf_token"])]).status == 404
    )
    assert "E-mail: ada@example.com." in ada.show("who.yml").words
    stolen = copied(ada)
    ada.sign_out()
    assert not is_signed_in(stolen)


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_p36_passwords_and_tokens_are_nowhere(server: Callable[..., Any]) -> None:
    """P36: not in the log, the store, the broker, an address or a page, however it went."""
    running = server({"who.yml": WHO}, debug=True)
    right, wrong, in_the_wrong_field = "kanarienvogel-7261", "kanarienvogel-9173", "kanarienvogel-5511"
    add_person(running, "ada@example.com", password=right)
    browser = Visitor(running.url)
    browser.sign_in(in_the_wrong_field, wrong)
    pages = [browser.sign_in("ada@example.com", wrong), browser.sign_in("ada@example.com", right, next="/list")]
    token = token_of(browser)
    pages += [browser.get("/list"), browser.sign_out()]
    running.stop()
    texts = [running.log, running.output, *(page.text + page.url for page in pages)]
    texts += [path.read_bytes().decode("latin-1") for path in running.data.rglob("*") if path.is_file()]
    hidden = (right, wrong, in_the_wrong_field, token)
    assert [(secret, place[:80]) for secret in hidden for place in texts if secret in place] == []
    assert 'action="signed_in"' in running.log
    assert 'action="sign_in_refused"' in running.log


# --- in a browser ----------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_signing_in_and_out_in_a_browser_by_keyboard(running: Any, page: Page) -> None:
    complaints = take_complaints(page)
    page.goto(running.url + "/list")
    page.get_by_role("link", name="Sign in").click()
    page.wait_for_load_state()
    assert_well_made(page)
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong password")
    assert complaints == []
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.id") == "da-errors"
    assert_well_made(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/list")
    page.get_by_text("Menu", exact=True).click()
    assert page.get_by_text("Ada@example.com").is_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="You are signed out").wait_for()
    assert_well_made(page)
    # the refused attempt is one, as its page is no success
    assert [text for text in complaints if "422" not in text] == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_the_bar_of_a_screen_has_room_for_signing_in_and_out(running: Any, browser: Browser, width: int) -> None:
    with open_tab(browser, viewport={"width": width, "height": 700}) as page:
        page.goto(running.url + interview_path("who.yml"))
        assert_well_made(page)
        if width < 600:
            page.get_by_text("Menu", exact=True).click()
        link = page.get_by_role("link", name="Sign in")
        assert link.count() == 1
        link.click()
        page.get_by_label("E-mail address").fill("ada@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="What is your word?").wait_for()
        page.wait_for_load_state()
        assert_well_made(page)
        page.get_by_text("Menu", exact=True).click()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("heading", name="You are signed out").wait_for()
