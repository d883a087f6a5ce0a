"""A person who answers screens over HTTP, for little of the processor: one connection, forms read by two patterns.

`python tests/benchmarks/person.py HOST:PORT,… INTERVIEW PERSONS SECONDS SESSIONS` has so many persons at once answer the
interview again and again, and prints what that took as JSON (see `measure`). Of several machines each gets every request in turn.
"""

from __future__ import annotations

import http.client
import json
import re
import resource
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from html import unescape
from itertools import cycle
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

FORM = re.compile(r'<form id="daform".*?action="([^"]*)".*?</form>', re.DOTALL)
CONTROL = re.compile(r"<(input|textarea|select)\b([^>]*)>")
ATTRIBUTE = re.compile(r'\s(type|name|value|inputmode)="([^"]*)"')
PATIENCE = 60.0
# submits of each person, however short the time is: of fewer there are no percentiles
FEWEST = 2


class BadAnswer(Exception):
    """The server didn't answer with a page."""


@dataclass(frozen=True)
class Form:
    """A screen's form: where it goes, what it would send; `open` is whether there is something to fill in."""

    action: str
    filled: tuple[tuple[str, str], ...]
    open: bool


@dataclass(frozen=True)
class Measured:
    """What a group of persons did: seconds of each submit, seconds of the whole, and those of the client's processor."""

    submits: tuple[float, ...]
    seconds: float
    cpu_seconds: float


class Person:
    """Somebody with one browser, which keeps cookies and its connection."""

    def __init__(self, host: str, port: int, interview: str, more: str = "") -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        # `more` are further arguments of the address
        self._address = f"/interview?i={quote(interview, safe='/:')}{more}"
        self.cookies: dict[str, str] = {}
        self.page = ""

    def begin(self) -> None:
        """Begin a new session and read its first screen."""
        self.page = self._follow("GET", f"{self._address}&new_session=1", None)

    def submit(self) -> float:
        """Fill in the screen and send it; the seconds from sending to having read the answer."""
        form = read_form(self.page)
        body = urlencode(form.filled)
        begun = time.perf_counter()
        page = self._follow("POST", form.action, body)
        taken = time.perf_counter() - begun
        if 'class="da-has-error"' in page or page == self.page:
            raise BadAnswer("the form was refused")
        self.page = page
        return taken

    def at_end(self) -> bool:
        """Whether the screen has nothing to fill in."""
        return not read_form(self.page).open

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _follow(self, method: str, path: str, body: str | None) -> str:
        """The page at the end of redirects."""
        while True:
            answer, text = self._exchange(method, path, body)
            if answer.status not in (302, 303):
                break
            there = urlsplit(answer.headers["Location"])
            method, path, body = "GET", f"{there.path}?{there.query}", None
        if answer.status != 200:
            raise BadAnswer(f"{method} {path}: {answer.status}\n{text[:2000]}")
        return text

    def _exchange(self, method: str, path: str, body: str | None) -> tuple[http.client.HTTPResponse, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer, answer.read().decode()


class Roaming(Person):
    """Somebody whose requests go to several machines in turn, as if a proxy in front of them did that."""

    def __init__(self, addresses: Sequence[tuple[str, int]], interview: str) -> None:
        super().__init__(*addresses[0], interview)
        self._connections = [self._connection, *(http.client.HTTPConnection(*there, timeout=PATIENCE) for there in addresses[1:])]
        self._turns = cycle(self._connections)

    def close(self) -> None:
        for connection in self._connections:
            connection.close()

    def _exchange(self, method: str, path: str, body: str | None) -> tuple[http.client.HTTPResponse, str]:
        self._connection = next(self._turns)
        return super()._exchange(method, path, body)


def read_form(page: str) -> Form:
    """The form of a page, filled in; an empty one if there is none."""
    found = FORM.search(page)
    if found is None:
        return Form("", (), open=False)
    filled: dict[str, str] = {}
    is_open = False
    for tag, rest in CONTROL.findall(found[0]):
        attributes = dict(ATTRIBUTE.findall(rest))
        kind = attributes.get("type", tag)
        is_open = is_open or kind != "hidden"
        # the first of several radio buttons is the one to press
        filled.setdefault(attributes["name"], _answer(kind, attributes))
    return Form(unescape(found[1]), tuple(filled.items()), is_open)


def _answer(kind: str, attributes: dict[str, str]) -> str:
    if kind in ("hidden", "radio", "checkbox"):
        return unescape(attributes.get("value", ""))
    if kind == "date":
        return "2026-05-04"
    return "42" if attributes.get("inputmode") == "numeric" else f"The answer that was typed into {attributes['name']}"


def measure(addresses: Sequence[tuple[str, int]], interview: str, persons: int, seconds: float, sessions: int) -> Measured:
    """Have so many persons answer at once, until `seconds` are over or each has been through `sessions` sessions."""
    group = [Roaming(addresses, interview) for _ in range(persons)]
    for person in group:
        person.begin()
    begun, cpu = time.perf_counter(), _cpu_seconds()
    with ThreadPoolExecutor(persons) as pool:
        submits = list(pool.map(lambda person: _answer_screens(person, begun + seconds, sessions), group))
    measured = Measured(tuple(taken for one in submits for taken in one), time.perf_counter() - begun, _cpu_seconds() - cpu)
    for person in group:
        person.close()
    return measured


def _answer_screens(person: Person, end: float, sessions: int) -> list[float]:
    taken: list[float] = []
    while time.perf_counter() < end or len(taken) < FEWEST:
        taken.append(person.submit())
        if person.at_end():
            sessions -= 1
            if sessions == 0:
                break
            person.begin()
    return taken


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(arguments: list[str]) -> None:
    """Measure and print."""
    machines, interview, persons, seconds, sessions = arguments
    addresses = [(host, int(port)) for host, _, port in (machine.partition(":") for machine in machines.split(","))]
    measured = measure(addresses, interview, int(persons), float(seconds), int(sessions))
    printed: dict[str, Any] = asdict(measured)
    print(json.dumps(printed))


if __name__ == "__main__":
    main(sys.argv[1:])
