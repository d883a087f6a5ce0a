"""The database goes away while tasks run, and comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import text

from docassemble_lite.settings import Settings
from docassemble_lite.store.database import open_store
from tests.acceptance.visitor import Visitor
from tests.faults.fire.databases import Postgresql
from tests.faults.fire.network import Here
from tests.faults.working import INTERVIEW, NAME, SHORT_LEASE, heading_when_over, runs_of, start_task

Eventually = Callable[..., Any]
#: The task asks for things that are written into the store, and starts another one.
ASKING = (
    INTERVIEW.replace("background_response('worked')", "background_response(ask())")
    + """\
---
code: |
  def ask():
    open('asking', 'w').close()
    background_error_action('never_needed')
    return background_action('quick').get()
---
event: quick
code: |
  background_response('worked')
"""
)
WORD = """\
mandatory: True
question: It is ${ typed }
---
question: What is your word?
fields:
  - Word: typed
"""


def test_p40_a_task_that_runs_while_the_database_is_away_longer_than_its_lease_is_not_lost(
    server: Callable[..., Any], eventually: Eventually, own_postgresql: Postgresql
) -> None:
    """P40: its worker could give no sign of life, and gets the time to give one before anybody takes it for dead."""
    lease, sweep = 4.0, 0.3
    running = server({NAME: INTERVIEW}, database=own_postgresql.url, task_lease=lease, task_heartbeat=1.4, task_sweep=sweep)
    visitor, _ = start_task(running, until="go-on")
    eventually(lambda: runs_of(running), "the task runs")
    own_postgresql.stop()
    time.sleep(2 * lease)
    own_postgresql.start()
    # until then the sweeper has looked
    time.sleep(4)
    (running.folder / "go-on").touch()
    assert heading_when_over(visitor, eventually) == "Done, worked"
    assert "heartbeat_failed" in running.log


def test_p40_a_task_that_needs_the_store_while_the_database_is_away_waits_for_it(
    server: Callable[..., Any], eventually: Eventually, own_postgresql: Postgresql
) -> None:
    """P40: its author's code sees nothing of it."""
    running = server({NAME: ASKING}, database=own_postgresql.url, **SHORT_LEASE)
    visitor, _ = start_task(running, until="go-on")
    eventually(lambda: runs_of(running), "the task runs")
    own_postgresql.stop()
    (running.folder / "go-on").touch()
    eventually((running.folder / "asking").exists, "the task asks")
    time.sleep(1)
    own_postgresql.start()
    assert heading_when_over(visitor, eventually) == "Done, worked"


def test_p40_a_page_that_cannot_be_saved_keeps_what_was_typed_and_is_sent_again_when_the_database_is_back(
    server: Callable[..., Any], own_postgresql: Postgresql
) -> None:
    """P40: 503, and nothing is started again but the database."""
    running = server({"word.yml": WORD}, database=own_postgresql.url, web_processes=1)
    visitor = Visitor(running.url)
    page = visitor.show("word.yml")
    own_postgresql.stop()
    kept = visitor.answer(page, typed='R&D"s')
    assert (kept.status, kept.heading) == (503, "Your answers can't be saved just now")
    assert 'R&D"s' in kept.words
    assert [Visitor(running.url).get(path).status for path in ("/healthz", "/readyz")] == [200, 503]
    own_postgresql.start()
    again = visitor.post("/interview?i=word.yml", kept.form)
    assert (again.status, again.heading) == (200, 'It is R&D"s')
    assert visitor.get("/readyz").status == 200


def test_p40_while_the_database_hangs_and_everybody_waits_the_process_says_how_it_is(
    server: Callable[..., Any], own_postgresql: Postgresql
) -> None:
    """P40: it is alive, so nobody ends it; and whoever waited is answered when the database goes on."""
    running = server({"word.yml": WORD}, database=own_postgresql.url, web_processes=1, web_threads=1)
    # so that it has its connections
    assert Visitor(running.url).show("word.yml").status == 200
    with ThreadPoolExecutor() as others:
        with own_postgresql.hanging():
            waiting = others.submit(Visitor(running.url).show, "word.yml")
            assert [Visitor(running.url).get(path).status for path in ("/healthz", "/readyz")] == [200, 503]
            assert not waiting.done()
        assert waiting.result().status == 200


def test_the_database_soon_notices_a_machine_that_has_lost_its_power(tmp_path: Path) -> None:
    """It would keep the locks of such a machine for two hours else, the one of the schedule among them."""
    database = Postgresql(Here())
    try:
        store = open_store(Settings(data=tmp_path, database=database.url))
        with store.engine.connect() as connection:
            asked = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")
            found = [connection.scalar(text(f"SHOW {name}")) for name in asked]
        store.close()
        assert found == ["10", "5", "3", "15000"]
    finally:
        database.close()
