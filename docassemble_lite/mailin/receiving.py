"""What becomes of an e-mail that arrives: kept in the session that its address belongs to, and told to it, or refused.

Nothing is ever answered to who sent it: no bounce, no reply, whatever the e-mail says of itself.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import OperationalError, TimeoutError

from docassemble_lite.broker import Broker
from docassemble_lite.engine.program import Programs
from docassemble_lite.engine.source import Sources
from docassemble_lite.errors import AuthorError, InterviewNotFound, StoreAway
from docassemble_lite.formats.messages import MessageLimits, MessageRefused, ReadMessage, read_message
from docassemble_lite.logs import session_shown
from docassemble_lite.metrics import count
from docassemble_lite.pokes import open_pokes
from docassemble_lite.settings import Settings
from docassemble_lite.store.attempts import Attempts
from docassemble_lite.store.database import open_store
from docassemble_lite.store.freezer import freeze, thaw
from docassemble_lite.store.mailboxes import MailboxGone, Slot
from docassemble_lite.store.tasks import NewTask
from docassemble_lite.visit import Surroundings
from docassemble_lite.visit.task_run import EMAIL, INCOMING_EMAIL

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What the server that brings an e-mail is told: a code of SMTP (RFC 5321) with one of RFC 3463 and words."""

    code: int
    detail: str
    text: str

    @property
    def line(self) -> str:
        return f"{self.code} {self.detail} {self.text}"


STORED = Answer(250, "2.0.0", "Stored")
UNKNOWN = Answer(550, "5.1.1", "No such mailbox")
NOT_OURS = Answer(550, "5.7.1", "Not a domain of this server")
FULL = Answer(552, "5.2.2", "The mailbox is full")
AWAY = Answer(451, "4.3.0", "Try again later")
# for Prometheus
_RESULTS = {STORED.code: "stored", UNKNOWN.code: "refused", FULL.code: "full", AWAY.code: "put off"}


class Receiving:
    """Takes e-mails in, in one process and from any of its threads."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._settings = surroundings.settings
        self._mailboxes = surroundings.store.mailboxes
        self.limits = limits_of(surroundings.settings)

    @property
    def attempts(self) -> Attempts:
        """What counts how often somebody brought e-mails to nobody."""
        return self._surroundings.store.attempts

    def flush(self, seconds: float) -> None:
        """Have the workers told of what was taken in, before the process ends."""
        self._surroundings.broker.flush(seconds)

    def find(self, address: str) -> Slot | Answer:
        """The mailbox of an address, or why there is none."""
        local_part, _, domain = address.strip().rpartition("@")
        if domain.lower() != self._settings.mail_domain:
            return NOT_OURS
        return _unless_away(lambda: self._mailboxes.find(local_part) or UNKNOWN)

    def take_in(self, slots: Sequence[Slot], sender: str | None, raw: bytes) -> list[Answer]:
        """Keep an e-mail in each of the mailboxes; the answer for each. `sender` is what the envelope says, if there is one."""
        try:
            message = read_message(raw, self.limits)
        except MessageRefused as refused:
            log.warning('action="email_refused" bytes=%d %s', len(raw), refused)
            count("mails_received", len(slots), result="refused")
            return [Answer(552, "5.3.4", str(refused))] * len(slots)
        whole = raw if sender is None else _with_return_path(raw, sender)
        answers = [_unless_away(partial(self._kept, slot, whole, message)) for slot in slots]
        for answer in answers:
            count("mails_received", result=_RESULTS[answer.code])
        return answers

    def _kept(self, slot: Slot, raw: bytes, message: ReadMessage) -> Answer:
        if not self._mailboxes.has_room(slot, len(raw), self._settings.file_quota):
            log.warning('action="mailbox_full" session=%s', session_shown(slot.session_id))
            return FULL
        number = self._mailboxes.new_number()
        data_key = self._mailboxes.data_key_of(slot) if slot.multi_user else b""
        try:
            task = self._task(slot, data_key, number) if slot.multi_user else None
        except (AuthorError, InterviewNotFound) as error:
            # its author may be at it just now
            log.error('action="email_interview_unusable" interview=%s %s', slot.interview, type(error).__name__)
            return AWAY
        try:
            new = self._mailboxes.put_in(slot, number, raw, message.digest, data_key, task)
        except MailboxGone:
            return UNKNOWN
        log.info('action="email_%s" session=%s bytes=%d', "stored" if new else "known", session_shown(slot.session_id), len(raw))
        if new:
            self._tell(slot, task)
        return STORED

    def _task(self, slot: Slot, data_key: bytes, number: int) -> NewTask | None:
        """The task that tells the interview, if it has a block for that."""
        if not self._surroundings.programs.get(slot.interview).has_blocks_for(INCOMING_EMAIL):
            return None
        owner = thaw(self._mailboxes.owner_of(slot, data_key))[0]
        return NewTask(secrets.token_urlsafe(24), INCOMING_EMAIL, freeze({}, {**owner, EMAIL: number}))

    def _tell(self, slot: Slot, task: NewTask | None) -> None:
        if task is not None:
            self._surroundings.broker.wake(task.id)
        self._surroundings.pokes.send(slot.session_id)


def open_receiving(settings: Settings) -> Receiving:
    """What takes e-mails in, with what it needs of a process. To be made after the process was forked."""
    programs = Programs(Sources(settings.interviews, settings.packages))
    return Receiving(Surroundings(open_store(settings), programs, settings, Broker(settings), open_pokes(settings)))


def limits_of(settings: Settings) -> MessageLimits:
    """What the configuration lets an e-mail be."""
    return MessageLimits(
        size=settings.incoming_mail_size,
        headers=settings.incoming_mail_headers,
        parts=settings.incoming_mail_parts,
        depth=settings.incoming_mail_depth,
        attachments=settings.incoming_mail_attachments,
    )


def _unless_away(of_store: Callable[[], T | Answer]) -> T | Answer:
    try:
        return of_store()
    except (OperationalError, StoreAway, TimeoutError, OSError) as error:
        log.warning('action="email_put_off" %s', type(error).__name__)
        return AWAY


def _with_return_path(raw: bytes, sender: str) -> bytes:
    """The message with the sender of the envelope on top, as whoever delivers it for good has to write it (RFC 5321, 4.4)."""
    kept = "".join(character for character in sender if character.isprintable()).encode("utf-8", "replace")
    return b"Return-Path: <" + kept + b">\r\n" + raw
