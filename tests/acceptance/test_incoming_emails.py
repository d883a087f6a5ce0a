"""E-mails to interviews: from a real client of SMTP, LMTP or the pipe to the screen."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page

from tests.acceptance.playing import begin, go_on, see_text, text_of
from tests.acceptance.specification import examples, needs_specification
from tests.acceptance.visitor import Visitor
from tests.conftest import eventually
from tests.letters import DOMAIN, SENDER, Receiver, address_on, letter
from tests.ports import free_port

CANARY = "kanarienvogel-5512"
PRIVATE = """\
mandatory: True
question: Write to ${ interview_email() }
subquestion: |
  % for box in get_emails():
  % for message in box.emails:
  * ${ message.subject }, ${ message.return_path }, ${ message.body_text.slurp().strip() }, ${ message.attachment }
  % endfor
  % endfor
buttons:
  - Refresh: refresh
"""
WHO = """\
mandatory: True
question: Write to ${ interview_email(key='who') }
subquestion: |
  % for message in get_emails(key='who')[0].emails:
  To ${ message.to_address }. Copies to ${ [person.address for person in message.cc_addresses] }.
  From ${ message.from_address.name }. Reply to ${ message.reply_to.address }.
  ${ message.body_html }, ${ message.key }, ${ message.cc_address is message.cc_addresses }.
  % endfor
buttons:
  - Refresh: refresh
"""
PLAIN = """\
mandatory: True
code: |
  multi_user = True
  subjects = []
---
mandatory: True
question: Write to ${ interview_email() }
subquestion: |
  Came: ${ comma_and_list(subjects) }.
---
event: incoming_email
code: |
  background_response_action('keep', subject=action_argument('email').subject)
---
event: keep
code: |
  subjects.append(action_argument('subject'))
  background_response()
"""


@pytest.fixture(scope="module")
def receiver(shared_server: Callable[..., Any], certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Receiver:
    port = free_port()
    running = shared_server(
        {"private.yml": PRIVATE, "who.yml": WHO, "plain.yml": PLAIN, **_specified()},
        incoming_mail_domain=DOMAIN,
        incoming_mail_port=port,
        incoming_mail_lmtp="lmtp.socket",
        incoming_mail_certificate=str(certificate),
        incoming_mail_size=100_000,
    )
    return Receiver(running, port)


def _specified() -> dict[str, str]:
    try:
        names = ("list.yml", "task.yml")
        return examples(
            "An interview can allow users to send", "action will be run using the privileges and user identity of the user", names
        )
    except FileNotFoundError:
        return {}


# --- the examples of the specification


@pytest.mark.browser
@needs_specification
def test_what_is_sent_to_an_interview_is_on_its_screen_without_a_click(receiver: Receiver, tab: Page) -> None:
    begin(tab, receiver.running, "list.yml")
    go_on(tab)
    see_text(tab, f"@{DOMAIN}")
    to = address_on(text_of(tab))
    receiver.send(to, letter(to, "The *first* <b>letter</b>", attachments={"a.pdf": b"%PDF-1.4"}))
    see_text(tab, "The *first* <b>letter</b>")
    receiver.send(to, letter(to, "The second"))
    see_text(tab, "The second")


@pytest.mark.browser
@needs_specification
def test_the_interview_is_told_of_an_e_mail_in_the_background_and_the_screen_follows(receiver: Receiver, tab: Page) -> None:
    begin(tab, receiver.running, "task.yml")
    go_on(tab)
    see_text(tab, f"@{DOMAIN}")
    to = address_on(text_of(tab))
    receiver.send(to, letter(to, "The photos", "See *there*\n", {"../../roof.pdf": b"%PDF-1.4"}, Reply_To="bob@example.org"))
    see_text(tab, "Subject: The photos")
    shown = text_of(tab)
    for text in (
        f"To: {to}",
        "From: Ada Lovelace",
        "Reply to: bob@example.org",
        f"Return path: {SENDER}",
        "Body text: See *there*",
    ):
        assert text in shown
    address = tab.get_by_role("link", name="roof.pdf").get_attribute("href")
    assert tab.request.get(f"{receiver.running.url}{address}").body() == b"%PDF-1.4"


# --- SMTP


def test_an_e_mail_says_from_whom_it_is_and_for_whom(receiver: Receiver) -> None:
    visitor = Visitor(receiver.running.url)
    to = address_on(visitor.show("who.yml").words)
    receiver.send(to, letter(to, Cc="Ben <ben@example.com>, carl@example.com", Reply_To="office@example.com"))
    shown = " ".join(visitor.show("who.yml").words.split())
    assert f"To {to}. Copies to ['ben@example.com', 'carl@example.com']. From Ada Lovelace." in shown
    assert "Reply to office@example.com. None, who, True." in shown


def test_a_private_session_shows_what_it_was_sent(receiver: Receiver) -> None:
    visitor = Visitor(receiver.running.url)
    to = address_on(visitor.show("private.yml").words)
    receiver.send(to, letter(to, "By SMTP", "line\n.\n..two dots\n", {"x.pdf": b"%PDF-1.4"}))
    assert f"By SMTP, {SENDER}, line . ..two dots, x.pdf" in " ".join(visitor.show("private.yml").words.split())


def test_p21_an_unknown_recipient_is_refused_before_anything_is_sent(receiver: Receiver) -> None:
    with receiver.smtp() as talk:
        talk.mail(SENDER)
        assert talk.rcpt(f"{'a' * 16}@{DOMAIN}")[0] == 550
        assert talk.rcpt("somebody@example.org")[0] == 550
        assert talk.docmd("DATA")[0] == 503


def test_p20_the_size_is_announced_and_kept_to(receiver: Receiver) -> None:
    to = receiver.address("private.yml")
    with receiver.smtp() as talk:
        assert talk.esmtp_features["size"] == "100000"
        assert talk.mail(SENDER, ["SIZE=100001"])[0] == 552
        talk.rset()
        talk.mail(SENDER)
        talk.rcpt(to)
        assert talk.data(letter(to) + b"y" * 100_000)[0] == 552
        # the conversation goes on
        assert talk.sendmail(SENDER, [to], letter(to)) == {}


def test_one_message_may_be_for_several_sessions(receiver: Receiver) -> None:
    visitors = [Visitor(receiver.running.url) for _ in range(2)]
    addresses = [address_on(visitor.show("private.yml").words) for visitor in visitors]
    with receiver.smtp() as talk:
        assert talk.sendmail(SENDER, addresses, letter("both", "For two")) == {}
    assert all("For two" in visitor.show("private.yml").words for visitor in visitors)


def test_p22_an_empty_sender_is_taken_in_and_not_answered(receiver: Receiver) -> None:
    """P22: a bounce, and what says of itself that a program wrote it."""
    visitor = Visitor(receiver.running.url)
    to = address_on(visitor.show("private.yml").words)
    with receiver.smtp() as talk:
        assert talk.sendmail("", [to], letter(to, "Undeliverable", Auto_Submitted="auto-replied")) == {}
    assert "Undeliverable" in visitor.show("private.yml").words


def test_a_conversation_can_be_encrypted(receiver: Receiver) -> None:
    to = receiver.address("private.yml")
    with receiver.smtp() as talk:
        assert talk.starttls()[0] == 220
        assert talk.sendmail(SENDER, [to], letter(to)) == {}


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r"])
def test_only_the_right_end_ends_a_message(receiver: Receiver, end: bytes) -> None:
    """Otherwise one message could be made two, the second of which nobody has looked at."""
    visitor = Visitor(receiver.running.url)
    to = address_on(visitor.show("private.yml").words)
    smuggled = b"MAIL FROM:<x@y.z>\r\nRCPT TO:<%b>\r\nDATA\r\nSubject: smuggled\r\n\r\nx" % to.encode()
    with socket.create_connection(("127.0.0.1", receiver.port), timeout=60) as raw, raw.makefile("rb") as answers:
        answers.readline()
        for command in (b"HELO x", b"MAIL FROM:<x@y.z>", b"RCPT TO:<%b>" % to.encode(), b"DATA"):
            raw.sendall(command + b"\r\n")
            answers.readline()
        raw.sendall(b"Subject: outer\r\n\r\nx" + end + smuggled + b"\r\n.\r\n")
        assert answers.readline().startswith(b"250")
        raw.sendall(b"QUIT\r\n")
        assert answers.readline().startswith(b"221")
    words = visitor.show("private.yml").words
    assert "outer" in words
    assert "smuggled," not in words


def test_p21_whoever_tries_many_addresses_is_sent_away(server: Callable[..., Any]) -> None:
    """P21: after 20 that are unknown; an address that is known is found until then."""
    port = free_port()
    receiver = Receiver(server({"private.yml": PRIVATE}, incoming_mail_domain=DOMAIN, incoming_mail_port=port), port)
    known = receiver.address("private.yml")
    codes: list[int] = []
    for _ in range(3):
        with receiver.smtp() as talk:
            talk.mail(SENDER)
            codes += [talk.rcpt(f"{'b' * 16}@{DOMAIN}")[0] for _ in range(6)]
            assert talk.rcpt(known)[0] == 250
    talk = receiver.smtp()
    talk.mail(SENDER)
    codes += [talk.rcpt(f"{'b' * 16}@{DOMAIN}")[0] for _ in range(3)]
    assert talk.sock
    assert talk.sock.recv(1) == b""
    talk.close()
    assert codes == [550] * 20 + [421]


# --- LMTP


def test_by_lmtp_each_recipient_has_an_answer(receiver: Receiver) -> None:
    path = receiver.running.folder / "lmtp.socket"
    visitor = Visitor(receiver.running.url)
    to = address_on(visitor.show("private.yml").words)
    other = receiver.address("plain.yml")
    # the mail server is another user: the folder decides who comes to it
    assert path.stat().st_mode & 0o777 == 0o666
    with smtplib.LMTP(str(path)) as talk:
        assert talk.sendmail(SENDER, [to, f"{'a' * 16}@{DOMAIN}"], letter(to, "By LMTP")).keys() == {f"{'a' * 16}@{DOMAIN}"}
        talk.mail(SENDER)
        assert [talk.rcpt(address)[0] for address in (to, other)] == [250, 250]
        code, _ = talk.data(letter(to, "For both"))
        assert (code, talk.getreply()[0]) == (250, 250)
    words = visitor.show("private.yml").words
    assert "By LMTP" in words
    assert "For both" in words


# --- the pipe


def test_the_program_takes_one_message_in(receiver: Receiver) -> None:
    visitor = Visitor(receiver.running.url)
    to = address_on(visitor.show("plain.yml").words)
    done = receiver.pipe(letter(to, "By pipe"))
    assert (done.returncode, done.stdout) == (0, b"")
    eventually(lambda: "Came: By pipe." in visitor.show("plain.yml").words, "the interview was told")
    assert receiver.pipe(letter("x@example.org", "By option"), "--recipient", to).returncode == 0
    eventually(lambda: "By option" in visitor.show("plain.yml").words, "the interview was told")


def test_the_program_says_why_it_did_not(receiver: Receiver, tmp_path: Path) -> None:
    to = receiver.address("private.yml")
    assert receiver.pipe(letter(f"{'a' * 16}@{DOMAIN}")).returncode == 67
    assert receiver.pipe(b"").returncode == 67
    assert receiver.pipe(letter(to, text="x\n" * 60_000)).returncode == 65
    config = tmp_path / "config.yml"
    away = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    in_the_way = {"incoming mail domain": DOMAIN, "data": "config.yml"}
    for directives, code in (({"incoming mail domain": DOMAIN, "database": away}, 75), (in_the_way, 75), ({"incoming": 1}, 78)):
        config.write_text(yaml.safe_dump(directives))
        assert receiver.pipe(letter(to), config=config).returncode == code


# --- what nobody else may learn


def test_p36_nothing_of_an_e_mail_gets_into_logs(receiver: Receiver) -> None:
    """P36: who wrote what to whom, taken in and refused, in all files but those of the store."""
    visitor = Visitor(receiver.running.url)
    to = address_on(visitor.show("plain.yml").words)
    raw = letter(to, CANARY, CANARY, {f"{CANARY}.txt": CANARY.encode()}, X_Canary=CANARY, Message_ID=f"<{CANARY}@example.org>")
    with receiver.smtp() as talk:
        talk.sendmail(f"{CANARY}@example.org", [to], raw)
        talk.docmd(CANARY)
        talk.mail(SENDER)
        talk.rcpt(f"{CANARY}@{DOMAIN}")
    receiver.pipe(raw)
    eventually(lambda: CANARY in visitor.show("plain.yml").words, "the interview was told")
    files = [path for path in receiver.running.folder.rglob("*") if path.is_file() and "interviews" not in path.parts]
    assert len(files) > 5
    # a plain session's answers can be read by the server, and the interview has put the subject there
    holders = {path.name for path in files if CANARY.encode() in path.read_bytes()}
    assert {name for name in holders if not name.startswith("store.sqlite3")} == set()
    assert to.partition("@")[0] not in receiver.running.log
