"""What becomes of an e-mail that arrives: with a real store, and the tasks run here and now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from docassemble_lite.engine.program import Programs
from docassemble_lite.errors import EvaluationError
from docassemble_lite.host import Person
from docassemble_lite.mailin.receiving import AWAY, FULL, NOT_OURS, STORED, UNKNOWN, Receiving
from docassemble_lite.objects import DAEmail
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.mailboxes import Slot
from docassemble_lite.store.tables import emails, files
from docassemble_lite.visit.checkin import EMAILS, CheckIns
from tests.store.tasking import NAME, Session, surroundings_for

DOMAIN = "in.example.com"
PRIVATE = """
mandatory: True
question: Write to ${ interview_email() }
subquestion: |
  % for box in get_emails():
  % for message in box.emails:
  * ${ message.subject }: ${ message.from_address }; ${ message.attachment }
  % endfor
  % endfor
field: seen
"""
PLAIN = """
mandatory: True
code: |
  multi_user = True
  latest = None
---
mandatory: True
question: Write to ${ interview_email(key='evidence', index=2) }
subquestion: |
  % if latest:
  ${ latest.subject } ${ latest.from_address } ${ latest.body_text } ${ body }
  % endif
field: seen
---
event: incoming_email
code: |
  body = action_argument('email').body_html.slurp()
  background_response_action('keep', message=action_argument('email'), body=body, who=user_info().email)
---
event: keep
code: |
  latest = action_argument('message')
  body = action_argument('body')
  who = action_argument('who')
  background_response()
"""
Begin = Callable[..., "Correspondence"]


def message(subject: str = "Hello", *attachments: tuple[str, bytes], html: str = "<p>Hi</p>\n", **headers: str) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"] = headers.pop("sender", "Ada <ada@example.org>")
    made["Subject"] = subject
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("The text\n")
    made.add_alternative(html, subtype="html")
    for name, content in attachments:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


class Correspondence:
    """A session that has an e-mail address, and what receives for it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.receiving = Receiving(session.surroundings)

    @property
    def address(self) -> str:
        return self.session.show().question.removeprefix("Write to ")

    @property
    def slot(self) -> Slot:
        found = self.receiving.find(self.address)
        assert isinstance(found, Slot)
        return found

    def bring(self, raw: bytes) -> Any:
        """What a server is told that brings an e-mail."""
        (answer,) = self.receiving.take_in([self.slot], "bounces@example.org", raw)
        return answer

    @property
    def html(self) -> str:
        return self.session.show().screen.subquestion_html


@pytest.fixture
def begin(store: Store, settings: Settings, alice: bytes, tmp_path: Path) -> Iterator[Begin]:
    """`begin(interview)` begins a session of it, which has an e-mail address."""
    with ExitStack() as open_ones:

        def start(text: str, **directives: Any) -> Correspondence:
            known = replace(settings, incoming_mail_domain=DOMAIN, **directives)
            around = open_ones.enter_context(surroundings_for(store, known, tmp_path / "interviews", text))
            return Correspondence(Session(around, alice, Person(7, "owner@example.com")))

        yield start


def _rows(store: Store, table: Any) -> int:
    with store.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_an_e_mail_waits_in_a_private_session(begin: Begin) -> None:
    box = begin(PRIVATE)
    assert box.bring(message("The *photos*", ("photo.pdf", b"%PDF-1.4"))) == STORED
    assert "<li>The *photos*: Ada" in box.html
    assert 'href="/uploadedfile/' in box.html
    assert box.session.task_ids == []


def test_a_plain_session_without_a_block_for_it_gets_no_task(begin: Begin) -> None:
    box = begin("mandatory: True\ncode: multi_user = True\n---" + PRIVATE)
    assert box.bring(message("Hello")) == STORED
    assert box.session.task_ids == []
    assert "<li>Hello:" in box.html


def test_an_e_mail_starts_a_task_on_behalf_of_whoever_obtained_the_address(begin: Begin) -> None:
    box = begin(PLAIN)
    box.bring(message("Hello"))
    box.session.run()
    assert box.session.report().state == "done"
    answers = box.session.answers
    found = answers["latest"]
    assert isinstance(found, DAEmail)
    assert answers["who"] == "owner@example.com"
    assert (found.instanceName, found.subject, found.key, found.index) == ("latest", "Hello", "evidence", 2)
    assert found.address_owner == "owner@example.com"
    assert f"{found.short}@{DOMAIN}" == box.address
    assert str(found.return_path) == "bounces@example.org"
    assert not found.reply_to.exists()


def test_p19_ten_deliveries_are_one_e_mail_and_one_task(begin: Begin) -> None:
    """P19, and each of the ten is acknowledged."""
    box = begin(PLAIN)
    raw = message(Message_ID="<1@example.org>")
    deliveries = [b"Received: by relay %d\r\n%b" % (number, raw) for number in range(10)]
    assert [box.bring(delivery) for delivery in deliveries] == [STORED] * 10
    assert len(box.session.task_ids) == 1


def test_p27_what_is_in_an_e_mail_is_no_markup(begin: Begin) -> None:
    """P27: its subject, names, addresses, and what code reads of its text and HTML, in a task and on the screen."""
    evil = "<img src=x onerror=alert(1)> **bold** [x](javascript:alert(1)) ${ 1 }"
    sender = b"From: =?utf-8?q?=3Cscript=3Ealert=281=29=3C/script=3E?= <a@b.c>\r\n"
    for interview in (PRIVATE, PLAIN):
        box = begin(interview)
        raw = message(evil, ("<b>x</b>.txt", b"x"), html=f"<p>{evil}</p><script>alert(2)</script>\n")
        box.bring(sender + raw)
        if interview == PLAIN:
            box.session.run()
        html = box.html
        assert "alert" in html
        assert not any(piece in html for piece in ("<img", "<script", "<b>", "<strong>", 'href="javascript'))


def test_the_page_is_told_when_the_e_mail_is_there_and_when_its_task_is_over(begin: Begin) -> None:
    box = begin(PLAIN)
    session = box.session

    def is_news() -> bool:
        marks = [f"{EMAILS}{seen}"]
        return CheckIns(session.surroundings).check_in(session.id, session.secret, NAME, "alice", marks, ()).over

    visited = session.show().visited
    assert visited
    seen = visited.emails_seen
    assert not is_news()
    box.bring(message())
    assert is_news()
    visited = session.show().visited
    assert visited
    seen = visited.emails_seen
    assert not is_news()
    session.run()
    assert is_news()


def test_e_mails_can_be_asked_for_by_key_and_index(begin: Begin) -> None:
    box = begin("""
        mandatory: True
        question: |
          Write to ${ interview_email(key='a', index=1) }
        subquestion: |
          ${ interview_email(key='a', index=2) } ${ interview_email(key='b') }
          ${ len(get_emails()) } ${ len(get_emails(key='a')) } ${ len(get_emails('a', 2)) } ${ len(get_emails(key='c')) }
          ${ [box.index for box in get_emails(key='a')] }
        field: seen
        """)
    assert box.html.split("\n")[1:3] == ["3 2 1 0", "[1, 2]</p>"]


def test_an_address_that_was_given_up_takes_nothing_in(begin: Begin) -> None:
    box = begin("""
        mandatory: True
        question: Write to ${ interview_email(key='a') }
        field: seen
        ---
        mandatory: True
        code: |
          close_interview_email(key='a')
        ---
        mandatory: True
        question: |
          ${ [len(box.emails) for box in get_emails()] }
        """)
    address = box.address
    box.bring(message())
    assert box.session.answer(seen="True").question == "[1]"
    assert box.receiving.find(address) == UNKNOWN


def test_p18_an_e_mail_is_no_access_of_a_person(begin: Begin, store: Store) -> None:
    box = begin(PLAIN)
    slot = box.slot
    before = store.sessions.peek(box.session.id).last_person_access
    box.receiving.take_in([slot], "", message())
    box.session.run()
    assert store.sessions.peek(box.session.id).last_person_access == before


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("../../etc/passwd", b"x", "passwd.bin"),
        ("..\\..\\x.txt", b"x", "x.txt"),
        ("", b"%PDF-1.4", "attachment-1.pdf"),
        ("virus.pdf", b"MZ\x90\x00", "virus.pdf.bin"),
        ("page.html", b"<p>", "page.html"),
        ("..", b"x", "attachment-1.bin"),
        ("x" * 500 + ".txt", b"x", "x" * 116 + ".txt"),
    ],
)
def test_names_of_attachments_are_harmless(begin: Begin, name: str, content: bytes, expected: str) -> None:
    box = begin(PLAIN)
    box.bring(message("Hello", (name, content)))
    box.session.run()
    (file,) = box.session.answers["latest"].attachment.elements
    assert file.filename == expected


def test_attachments_of_one_name_are_told_apart(begin: Begin) -> None:
    box = begin(PLAIN)
    box.bring(message("Hello", ("a.txt", b"1"), ("A.txt", b"2"), ("x/a.txt", b"3")))
    box.session.run()
    assert [file.filename for file in box.session.answers["latest"].attachment.elements] == ["a.txt", "A-2.txt", "a-3.txt"]


def test_an_e_mail_is_read_once_and_its_files_stay_the_same(begin: Begin, store: Store) -> None:
    box = begin(PRIVATE)
    box.bring(message("Hello", ("a.txt", b"1")))
    first = box.html
    number = _rows(store, files)
    assert box.html == first
    assert _rows(store, files) == number


# --- what isn't taken in


def test_p21_only_addresses_that_were_given_out_are_known(begin: Begin) -> None:
    box = begin(PRIVATE)
    local = box.address.partition("@")[0]
    find = box.receiving.find
    assert find(f"{'a' * 16}@{DOMAIN}") == UNKNOWN
    assert find(f"{local}@example.org") == NOT_OURS
    assert [find(text) for text in ("", "@", local, f"{local}@{DOMAIN}.", f"{local}@x@y")] == [NOT_OURS] * 5
    assert isinstance(find(f"{local.upper()}@{DOMAIN.upper()}"), Slot)


def test_a_mailbox_of_a_session_that_has_gone_is_unknown(begin: Begin, store: Store) -> None:
    box = begin(PRIVATE)
    slot = box.slot
    store.sessions.delete_surely(box.session.id)
    assert box.receiving.take_in([slot], "", message()) == [UNKNOWN]
    assert _rows(store, emails) == 0


def test_p20_what_is_beyond_the_limits_is_refused(begin: Begin, store: Store) -> None:
    box = begin(PRIVATE, incoming_mail_attachments=1, incoming_mail_size=3000)
    assert box.bring(message("Hello", ("a", b"x"), ("b", b"x"))).code == 552
    assert box.bring(message("Hello", ("a", b"x" * 3000))).code == 552
    assert _rows(store, emails) == 0


def test_a_session_takes_in_no_more_than_it_may_have(begin: Begin) -> None:
    box = begin(PRIVATE, file_quota=2500)
    assert box.bring(message("one", ("a", b"x" * 1000))) == STORED
    assert box.bring(message("two", ("a", b"x" * 1000))) == FULL


def test_while_the_interview_cannot_be_read_its_e_mails_are_put_off(begin: Begin, tmp_path: Path) -> None:
    box = begin(PLAIN)
    slot = box.slot
    (tmp_path / "interviews" / NAME).write_text("question: [\n")
    around = box.session.surroundings
    afresh = Receiving(replace(around, programs=Programs(around.programs.sources)))
    assert afresh.take_in([slot], "", message()) == [AWAY]


def test_without_a_domain_an_author_is_told_what_is_missing(
    store: Store, settings: Settings, alice: bytes, tmp_path: Path
) -> None:
    around = surroundings_for(store, settings, tmp_path / "interviews", PRIVATE)
    with around as known, pytest.raises(EvaluationError, match="incoming mail domain"):
        Session(known, alice)


def test_the_hostname_stands_for_the_domain(store: Store, settings: Settings, alice: bytes, tmp_path: Path) -> None:
    known = replace(settings, external_hostname="Server.example.com")
    with surroundings_for(store, known, tmp_path / "interviews", PRIVATE) as around:
        assert Session(around, alice).question.endswith("@server.example.com")


def test_a_mistake_in_the_call_is_told(store: Store, settings: Settings, alice: bytes, tmp_path: Path) -> None:
    known = replace(settings, incoming_mail_domain=DOMAIN)
    wrong = PRIVATE.replace("interview_email()", "interview_email([])")
    around = surroundings_for(store, known, tmp_path / "interviews", wrong)
    with around as found, pytest.raises(EvaluationError, match="takes a text or a number as its key, not list"):
        Session(found, alice)
