"""A person at a browser without a script: keeps cookies, follows redirects, fills in what a page asks."""

from __future__ import annotations

import base64
import http.client
import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from email.message import Message
from html.parser import HTMLParser
from typing import Any

# seconds after which an answer that doesn't come is taken for a server that hangs
PATIENCE = 300.0
Posted = list[tuple[str, str]]


def control(variable: str) -> str:
    """The name of the control that asks for a variable."""
    return base64.b64encode(variable.encode()).decode().rstrip("=")


def value_of(posted: Posted, name: str) -> str:
    """The first value that is posted under a name."""
    return next(value for key, value in posted if key == name)


@dataclass(frozen=True)
class Page:
    """What came back. `forms` maps the id of a form to what it posts as it stands; `url` is where redirects led."""

    status: int
    url: str
    headers: Message
    text: str
    heading: str = ""
    forms: dict[str, Posted] = field(default_factory=dict)
    # all that can be read on it
    words: str = ""
    body: bytes = field(default=b"", repr=False)

    @property
    def form(self) -> Posted:
        """What the form of the screen posts as it stands."""
        return self.forms["daform"]

    def typed(self, variable: str) -> str:
        """What stands in the control of a variable."""
        return value_of(self.form, control(variable))


class _FromAddress(urllib.request.HTTPHandler):
    """Connects from one of the addresses of this machine: all that begin with 127 are."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(http.client.HTTPConnection, req, source_address=(self._address, 0))


class Visitor:
    """One browser, on the machine of that address (empty: on this one, from whichever reaches the server).

    It gives up when nothing comes for so many seconds as it has `patience`.
    """

    def __init__(self, url: str, address: str = "", patience: float = PATIENCE) -> None:
        self.url = url
        self._patience = patience
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), _FromAddress(address))

    def get(self, path: str, **headers: str) -> Page:
        """Go to an address of the server."""
        return self._opened(urllib.request.Request(self.url + path, headers=headers))

    def show(self, interview: str, **arguments: Any) -> Page:
        """Go to an interview."""
        return self.get(interview_path(interview, **arguments))

    def post(self, path: str, posted: Posted, **headers: str) -> Page:
        """Send a form."""
        return self._opened(urllib.request.Request(self.url + path, urllib.parse.urlencode(posted).encode(), headers))

    def post_body(self, path: str, body: bytes, content_type: str) -> Page:
        """Send a form that is encoded already."""
        return self._opened(urllib.request.Request(self.url + path, body, {"Content-Type": content_type}))

    def answer(self, page: Page, **answers: str) -> Page:
        """Fill in the form of the page, by the names of variables, and send it."""
        return self.post(path_of(page), filled(page, **answers))

    def sign_in(self, email: str, password: str, next: str | None = None) -> Page:
        """Fill in the form for signing in, to go on to `next`; the page to which that leads."""
        typed = [("email", email), ("password", password), *([] if next is None else [("next", next)])]
        form = self.get("/user/sign-in").forms["da-sign-in"]
        return self.post("/user/sign-in", [*form_without(form, "email", "password"), *typed])

    def sign_out(self) -> Page:
        """Press the button on the page for signing out."""
        return self.post("/user/sign-out", self.get("/user/sign-out").forms["da-sign-out-here"])

    def press(self, page: Page, name: str, value: str) -> Page:
        """Press a button that posts something."""
        return self.post(path_of(page), [*page.form, (name, value)])

    def back(self, page: Page) -> Page:
        """Press Back."""
        return self.post(path_of(page), page.forms["dabackform"])

    def cookie(self, name: str) -> str:
        """The value of one of its cookies."""
        return next(cookie.value or "" for cookie in self.cookies if cookie.name == name)

    def _opened(self, request: urllib.request.Request) -> Page:
        try:
            answer = self._opener.open(request, timeout=self._patience)
        except urllib.error.HTTPError as error:
            answer = error
        with closing(answer):
            return parsed(answer.status, answer.url, answer.headers, answer.read())


def interview_path(interview: str, **arguments: Any) -> str:
    """The address of an interview."""
    return "/interview?" + urllib.parse.urlencode({"i": interview, **arguments})


def path_of(page: Page) -> str:
    """The address of a page without the server's."""
    parts = urllib.parse.urlsplit(page.url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def form_without(posted: Posted, *names: str) -> Posted:
    """What a form posts, but for what has these names."""
    return [item for item in posted if item[0] not in names]


def filled(page: Page, **answers: str) -> Posted:
    """What the form of the page posts when these variables are filled in."""
    given = {control(name): value for name, value in answers.items()}
    return [(name, value) for name, value in page.form if name not in given] + list(given.items())


def parsed(status: int, url: str, headers: Message, body: bytes) -> Page:
    """A page with its forms; anything but HTML stays as it is."""
    text = body.decode("utf-8", "replace")
    if headers.get_content_type() != "text/html":
        return Page(status, url, headers, text, body=body)
    reader = _Reader()
    reader.feed(text)
    return Page(status, url, headers, text, reader.heading.strip(), reader.forms, " ".join(reader.words.split()), body)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.heading = ""
        self.words = ""
        self.forms: dict[str, Posted] = {}
        self._form: Posted = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in ("h1", "script", "style"):
            self._open.append(tag)
        if tag == "form":
            self._form = self.forms.setdefault(found.get("id", ""), [])
        kind = found.get("type", "")
        if tag == "input" and "name" in found and (kind not in ("checkbox", "radio") or "checked" in found):
            self._form.append((found["name"], found.get("value", "")))
        if tag in ("textarea", "select") and "name" in found:
            self._form.append((found["name"], ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        if "h1" in self._open:
            self.heading += data
        if not self._open or self._open == ["h1"]:
            self.words += data + " "
