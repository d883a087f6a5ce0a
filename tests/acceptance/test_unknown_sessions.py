"""P35: nobody tries out which sessions there are, and nobody is kept out of their own by who does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from docassemble_lite.store.attempts import Attempts
from docassemble_lite.web import create_app
from docassemble_lite.web.services import EXTENSION
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import value_of

INTERVIEWS = {
    "shared.yml": "mandatory: True\ncode: |\n  multi_user = True\n---\nmandatory: True\nquestion: Together\n",
    "own.yml": "mandatory: True\nquestion: Alone\n",
}
MOST = 60


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with application(tmp_path, INTERVIEWS) as made:
        yield made


def browser_at(app: Flask, address: str) -> Client:
    """A browser on the machine of that address."""
    client = Client(app)
    client.flask.environ_base["REMOTE_ADDR"] = address
    return client


def session_begun(client: Client, name: str) -> str:
    """The id of the session of an interview that the browser is in."""
    return value_of(client.get(f"/interview?i={name}").form, "_session")


def join(client: Client, session: str) -> int:
    """Go to a session by its address; the status."""
    return client.get(f"/interview?i=shared.yml&session={session}").status


def guess(client: Client, times: int) -> list[int]:
    return [join(client, f"guess{number}") for number in range(times)]


def test_p35_sixty_unknown_sessions_a_minute_and_then_none_but_from_elsewhere(app: Flask) -> None:
    """P35: the right id opens nothing then, so that nobody can tell it from a wrong one; for others it does."""
    ada, eve = browser_at(app, "127.0.1.1"), browser_at(app, "127.0.2.1")
    session = session_begun(ada, "shared.yml")
    assert guess(eve, MOST + 1) == [404] * MOST + [429]
    refused = browser_at(app, "127.0.2.200").get(f"/interview?i=shared.yml&session={session}")
    assert refused.status == 429
    assert 0 < int(refused.headers["Retry-After"] or 0) <= 60
    assert join(browser_at(app, "127.0.3.1"), session) == 200


def test_p35_who_is_in_a_session_stays_in_it_whatever_others_of_the_network_try(app: Flask) -> None:
    ada, eve = browser_at(app, "127.0.2.2"), browser_at(app, "127.0.2.1")
    shared, own = session_begun(ada, "shared.yml"), session_begun(ada, "own.yml")
    assert guess(eve, MOST + 1)[-1] == 429
    assert ada.get("/interview?i=shared.yml").heading == "Together"
    assert join(ada, shared) == 200
    ada.get("/interview?i=own.yml&new_session=1")
    assert ada.get(f"/interview?i=own.yml&session={own}").status == 200


def test_p35_a_restart_forgets_no_guess(app: Flask) -> None:
    guess(browser_at(app, "127.0.2.1"), MOST + 1)
    again = create_app(app.extensions[EXTENSION].settings)
    assert guess(browser_at(again, "127.0.2.1"), 1) == [429]
    store_of(again).close()


# fmt: off
WAYS: dict[str, Callable[[Client], Any]] = {
    "address": lambda client: client.get("/interview?i=own.yml&session=guess").status,
    "header": lambda client: client.flask.get("/interview?i=own.yml", headers={"X-Session": "guess"}).status_code,
    "form": lambda client: client.post("/interview?i=own.yml", _session="guess").status,
    "answers": lambda client: client.post("/vars?i=own.yml", _session="guess").status,
    "check-in": lambda client: client.post("/checkin?i=own.yml", _session="guess").status,
    "stream": lambda client: client.get("/events?i=own.yml&session=guess").status,
    "list": lambda client: client.post("/interviews/guess/delete").status,
}
# fmt: on


@pytest.mark.parametrize("way", WAYS)
def test_p35_however_a_session_is_named_it_is_counted(app: Flask, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    counted: list[str] = []
    real = Attempts.seconds_to_wait

    def count(self: Attempts, *what: str, **limits: Any) -> float:
        counted.append(what[0])
        return real(self, *what, **limits)

    store_of(app).people.add("ada@example.com", "a password for tests")
    client = browser_at(app, "127.0.2.1").sign_in("ada@example.com")
    monkeypatch.setattr(Attempts, "seconds_to_wait", count)
    assert WAYS[way](client) in (200, 204, 404)
    assert counted == ["unknown session"]


def test_what_names_no_session_is_not_counted(app: Flask) -> None:
    """A session that is over is begun anew, and a browser that has only just come has none."""
    client = browser_at(app, "127.0.2.1")
    for _ in range(3):
        store_of(app).sessions.delete_surely(session_begun(client, "own.yml"))
    client.post("/checkin?i=own.yml")
    with store_of(app).engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM attempts").scalar() == 0
