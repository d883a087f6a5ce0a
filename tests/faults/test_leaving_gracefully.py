"""P39: what is told to end takes nothing new, finishes what it has begun, and gives back what it hasn't."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from typing import Any

from tests.acceptance.visitor import Visitor
from tests.faults.working import INTERVIEW, NAME, heading_when_over, runs_of, start_task
from tests.letters import DOMAIN, SENDER, Receiver, letter
from tests.ports import free_port

Eventually = Callable[..., Any]
MAILBOX = """\
mandatory: True
question: Write to ${ interview_email() }
subquestion: |
  Came: ${ comma_and_list([message.subject for box in get_emails() for message in box.emails]) }.
"""


def test_p39_a_worker_finishes_its_task_begins_no_other_and_gives_back_what_it_had_fetched(
    server: Callable[..., Any], eventually: Eventually
) -> None:
    """P39: the others run at once in the next worker, and needn't wait for the sweeper."""
    running = server({NAME: INTERVIEW}, worker_processes=1, task_sweep=1000.0)
    first, _ = start_task(running, until="go-on")
    eventually(lambda: len(runs_of(running)) == 1, "the first task runs")
    others = [start_task(running)[0] for _ in range(2)]
    eventually(lambda: running.log.count("received") >= 2, "the worker has fetched another one")
    worker = running.child("worker")
    worker.send_signal(signal.SIGTERM)
    eventually(lambda: "worker_leaves" in running.log, "the worker has been told")
    assert len(runs_of(running)) == 1
    (running.folder / "go-on").touch()
    assert heading_when_over(first, eventually) == "Done, worked"
    assert [heading_when_over(visitor, eventually) for visitor in others] == ["Done, worked"] * 2
    ran = runs_of(running)
    assert len(ran) == 3
    assert ran[0] not in ran[1:]
    assert running.log.count("task_returned") == 1


def test_p39_a_receiver_takes_in_the_message_that_is_being_sent_and_no_other(
    server: Callable[..., Any], eventually: Eventually
) -> None:
    port = free_port()
    receiver = Receiver(server({"box.yml": MAILBOX}, incoming_mail_domain=DOMAIN, incoming_mail_port=port), port)
    visitor = Visitor(receiver.running.url)
    page = visitor.show("box.yml")
    address = page.heading.removeprefix("Write to ")
    raw = letter(address, subject="Half a message")
    with receiver.smtp() as talk:
        talk.mail(SENDER)
        talk.rcpt(address)
        talk.docmd("DATA")
        talk.send(raw[:50])
        # the supervisor would start another one
        receiver.running.process.send_signal(signal.SIGTERM)
        eventually(lambda: not _listens(port), "nobody else is let in")
        talk.send(raw[50:] + b"\r\n.\r\n")
        assert talk.getreply()[0] == 250
    receiver.running.process.wait(60)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True
