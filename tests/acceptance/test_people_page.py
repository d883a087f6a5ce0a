"""The pages of people and privileges, as administrators use them, and as nobody else does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from docassemble_lite.host import Person
from docassemble_lite.store import passwords
from docassemble_lite.store.passwords import Effort
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import Page

SECRET = b"what opens ben's sessions"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A server with Ada, who is its administrator, and Ben, who has two private interviews and a shared one."""
    monkeypatch.setattr(passwords, "EFFORT", Effort(memory=64, iterations=1, lanes=1))
    with application(tmp_path, {}) as made:
        store = store_of(made)
        store.people.add("ada@example.com", PASSWORD, privileges=["admin"], first_name="Ada")
        ben = store.people.add("ben@example.com", PASSWORD, first_name="Ben", last_name="<i>Nobody</i>")
        for plain in (False, False, True):
            store.sessions.create("will.yml", SECRET, {}, multi_user=plain, owner_id=ben.id)
        yield made


@pytest.fixture
def ada(app: Flask) -> Client:
    """The administrator's browser."""
    return Client(app).sign_in("ada@example.com")


def known(app: Flask, email: str) -> Person:
    """A person who must be there."""
    person = store_of(app).people.find(email)
    assert person
    return person


def path_of(app: Flask, email: str, deed: str = "") -> str:
    """Where a person's page is, or where one of its forms is sent."""
    return f"/user/people/{known(app, email).id}" + (f"/{deed}" if deed else "")


def link_on(page: Page) -> str:
    """The link that is to be copied from a page, without the server."""
    found = re.search(r"readonly[^>]*>http://localhost(/[^<]+)<", page.text)
    assert found, page.words
    return found[1]


# --- the list --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/userlist", "/user/people", "/user/people/add", "/user/people/2", "/user/privileges"])
def test_nobody_else_gets_in(app: Flask, path: str) -> None:
    assert Client(app).get(path).heading == "Sign in"
    ben = Client(app).sign_in("ben@example.com")
    assert ben.get(path).status == 403
    assert "People" not in ben.get("/list").words


def test_nobody_else_changes_anything(app: Flask) -> None:
    store = store_of(app)
    store.people.set_privileges(known(app, "ben@example.com"), ["developer"])
    ben, before = Client(app).sign_in("ben@example.com"), store.people.listing()
    for deed in ("privileges", "active", "link", "profile", "delete"):
        assert ben.post(path_of(app, "ada@example.com", deed), privilege="user", sure="True").status == 403
    for path in ("/user/people/add", "/user/people/invite", "/user/privileges/add", "/user/privileges/remove"):
        assert ben.post(path, email="eve@example.com", name="king", privilege="admin").status == 403
    assert [account.person for account in store.people.listing()] == [account.person for account in before]


def test_the_list_says_who_there_is_and_escapes_it(ada: Client) -> None:
    page = ada.get("/userlist")
    assert page.heading == "People"
    assert "2 people" in page.words
    assert "ada@example.com Ada admin yes" in page.words
    assert "ben@example.com Ben <i>Nobody</i> user yes" in page.words
    assert "<i>Nobody" not in page.text
    assert "cron" not in page.words


def test_fifty_stand_on_a_page_and_a_search_finds_the_others(app: Flask, ada: Client) -> None:
    people = store_of(app).people
    for number in range(60):
        people.add(f"p{number:02}@example.com", PASSWORD, first_name="Person", last_name=f"Number {number}")
    first = ada.get("/user/people")
    assert ("62 people" in first.words, first.text.count('id="person-')) == (True, 50)
    assert 'href="/user/people?page=2"' in first.text
    second = ada.get("/user/people?page=2")
    assert second.text.count('id="person-') == 12
    assert 'href="/user/people" rel="prev"' in second.text
    assert "1 person" in ada.get("/user/people?search=NUMBER+42").words
    for nothing in ("%25", "_", "x" * 2000, "%5C"):
        assert "0 people" in ada.get(f"/user/people?search={nothing}").words
    for odd in ("-1", "x", "99999999999999999999"):
        assert ada.get(f"/user/people?page={odd}").status == 200


@pytest.mark.parametrize("number", ["0", "1", "99", "2147483647", "2147483648", "x", "-1"])
def test_there_is_no_page_of_somebody_who_is_not_there(ada: Client, number: str) -> None:
    """Nor of the one on whose behalf scheduled tasks run."""
    assert ada.get(f"/user/people/{number}").status == 404


# --- adding and inviting ---------------------------------------------------------------------------------------------


def test_a_person_is_added_with_privileges_and_can_sign_in(app: Flask, ada: Client) -> None:
    typed = {"email": "cleo@example.com", "password": PASSWORD, "again": PASSWORD, "privilege": "advocate"}
    page = ada.post("/user/people/add", **typed)
    assert "cleo@example.com can sign in now." in page.words
    assert known(app, "cleo@example.com").privileges == ("advocate",)
    assert "Signed in as" in Client(app).sign_in("cleo@example.com").get("/list").words


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"email": "ADA@example.com"}, "There is somebody"),
        ({"email": "nobody"}, "no e-mail address"),
        ({"again": "x"}, "differ"),
        ({"privilege": "cron"}, "scheduled tasks"),
        ({"privilege": "king"}, "There is no privilege"),
        ({"first_name": "x" * 999}, "can't be the first name"),
    ],
)
def test_what_cannot_be_added_is_told(app: Flask, ada: Client, values: dict[str, str], told: str) -> None:
    typed = {"email": "cleo@example.com", "password": PASSWORD, "again": PASSWORD} | values
    page = ada.post("/user/people/add", **typed)
    assert (page.status, told in page.words) == (422, True)
    assert store_of(app).people.find("cleo@example.com") is None


def test_an_invitation_is_a_link_that_lets_in_whom_it_is_for(app: Flask, ada: Client) -> None:
    page = ada.post("/user/people/invite", email="cleo@example.com", privilege="trainer")
    link, cleo = link_on(page), Client(app)
    token = link.partition("token=")[2]
    assert "cleo@example.com" in dict(cleo.get(link).forms["da-register"]).values()
    assert cleo.post("/user/register", token=token, password=PASSWORD, again=PASSWORD).heading == "Recovery code"
    assert known(app, "cleo@example.com").privileges == ("trainer",)
    assert Client(app).post("/user/register", token=token, password=PASSWORD, again=PASSWORD, email="eve@example.com").heading
    assert ada.post("/user/people/invite", email="ben@example.com").status == 422
    assert ada.post("/user/people/invite", email="ben").status == 422


# --- one person ------------------------------------------------------------------------------------------------------


def test_privileges_and_the_profile_are_changed(app: Flask, ada: Client) -> None:
    page = ada.post(path_of(app, "ben@example.com", "privileges"), privilege="advocate")
    assert "ben@example.com is saved." in page.words
    assert ada.post(path_of(app, "ben@example.com", "profile"), last_name="Bold", timezone="UTC").status == 200
    ben = known(app, "ben@example.com")
    assert (ben.privileges, ben.first_name, ben.last_name, ben.timezone) == (("advocate",), "Ben", "Bold", "UTC")
    assert ada.post(path_of(app, "ben@example.com", "profile"), timezone="Mars").status == 422
    assert ada.post(path_of(app, "ben@example.com", "privileges"), privilege="king").status == 422


def test_who_is_made_inactive_is_out_at_once(app: Flask, ada: Client) -> None:
    ben = Client(app).sign_in("ben@example.com")
    ada.post(path_of(app, "ben@example.com", "active"))
    assert "Signed in as" not in ben.get("/list").words
    assert Client(app).post("/user/sign-in", email="ben@example.com", password=PASSWORD).status == 422
    assert "ben@example.com Ben <i>Nobody</i> user no" in ada.get("/user/people").words
    ada.post(path_of(app, "ben@example.com", "active"), active="True")
    assert "Signed in as" in Client(app).sign_in("ben@example.com").get("/list").words


def test_a_link_for_another_password_says_what_it_costs_and_works(app: Flask, ada: Client) -> None:
    page = ada.post(path_of(app, "ben@example.com", "link"))
    assert "private interviews (2) are lost for good" in page.words
    ben, link = Client(app), link_on(page)
    assert "your 2 private interviews are lost for good" in ben.get(link).words
    assert ben.post(link, password="another password", again="another password").heading == "Profile"
    assert "2 of your private interviews are closed." in ben.get("/user/profile").words


@pytest.mark.parametrize(("ticked", "left"), [({}, 1), ({"shared": "True"}, 0)])
def test_a_person_is_deleted_with_private_interviews(app: Flask, ada: Client, ticked: dict[str, str], left: int) -> None:
    path, number = path_of(app, "ben@example.com"), known(app, "ben@example.com").id
    page = ada.get(path)
    assert "the private interviews (2) are deleted at once" in page.words
    assert "Also delete the interviews (1)" in page.words
    assert ada.post(path + "/delete", **ticked).status == 422
    assert number
    assert store_of(app).sessions.count_private(number) == 2
    page = ada.post(path + "/delete", sure="True", **ticked)
    assert f"Interviews that went along: {3 - left}." in page.words
    assert store_of(app).people.find("ben@example.com") is None
    assert len(store_of(app).sessions.held_by(SECRET)) == left
    assert ada.get(path).status == 404


# --- somebody has to remain ------------------------------------------------------------------------------------------


def test_nobody_takes_their_own_account_away(app: Flask, ada: Client) -> None:
    store_of(app).people.set_privileges(known(app, "ben@example.com"), ["admin"])
    for deed, values in (("privileges", {"privilege": "user"}), ("active", {}), ("delete", {"sure": "True"})):
        page = ada.post(path_of(app, "ada@example.com", deed), **values)
        assert (page.status, "Another administrator has to do that" in page.words) == (422, True)
    assert known(app, "ada@example.com").privileges == ("admin",)
    assert "da-delete" not in ada.get(path_of(app, "ada@example.com")).forms


def test_an_administrator_may_take_the_privilege_from_another_one(app: Flask, ada: Client) -> None:
    store_of(app).people.set_privileges(known(app, "ben@example.com"), ["admin"])
    ben = Client(app).sign_in("ben@example.com")
    assert ben.post(path_of(app, "ada@example.com", "privileges")).status == 200
    assert ada.get("/user/people").status == 403


# --- privileges ------------------------------------------------------------------------------------------------------


def test_privileges_are_added_and_removed(app: Flask, ada: Client) -> None:
    assert "There is a privilege “customer” now." in ada.post("/user/privileges/add", name="customer").words
    assert ada.get("/privilegelist").heading == "Privileges"
    ada.post(path_of(app, "ben@example.com", "privileges"), privilege="customer")
    assert known(app, "ben@example.com").privileges == ("customer",)
    assert ada.post("/user/privileges/remove", privilege="customer").status == 200
    assert known(app, "ben@example.com").privileges == ()


@pytest.mark.parametrize("name", ["admin", "cron", "", "a,b", "x" * 33, "a\0"])
def test_a_privilege_that_cannot_be_is_refused(ada: Client, name: str) -> None:
    assert ada.post("/user/privileges/add", name=name).status == 422
    assert ada.post("/user/privileges/remove", privilege=name).status == 422
