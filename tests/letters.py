"""E-mails that people send to interviews, and the ways in which servers bring them."""

from __future__ import annotations

import os
import re
import smtplib
import subprocess
import sys
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from tests.acceptance.visitor import Visitor
from tests.conftest import Server, eventually, source_folder

DOMAIN = "in.example.com"
SENDER = "ada@example.org"


def letter(
    to: str, subject: str = "Hello", text: str = "The text\n", attachments: dict[str, bytes] | None = None, **headers: str
) -> bytes:
    """An e-mail as it travels."""
    made = EmailMessage(policy=SMTP)
    made["From"] = f"Ada Lovelace <{SENDER}>"
    made["To"] = to
    made["Subject"] = subject
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    for name, content in (attachments or {}).items():
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


class Receiver:
    """A running server that receives e-mails."""

    def __init__(self, running: Server, port: int) -> None:
        self.running = running
        self.port = port
        self.wait()

    def wait(self, times: int = 1) -> None:
        """Wait until it has begun to listen so often."""
        eventually(lambda: self.running.output.count("by SMTP at") >= times, "e-mails are taken in")

    def smtp(self, **options: Any) -> smtplib.SMTP:
        """A conversation, which the other side has begun."""
        talk = smtplib.SMTP("127.0.0.1", self.port, "relay.example.org", timeout=60, **options)
        talk.ehlo()
        return talk

    def send(self, to: str, raw: bytes) -> None:
        """Bring an e-mail; an error unless it is taken."""
        with self.smtp() as talk:
            assert talk.sendmail(SENDER, [to], raw) == {}

    def address(self, interview: str) -> str:
        """The address that a new session of an interview gives on its first screen."""
        return address_on(Visitor(self.running.url).show(interview).words)

    def pipe(self, raw: bytes, *options: str, config: Path | None = None) -> subprocess.CompletedProcess[bytes]:
        """What the program says that a mail server starts."""
        file = config or self.running.folder / "config.yml"
        return subprocess.run(
            [sys.executable, "-m", "docassemble_lite.process_email", "--config", str(file), *options],
            input=raw,
            capture_output=True,
            check=False,
            cwd=file.parent,
            env=os.environ | {"PYTHONPATH": source_folder()},
        )


def address_on(text: str) -> str:
    """The first e-mail address of an interview in a text."""
    found = re.search(rf"[a-z2-7]{{16}}@{re.escape(DOMAIN)}", text)
    assert found, text
    return found[0]
