"""P19: what was acknowledged is there once, whatever dies meanwhile; what wasn't can be brought again."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.visitor import Visitor
from tests.conftest import eventually
from tests.faults.fire.databases import Postgresql
from tests.letters import DOMAIN, SENDER, Receiver, address_on, letter
from tests.ports import free_port

INTERVIEW = """\
mandatory: True
code: |
  multi_user = True
  subjects = []
---
mandatory: True
question: Write to ${ interview_email() }
subquestion: |
  told ${ '/'.join(sorted(subjects)) } kept ${ '/'.join(sorted(m.subject for box in get_emails() for m in box.emails)) } end
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


class Relay:
    """A server that brings an e-mail again until it is acknowledged, as all of them do."""

    def __init__(self, receiver: Receiver, to: str) -> None:
        self.receiver, self.to = receiver, to
        self.tries = 0
        self.codes: list[int] = []

    def bring(self, subject: str) -> bool:
        """Try once; whether it was acknowledged."""
        self.tries += 1
        raw = letter(self.to, subject, "x" * 70 + "\n", Message_ID=f"<{subject.replace(' ', '-')}@example.org>")
        try:
            with self.receiver.smtp() as talk:
                return talk.sendmail(SENDER, [self.to], raw) == {}
        except smtplib.SMTPRecipientsRefused as error:
            self.codes += [code for code, _ in error.recipients.values()]
        except smtplib.SMTPResponseException as error:
            self.codes.append(error.smtp_code)
        except (smtplib.SMTPServerDisconnected, OSError):
            self.codes.append(0)
        return False


def _told_of(visitor: Visitor, subjects: list[str]) -> bool:
    joined = "/".join(sorted(subjects))
    return f"told {joined} kept {joined} end" in visitor.show("box.yml").words


def test_p19_a_receiver_that_is_killed_in_the_middle_of_a_message_loses_nothing(
    server: Callable[..., Any], measured: Callable[..., None]
) -> None:
    """P19: kill -9, after which the supervisor starts another one and the message comes again."""
    port = free_port()
    running = server({"box.yml": INTERVIEW}, incoming_mail_domain=DOMAIN, incoming_mail_port=port)
    receiver = Receiver(running, port)
    visitor = Visitor(running.url)
    to = address_on(visitor.show("box.yml").words)
    relay = Relay(receiver, to)
    subjects = []
    for number in range(3):
        talk = receiver.smtp()
        talk.mail(SENDER)
        talk.rcpt(to)
        talk.docmd("DATA")
        talk.send(letter(to, f"cut off {number}")[:-20])
        process = running.child("mail")
        assert process
        process.kill()
        with pytest.raises(smtplib.SMTPServerDisconnected):
            talk.getreply()
        talk.close()
        receiver.wait(number + 2)
        subjects.append(f"brought {number}")
        eventually(lambda: relay.bring(subjects[-1]), "it is acknowledged")
        assert relay.bring(subjects[-1])
    eventually(lambda: _told_of(visitor, subjects), "the session has all of them, once")
    measured("P19", kills=3, messages=len(subjects), tries=relay.tries)


def test_p19_a_database_that_is_away_costs_no_message(
    server: Callable[..., Any], own_postgresql: Postgresql, measured: Callable[..., None]
) -> None:
    """P19: 451 while it is away, and 250 only for what is there."""
    port = free_port()
    running = server({"box.yml": INTERVIEW}, database=own_postgresql.url, incoming_mail_domain=DOMAIN, incoming_mail_port=port)
    receiver = Receiver(running, port)
    visitor = Visitor(running.url)
    relay = Relay(receiver, address_on(visitor.show("box.yml").words))
    subjects = [f"message {number}" for number in range(40)]
    stopped = threading.Event()

    def bring_all() -> None:
        for place, subject in enumerate(subjects):
            if place == 10:
                stopped.set()
            eventually(lambda subject=subject: relay.bring(subject), "it is acknowledged")  # type: ignore[misc]

    bringing = threading.Thread(target=bring_all)
    bringing.start()
    stopped.wait(60)
    own_postgresql.stop()
    eventually(lambda: 451 in relay.codes, "the receiver says that the store is away")
    own_postgresql.start()
    bringing.join(120)
    assert not bringing.is_alive()
    assert set(relay.codes) <= {0, 451}
    eventually(lambda: _told_of(visitor, subjects), "the session has all of them, once")
    measured("P19", messages=len(subjects), tries=relay.tries, put_off=len(relay.codes))
