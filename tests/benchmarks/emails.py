"""What e-mails to an interview cost: time until they are acknowledged and until they are read, and the memory that it takes.

`python tests/benchmarks/emails.py` runs a whole server, sends small messages and the largest of several shapes to an interview
by SMTP, each of which a background task reads whole, and prints for each shape how long it took and the most memory that the
receiver and a worker ever had. `--database` is a URL of SQLAlchemy, SQLite without it.
"""

from __future__ import annotations

import argparse
import re
import smtplib
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path

import psutil
from person import Person
from serving import GLANCE, PATIENCE, Serving, name_of

from tests.ports import free_port

INTERVIEW = Path(__file__).resolve().parent / "emails.yml"
DOMAIN = "in.example.com"
MEGABYTE = 2**20
# a little less than the largest message that is taken
LARGEST = 24 * MEGABYTE


def small() -> bytes:
    """A few words."""
    return _message("Some words\n").as_bytes()


def one_file() -> bytes:
    """One file of the largest size, which is a third smaller than its text."""
    message = _message("A file\n")
    message.add_attachment(b"\xff" * (LARGEST * 5 // 7), maintype="application", subtype="octet-stream", filename="large.bin")
    return message.as_bytes()


def fifty_files() -> bytes:
    """As many files as there may be."""
    message = _message("Files\n")
    for number in range(50):
        data = b"%d" % number * (LARGEST * 5 // 7 // 50 // 2)
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=f"{number}.bin")
    return message.as_bytes()


def long_text() -> bytes:
    """Nothing but words."""
    return _message("Words without end. " * 3 + "\n").as_bytes() + b"Words without end.\n" * (LARGEST // 20)


SHAPES: dict[str, Callable[[], bytes]] = {
    "small": small,
    "one file of 17 MB": one_file,
    "50 files": fifty_files,
    "24 MB of text": long_text,
}


def _message(text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ann <ann@example.com>", f"box@{DOMAIN}", "A letter"
    message.set_content(text)
    return message


class Box(Person):
    """An interview that is open, and reads what is sent to it."""

    def address(self) -> str:
        """Its e-mail address."""
        found = re.search(rf"[a-z0-9]+@{re.escape(DOMAIN)}", self.page)
        if found is None:
            raise RuntimeError(self.page)
        return found[0]

    def number_read(self) -> int:
        """How many messages it has read."""
        found = re.search(r"(\d+) read\.", self._follow("GET", self._address, None))
        if found is None:
            raise RuntimeError("the interview doesn't say how many it has read")
        return int(found[1])

    def wait_until_read(self, number: int) -> None:
        """Wait until it has read so many messages."""
        end = time.monotonic() + PATIENCE
        while self.number_read() < number:
            if time.monotonic() > end:
                raise RuntimeError("a message isn't read")
            time.sleep(GLANCE)


def peak(server: Serving, name: str) -> float:
    """The most memory (megabytes of 10⁶ bytes, resident) that a process of that name has had."""
    return max(_peak_of(process) for process in server.family() if name_of(process).startswith(name))


def _peak_of(process: psutil.Process) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024 / 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="")
    parser.add_argument("--short", action="store_true", help="only show that it works")
    options = parser.parse_args()
    count = 1 if options.short else 8
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        port = free_port()
        server = Serving(Path(folder), INTERVIEW, options.database, incoming_mail_domain=DOMAIN, incoming_mail_port=port)
        stack.callback(server.stop)
        server.wait_for(f"/interview?i={INTERVIEW.name}")
        server.wait_until_idle()
        for shape, make in SHAPES.items():
            box = Box(*server.address, INTERVIEW.name)
            box.begin()
            acknowledged, read = [], []
            for number in range(count):
                message = make() + b"%d\r\n" % number
                begun = time.perf_counter()
                with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as client:
                    client.sendmail("ann@example.com", [box.address()], message)
                acknowledged.append(time.perf_counter() - begun)
                box.wait_until_read(number + 1)
                read.append(time.perf_counter() - begun)
            box.close()
            print(
                f"{shape:20} acknowledged after {statistics.median(acknowledged):6.3f} s,"
                f" read after {statistics.median(read):6.3f} s"
                f"  most memory: receiver {peak(server, 'mail'):4.0f} MB, worker {peak(server, 'worker'):4.0f} MB",
                flush=True,
            )


if __name__ == "__main__":
    main()
