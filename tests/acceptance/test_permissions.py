"""P29–P31: who gets what, at every address, of every object, and what nobody gets.

`TABLE` says it for each route. What foreigners are told of a thing that is somebody else's is compared with what they are told of
one that isn't there, and after whatever was refused the store is what it was.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select
from werkzeug.test import TestResponse

from docassemble_lite import clock
from docassemble_lite.host import FileAccess
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.tables import db
from docassemble_lite.store.tasks import NewTask
from docassemble_lite.store.tickets import HANDED_OVER, INVITATION
from docassemble_lite.visit.temporary_files import temporary_address
from docassemble_lite.visit.temporary_links import link_address
from docassemble_lite.visit.ways_out import WayOut, way_out_address
from docassemble_lite.web.held import HOLD
from docassemble_lite.web.security import SECRET_COOKIE
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import Page, control, value_of

INTERVIEW = """\
mandatory: True
code: |
  multi_user = kept == "shared"
---
mandatory: True
question: ${ word_said }
fields:
  - Letter: letter
    datatype: file
    required: False
---
mandatory: True
question: The end
---
question: Word?
fields:
  - Word: word_said
---
question: How?
fields:
  - Kept: kept
"""
EVERYBODY = ("owner", "joined", "other", "developer", "admin", "anonymous", "cron")
WITHOUT_ACCOUNT = ("anonymous", "cron")
# what the sessions of the owner hold
CANARIES = {"private": "kanarienvogel-private", "shared": "kanarienvogel-shared"}


class Case(NamedTuple):
    """A request, and what each kind of person gets for it.

    `told` reads “owner, joined: shown; rest: 404”, with these outcomes: “shown” (200), “changed” (done, and the store is another
    one), “led on” (to another page), “sign in” (led to the page for signing in), “nothing” (the answer that there is nothing), or
    the number of a status. Names in braces in `path`, `posted` and `headers` are those of `Objects`; `guessed` says which of them
    are tried as well with an id that nobody has, and what those get who get the thing itself.
    """

    told: str
    path: str = ""
    posted: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    guessed: tuple[str, ...] = ()
    # what those are told of a guessed id who are let in
    missing: str = "404"


PUBLIC, SIGNED_IN = "rest: shown", "anonymous, cron: sign in; rest: shown"
ADMIN = "admin: {}; anonymous, cron: sign in; rest: 403"
RUNNERS = "admin, developer: {}; anonymous, cron: sign in; rest: 403"
OF_OWNER, OF_JOINED = "owner: {}; rest: 404", "owner, joined: {}; rest: 404"
NEW_PASSWORD = {"password": "another password", "again": "another password"}
_I = "?i=made.yml"
#: The files of the owner's private session that others may see, and who they are.
OPENED_TO = {
    "public_file": "rest: {}",
    "user_file": "owner, other: {}; rest: 404",
    "privilege_file": "owner, developer: {}; rest: 404",
    # of a session that has gone
    "outlived_file": "developer: {}; rest: 404",
}


def _of_person(what: str, **posted: str) -> list[Case]:
    """Something that administrators do with a person."""
    return [Case(ADMIN.format("changed"), f"/user/people/{{user}}/{what}", posted, guessed=("user",))]


def _files(ending: str) -> list[Case]:
    """The addresses of files."""
    return [
        Case(OF_OWNER.format("shown"), f"/uploadedfile/{{private_file}}{ending}", guessed=("private_file",)),
        Case(OF_JOINED.format("shown"), f"/uploadedfile/{{shared_file}}{ending}", guessed=("shared_file",)),
    ]


def _opened_files(ending: str) -> list[Case]:
    """The same for files that their author lets others see: those who have the address, one person, those with a privilege."""
    return [Case(told.format("shown"), f"/uploadedfile/{{{name}}}{ending}", guessed=(name,)) for name, told in OPENED_TO.items()]


#: “METHOD rule” → what is sent there, and who gets what.
TABLE: dict[str, list[Case]] = {
    "GET /static/<path:filename>": [Case(PUBLIC, "/static/app.css")],
    "GET /bootstrap/static/<path:filename>": [Case("rest: 404", "/bootstrap/static/none.css")],
    "GET /jquery.js": [Case(PUBLIC)],
    "GET /packagestatic/<package>/<path:name>": [Case("rest: 404", "/packagestatic/made/none.png")],
    "GET /": [Case(PUBLIC)],
    "GET /list": [Case(PUBLIC)],
    "GET /healthz": [Case(PUBLIC)],
    "GET /readyz": [Case(PUBLIC)],
    "GET /exit": [Case(PUBLIC)],
    "GET /leave": [Case(PUBLIC)],
    # a link out of a session holds for one browser, and there is nothing to be told of it
    "GET /way-out": [Case("owner: changed; rest: led on", "/way-out?key={way_out}", guessed=("way_out",), missing="led on")],
    # links of authors: whoever has one may use it
    "GET /goto": [Case("rest: led on", "/goto?c={temporary}", guessed=("temporary",)), Case("rest: shown", "/goto?c={once}")],
    "POST /goto": [
        Case("rest: changed", posted={"c": "{once}"}, guessed=("once",)),
        Case("rest: led on", posted={"c": "{temporary}"}),
    ],
    # --- sessions
    "GET /interview": [
        Case("rest: changed", f"/interview{_I}&new_session=1"),
        Case(OF_OWNER.format("led on"), f"/interview{_I}&session={{private}}", guessed=("private",)),
        # whoever has the id of a shared session has been given it
        Case("rest: led on", f"/interview{_I}&session={{shared}}", guessed=("shared",)),
        Case(OF_OWNER.format("shown"), f"/interview{_I}", headers={"X-Session": "{private}"}, guessed=("private",)),
        Case("owner: changed; rest: 404", f"/interview{_I}&action={{action}}", headers={"X-Session": "{private}"}),
    ],
    "POST /interview": [
        Case(
            OF_OWNER.format("changed"),
            f"/interview{_I}",
            {"_session": "{private}", "_tracker": "{private_tracker}"},
            guessed=("private",),
        ),
        Case(
            OF_OWNER.format("changed"),
            f"/interview{_I}",
            {"_session": "{private}", "_tracker": "{private_tracker}", "_back_one": "1"},
            guessed=("private",),
        ),
    ],
    "POST /upload": [
        Case(
            OF_OWNER.format("changed"),
            f"/upload{_I}",
            {"_session": "{private}", "_tracker": "{private_tracker}", "upload": "letter"},
            guessed=("private",),
        )
    ],
    # the owner's screen has no documents
    "POST /documents-by-email": [
        Case(
            OF_OWNER.format("409"),
            f"/documents-by-email{_I}",
            {"_session": "{private}", "_tracker": "{private_tracker}", "_attachment_email_address": "else@example.com"},
        )
    ],
    "POST /vars": [
        Case("owner: shown; rest: nothing", f"/vars{_I}", {"_session": "{private}"}, guessed=("private",), missing="nothing")
    ],
    "POST /checkin": [
        Case("owner: shown; rest: nothing", f"/checkin{_I}", {"_session": "{private}"}, guessed=("private",), missing="nothing")
    ],
    "GET /events": [
        Case("owner: shown; rest: nothing", f"/events{_I}&session={{private}}", guessed=("private",), missing="nothing")
    ],
    "GET /interviews": [Case(SIGNED_IN)],
    "POST /interviews/<session_id>/delete": [
        Case("owner: changed; anonymous, cron: sign in; rest: 404", "/interviews/{private}/delete", guessed=("private",)),
        Case("owner, joined: changed; anonymous, cron: sign in; rest: 404", "/interviews/{shared}/delete", guessed=("shared",)),
    ],
    "GET /interviews/delete-all": [Case(SIGNED_IN)],
    "POST /interviews/delete-all": [Case("anonymous, cron: sign in; rest: changed")],
    # --- files
    "GET /uploadedfile/<int:number>": _files("") + _opened_files(""),
    "GET /uploadedfile/<int:number>.<extension>": _files(".txt") + _opened_files(".txt"),
    "GET /uploadedfile/<int:number>/<path:name>": _files("/a.txt") + _opened_files("/a.txt"),
    "GET /uploadedfiles/<name>": [
        Case(OF_OWNER.format("shown"), "/uploadedfiles/a.zip?file={private_file}", guessed=("private_file",)),
        Case(OF_JOINED.format("shown"), "/uploadedfiles/a.zip?file={shared_file}", guessed=("shared_file",)),
        Case(OF_OWNER.format("shown"), "/uploadedfiles/a.zip?file={shared_file}&file={private_file}", guessed=("private_file",)),
        Case("rest: shown", "/uploadedfiles/a.zip?file={public_file}", guessed=("public_file",)),
        Case(OF_OWNER.format("shown"), "/uploadedfiles/a.zip?file={public_file}&file={private_file}", guessed=("private_file",)),
        Case("owner, other: shown; rest: 404", "/uploadedfiles/a.zip?file={user_file}", guessed=("user_file",)),
    ],
    # the number alone opens nothing, to the owner neither, and what opens one file opens no other
    "GET /temporary-file/<int:number>.<extension>": [
        Case("rest: 404", "/temporary-file/{private_file}.txt?until=99999999999&key=AAAA", guessed=("private_file",)),
        Case("rest: shown", "/temporary-file/{public_file}.txt?{file_address}", guessed=("public_file",)),
        Case("rest: 404", "/temporary-file/{user_file}.txt?{file_address}", guessed=("user_file",)),
    ],
    # --- tasks
    "GET /tasks": [Case(RUNNERS.format("shown"))],
    "POST /tasks/<task_id>/run-again": [Case(RUNNERS.format("led on"), "/tasks/{task}/run-again", guessed=("task",))],
    "POST /tasks/<task_id>/revoke": [Case(RUNNERS.format("changed"), "/tasks/{task}/revoke", guessed=("task",))],
    # --- signing in and out
    "GET /user/sign-in": [Case("anonymous, cron: shown; rest: led on")],
    "POST /user/sign-in": [
        Case("rest: changed", posted={"email": "ada@example.com", "password": PASSWORD}),
        Case("rest: 422", posted={"email": "ada@example.com", "password": "a guess of it"}),
        Case("rest: 422", posted={"email": "cron", "password": ""}),
    ],
    "GET /user/sign-out": [Case(PUBLIC)],
    "POST /user/sign-out": [Case("anonymous, cron: led on; rest: changed")],
    # --- links: whoever has one may use it
    "GET /user/register": [
        Case("anonymous, cron: shown; rest: led on", "/user/register?token={invitation}"),
        Case("anonymous, cron: shown; rest: led on", "/user/register"),
    ],
    "POST /user/register": [
        Case(
            "rest: changed",
            posted={**NEW_PASSWORD, "email": "new@example.com", "token": "{invitation}"},
            guessed=("invitation",),
            missing="403",
        )
    ],
    "GET /user/forgot-password": [Case(PUBLIC)],
    # this server sends no e-mails
    "POST /user/forgot-password": [Case("rest: 422", posted={"email": "ada@example.com"})],
    "GET /user/reset-password/<token>": [
        Case("rest: shown", "/user/reset-password/{link}", guessed=("link",), missing="410"),
        Case("rest: 410", "/user/reset-password/{invitation}"),
    ],
    "POST /user/reset-password/<token>": [
        Case("rest: changed", "/user/reset-password/{link}", NEW_PASSWORD, guessed=("link",), missing="410")
    ],
    # --- one's own account
    "GET /user/profile": [Case(SIGNED_IN)],
    "POST /user/profile": [Case("anonymous, cron: sign in; rest: changed", posted={"first_name": "Else"})],
    "POST /user/sign-out-everywhere": [Case("anonymous, cron: sign in; rest: changed")],
    "GET /user/change-password": [Case(SIGNED_IN)],
    "POST /user/change-password": [
        Case("anonymous, cron: sign in; rest: changed", posted={**NEW_PASSWORD, "old": PASSWORD}),
        Case("anonymous, cron: sign in; rest: 422", posted={**NEW_PASSWORD, "old": "a guess of it"}),
    ],
    "GET /user/recovery-code": [Case(SIGNED_IN)],
    "POST /user/recovery-code": [Case("anonymous, cron: sign in; rest: changed")],
    "GET /user/recover": [Case(SIGNED_IN)],
    "POST /user/recover": [Case("anonymous, cron: sign in; rest: 422", posted={"code": "{code}"})],
    "GET /user/delete-account": [Case(SIGNED_IN)],
    "POST /user/delete-account": [
        Case("anonymous, cron: sign in; admin: 422; rest: changed", posted={"old": PASSWORD}),
        Case("anonymous, cron: sign in; rest: 422", posted={"old": "a guess of it"}),
    ],
    "GET /user/account-deleted": [Case(PUBLIC)],
    # --- other people
    "GET /user/people": [Case(ADMIN.format("shown"))],
    "GET /userlist": [Case(ADMIN.format("led on"))],
    "GET /user/people/add": [Case(ADMIN.format("shown"))],
    "POST /user/people/add": [
        Case(ADMIN.format("changed"), posted={**NEW_PASSWORD, "email": "new@example.com", "privilege": "admin"})
    ],
    "GET /user/people/invite": [Case(ADMIN.format("shown"))],
    "POST /user/people/invite": [Case(ADMIN.format("changed"), posted={"email": "new@example.com", "privilege": "admin"})],
    "GET /user/people/<int(max=2147483647):user_id>": [
        Case(ADMIN.format("shown"), "/user/people/{user}", guessed=("user",)),
    ],
    "POST /user/people/<int(max=2147483647):user_id>/profile": _of_person("profile", first_name="Else"),
    "POST /user/people/<int(max=2147483647):user_id>/privileges": _of_person("privileges", privilege="admin"),
    "POST /user/people/<int(max=2147483647):user_id>/active": _of_person("active"),
    "POST /user/people/<int(max=2147483647):user_id>/link": _of_person("link"),
    "POST /user/people/<int(max=2147483647):user_id>/delete": _of_person("delete", sure="True"),
    "GET /user/privileges": [Case(ADMIN.format("shown"))],
    "GET /privilegelist": [Case(ADMIN.format("led on"))],
    "POST /user/privileges/add": [Case(ADMIN.format("changed"), posted={"name": "another"})],
    "POST /user/privileges/remove": [
        Case(ADMIN.format("changed"), posted={"privilege": "{privilege}"}, guessed=("privilege",), missing="422")
    ],
}
ADD_IT = """
{} is not in TABLE of tests/acceptance/test_permissions.py. Add it there with an address and who gets what, e.g.
    "{}": [Case("owner: shown; anonymous, cron: sign in; rest: 404", "/an/address/{{private}}", guessed=("private",))],
"""


# --- the people and what they have ---------------------------------------------------------------------------------------


@dataclass
class Actor:
    """One kind of person, with the cookies of a browser and the token of its forms."""

    name: str
    cookies: str
    csrf: str


@dataclass
class World:
    """A server with people, what belongs to the owner, and its store as it was in the beginning."""

    app: Flask
    actors: dict[str, Actor]
    # the name of a thing → its id
    objects: dict[str, str]
    rows: dict[str, list[Any]] = field(default_factory=dict)
    contents: dict[Path, bytes] = field(default_factory=dict)

    def current(self) -> dict[str, list[Any]]:
        """Everything in the store but what is counted of attempts, which is there to be counted."""
        with store_of(self.app).engine.connect() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
                for table in db.metadata.sorted_tables
                if table.name != "attempts"
            }

    def is_touched(self) -> bool:
        """Whether anything was written since the last call; that it is the same as before may still be."""
        version = self._watch.exec_driver_sql("PRAGMA data_version").scalar()
        self._watch.rollback()
        touched, self._version = version != self._version, version
        return bool(touched)

    def watch(self) -> None:
        """From here on `is_touched` tells what is written."""
        self.rows = self.current()
        self._watch, self._version = store_of(self.app).engine.connect(), None
        self.contents = {path: path.read_bytes() for path in self._files()}
        self.is_touched()

    def stop_watching(self) -> None:
        self._watch.close()

    def restore(self) -> None:
        """Put everything back."""
        with store_of(self.app).engine.begin() as connection:
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(delete(table))
            for table in db.metadata.sorted_tables:
                if self.rows.get(table.name):
                    names = [column.name for column in table.columns]
                    connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in self.rows[table.name]])
        for path, content in self.contents.items():
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        self.is_touched()

    def _files(self) -> list[Path]:
        folder = store_of(self.app).files._contents._folder  # type: ignore[attr-defined]
        return [path for path in Path(folder).rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("permissions")
    with pytest.MonkeyPatch.context() as patch:
        # so that nothing is written down only because a minute has passed
        moment = clock.now()
        patch.setattr(clock, "now", lambda: moment)
        with application(folder, {"made.yml": INTERVIEW}, allow_registration=False, database="") as app:
            made = _made(app)
            made.watch()
            yield made
            made.stop_watching()


def _made(app: Flask) -> World:
    people = store_of(app).people
    people.add_privilege("helper")
    for name, privileges in {"ada": (), "ben": (), "cleo": (), "dev": ["developer"], "root": ["admin"]}.items():
        people.add(f"{name}@example.com", PASSWORD, privileges=privileges)
    names = {"owner": "ada", "joined": "ben", "other": "cleo", "developer": "dev", "admin": "root"}
    browsers = {actor: Client(app).sign_in(f"{name}@example.com") for actor, name in names.items()}
    browsers |= {"anonymous": Client(app), "cron": Client(app)}
    assert browsers["cron"].post("/user/sign-in", email="cron", password="cron").status == 422
    objects = _objects(app, browsers["owner"])
    for name in ("joined", "other", "developer", "admin"):
        browsers[name].get("/interview?i=made.yml&new_session=1")
    browsers["joined"].get(f"/interview?i=made.yml&session={objects['shared']}")
    # the token first, as it is in a cookie as well
    tokens = {name: browsers[name].token() for name in EVERYBODY}
    actors = {name: Actor(name, _cookies(browsers[name]), tokens[name]) for name in EVERYBODY}
    return World(app, actors, objects)


def _cookies(browser: Client) -> str:
    found = {name: browser.flask.get_cookie(name) for name in (SECRET_COOKIE, "da_session")}
    return "; ".join(f"{name}={cookie.value}" for name, cookie in found.items() if cookie)


def _objects(app: Flask, owner: Client) -> dict[str, str]:
    store = store_of(app)
    person = store.people.find("ada@example.com")
    assert person
    secret = store.people.unlock(person, PASSWORD)
    found = {"user": str(person.id), "privilege": "helper", "action": "eyJhY3Rpb24iOiAid29yZF9zYWlkIn0", "code": "AAAAA-BBBBB"}
    for kept, canary in CANARIES.items():
        page = _begun(owner, kept, canary)
        session = value_of(page.form, "_session")
        loaded = store.sessions.load(session, secret)
        found |= {
            kept: session,
            f"{kept}_tracker": value_of(page.form, "_tracker"),
            f"{kept}_file": str(_file(app, loaded, canary)),
        }
        found |= {"task": f"task-{kept}"}
        store.sessions.save(loaded, loaded.answers, loaded.extra, tasks=[NewTask(f"task-{kept}", "work", canary.encode())])
    found |= _opened(app, store.sessions.load(found["private"], secret))
    browser = value_of(owner.get("/interview?i=made.yml").form, "csrf_token") and _browser_id(app, owner)
    way_out = way_out_address(store.vault, WayOut("exit", "made.yml", found["private"], browser))
    found["way_out"] = way_out.partition("key=")[2]
    found["link"] = store.tickets.make("reset", HANDED_OVER, user_id=person.id)
    found["invitation"] = store.tickets.make("invite", INVITATION)
    ticket = store.tickets.make("link", INVITATION)
    for name, once in (("temporary", ""), ("once", ticket)):
        found[name] = link_address(store.vault, "/list", 3600, once).partition("=")[2]
    return found


def _browser_id(app: Flask, owner: Client) -> str:
    from docassemble_lite.web.security import browser_id

    with app.test_request_context(headers={"Cookie": _cookies(owner)}):
        return browser_id()


def _begun(owner: Client, kept: str, canary: str) -> Page:
    page = owner.get("/interview?i=made.yml&new_session=1")
    page = owner.answer(page, kept=kept)
    page = owner.answer(page, word_said=canary)
    assert page.heading == canary
    return page


def _file(app: Flask, loaded: Loaded, canary: str) -> int:
    files = store_of(app).files
    return files.add(loaded.session_id, loaded.data_key, canary.encode(), name=f"{canary}.txt", mimetype="text/plain").number


def _opened(app: Flask, loaded: Loaded) -> dict[str, str]:
    """Files of a private session that others may see, one that has outlived its session, and a temporary address of the first."""
    store = store_of(app)
    gone = store.sessions.create("made.yml", b"a secret that nobody has", {})
    cleo = store.people.find("cleo@example.com")
    assert cleo
    assert cleo.id
    found = {}
    for name, session, access in (
        ("public_file", loaded, FileAccess(private=False)),
        ("user_file", loaded, FileAccess(user_ids=(cleo.id,))),
        ("privilege_file", loaded, FileAccess(privileges=("developer",))),
        ("outlived_file", gone, FileAccess(persistent=True, privileges=("developer",))),
    ):
        found[name] = str(_file(app, session, f"opened-{name}"))
        store.files.access.set(session.session_id, session.data_key, int(found[name]), access)
    number = int(found["public_file"])
    opener = store.files.info(number, loaded.session_id, loaded.data_key).opener
    found["file_address"] = temporary_address(store.vault, opener, number, "txt", 600).partition("?")[2]
    store.sessions.delete(gone)
    return found


#: An id of each kind that nobody has.
GUESSES = {
    "private": "G" * 32, "shared": "G" * 32, "private_file": "7", "shared_file": "7", "task": "G" * 32, "user": "2147483000",
    "public_file": "7", "user_file": "7", "privilege_file": "7", "outlived_file": "7",
    "link": "G" * 43, "invitation": "G" * 43, "privilege": "guessed", "way_out": "G" * 43,
    "temporary": "G" * 43, "once": "G" * 43,
}  # fmt: skip


# --- the test ------------------------------------------------------------------------------------------------------------


def test_p31_everybody_gets_what_the_table_says_at_every_route_and_nothing_else(world: World) -> None:
    """P31: each kind of person × each route × things of one's own, of others, and those that nobody has."""
    wrong = [ADD_IT.format(route, route) for route in _routes(world.app) if route not in TABLE]
    requests = 0
    for route, cases in TABLE.items():
        for case in cases:
            for actor in world.actors.values():
                wrong += _mistakes(world, route, case, actor)
                requests += 1 + len(case.guessed)
    assert wrong == [], "\n".join(wrong)
    print(f"\nP31: people × routes × objects: {requests} requests, 0 leaks")


def test_the_table_has_no_route_that_is_not_there(world: World) -> None:
    assert set(TABLE) <= set(_routes(world.app))


def _routes(app: Flask) -> list[str]:
    rules = app.url_map.iter_rules()
    return [f"{method} {rule.rule}" for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]


def _mistakes(world: World, route: str, case: Case, actor: Actor) -> list[str]:
    """What is other than it should be."""
    wanted = _wanted(case.told, actor.name)
    outcome, told, leaked = _asked(world, route, case, actor, world.objects)
    where = f"{route} {case.path} {dict(case.posted)} as {actor.name}"
    found = [] if outcome == wanted else [f"{where}: {outcome} instead of {wanted}"]
    found += [f"{where}: {text}" for text in leaked]
    for name in case.guessed:
        objects = {**world.objects, name: GUESSES[name]}
        outcome, told_of_nothing, leaked = _asked(world, route, case, actor, objects)
        is_let_in = wanted in ("shown", "changed", "led on") and case.missing != wanted
        missing = case.missing if is_let_in else wanted
        found += [] if outcome == missing else [f"{where}, {name} guessed: {outcome} instead of {missing}"]
        if not is_let_in and told != told_of_nothing:
            found.append(f"{where}: a {name} of somebody else isn't told of as one that nobody has:\n{told}\n{told_of_nothing}")
    return found


def _wanted(told: str, name: str) -> str:
    rest = ""
    for part in told.split("; "):
        names, _, outcome = part.rpartition(": ")
        if name in names.split(", "):
            return outcome
        if names == "rest":
            rest = outcome
    assert rest, told
    return rest


def _asked(world: World, route: str, case: Case, actor: Actor, objects: dict[str, str]) -> tuple[str, str, list[str]]:
    """What came of a request, what was told without what differs each time, and what mustn't have been."""
    with _sent(world, route, case, actor, objects) as answer:
        body = answer.data.decode("utf-8", "replace")
        changed = world.is_touched() and world.current() != world.rows
        outcome = _outcome(answer, changed)
        leaked = _leaks(world, actor, outcome, answer, body)
    if changed or outcome == "changed":
        world.restore()
    return outcome, _plain(f"{answer.status_code} {answer.headers.get('Location')} {body}", objects), leaked


def _sent(world: World, route: str, case: Case, actor: Actor, objects: dict[str, str]) -> TestResponse:
    method, _, rule = route.partition(" ")
    posted: dict[str, Any] = {name: value.format(**objects) for name, value in case.posted.items()}
    if "upload" in posted:
        posted[control(posted.pop("upload"))] = (io.BytesIO(b"%PDF-1.4 a"), "a.pdf", "application/pdf")
    headers = {name: value.format(**objects) for name, value in case.headers.items()} | {"Cookie": actor.cookies}
    return world.app.test_client(use_cookies=False).open(
        (case.path or rule).format(**objects),
        method=method,
        data={"csrf_token": actor.csrf, **posted} if method == "POST" else None,
        headers=headers,
        environ_overrides={HOLD: lambda *_: True},
    )


def _outcome(answer: TestResponse, changed: bool) -> str:
    location, status = answer.headers.get("Location", ""), answer.status_code
    if changed:
        return "changed" if status < 400 else f"{status}, and something was changed"
    if status == 303 and location.startswith("/user/sign-in?"):
        return "sign in"
    if status in (302, 303, 308):
        return "led on"
    if status == 204 or (answer.is_json and answer.json.get("success") is False):
        return "nothing"
    return "shown" if status == 200 else str(status)


def _leaks(world: World, actor: Actor, outcome: str, answer: TestResponse, body: str) -> list[str]:
    """Answers of sessions in which the person isn't, wherever they stand; and changes of them."""
    strangers = {"owner": (), "joined": ("private",)}.get(actor.name, ("private", "shared"))
    shown = body + str(answer.headers)
    found = [f"the {kept} session's answers are shown" for kept in strangers if CANARIES[kept] in shown]
    if outcome == "changed" and actor.name not in ("owner", "admin"):
        found += [] if _is_untouched(world, world.objects["private"]) else ["the private session of the owner is another one"]
    return found


def _is_untouched(world: World, session: str) -> bool:
    current = world.current()
    names = ("sessions", "steps", "session_keys", "files")
    return all(
        [row for row in current[name] if session in row] == [row for row in world.rows[name] if session in row] for name in names
    )


def _plain(text: str, objects: dict[str, str]) -> str:
    """The text without what differs each time."""
    text = re.sub(r"(uploadedfile/|temporary-file/|people/|file=|file%3D)\d+", r"\1ID", text)
    for name in sorted(GUESSES, key=lambda name: -len(objects[name])):
        if len(objects[name]) > 4:
            text = text.replace(objects[name], "ID")
    return re.sub(r"nonce(-|=\")[\w-]+|name=\"csrf_token\" value=\"[\w-]+", "", text)
