"""Accounts at a real server: registering, the recovery code, another password, the profile, the end of it all."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from playwright.sync_api import Page as Tab

from docassemble_lite.store.database import open_store
from docassemble_lite.store.tickets import INVITATION
from tests.acceptance.accounts import PASSWORD, add_person, choose_password, make_code, register, reset_path, send
from tests.acceptance.test_accessibility import assert_well_made
from tests.acceptance.test_axe import violations
from tests.acceptance.visitor import Page, Visitor, path_of, value_of

WORD = """\
question: What is your word?
fields:
  - Word: the_word
---
mandatory: True
question: The word is ${ the_word }
subquestion: |
  [Keep it](${ url_of('register', next=interview_url()) })
"""
SHARED = """\
mandatory: True
code: |
  multi_user = True
---
mandatory: True
question: This is shared
buttons:
  - Go on: continue
"""
OTHER = "another password"


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Any:
    """A server with an administrator."""
    started = shared_server({"word.yml": WORD, "shared.yml": SHARED}, appname="Court forms")
    add_person(started, "admin@example.com", "admin")
    return started


#: So that no test is kept waiting by the attempts of another one, each is in a network of its own.
_networks = iter(range(1, 250))
_numbers = iter(range(1_000))


@pytest.fixture
def visitor(running: Any) -> Visitor:
    """A browser in which nobody is signed in."""
    return Visitor(running.url, f"127.1.{next(_networks)}.1")


@pytest.fixture
def email() -> str:
    """An address that nobody else has."""
    return f"person{next(_numbers)}@example.com"


@pytest.fixture
def ada(visitor: Visitor, email: str) -> Visitor:
    """The browser of Ada, who has registered and has a private interview."""
    assert register(visitor, email).heading == "Recovery code"
    visitor.answer(visitor.show("word.yml"), the_word="swan")
    return visitor


def session_of(browser: Visitor, interview: str = "word.yml") -> str:
    """The address of the session that a browser is in."""
    return f"/interview?i={interview}&session={value_of(browser.show(interview).form, '_session')}"


def in_another_browser(running: Any, email: str, password: str = PASSWORD) -> Visitor:
    """A browser in another network, in which somebody signs in."""
    browser = Visitor(running.url, f"127.2.{next(_networks)}.1")
    page = browser.sign_in(email, password)
    assert (page.status, "Signed in as" in page.words) == (200, True)
    return browser


def ada_network() -> str:
    """The address of a machine that Ada has never used."""
    return f"127.3.{next(_networks)}.1"


def is_signed_in(browser: Visitor) -> bool:
    return "Signed in as" in browser.get("/list").words


def in_store(running: Any, look: Callable[[Any], Any]) -> Any:
    """What `look` finds in the store of the server."""
    store = open_store(running.settings)
    try:
        return look(store)
    finally:
        store.close()


# --- registering -----------------------------------------------------------------------------------------------------


def test_who_registers_is_signed_in_and_keeps_the_interview_begun_before(visitor: Visitor, running: Any, email: str) -> None:
    visitor.answer(visitor.show("word.yml"), the_word="swan")
    page = register(visitor, email, next="/interview?i=word.yml", first_name=" Grace ", last_name="<b>Hopper</b>")
    assert path_of(page) == "/user/recovery-code?next=/interview?i%3Dword.yml"
    assert f"Grace <b>Hopper</b> Signed in as {email}" in page.words
    assert 'href="/interview?i=word.yml"' in page.text
    assert visitor.show("word.yml").heading == "The word is swan"
    path = session_of(visitor)
    assert in_another_browser(running, email.upper()).get(path).heading == "The word is swan"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"again": "something else"}, "The two passwords differ."),
        ({"password": "geheim", "again": "geheim"}, "at least 8"),
        ({"email": "nobody"}, "This is no e-mail address."),
        ({"email": "ADMIN@example.com"}, "There is somebody with this e-mail address already."),
        ({"last_name": "x" * 300}, "This can't be a name."),
        ({"last_name": "a\nb"}, "This can't be a name."),
    ],
)
def test_what_is_wrong_is_told_and_nobody_is_added(visitor: Visitor, running: Any, values: dict[str, str], told: str) -> None:
    before = in_store(running, lambda store: store.people.count(""))
    page = register(visitor, **({"email": "new@example.com", "password": "geheim-9173"} | values))
    assert (page.status, told in page.words) == (422, True)
    assert "geheim" not in page.text
    assert not is_signed_in(visitor)
    assert in_store(running, lambda store: store.people.count("")) == before


def test_the_way_on_leads_through_all_pages_for_signing_in(visitor: Visitor) -> None:
    for page in ("sign-in", "register", "forgot-password"):
        text = visitor.get(f"/user/{page}?next=%2Flist%3Fa%3Db").text
        others = {"sign-in": ["register", "forgot-password"], "register": ["sign-in"], "forgot-password": ["sign-in"]}[page]
        for other in others:
            assert f'href="/user/{other}?next=/list?a%3Db"' in text, (page, other)
        assert "evil" not in visitor.get(f"/user/{page}?next=//evil.example").text


def test_an_interview_leads_to_registering_and_back(visitor: Visitor) -> None:
    page = visitor.answer(visitor.show("word.yml"), the_word="swan")
    link = re.search(r'href="(/user/register[^"]*)"', page.text)
    assert link
    way_on = dict(visitor.get(unescape(link[1])).forms["da-register"])["next"]
    assert visitor.get(way_on).heading == "The word is swan"


def test_eleven_registrations_a_minute_are_too_many_but_from_elsewhere(running: Any, visitor: Visitor) -> None:
    pages = [register(visitor, "admin@example.com", "short") for _ in range(11)]
    assert [page.status for page in pages] == [422] * 10 + [429]
    assert int(pages[-1].headers["Retry-After"] or 0) > 0
    assert register(Visitor(running.url, "127.1.251.1"), "admin@example.com", "short").status == 422


def test_without_registration_an_invitation_still_lets_somebody_in_once(server: Callable[..., Any]) -> None:
    running = server({"word.yml": WORD}, allow_registration=False)
    add_person(running, "admin@example.com", "admin")
    browser = Visitor(running.url)
    assert "/user/register" not in browser.get("/user/sign-in").text
    page = browser.get("/user/register")
    assert "without an invitation" in page.words
    assert "da-register" not in page.forms
    sign_in = browser.get("/user/sign-in").forms["da-sign-in"]
    forged = [("csrf_token", value_of(sign_in, "csrf_token")), ("email", "eve@example.com"), ("token", "x")]
    assert browser.post("/user/register", [*forged, ("password", PASSWORD), ("again", PASSWORD)]).status == 403
    privileges = ["advocate", "one that was removed"]
    token = in_store(
        running, lambda store: store.tickets.make("invite", INVITATION, email="ben@example.com", privileges=privileges)
    )
    path = f"/user/register?token={token}"
    invited = browser.get(path)
    assert "You have been invited" in invited.words
    # the mistake doesn't cost the invitation
    assert send(browser, invited, "da-register", "/user/register", password="short", again="short").status == 422
    typed = {"email": "eve@example.com", "password": PASSWORD, "again": PASSWORD}
    assert send(browser, invited, "da-register", "/user/register", **typed).heading == "Recovery code"
    found = in_store(running, lambda store: store.people.find("ben@example.com"))
    assert found.privileges == ("advocate",)
    assert in_store(running, lambda store: store.people.find("eve@example.com")) is None
    assert "has been used" in Visitor(running.url).get(path).words


# --- another password, with and without the recovery code -------------------------------------------------------------


def test_a_recovery_code_keeps_the_interviews_when_the_password_is_forgotten(running: Any, ada: Visitor, email: str) -> None:
    code, path, link = make_code(ada), session_of(ada), reset_path(running, email)
    browser = Visitor(running.url, ada_network())
    page = browser.get(link)
    assert "opens your private interview any more" in page.words
    assert "word.yml" not in page.text
    wrong = choose_password(browser, link, OTHER, code[:-1] + ("A" if code[-1] != "A" else "B"))
    assert (wrong.status, "Nothing was changed" in wrong.words) == (422, True)
    assert is_signed_in(ada)
    page = choose_password(browser, link, OTHER, code.lower().replace("-", " "))
    assert (page.heading, "open to you as before" in page.words) == ("Profile", True)
    assert browser.get(path).heading == "The word is swan"
    assert not is_signed_in(ada)
    used = browser.get(link)
    assert (used.status, "has been used" in used.words) == (410, True)


def test_without_the_code_they_are_closed_until_it_is_found(running: Any, ada: Visitor, email: str) -> None:
    """And the code is good again afterwards, for what is open then."""
    code, path = make_code(ada), session_of(ada)
    browser = Visitor(running.url, ada_network())
    page = choose_password(browser, reset_path(running, email), OTHER)
    assert "One of your private interviews is closed." in page.words
    assert browser.get(path).status == 404
    asked = browser.get("/user/recovery-code")
    assert "Once you make a new one, the earlier one opens nothing any more." in asked.words
    assert send(browser, asked, "da-make-code", "/user/recovery-code").status == 422
    recover = browser.get("/user/recover")
    assert send(browser, recover, "da-recover", "/user/recover", code="WRONG").status == 422
    page = send(browser, recover, "da-recover", "/user/recover", code=code)
    assert (page.heading, "One interview is open to you again." in page.words) == ("Profile", True)
    assert "closed" not in page.words
    assert browser.get(path).heading == "The word is swan"
    choose_password(browser, reset_path(running, email), "a third password", code)
    assert browser.get(path).heading == "The word is swan"


def test_without_any_code_the_page_says_that_they_are_lost(running: Any, ada: Visitor, email: str) -> None:
    path, link = session_of(ada), reset_path(running, email)
    page = ada.get(link)
    assert "your private interview is lost for good" in page.words
    assert "code" not in dict(page.forms["da-reset"])
    choose_password(ada, link, OTHER)
    assert ada.get(path).status == 404


def test_a_new_code_makes_the_earlier_one_worthless(running: Any, ada: Visitor, email: str) -> None:
    first, second = make_code(ada), make_code(ada)
    browser = Visitor(running.url, ada_network())
    link = reset_path(running, email)
    assert choose_password(browser, link, OTHER, first).status == 422
    assert choose_password(browser, link, OTHER, second).heading == "Profile"


def test_no_code_is_in_the_log_or_the_store(running: Any, ada: Visitor) -> None:
    code = make_code(ada)
    stored = b"".join(path.read_bytes() for path in running.data.rglob("*") if path.is_file())
    for written in (code, code.replace("-", "")):
        assert written not in running.log
        assert written.encode() not in stored


@pytest.mark.parametrize("token", ["x", "%00", "%ff", "x" * 3000, "..%2F.."])
def test_a_link_that_is_none_changes_nothing(visitor: Visitor, token: str) -> None:
    assert visitor.get(f"/user/reset-password/{token}").status in (404, 410)


def test_a_forgotten_password_leads_to_an_administrator_where_there_is_no_mail(visitor: Visitor) -> None:
    page = visitor.get("/user/forgot-password")
    assert "An administrator can make a link for you" in page.words
    assert list(page.forms) == []


def test_a_password_is_changed_and_only_this_browser_stays_signed_in(running: Any, ada: Visitor, email: str) -> None:
    other, path, code = in_another_browser(running, email), session_of(ada), make_code(ada)
    form = ada.get("/user/change-password")
    wrong = send(ada, form, "da-password", "/user/change-password", old="wrong password", password=OTHER, again=OTHER)
    assert (wrong.status, "This isn’t your password." in wrong.words) == (422, True)
    assert is_signed_in(other)
    page = send(ada, form, "da-password", "/user/change-password", old=PASSWORD, password=OTHER, again=OTHER)
    assert (page.heading, "You have another password now" in page.words) == ("Profile", True)
    assert ada.get(path).heading == "The word is swan"
    assert not is_signed_in(other)
    assert in_another_browser(running, email, OTHER).get(path).heading == "The word is swan"
    # the code is as good as before
    choose_password(ada, reset_path(running, email), PASSWORD, code)
    assert ada.get(path).heading == "The word is swan"


def test_guessing_the_present_password_ends_after_ten_times(ada: Visitor) -> None:
    form = ada.get("/user/change-password")
    guess = {"old": "wrong password", "password": OTHER, "again": OTHER}
    statuses = [send(ada, form, "da-password", "/user/change-password", **guess).status for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    page = ada.get("/user/delete-account")
    assert send(ada, page, "da-delete", "/user/delete-account", old=PASSWORD).status == 429


# --- the profile -----------------------------------------------------------------------------------------------------


def test_a_profile_is_saved_and_what_is_on_no_list_refused(ada: Visitor, running: Any, email: str) -> None:
    form = ada.get("/user/profile")
    values = {
        "first_name": "Ada",
        "timezone": "Europe/London",
        "country": "GB",
        "language": "es",
        "organization": "<i>Engines</i>",
    }
    page = send(ada, form, "da-profile", "/user/profile", **values)
    assert "Your profile is saved." in page.words
    assert "<i>Engines" not in page.text
    saved = in_store(running, lambda store: store.people.find(email))
    assert {name: getattr(saved, name) for name in values} == values
    for odd in ({"timezone": "Mars/Olympus"}, {"country": "XX"}, {"language": "klingon"}, {"first_name": "a\0b"}):
        assert send(ada, form, "da-profile", "/user/profile", **odd).status == 422
    assert in_store(running, lambda store: store.people.find(email)) == saved


def test_signing_out_everywhere_ends_this_browser_too(running: Any, ada: Visitor, email: str) -> None:
    other = in_another_browser(running, email)
    page = send(ada, ada.get("/user/profile"), "da-everywhere", "/user/sign-out-everywhere")
    assert page.heading == "You are signed out"
    assert [is_signed_in(browser) for browser in (ada, other)] == [False, False]


@pytest.mark.parametrize("page", ["profile", "change-password", "recovery-code", "recover", "delete-account"])
def test_pages_of_an_account_ask_to_sign_in_first(visitor: Visitor, page: str) -> None:
    assert path_of(visitor.get(f"/user/{page}")) == f"/user/sign-in?next=/user/{page}"


# --- the end ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ticked", [False, True])
def test_who_deletes_the_account_takes_private_interviews_along_and_shared_ones_only_if_told(
    running: Any, ada: Visitor, email: str, ticked: bool
) -> None:
    ada.show("shared.yml")
    private, shared = session_of(ada), session_of(ada, "shared.yml")
    page = ada.get("/user/delete-account")
    assert "your private interviews (1) are deleted at once" in page.words
    assert send(ada, page, "da-delete", "/user/delete-account", old="wrong password").status == 422
    assert ada.get(private).heading == "The word is swan"
    more = {"shared": "True"} if ticked else {}
    gone: Page = send(ada, page, "da-delete", "/user/delete-account", old=PASSWORD, **more)
    assert gone.heading == "Your account is deleted."
    assert not is_signed_in(ada)
    assert ada.get(private).status == 404
    assert ada.get(shared).status == (404 if ticked else 200)
    assert ada.sign_in(email, PASSWORD).status == 422
    assert in_store(running, lambda store: store.people.find(email)) is None


def test_the_last_administrator_stays(running: Any, visitor: Visitor) -> None:
    visitor.sign_in("admin@example.com", PASSWORD)
    page = visitor.get("/user/delete-account")
    page = send(visitor, page, "da-delete", "/user/delete-account", old=PASSWORD)
    assert (page.status, "the only administrator" in page.words) == (422, True)
    assert is_signed_in(visitor)


def test_a_server_may_let_nobody_delete_an_account_or_ask_for_another_password(server: Callable[..., Any]) -> None:
    running = server({"word.yml": WORD}, user_can_delete_account=False, allow_forgot_password=False)
    browser = Visitor(running.url)
    register(browser, "ada@example.com")
    assert "delete-account" not in browser.get("/user/profile").text
    assert browser.get("/user/delete-account").status == 404
    assert browser.get("/user/forgot-password").status == 404
    browser.sign_out()
    assert "forgot-password" not in browser.get("/user/sign-in").text


# --- in a browser ----------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_registering_keeping_the_code_and_coming_back_in_a_browser(running: Any, any_tab: Tab, email: str) -> None:
    any_tab.goto(running.url + "/interview?i=word.yml")
    any_tab.get_by_label("Word").fill("swan")
    any_tab.get_by_role("button", name="Continue").click()
    any_tab.get_by_role("link", name="Sign in").first.click()
    any_tab.get_by_role("link", name="Register").click()
    any_tab.get_by_label("E-mail address").fill(email)
    any_tab.get_by_label("Password").fill(PASSWORD)
    any_tab.get_by_label("The same again").fill(PASSWORD)
    any_tab.keyboard.press("Enter")
    any_tab.get_by_role("button", name="Make a recovery code").click()
    any_tab.locator("#da-code").wait_for()
    any_tab.get_by_role("link", name="I have kept it").click()
    any_tab.get_by_role("heading", name="The word is swan").wait_for()
    any_tab.get_by_text("Menu", exact=True).click()
    any_tab.get_by_role("button", name="Sign out").click()
    any_tab.get_by_role("heading", name="You are signed out").wait_for()
    any_tab.goto(running.url + "/user/sign-in?next=/user/profile")
    any_tab.get_by_label("E-mail address").fill(email)
    any_tab.get_by_label("Password").fill(PASSWORD)
    any_tab.keyboard.press("Enter")
    any_tab.get_by_role("heading", name="Profile").wait_for()


@pytest.mark.browser
def test_the_code_is_printed_without_what_is_around_it(running: Any, tab: Tab, email: str) -> None:
    tab.goto(running.url + "/user/register")
    for label, text in (("E-mail address", email), ("Password", PASSWORD), ("The same again", PASSWORD)):
        tab.get_by_label(label).fill(text)
    tab.get_by_role("button", name="Register").click()
    tab.get_by_role("button", name="Make a recovery code").click()
    tab.evaluate("window.print = () => { document.title = 'printed'; }")
    tab.get_by_role("button", name="Print").click()
    assert tab.title() == "printed"
    tab.emulate_media(media="print")
    assert tab.locator("#da-code").is_visible()
    assert [tab.get_by_role("link", name="I have kept it").is_visible(), tab.locator("header").is_visible()] == [False, False]


@pytest.mark.browser
def test_the_real_pages_break_no_rule(running: Any, page: Tab, email: str) -> None:
    add_person(running, email, first_name="Ada")
    link, looks = reset_path(running, email), [(390, "light"), (1280, "dark")]
    page.emulate_media(reduced_motion="reduce")
    for path in ("/user/register", link, "/user/sign-in?next=/user/profile"):
        page.goto(running.url + path)
        assert_well_made(page)
        assert violations(page, looks) == []  # type: ignore[arg-type]
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Profile").wait_for()
    for path in ("profile", "change-password", "recovery-code", "delete-account"):
        page.goto(f"{running.url}/user/{path}")
        assert_well_made(page)
        assert violations(page, looks) == []  # type: ignore[arg-type]
