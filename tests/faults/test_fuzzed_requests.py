"""P31, P32, P33, P36: whatever is sent, the server answers, somebody else's things stay as they are, and nobody learns of them.

`DAL_FORGERIES` says how many requests are sent (the long form: 100000).
"""

from __future__ import annotations

import logging
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import Engine, or_, select

from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.tables import db
from docassemble_lite.store.tasks import NewTask
from docassemble_lite.store.tickets import HANDED_OVER
from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.visitor import value_of
from tests.faults.odd_requests import Known, Sender, rules_of

COUNT = int(os.environ.get("DAL_FORGERIES", "3000"))
# requests after which others send them
_LAP = 150
CANARY = "kanarienvogel-4471"
INTERVIEW = """\
mandatory: True
question: ${ food } and ${ fruit.true_values() }
subquestion: |
  ${ word_typed }

  ${ letter }
continue button field: seen
---
mandatory: True
question: The end
event: the_end
buttons:
  - Leave: exit
  - Again: restart
  - Sign in: signin
---
question: Food?
fields:
  - Food: food
  - Word: word_typed
    required: False
  - Number: how_many
    datatype: integer
    required: False
  - Day: day
    datatype: date
    required: False
  - Letter: letter
    datatype: file
    required: False
  - Fruit: fruit
    datatype: checkboxes
    choices: [apple, "it's a pear"]
    required: False
check in: listen
---
event: listen
code: |
  background_response()
---
event: told
code: |
  response(str(action_argument('text')))
---
event: helped
question: Help
---
question: Color?
fields:
  - Color: color
"""
VARIABLES = ("food", "word_typed", "how_many", "day", "letter", "fruit", "fruit['apple']", "color", "nobody", "_internal")
ACTIONS = ("told", "helped", "color", "listen", "food", "_da_force_ask", "_da_set", "_da_priority_action", "nobody", "__class__")


@pytest.fixture
def app(tmp_path: Path, stored: dict[str, Any]) -> Iterator[Flask]:
    with application(tmp_path, {"made.yml": INTERVIEW}, **stored) as made:
        yield made


class Victim:
    """Somebody who is signed in, with sessions, a file, a task and links, all of which hold the canary."""

    def __init__(self, app: Flask) -> None:
        self.store = store_of(app)
        self.person = self.store.people.add(
            "ada@example.com", f"{PASSWORD} {CANARY}", privileges=["developer"], first_name=CANARY
        )
        client = Client(app).sign_in("ada@example.com", f"{PASSWORD} {CANARY}")
        page = client.get("/interview?i=made.yml")
        self.session = value_of(page.form, "_session")
        page = client.answer(page, food=CANARY, word_typed=CANARY)
        assert CANARY in page.words
        secret = self.store.people.unlock(self.person, f"{PASSWORD} {CANARY}")
        loaded = self.store.sessions.load(self.session, secret)
        self.file = self._file(loaded)
        self.store.sessions.save(loaded, loaded.answers, loaded.extra, tasks=[NewTask("stolen-task", "told", CANARY.encode())])
        self.shared = self._shared()
        self.link = self.store.tickets.make("reset", HANDED_OVER, user_id=self.person.id)
        form = client.get("/interview?i=made.yml").form
        #: what others may have seen over a shoulder
        self.known = (
            *(self.session, str(self.file), "stolen-task", str(self.person.id), self.person.email),
            *(value_of(form, "csrf_token"), value_of(form, "_tracker")),
        )

    def _file(self, loaded: Loaded) -> int:
        content = f"the {CANARY}".encode()
        return self.store.files.add(
            loaded.session_id, loaded.data_key, content, name=f"{CANARY}.txt", mimetype="text/plain"
        ).number

    def _shared(self) -> str:
        """The id of a session that whoever has it may open; nobody has told it to others."""
        made = self.store.sessions.create("made.yml", None, {"food": CANARY}, multi_user=True, owner_id=self.person.id)
        self._file(made)
        return made.session_id

    def rows(self, engine: Engine) -> dict[str, list[Any]]:
        """All rows of the store that are this person's."""
        sessions, user = (self.session, self.shared), self.person.id
        found = {}
        with engine.connect() as connection:
            for table in db.metadata.sorted_tables:
                mine = [table.c[name].in_(sessions) for name in ("session_id",) if name in table.c]
                mine += [table.c[name] == user for name in ("user_id", "owner_id") if name in table.c]
                mine += [table.c.id.in_(sessions)] if table.name == "sessions" else []
                mine += [table.c.id == user] if table.name == "users" else []
                if mine:
                    found[table.name] = sorted(map(repr, connection.execute(select(table).where(or_(*mine)))))
        return found


def attackers(app: Flask, chance: random.Random, known: tuple[str, ...], lap: int) -> list[Sender]:
    """Somebody who isn't signed in, and somebody who is."""
    store, senders = store_of(app), []
    email = f"eve{lap}@example.com"
    store.people.add(email, PASSWORD)
    for browser in (Client(app), Client(app).sign_in(email)):
        page = browser.get("/interview?i=made.yml")
        if chance.random() < 0.5:
            page = browser.answer(page, food="ham")
        own = Known(VARIABLES, ACTIONS, known, page, browser.token(), PASSWORD)
        senders.append(Sender(browser.flask, rules_of(app), chance, own))
    return senders


def test_p31_p32_whatever_is_sent_nothing_breaks_and_nobody_elses_things_are_touched_or_told(
    app: Flask, stored: dict[str, Any], caplog: pytest.LogCaptureFixture, measured: Callable[..., None]
) -> None:
    """P31, P32, P33, P36: no server error, no traceback, no way to another server, nothing of the victim's changed or shown."""
    caplog.set_level(logging.WARNING)
    count, chance, victim = COUNT if not stored else min(COUNT, max(COUNT // 10, 600)), random.Random(31), Victim(app)
    before, statuses, senders = victim.rows(victim.store.engine), Counter[int](), []
    for number in range(count):
        if number % _LAP == 0:
            senders = attackers(app, chance, victim.known, number // _LAP)
        sender = chance.choice(senders)
        caplog.clear()
        with sender.send() as answer:
            body, status = answer.data, answer.status_code
            note = f"{number}: {str(sender.sent)[:3000]}\n{status} {body[:500]!r}\n{caplog.text[-5000:]}"
            statuses[status] += 1
            assert status < 500, note
            assert "Traceback" not in caplog.text, note
            assert CANARY.encode() not in body, note
            assert CANARY not in str(answer.headers) + caplog.text, note
            assert "planted" not in "".join(answer.headers.getlist("Set-Cookie")), note
            assert is_here(answer.headers.get("Location", "/")), note
        if number % 10 == 9 or number == count - 1:
            assert victim.rows(victim.store.engine) == before, note
    measured("P31", requests=count, server_errors=0, **{f"status_{status}": times for status, times in sorted(statuses.items())})
    assert statuses[200] > count / 10
    assert statuses[404] > count / 20


def is_here(location: str) -> bool:
    """Whether a browser that is led there stays at this server."""
    parts = urlsplit(location)
    return parts.netloc in ("", "localhost") and parts.scheme in ("", "http") and not location.startswith(("//", "/\\", "\\"))
