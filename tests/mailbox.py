"""A real server that takes e-mails, in a thread of the tests."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

# of the loop, after which a connection that was just accepted is in a conversation
_TURNS = 3


@dataclass
class Arrived:
    """An e-mail and its envelope."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.raw, policy=default)
        assert isinstance(message, EmailMessage)
        return message


class Mailbox:
    """Accepts e-mails, but none for or from addresses that begin with “refused”; those with “busy” only later."""

    def __init__(self, *, username: str = "", password: str = "", utf8: bool = True, tls: Any = None) -> None:
        self.arrived: list[Arrived] = []
        # while it isn't set, the server keeps silent when it is given an e-mail
        self.answering = threading.Event()
        self.answering.set()
        self._login = LoginPassword(username.encode(), password.encode())
        options: dict[str, Any] = {"enable_SMTPUTF8": utf8, "hostname": "127.0.0.1", "port": 0, "ready_timeout": 60.0}
        if tls is not None:
            options |= {"tls_context": tls, "require_starttls": True}
        if username:
            options |= {"authenticator": self._authenticate, "auth_required": True}
        self._controller = _Listening(self, **options)
        self._controller.start()

    def directives(self, sender: str) -> dict[str, Any]:
        """What the configuration says under `mail` of a server that sends its e-mails here."""
        return {"server": "127.0.0.1", "port": self.port, "use tls": False, "default sender": sender}

    @property
    def port(self) -> int:
        port: int = self._controller.server.sockets[0].getsockname()[1]
        return port

    def stop(self) -> None:
        self.answering.set()
        self._controller.stop()

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=given == self._login, handled=False)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address.startswith("refused"):
            return f"550 no such mailbox {address}"
        if address.startswith("busy"):
            return "450 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        while not self.answering.is_set():
            await asyncio.sleep(0.01)
        if b"refused as a whole" in envelope.content:
            return "554 no"
        self.arrived.append(Arrived(envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return "250 OK"


class _Listening(Controller):
    """A controller that asks for a port that is free, tries it under the number that it got, and leaves no connection behind."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._conversations: list[SMTP] = []

    def factory(self) -> SMTP:
        made: SMTP = super().factory()
        self._conversations.append(made)
        return made

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result()
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        """Let nobody else in, and close what is open.

        What is cancelled, or has lost its server, before it has begun would keep its socket: so it may begin first.
        """
        for listening in self.server.sockets:
            self.loop.remove_reader(listening.fileno())
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        for conversation in self._conversations:
            if conversation.transport is not None:
                conversation.transport.abort()
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)
