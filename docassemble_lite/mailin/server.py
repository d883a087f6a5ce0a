"""The process that listens for servers that bring e-mails, by SMTP and by LMTP."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import ssl
from collections.abc import Callable
from functools import partial
from pathlib import Path

from docassemble_lite.errors import LiteError, SettingsError
from docassemble_lite.mailin.receiving import Receiving, open_receiving
from docassemble_lite.mailin.smtp import Conversation, Door, LocalConversation, Turns
from docassemble_lite.settings import Settings

log = logging.getLogger(__name__)

#: Seconds that a message that is on its way has, once the process is told to stop.
DRAINING = 20.0


class CannotListen(LiteError):
    """The place where e-mails are to be taken in can't be used."""


def receive(settings: Settings, *, say: Callable[[str], None]) -> int:
    """Take e-mails in until SIGTERM or Ctrl-C; `say` is told where. The exit code."""
    if not settings.mail_domain:
        raise SettingsError("Receiving e-mails needs the directive “incoming mail domain”, or “external hostname”.")
    if not settings.incoming_mail_port and not settings.incoming_mail_lmtp:
        raise SettingsError("Receiving e-mails needs an “incoming mail port” above 0, or “incoming mail lmtp”.")
    asyncio.run(_Server(settings, open_receiving(settings)).run(say))
    return 0


class _Server:
    def __init__(self, settings: Settings, receiving: Receiving) -> None:
        self._settings = settings
        self._receiving = receiving
        self._tls = _certificate(settings)
        self._stopped = asyncio.Event()

    async def run(self, say: Callable[[str], None]) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopped.set)
        turns = Turns()
        servers = []
        if self._settings.incoming_mail_port:
            servers.append(await self._by_smtp(turns, say))
        if self._settings.incoming_mail_lmtp:
            servers.append(await self._by_lmtp(turns, say))
        await self._stopped.wait()
        for server in servers:
            server.close()
        await turns.end(DRAINING)
        if self._settings.incoming_mail_lmtp and not self._settings.incoming_mail_lmtp.isdecimal():
            Path(self._settings.incoming_mail_lmtp).unlink(missing_ok=True)

    async def _by_smtp(self, turns: Turns, say: Callable[[str], None]) -> asyncio.Server:
        host, port = self._settings.incoming_mail_host, self._settings.incoming_mail_port
        server = await self._listening(Conversation, turns, f"{host}:{port}", host=host, port=port)
        say(f"Receiving e-mails to {self._settings.mail_domain} by SMTP at {_place(server)}")
        return server

    async def _by_lmtp(self, turns: Turns, say: Callable[[str], None]) -> asyncio.Server:
        place = self._settings.incoming_mail_lmtp
        if place.isdecimal():
            server = await self._listening(LocalConversation, turns, place, host="127.0.0.1", port=int(place))
        else:
            _remove_old_socket(Path(place))
            server = await self._listening(LocalConversation, turns, place, path=place)
        say(f"Receiving e-mails to {self._settings.mail_domain} by LMTP at {_place(server)}")
        return server

    async def _listening(
        self,
        kind: type[Conversation],
        turns: Turns,
        place: str,
        *,
        host: str | None = None,
        port: int = 0,
        path: str | None = None,
    ) -> asyncio.Server:
        attempts = self._receiving.attempts
        door = Door(self._receiving, attempts, trusts_peers=kind is LocalConversation)
        made = partial(
            kind,
            door,
            turns,
            hostname=self._settings.external_hostname or self._settings.mail_domain,
            ident="docassemble_lite",
            data_size_limit=self._settings.incoming_mail_size,
            tls_context=self._tls if kind is Conversation else None,
        )
        loop = asyncio.get_running_loop()
        try:
            if path is not None:
                server = await loop.create_unix_server(made, path)
                # who may use it is for the permissions of its folder to say: a mail server is another user
                Path(path).chmod(0o666)
                return server
            return await loop.create_server(made, host, port)
        except OSError as error:
            raise CannotListen(f"E-mails can't be taken in at {place}: {os.strerror(error.errno or errno.EIO)}.") from error


def _certificate(settings: Settings) -> ssl.SSLContext | None:
    if not settings.incoming_mail_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.incoming_mail_certificate, settings.incoming_mail_key or None)
    except (OSError, ssl.SSLError) as error:
        names = "“incoming mail certificate” and “incoming mail key”"
        raise SettingsError(f"The files of {names} can't be used: {error}.") from error
    return context


def _place(server: asyncio.Server) -> str:
    name = server.sockets[0].getsockname()
    return f"{name[0]}:{name[1]}" if isinstance(name, tuple) else str(name)


def _remove_old_socket(path: Path) -> None:
    """Remove a socket that nobody listens on any more, of a process that was killed."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
