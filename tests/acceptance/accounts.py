"""People who can sign in at a server that runs."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from docassemble_lite.host import Person
from docassemble_lite.store.database import open_store
from docassemble_lite.store.tickets import HANDED_OVER
from tests.acceptance.visitor import Page, Visitor, form_without

PASSWORD = "a password for tests"


def add_person(running: Any, email: str, *privileges: str, password: str = PASSWORD, **profile: str) -> Person:
    """Write the person into the server's store, as the command does, which takes longer."""
    store = open_store(running.settings)
    try:
        return store.people.add(email, password, privileges=privileges, **profile)
    finally:
        store.close()


def send(browser: Visitor, page: Page, form: str, action: str, **values: str) -> Page:
    """Fill in a form of the page, by the names of its controls, and send it to where it goes."""
    return browser.post(action, [*form_without(page.forms[form], *values), *values.items()])


def register(browser: Visitor, email: str, password: str = PASSWORD, next: str = "", **values: str) -> Page:
    """Make an account; the page to which that leads."""
    path = "/user/register" + (f"?next={quote(next, safe='')}" if next else "")
    typed = {"email": email, "password": password, "again": password} | values
    return send(browser, browser.get(path), "da-register", "/user/register", **typed)


def make_code(browser: Visitor) -> str:
    """The recovery code of whoever is signed in, made anew."""
    page = browser.get("/user/recovery-code")
    made = send(browser, page, "da-make-code", "/user/recovery-code", lost="True")
    found = re.search(r'id="da-code">([0-9A-Z-]+)<', made.text)
    assert found, made.words
    return found[1]


def reset_path(running: Any, email: str) -> str:
    """Where a person chooses another password, as an administrator's link leads to it."""
    store = open_store(running.settings)
    try:
        person = store.people.find(email)
        assert person
        return f"/user/reset-password/{store.tickets.make('reset', HANDED_OVER, user_id=person.id)}"
    finally:
        store.close()


def choose_password(browser: Visitor, path: str, password: str, code: str = "") -> Page:
    """Open a link and choose another password there."""
    page = browser.get(path)
    values = {"password": password, "again": password} | ({"code": code} if code else {})
    return send(browser, page, "da-reset", path, **values)
