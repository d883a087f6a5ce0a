"""E-mails that interviews send, as they arrive at a real mail server; tasks that were performed; who was in a session."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from docassemble_lite.store.database import open_store
from tests.acceptance.accounts import PASSWORD, add_person
from tests.acceptance.playing import begin, fill, go_on, see
from tests.acceptance.visitor import Visitor
from tests.conftest import Server, eventually, source_folder
from tests.mailbox import Mailbox

ROOT = Path(__file__).resolve().parents[2]
# no word of any page
CANARY = "kanarienvogel-7261"

AGAIN = """\
mandatory: True
code: |
  multi_user = True
---
question: Go on?
fields:
  - Word: the_word
---
mandatory: True
code: |
  import os, time
  the_word
  send_email(to='ann@example.com', subject='Once', body=the_word, task='told')
  open('sending', 'w').close()
  while not os.path.exists('saved'):
    time.sleep(0.01)
  late
---
code: |
  late = True
---
mandatory: True
question: Told ${ times_task_performed('told') } time
"""
PERSISTENT = """\
mandatory: True
code: |
  fruit
  mark_task_as_performed('t')
  mark_task_as_performed('p', persistent=True)
  mark_task_as_performed('i', persistent='interview')
---
question: Which fruit?
subquestion: |
  ${ [times_task_performed('t'), times_task_performed('p', persistent=True), times_task_performed('i', persistent='interview')] }
fields:
  - Fruit: fruit
---
mandatory: True
question: |
  ${ [times_task_performed('t'), times_task_performed('p', persistent=True), times_task_performed('i', persistent='interview')] }
"""
ACCESSES = """\
mandatory: True
code: |
  multi_user = True
---
mandatory: True
question: |
  ${ [last_access_time(name) is not None for name in (None, 'advocate', 'admin')] }
subquestion: |
  ${ [last_access_days() < 1, start_time() <= last_access_time(), returning_user()] }
"""
LOOKING = """\
mandatory: True
question: |
  % if 'ready' in url_args:
  ${ send_email(to='ann@example.com', subject='Looked', task='looked') }
  % else:
  Nothing yet
  % endif
"""
IN_BACKGROUND = """\
mandatory: True
code: |
  the_task = background_action('tell', address='ann@example.com')
---
mandatory: True
code: |
  if the_task.ready():
    the_end
  else:
    please_wait
---
event: please_wait
question: A moment
reload: 1
---
event: the_end
question: |
  ${ the_task.get() } ${ times_task_performed('told') }
---
event: tell
code: |
  background_response_action('note', sent=send_email(to=action_argument('address'), subject='From the worker'))
---
event: note
code: |
  send_email(to='bob@example.com', subject='From the response', task='told')
  background_response(action_argument('sent'))
"""
FAILING = """\
question: Divide by?
fields:
  - Number: number
    datatype: integer
---
mandatory: True
code: |
  number
  send_email(to='ann@example.com', subject='Failing', task='t')
  send_email(to='ann@example.com', subject='Failing too', task='p', task_persistent=True)
  result = 1 / number
  more
---
mandatory: True
question: Sent ${ [times_task_performed('t'), times_task_performed('p', persistent=True)] }
---
question: More?
fields:
  - More: more
"""
SCHEDULED = """\
mandatory: True
code: |
  multi_user = True
  allow_cron = True
---
mandatory: True
question: ${ times_task_performed('reminder') }
subquestion: |
  ${ last_access_time(include_cron=True) > last_access_time() }
---
event: cron_daily
code: |
  if task_not_yet_performed('reminder'):
    send_email(to='ann@example.com', subject='Reminder', body='Now', task='reminder')
  response()
"""
INTERVIEWS = {
    "again.yml": AGAIN,
    "persistent.yml": PERSISTENT,
    "accesses.yml": ACCESSES,
    "looking.yml": LOOKING,
    "in_background.yml": IN_BACKGROUND,
    "scheduled.yml": SCHEDULED,
    "failing.yml": FAILING,
    "receipt.yml": (ROOT / "interviews" / "letter_by_email.yml").read_text(encoding="utf-8"),
}


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Server], mailbox: Mailbox) -> Server:
    mail = mailbox.directives("The Office <office@example.com>")
    return shared_server(INTERVIEWS, mail=mail)


def _arrived(mailbox: Mailbox, subject: str) -> list[Any]:
    return [item for item in mailbox.arrived if item.message["Subject"] == subject]


@pytest.mark.browser
def test_an_email_arrives_with_its_text_its_html_and_its_attachment(running: Server, mailbox: Mailbox, any_tab: Page) -> None:
    before = len(mailbox.arrived)
    begin(any_tab, running, "receipt.yml")
    for label, text in (
        ("First name", "Zoë"),
        ("Last name", "O'Neil *x*"),
        ("E-mail", "zoe@example.com"),
        ("How much?", "12.50"),
    ):
        fill(any_tab, label, text)
    go_on(any_tab)
    see(any_tab, "The receipt is on its way to zoe@example.com.")
    # looking at the screen again sends nothing
    any_tab.reload()
    see(any_tab, "The receipt is on its way to zoe@example.com.")
    (arrived,) = mailbox.arrived[before:]
    message = arrived.message
    assert (arrived.sender, arrived.recipients) == ("office@example.com", ["zoe@example.com"])
    assert message["From"] == "The Office <office@example.com>"
    assert message["To"].addresses[0].display_name == "Zoë O'Neil *x*"
    assert message["Subject"].startswith("Your receipt of ")
    assert message["Message-ID"]
    assert message["Date"]
    assert message["Auto-Submitted"] is None
    assert "Dear Zoë O'Neil *x*,\n\nthank you for your $12.50." in message.get_body(("plain",)).get_content().replace(
        "\r\n", "\n"
    )
    html = message.get_body(("html",)).get_content()
    assert "thank you for your <strong>$12.50</strong>" in html
    assert "Dear Zoë O&#x27;Neil *x*," in html
    (attachment,) = message.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content_type()) == ("receipt.pdf", "application/pdf")
    pages = PdfReader(io.BytesIO(attachment.get_payload(decode=True))).pages
    assert "Received of Zoë O’Neil *x*" in pages[0].extract_text().replace("'", "’")


def test_without_a_mail_server_the_interview_is_told_so_and_the_log_knows_no_address(server: Callable[..., Server]) -> None:
    """P36"""
    running = server({"receipt.yml": INTERVIEWS["receipt.yml"]})
    visitor = Visitor(running.url)
    page = visitor.show("receipt.yml")
    names = {"payer.name.first": CANARY, "payer.name.last": "Lee", "payer.email": f"{CANARY}@example.com", "amount": "1"}
    page = visitor.answer(page, **names)
    assert page.heading == "The receipt could not be sent."
    assert 'action="mail_unconfigured"' in running.log
    assert CANARY not in running.log


def test_a_visit_that_runs_again_sends_an_email_once(running: Server, mailbox: Mailbox) -> None:
    visitor = Visitor(running.url)
    page = visitor.show("again.yml")
    session_id = next(value for name, value in page.form if name == "_session")
    store = open_store(running.settings)

    def save_meanwhile() -> None:
        eventually((running.folder / "sending").exists, "the e-mail was sent")
        found = store.sessions.load_plain(session_id)
        store.sessions.save(found, found.answers, found.extra)
        (running.folder / "saved").touch()

    meanwhile = Thread(target=save_meanwhile)
    meanwhile.start()
    page = visitor.answer(page, the_word="x")
    meanwhile.join()
    store.close()
    assert page.heading == "Told 1 time"
    assert len(_arrived(mailbox, "Once")) == 1


def test_what_has_left_before_a_visit_fails_does_not_leave_again_when_it_is_tried_again(
    running: Server, mailbox: Mailbox
) -> None:
    visitor = Visitor(running.url)
    page = visitor.show("failing.yml")
    for _ in range(3):
        assert visitor.answer(page, number="0").status == 500
        assert (len(_arrived(mailbox, "Failing")), len(_arrived(mailbox, "Failing too"))) == (1, 1)
    page = visitor.answer(page, number="1")
    assert (page.heading, len(_arrived(mailbox, "Failing"))) == ("More?", 1)
    # the code begins anew with the next answer, and nothing has failed now
    page = visitor.answer(page, more="x")
    assert (page.heading, len(_arrived(mailbox, "Failing"))) == ("Sent [2, 2]", 2)


def test_a_background_task_and_its_response_send_emails(running: Server, mailbox: Mailbox) -> None:
    visitor = Visitor(running.url)
    visitor.show("in_background.yml")
    eventually(lambda: visitor.show("in_background.yml").heading == "True 1", "the task is over")
    assert (len(_arrived(mailbox, "From the worker")), len(_arrived(mailbox, "From the response"))) == (1, 1)


def test_a_scheduled_task_sends_an_email_that_says_so_and_is_nobody_s_access(running: Server, mailbox: Mailbox) -> None:
    """P18"""
    visitor = Visitor(running.url)
    page = visitor.show("scheduled.yml")
    session_id = next(value for name, value in page.form if name == "_session")
    store = open_store(running.settings)
    before = store.sessions.peek(session_id).last_person_access, store.sessions.accesses(session_id)
    for _ in range(2):
        command = [sys.executable, "-m", "docassemble_lite.cron", "-type", "cron_daily", "--config", "config.yml", "--again"]
        subprocess.run(command, cwd=running.folder, env=os.environ | {"PYTHONPATH": source_folder()}, check=True)
    assert (store.sessions.peek(session_id).last_person_access, store.sessions.accesses(session_id)) == before
    store.close()
    (arrived,) = _arrived(mailbox, "Reminder")
    assert arrived.message["Auto-Submitted"] == "auto-generated"
    page = visitor.show("scheduled.yml")
    assert page.heading == "1"
    assert "True" in page.words


def test_a_page_that_only_looks_sends_nothing_and_comes_back(running: Server, mailbox: Mailbox) -> None:
    visitor = Visitor(running.url)
    assert visitor.show("looking.yml").heading == "Nothing yet"
    glance = visitor.get("/interview?i=looking.yml&ready=1", **{"X-Glance": "1"})
    assert (glance.heading, _arrived(mailbox, "Looked")) == ("One moment, please", [])
    assert visitor.show("looking.yml", ready=1).heading == "True"
    assert len(_arrived(mailbox, "Looked")) == 1


def test_what_is_persistent_survives_going_back_and_beginning_anew(running: Server) -> None:
    visitor, other = Visitor(running.url), Visitor(running.url)
    page = visitor.show("persistent.yml")
    assert "[0, 0, 0]" in page.words
    page = visitor.answer(page, fruit="fig")
    assert page.heading == "[1, 1, 1]"
    page = visitor.back(page)
    assert "[0, 1, 1]" in page.words
    assert "[0, 0, 1]" in other.show("persistent.yml").words
    assert "[0, 1, 1]" in visitor.show("persistent.yml", reset=1).words
    assert "[0, 0, 1]" in visitor.show("persistent.yml", new_session=1).words


def test_an_interview_knows_who_was_there(running: Server) -> None:
    add_person(running, "advocate@example.com", "advocate")
    client, advocate = Visitor(running.url), Visitor(running.url)
    page = client.show("accesses.yml")
    assert page.heading == "[True, False, False]"
    assert "[True, True, False]" in page.words
    advocate.sign_in("advocate@example.com", PASSWORD)
    session_id = next(value for name, value in page.form if name == "_session")
    assert advocate.show("accesses.yml", session=session_id).status == 200
    assert client.show("accesses.yml").heading == "[True, True, False]"


def test_an_invitation_arrives_with_a_link_by_which_somebody_can_register(
    server: Callable[..., Server], mailbox: Mailbox
) -> None:
    mail = mailbox.directives("office@example.com")
    text = "mandatory: True\nquestion: Given ${ link }\n---\ncode: |\n  link = invite_user('guest@example.com')\n"
    running = server({"invite.yml": text}, mail=mail, url_root="https://forms.example.com")
    add_person(running, "boss@example.com", "admin")
    boss = Visitor(running.url)
    boss.sign_in("boss@example.com", PASSWORD)
    assert boss.show("invite.yml").heading == "Given None"
    (arrived,) = [item for item in mailbox.arrived if item.recipients == ["guest@example.com"]]
    assert arrived.message["Auto-Submitted"] == "auto-generated"
    body = arrived.message.get_body(("plain",)).get_content()
    link = next(word for word in body.split() if word.startswith("https://forms.example.com/user/register?token="))
    page = Visitor(running.url).get(link.removeprefix("https://forms.example.com"))
    assert page.status == 200
    assert "guest@example.com" in page.text
