"""The servers that bring people's e-mails: each e-mail again and again until it is acknowledged, as all of them do."""

from __future__ import annotations

import queue
import smtplib
import threading
import time
from collections import Counter
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

DOMAIN = "in.example.com"
SENDER = "ada@example.org"
#: Where e-mails are taken in.
PORT = 2525
# how many are brought at a time, and seconds between two tries and for an answer
_AT_ONCE = 2
_AGAIN, _PATIENCE = 0.5, 10.0
# every so many are brought once more after they were acknowledged, by a server that didn't see the acknowledgement
_ONCE_MORE = 4


@dataclass
class Letter:
    """An e-mail, and whether it was acknowledged. `subject` is the word by which it is known."""

    subject: str
    to: str
    accepted: bool = False
    # the code with which it was refused for good
    refused: int = 0

    @property
    def raw(self) -> bytes:
        """As it travels."""
        made = EmailMessage(policy=SMTP)
        made["From"], made["To"], made["Subject"] = f"Ada Lovelace <{SENDER}>", self.to, self.subject
        made["Message-ID"] = f"<{self.subject}@example.org>"
        made.set_content(f"{self.subject} is the word.\n" * 10)
        return made.as_bytes()

    @property
    def is_over(self) -> bool:
        """Whether nobody brings it any more."""
        return self.accepted or self.refused > 0


class Relay:
    """Brings e-mails to the machine at this address, in threads."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._waiting: queue.SimpleQueue[Letter] = queue.SimpleQueue()
        self.letters: list[Letter] = []
        # code of an answer (0: none came) → how often
        self.answers: Counter[int] = Counter()
        self._lock = threading.Lock()
        for number in range(_AT_ONCE):
            threading.Thread(target=self._bring_all, name=f"relay {number}", daemon=True).start()

    def take(self, letter: Letter) -> None:
        """Bring it, from now on."""
        with self._lock:
            self.letters.append(letter)
        self._waiting.put(letter)

    def wait(self, seconds: float) -> list[Letter]:
        """Wait until all are brought, but not longer than so many seconds; those that aren't, or were refused."""
        end = time.monotonic() + seconds
        while not all(letter.is_over for letter in self.letters) and time.monotonic() < end:
            time.sleep(_AGAIN)
        return [letter for letter in self.letters if not letter.accepted]

    def _bring_all(self) -> None:
        while True:
            letter = self._waiting.get()
            code = self._bring(letter)
            with self._lock:
                self.answers[code] += 1
                once_more = code == 250 and not letter.accepted and len(self.letters) % _ONCE_MORE == 0
                letter.accepted = letter.accepted or code == 250
            if code >= 500:
                letter.refused = code
            if once_more or not letter.is_over:
                threading.Timer(_AGAIN, self._waiting.put, (letter,)).start()

    def _bring(self, letter: Letter) -> int:
        """The code of the answer; 0: none came."""
        try:
            with smtplib.SMTP(self._host, PORT, "relay.example.org", timeout=_PATIENCE) as talk:
                talk.sendmail(SENDER, [letter.to], letter.raw)
        except smtplib.SMTPRecipientsRefused as error:
            return next(code for code, _ in error.recipients.values())
        except smtplib.SMTPResponseException as error:
            return error.smtp_code
        except (smtplib.SMTPException, OSError):
            return 0
        return 250
