"""The web application in the process of the tests, for what needs its inside: its routes, its store, its clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from email.message import Message
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.schema import migrate
from docassemble_lite.web import create_app
from docassemble_lite.web.services import EXTENSION
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.visitor import Page, filled, parsed
from tests.databases import usual_database


@contextmanager
def application(folder: Path, interviews: dict[str, str], **directives: Any) -> Iterator[Flask]:
    """`with application(folder, {name: text}) as app:`, with its store in the folder."""
    (folder / "interviews").mkdir()
    for name, text in interviews.items():
        (folder / "interviews" / name).write_text(text)
    with nullcontext({}) if "database" in directives else usual_database() as usual:
        settings = Settings(data=folder / "data", interviews=folder / "interviews", **usual, **directives)
        migrate(settings)
        app = create_app(settings)
        yield app
        store_of(app).close()


def store_of(app: Flask) -> Store:
    """The store of an application."""
    store: Store = app.extensions[EXTENSION].store
    return store


class Client:
    """One browser: what comes back is a page like that of `Visitor`."""

    def __init__(self, app: Flask) -> None:
        self.flask: FlaskClient = app.test_client()

    def get(self, path: str) -> Page:
        """Go to an address."""
        return self._page(path, self.flask.get(path, follow_redirects=True))

    def post(self, path: str, follow: bool = True, **values: str) -> Page:
        """Send a form of this browser with these values."""
        posted = {"csrf_token": self.token(), **values}
        return self._page(path, self.flask.post(path, data=posted, follow_redirects=follow))

    def answer(self, page: Page, **answers: str) -> Page:
        """Fill in the form of the page, by the names of variables, and send it."""
        posted: dict[str, list[str]] = {}
        for name, value in filled(page, **answers):
            posted.setdefault(name, []).append(value)
        return self._page(page.url, self.flask.post(page.url, data=posted, follow_redirects=True))

    def back(self, page: Page) -> Page:
        """Press Back."""
        return self._page(page.url, self.flask.post(page.url, data=dict(page.forms["dabackform"]), follow_redirects=True))

    def token(self) -> str:
        """The token that the forms of this browser carry."""
        forms = self.get("/user/sign-out").forms | self.get("/user/sign-in").forms
        return next(value for form in forms.values() for name, value in form if name == "csrf_token")

    def sign_in(self, email: str, password: str = PASSWORD) -> Client:
        """Sign in; the browser itself."""
        assert self.post("/user/sign-in", email=email, password=password).status == 200
        return self

    @staticmethod
    def _page(path: str, answer: Any) -> Page:
        headers = Message()
        for name, value in answer.headers:
            headers[name] = value
        page = parsed(answer.status_code, answer.request.full_path.rstrip("?"), headers, answer.data)
        # as a server does once it has sent it
        answer.close()
        return page
