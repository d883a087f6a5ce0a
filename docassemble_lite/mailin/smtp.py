"""The server that takes e-mails in by SMTP (RFC 5321) or LMTP (RFC 2033)."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import exc

from docassemble_lite.mailin.receiving import AWAY, NOT_OURS, UNKNOWN, Answer, Receiving
from docassemble_lite.networks import network_of
from docassemble_lite.store.attempts import Attempts
from docassemble_lite.store.mailboxes import Slot

log = logging.getLogger(__name__)

#: Refused recipients of one network within so many seconds, before it is sent away.
MOST_REFUSED = 20
REFUSED_WITHIN = 60.0
#: Conversations at a time, of one network and in all, and messages that are being sent at a time.
MOST_OF_NETWORK = 10
MOST_CONVERSATIONS = 100
MOST_MESSAGES = 4
MOST_RECIPIENTS = 100
#: Seconds without a word after which a conversation ends; a message has to be there within so many.
PATIENCE = 300.0
# seconds that a message waits for its turn
_TURN = 20.0

_END = b"\r\n.\r\n"
_BEGINNINGS_OF_END = tuple(_END[:size] for size in range(1, len(_END)))
_REFUSED_TOO_OFTEN = Answer(421, "4.7.0", "Too many unknown mailboxes, come again later")
_TOO_MANY = Answer(421, "4.3.2", "Too many connections, come again later")
_TOO_LARGE = Answer(552, "5.3.4", "The message is too large")
_TOO_MANY_RECIPIENTS = Answer(452, "4.5.3", "Too many recipients")
_BROKEN = Answer(554, "5.3.0", "The message can't be taken")


class Turns:
    """What all conversations of a process share."""

    def __init__(self) -> None:
        self.messages = asyncio.Semaphore(MOST_MESSAGES)
        self.conversations: Counter[str] = Counter()
        # those who send a message just now
        self.sending: set[asyncio.Task[None]] = set()

    async def end(self, seconds: float) -> None:
        """Wait for the messages that are being sent, but not longer than so many seconds."""
        if self.sending:
            await asyncio.wait(self.sending, timeout=seconds)


class Door:
    """What conversations ask: who is known, who comes too often. What takes long happens in threads."""

    def __init__(self, receiving: Receiving, attempts: Attempts, *, trusts_peers: bool = False) -> None:
        self._receiving = receiving
        self._attempts = attempts
        self._trusts_peers = trusts_peers

    @property
    def trusts_peers(self) -> bool:
        """Whether those who come are servers of our own, who have looked at whom they bring something from."""
        return self._trusts_peers

    async def handle_exception(self, error: Exception) -> str:
        log.error('action="email_conversation_failed" %s', type(error).__name__)
        return "500 5.5.2 Error: bad syntax"

    async def handle_RCPT(
        self, server: Conversation, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return _TOO_MANY_RECIPIENTS.line
        found = await asyncio.to_thread(self._receiving.find, address)
        if isinstance(found, Slot):
            envelope.rcpt_tos.append(found)  # type: ignore[arg-type]
            return "250 2.1.5 OK"
        if found in (UNKNOWN, NOT_OURS) and not self._trusts_peers and await asyncio.to_thread(self._too_often, session.peer):
            log.warning('action="email_peer_sent_away" network=%s', network_of(_address_of(session.peer)))
            server.leave_after_answer()
            return _REFUSED_TOO_OFTEN.line
        return found.line

    def _too_often(self, peer: Any) -> bool:
        network = network_of(_address_of(peer))
        try:
            return self._attempts.seconds_to_wait("unknown mailbox", network, most=MOST_REFUSED, seconds=REFUSED_WITHIN) > 0
        except (exc.OperationalError, exc.TimeoutError):
            return False

    async def take_in(self, slots: Sequence[Slot], sender: str, raw: bytes) -> list[Answer]:
        """Keep a message; the answer for each mailbox. Whatever goes wrong is no end of the server."""
        try:
            return await asyncio.to_thread(self._receiving.take_in, slots, sender, raw)
        except Exception as error:  # noqa: BLE001 - it ends one message, and not the server
            # the text of an error may quote the message
            log.error('action="email_failed" bytes=%d %s', len(raw), type(error).__name__)
            return [_BROKEN] * len(slots)


class Conversation(SMTP):
    """One connection by SMTP."""

    line_length_limit = 65536

    def __init__(self, door: Door, turns: Turns, **options: Any) -> None:
        super().__init__(door, enable_SMTPUTF8=True, timeout=PATIENCE, auth_exclude_mechanism=["LOGIN", "PLAIN"], **options)
        self._door = door
        self._turns = turns
        self._network: str | None = None
        self._leaves = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._network is None:
            self._network = network_of(_address_of(transport.get_extra_info("peername")))
            self._turns.conversations[self._network] += 1
            if self._is_one_too_many(self._network):
                transport.write(f"{_TOO_MANY.line}\r\n".encode())  # type: ignore[attr-defined]
                transport.close()
                return
        super().connection_made(transport)

    def _is_one_too_many(self, network: str) -> bool:
        open_now = self._turns.conversations
        return open_now.total() > MOST_CONVERSATIONS or (not self._door.trusts_peers and open_now[network] > MOST_OF_NETWORK)

    def connection_lost(self, error: Exception | None) -> None:
        if self._network is not None:
            self._turns.conversations[self._network] -= 1
            self._turns.conversations += Counter()
            self._network = None
        if self.session is not None:
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        return super().eof_received() if self.session is not None else False

    def leave_after_answer(self) -> None:
        """End the conversation when the answer that is being made has been given."""
        self._leaves = True

    async def smtp_RCPT(self, arg: str) -> None:
        await super().smtp_RCPT(arg)
        if self._leaves and self.transport is not None:
            self.transport.close()

    async def smtp_DATA(self, arg: str) -> None:
        """Take a message as it comes, without cutting it into lines."""
        assert self.envelope is not None
        if await self.check_helo_needed():
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        try:
            await asyncio.wait_for(self._turns.messages.acquire(), _TURN)
        except TimeoutError:
            await self.push(AWAY.line)
            return
        work = asyncio.ensure_future(self._take_message())
        self._turns.sending.add(work)
        try:
            await work
        finally:
            self._turns.sending.discard(work)
            self._turns.messages.release()

    async def _take_message(self) -> None:
        assert self.envelope is not None
        slots: list[Any] = list(self.envelope.rcpt_tos)
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        raw = await self._message()
        if raw is None:
            answers = [_TOO_LARGE] * len(slots)
        else:
            answers = await self._door.take_in(slots, (self.envelope.mail_from or "").removeprefix("<>"), raw)
        self._set_post_data_state()
        for answer in self.answers(answers):
            await self.push(answer.line)

    async def _message(self) -> bytes | None:
        """The message up to the dot on a line of its own; None if it is too large."""
        data, size = bytearray(b"\r\n"), 0
        while not data.endswith(_END):
            if data.endswith(_BEGINNINGS_OF_END):
                piece = await self._reader.readexactly(1)
            else:
                piece = await self._piece()
            size += len(piece)
            data += piece
            if self._is_too_large(size):
                del data[: -len(_END)]
        if self._is_too_large(size - len(_END)):
            return None
        return bytes(data[:-3].replace(b"\r\n..", b"\r\n."))[2:]

    def _is_too_large(self, size: int) -> bool:
        return bool(self.data_size_limit) and size > self.data_size_limit  # type: ignore[operator]

    async def _piece(self) -> bytes:
        try:
            return await self._reader.readuntil(_END)
        except asyncio.LimitOverrunError as error:
            return await self._reader.readexactly(error.consumed)

    def answers(self, answers: list[Answer]) -> list[Answer]:
        """One for all: what isn't kept for all has to come again, and what is kept already then is known."""
        worst = sorted(answers, key=lambda answer: (answer.code == 250, answer.code >= 500))
        return worst[:1]


class LocalConversation(Conversation, LMTP):
    """One connection by LMTP: each recipient has an answer of its own."""

    def answers(self, answers: list[Answer]) -> list[Answer]:
        return answers


def _address_of(peer: Any) -> str | None:
    return str(peer[0]) if isinstance(peer, tuple) and peer else None
