"""Requests as no browser of ours sends them, made by chance: any route, any method, any value anywhere."""

from __future__ import annotations

import io
import json
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_from_bytes

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from docassemble_lite.visit.addresses import encoded_action
from tests.acceptance.visitor import Page, control

# fmt: off
ODD = (
    "", "0", "1", "-1", "1.5", "1e999", "nan", "None", "True", "٣", "é", "ﬁ", "🍎", "\0", "a\0b", "\u202e1", "\x7f",
    "\ufffe", " ", str(2**31), str(2**63), str(2**64), str(-(2**63)), "9" * 5000, "A" * 3000, "/" * 300, "(" * 300,
    "[" * 2000, "..", "../../x", "../server.key", "..%2f..%2fserver.key", "%00", "%", "%zz", "%ff", "' OR 1=1 --",
    "<script>alert(1)</script>", "${ 1/0 }", "{{ 7*7 }}", "\r\nSet-Cookie: planted=1", "a\nb", "[1]", "{}",
    '{"a": 1}', "null", "=", "&", ";", "#", "?", "\\", "//", "@", "x@example.com", "ada@example.com",
    "eve@example.com", "made.yml", "../made.yml", "made.yml\0", "no:such.yml", "admin", "cron",
)
ELSEWHERE = (
    "//evil.example", "/\\evil.example", "https://evil.example", "\t//evil.example", "/\t/evil.example",
    "javascript:alert(1)", "/%09/evil.example", "/list", "/user/profile?x=1", "///evil.example", "http:evil.example",
    "/\r\nLocation: //evil.example",
)
# what most often wasn't thought of
WORST = ("\0", "a\0b", "9" * 5000, str(2**63), str(2**64), "A" * 3000, "\u202e", "")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "BREW", "get")
ARGUMENTS = (
    "i", "i", "session", "session", "session", "action", "new_session", "reset", "next", "page", "state", "search",
    "file", "thumb", "attachment", "token", "key", "from_list", "js_target", "x",
)
CONTROLS = (
    "_session", "_tracker", "_back_one", "_datatypes", "_visible", "_list_collect", "_varnames", "email", "password",
    "again", "old", "code", "lost", "sure", "shared", "active", "privilege", "name", "first_name", "last_name",
    "timezone", "language", "country", "next", "token", "action", "do_action", "parameters", "checkinCode", "awaits",
    "told", "page", "state", "csrf_token",
)
HEADERS = (
    "X-Session", "X-CSRFToken", "X-Read-Only", "Accept-Language", "Range", "If-None-Match", "If-Modified-Since",
    "Content-Type", "Content-Length", "Content-Encoding", "Referer", "Origin", "X-Forwarded-For", "X-Forwarded-Host",
    "X-Forwarded-Proto", "Accept", "Authorization", "User-Agent", "X-HTTP-Method-Override", "Host",
    "Transfer-Encoding", "Cookie",
)
# what Python's own parts of the server make of these before ours see a request is theirs
_OF_THE_SERVER = {"Content-Length", "Transfer-Encoding", "Host"}
BYTES = (b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"\x80", b"%00", b"\xf0\x9f", b"..\\", b"\r\n")
# fmt: on


@dataclass
class Known:
    """What whoever sends them knows: an interview, a page of their own, and what belongs to somebody else."""

    variables: tuple[str, ...]
    actions: tuple[str, ...]
    # of other people: ids of sessions, files and tasks, tokens of forms and pages
    stolen: tuple[str, ...] = ()
    page: Page | None = None
    csrf: str = ""
    password: str = ""


@dataclass
class Sender:
    """One browser that sends them."""

    client: FlaskClient
    rules: list[Rule]
    chance: random.Random
    known: Known
    address: str = "127.0.0.1"
    # how the latest request reads
    sent: dict[str, Any] = field(default_factory=dict)

    def send(self) -> TestResponse:
        """Send one of them."""
        chance = self.chance
        rule = chance.choice(self.rules)
        method = chance.choice(sorted(rule.methods or {"GET"})) if chance.random() < 0.9 else chance.choice(METHODS)
        path, query = self._path(rule), self._query()
        body = self._body() if method not in ("GET", "HEAD", "OPTIONS") or chance.random() < 0.1 else {}
        headers = self._headers()
        self.sent = {"method": method, "path": path, "query": query, "headers": headers, **body}
        shown = {name: value for name, value in body.items() if name != "buffered"}
        address = f"127.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
        return self.client.open(
            path, method=method, query_string=query, headers=headers, environ_base={"REMOTE_ADDR": address}, **shown
        )

    # --- where to ------------------------------------------------------------------------------------------------------

    def _path(self, rule: Rule) -> str:
        """An address that the rule fits, or nearly."""
        parts = []
        for is_argument, text in rule._trace:
            parts.append(self._escaped(self._value()) if is_argument else text)
        path = "".join(parts).lstrip("|") or "/"
        if self.chance.random() < 0.05:
            place = self.chance.randrange(len(path) + 1)
            path = path[:place] + self._escaped(self.chance.choice(ODD)[:200]) + path[place:]
        return path if path.startswith("/") and not path.startswith("//") else "/" + path.lstrip("/")

    def _escaped(self, text: str) -> str:
        if self.chance.random() < 0.1:
            return quote_from_bytes(self.chance.choice(BYTES))
        return quote(text, safe="/" if self.chance.random() < 0.3 else "")

    def _query(self) -> str:
        chance = self.chance
        pairs = [] if chance.random() < 0.15 else [("i", "made.yml")]
        for _ in range(chance.randrange(4)):
            name = chance.choice(ARGUMENTS) if chance.random() < 0.9 else chance.choice(ODD)
            pairs.append((name, self._argument(name)))
        text = "&".join(f"{quote(name)}={self._escaped(value)}" for name, value in pairs)
        return text if chance.random() < 0.97 else text + chance.choice(["&", "&&==", "%", "&%ff=%00", "&i=made.yml" * 50])

    def _argument(self, name: str) -> str:
        if name == "action" and self.chance.random() < 0.7:
            return encoded_action(self.chance.choice(self.known.actions), {"text": self._value(), "variables": [self._value()]})
        if name == "next":
            return self.chance.choice(ELSEWHERE)
        return self._value()

    # --- with what -----------------------------------------------------------------------------------------------------

    def _value(self) -> str:
        if self.known.stolen and self.chance.random() < 0.3:
            return self.chance.choice(self.known.stolen)
        return self.chance.choice(WORST if self.chance.random() < 0.3 else ODD)

    def _body(self) -> dict[str, Any]:
        chance = self.chance
        kind = chance.random()
        if kind < 0.65:
            return {"data": self._form()}
        if kind < 0.85:
            return {"data": self._with_files(), "content_type": "multipart/form-data"}
        if kind < 0.9:
            return {"data": json.dumps(self._form().to_dict()), "content_type": "application/json"}
        body = self._broken()
        return {
            "data": body,
            "content_type": chance.choice(["application/x-www-form-urlencoded", _MULTIPART, "text/plain", "x", ""]),
        }

    def _form(self) -> MultiDict[str, Any]:
        """What a form of the browser's page posts, with some of it changed."""
        chance, form = self.chance, MultiDict[str, Any]()
        if self.known.page is not None and "daform" in self.known.page.forms and chance.random() < 0.6:
            for name, value in self.known.page.form:
                form.add(name, self._value() if chance.random() < 0.15 else value)
        for _ in range(chance.randrange(6)):
            name = chance.choice([*CONTROLS, *(control(variable) for variable in self.known.variables)])
            form.add(name if chance.random() < 0.9 else chance.choice(ODD), self._of_form(name))
        if chance.random() < 0.95:
            form.setlist("csrf_token", [self.known.csrf])
        return form

    def _of_form(self, name: str) -> str:
        chance = self.chance
        if name in ("password", "again", "old") and chance.random() < 0.6:
            return self.known.password
        if name == "do_action":
            return chance.choice(self.known.actions)
        if name == "next":
            return chance.choice(ELSEWHERE)
        return self._value()

    def _with_files(self) -> MultiDict[str, Any]:
        chance, form = self.chance, self._form()
        for _ in range(chance.randrange(3)):
            name = chance.choice([control(variable) for variable in self.known.variables] + list(CONTROLS))
            content = chance.choice(
                [b"", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"PK\x03\x04" * 9, b"\xff\xd8\xff\xe0", b"x" * 9999]
            )
            filename = chance.choice(
                ["a.pdf", "a.png", "a.jpg", "a.docx", "", "..", "../a.pdf", "a", ".", "a.svg", "\u202ea.pdf", *ODD]
            )
            form.add(
                name,
                (
                    io.BytesIO(content),
                    filename.replace("\r", "").replace("\n", "")[:300],
                    chance.choice(["application/pdf", "x", "é"]),
                ),
            )
        return form

    def _broken(self) -> bytes:
        chance = self.chance
        start = f"csrf_token={self.known.csrf}&".encode()
        part = b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + self.known.csrf.encode() + b"\r\n"
        ends = (
            b"%",
            b"a=%ff",
            b"=&=&",
            b"\0",
            b"[" * 500,
            b"--b",
            b'--b\r\nContent-Disposition: form-data; name="x',
            b"--b--",
            b"a" * 5000,
        )
        return chance.choice([b"", start, part, start, part]) + chance.choice(ends)

    def _headers(self) -> list[tuple[str, str]]:
        chance = self.chance
        found = []
        for _ in range(chance.choice([0, 0, 0, 1, 2])):
            name = chance.choice([header for header in HEADERS if header not in _OF_THE_SERVER])
            if name == "Cookie":
                value = f"{chance.choice(['secret', 'da_session', 'x'])}={self._value()[:200]}"
            else:
                value = self._value()[:500]
            # a header can't have these, whoever sends it
            found.append((name, value.replace("\r", "").replace("\n", "").encode("utf-8").decode("latin-1")))
        return found


_OFTEN = ("interview", "checkin", "uploaded_files", "ways_out")
_MULTIPART = "multipart/form-data; boundary=b"


def rules_of(app: Flask) -> list[Rule]:
    """All routes but those of files that everybody may have; those of interviews more often."""
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in ("static", "bootstrap.static", "files.jquery")]
    return found + [rule for rule in found if rule.endpoint.partition(".")[0] in _OFTEN] * 4
