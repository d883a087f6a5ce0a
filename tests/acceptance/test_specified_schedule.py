"""The examples of the specification of scheduled tasks, unchanged: from the first screen to the e-mail in the mailbox."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from docassemble_lite.clock import now
from docassemble_lite.store.database import open_store
from tests.acceptance.playing import begin, fill, go_on, press, see
from tests.acceptance.specification import SPECIFICATION, needs_specification, whole
from tests.conftest import Server, eventually
from tests.mailbox import Mailbox

pytestmark = [pytest.mark.browser, needs_specification]

#: What stands around the parts of examples.
ANSWERING = """\
mandatory: True
code: |
  allow_cron = True
  multi_user = True
  the_status = 'open'
---
mandatory: True
question: It is ${ the_status }
"""
#: Runs the command of a crontab while the clock is some days ahead.
AHEAD = """\
import sys
from datetime import timedelta
from docassemble_lite import clock
really = clock.now
clock.now = lambda: really() + timedelta(days=float(sys.argv[1]))
from docassemble_lite.cron.command import main
sys.exit(main(sys.argv[2:]))
"""


def part(beginning: str, end: str) -> str:
    """What stands in the section of scheduled tasks from one text to another."""
    text = SPECIFICATION.read_text(encoding="utf-8")
    section = text[text.index("\nScheduled tasks\n") :]
    found = re.search(rf"^{re.escape(beginning)}.*?{re.escape(end)}", section, re.DOTALL | re.MULTILINE)
    assert found, "the specification has no such example"
    return found[0]


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any], mailbox: Mailbox) -> Server:
    reminder = part("mandatory: True\ncode: |\n  allow_cron = True", "  response()\n")
    unused = part("event: cron_monthly", "command('exit')\n")
    long_work = part("event: cron_daily\ncode: |\n  background_action(", "the_status = action_argument('result')\n  response()")
    interviews = {
        "reminder.yml": whole(reminder, unused),
        "long.yml": whole("modules:\n  - .consuming", ANSWERING, long_work),
        "consuming.py": "def do_something_time_consuming():\n    return 'done'\n",
    }
    mail = mailbox.directives("office@example.com")
    server: Server = shared_server(interviews, mail=mail)
    return server


def cron(running: Server, event: str, days: float = 0.0, *options: str) -> str:
    """What a crontab's command prints, so many days from now."""
    command = [sys.executable, "-c", AHEAD, str(days), "-type", event, "--config", "config.yml", *options]
    done = subprocess.run(command, cwd=running.folder, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def number_of_sessions(running: Server) -> int:
    store = open_store(running.settings)
    try:
        return len(store.sessions.listing(None, None, most=10))
    finally:
        store.close()


def test_the_reminder_is_sent_after_20_days_and_once(running: Server, tab: Page, mailbox: Mailbox) -> None:
    begin(tab, running, "reminder.yml")
    fill(tab, "E-mail", "ann@example.com")
    go_on(tab)
    tab.get_by_label("Filing Date").fill("2026-11-02")
    go_on(tab)
    see(tab, "Ok, I'll e-mail you at ann@example.com 20 days from November 2, 2026.")
    press(tab, "Leave")
    store = open_store(running.settings)
    (listed,) = store.sessions.listing(None, None, most=10, interview="reminder.yml")
    filed = store.sessions.load_plain(listed.session_id).answers["filing_date"]
    store.close()
    since = (now() - filed).total_seconds() / 86400
    cron(running, "cron_daily", 19 - since, "--slot", "2026-11-21")
    assert mailbox.arrived == []
    for days, slot in ((21.5, "2026-11-23"), (22.5, "2026-11-24")):
        assert "ran " in cron(running, "cron_daily", days - since, "--slot", slot)
    (arrived,) = mailbox.arrived
    assert arrived.recipients == ["ann@example.com"]
    assert arrived.message["Subject"] == "Hey, it's been 20 days."
    body = arrived.message.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Don't forget about that thing you need to do!"


def test_a_session_that_nobody_used_for_a_year_is_deleted(running: Server, tab: Page) -> None:
    before = number_of_sessions(running)
    begin(tab, running, "reminder.yml")
    fill(tab, "E-mail", "ann@example.com")
    go_on(tab)
    assert number_of_sessions(running) == before + 1
    cron(running, "cron_monthly", 364, "--slot", "2027-11")
    assert number_of_sessions(running) == before + 1
    cron(running, "cron_monthly", 367, "--slot", "2027-12")
    assert number_of_sessions(running) == 0


def test_long_work_of_a_scheduled_task_runs_in_the_background(running: Server, tab: Page) -> None:
    begin(tab, running, "long.yml")
    see(tab, "It is open")
    assert ", failed 0, busy 0," in cron(running, "cron_daily", 0, "--slot", "2030-01-01")

    def is_done() -> bool:
        tab.reload()
        return tab.get_by_role("heading", name="It is done").count() == 1

    eventually(is_done, "the background task of the scheduled task has ended")
