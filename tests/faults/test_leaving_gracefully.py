"""P39: what is told to end takes nothing new, finishes what it has begun, and gives back what it hasn't."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

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
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually
) -> None:
    """P39: the others run at once in the next worker, and needn't wait for the sweeper."""
    running = server({NAME: INTERVIEW}, worker_processes=1, task_sweep=1000.0, **stored)
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
    except (ConnectionRefusedError, ConnectionResetError):
        # who comes in the moment of its end is cut off
        return False
    return True


WAITING = """\
mandatory: True
code: |
  import os
  import time
  open('begun', 'w').close()
  while not os.path.exists('go-on'):
    time.sleep(0.02)
---
mandatory: True
question: Done
"""
QUICK = """\
mandatory: True
question: Quick
"""


@pytest.mark.parametrize("command", ["run", "web"])
def test_p39_a_web_server_answers_what_it_was_sent_and_refuses_others_at_once(
    tmp_path: Path, eventually: Eventually, command: str
) -> None:
    """P39: a proxy may then ask another one, as nothing has been done."""
    (tmp_path / "interviews").mkdir()
    for name, source in {"waiting.yml": WAITING, "quick.yml": QUICK}.items():
        (tmp_path / "interviews" / name).write_text(source)
    port = free_port()
    program = [sys.executable, "-m", "docassemble_lite", command, "--port", str(port)]
    running = subprocess.Popen(program, cwd=tmp_path, env=os.environ | {"DAL_WEB_PROCESSES": "1"}, process_group=0)
    try:
        eventually(lambda: _listens(port) and _text(_sent("/interview?i=quick.yml", port)), "the server is ready")
        web = psutil.Process(running.pid)
        if command == "run":
            web = next(child for child in web.children() if "web" in child.cmdline())
        slow = _sent("/interview?i=waiting.yml", port)
        eventually((tmp_path / "begun").exists, "a page is being made")
        # the process is told to end before it has seen who comes now
        web.suspend()
        eventually(lambda: web.status() == psutil.STATUS_STOPPED, "the process is suspended")
        late = _sent("/interview?i=quick.yml", port)
        running.send_signal(signal.SIGTERM)
        eventually(lambda: _has_been_told(web), "the process has been told to end")
        web.resume()
        assert "Quick" in _text(late)
        eventually(lambda: not _listens(port), "nobody else is let in")
        assert running.poll() is None
        (tmp_path / "go-on").touch()
        assert "Done" in _text(slow)
        assert running.wait(60) == 0
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


def _sent(path: str, port: int) -> http.client.HTTPConnection:
    """A connection on which somebody has asked for a page and waits for it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    return connection


def _text(asked: http.client.HTTPConnection) -> str:
    """The page that comes."""
    with closing(asked), asked.getresponse() as answer:
        return answer.read().decode()


def _has_been_told(process: psutil.Process) -> bool:
    """Whether SIGTERM waits for a process that is suspended."""
    pending = re.search(r"^ShdPnd:\s*(\w+)$", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
    return pending is not None and bool(int(pending[1], 16) & 1 << (signal.SIGTERM - 1))
