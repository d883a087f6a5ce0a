"""`web`: one process that serves pages, by itself or as a child of the supervisor."""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
import sys
import time
from types import FrameType
from typing import Any

from docassemble_lite.cli.lifeline import GRACE, hold_on_to
from docassemble_lite.cli.listening import BACKLOG, listen, url_of
from docassemble_lite.cli.metrics import record
from docassemble_lite.cli.migrating import bring_up_to_date, require_files
from docassemble_lite.cli.starting import lasting
from docassemble_lite.settings import Settings

# seconds that requests have to end after SIGTERM, a little less than the process has
DRAINING = GRACE - 3
# seconds between two looks whether anything is left to do while the server stops
GLANCE = 0.05
# seconds in which the request has to come on a connection that was made just before the server was to stop
OPENING = 0.5
# seconds after which a thread that computes lets another one go on; with Python's own 5 ms, a screen that reads and writes
# beside it would wait that long again and again
TURN = 0.001
# connections at once, beside those that are held
CONNECTIONS = 1000
# connections that may be held for one browser by all processes: it makes six at a time, and needs some for its pages
CONNECTIONS_OF_BROWSER = 4


def serve(settings: Settings, *, socket_fd: int | None = None, lifeline_fd: int | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C. `socket_fd` is a socket that listens already (None: one is made)."""
    hold_on_to(lifeline_fd)
    sys.setswitchinterval(TURN)
    with _listener(settings, socket_fd) as listener:
        with lasting():
            from docassemble_lite.web import create_app

            bring_up_to_date(settings)
            require_files(settings)
            record(settings, supervised=lifeline_fd is not None)
            _allow_open_files()
            server = DrainingServer(create_app(settings), listener, settings)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, server.stop)
        if socket_fd is None:
            print(f"Serving at {url_of(listener)} (Ctrl-C stops it)", flush=True)
        server.run()
    return 0


def _listener(settings: Settings, socket_fd: int | None) -> socket.socket:
    if socket_fd is None:
        return listen(settings.host, settings.port)
    os.set_inheritable(socket_fd, False)
    return socket.socket(fileno=socket_fd)


def _allow_open_files() -> None:
    """As many as the system lets this process have: every connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class DrainingServer:
    """A waitress server that, when it is to stop, has new connections refused and answers the requests that it has been sent.

    Those who are refused, such as a proxy, know that nothing has been done, and may ask another server.

    The connections of pages that wait for something are held aside from it.
    """

    def __init__(self, app: Any, listener: socket.socket, settings: Settings) -> None:
        import waitress

        from docassemble_lite.cli.apart import answer_apart
        from docassemble_lite.cli.holding import let_hold
        from docassemble_lite.cli.turns import Turns
        from docassemble_lite.pokes import open_pokes
        from docassemble_lite.web.form import FILES_AT_ONCE
        from docassemble_lite.web.health import HEALTH_PATHS
        from docassemble_lite.web.held import HeldConnections

        connections: dict[int, Any] = {}
        self._turns = Turns(connections)
        self._server = waitress.create_server(
            app,
            map=connections,
            sockets=[listener],
            threads=settings.web_threads,
            connection_limit=CONNECTIONS,
            # the app refuses what is too large with a page of its own; this is for what would fill the disk
            max_request_body_size=(FILES_AT_ONCE + 1) * settings.maximum_content_length,
            clear_untrusted_proxy_headers=not settings.behind_https_load_balancer,
            ident=None,
        )
        of_browser = max(1, CONNECTIONS_OF_BROWSER // settings.web_processes)
        self._held = HeldConnections(open_pokes(settings), settings.event_connections, of_browser)
        self._held.start()
        let_hold(self._server, self._held)
        # whoever watches over the process is answered also while everybody waits for a database that hangs
        answer_apart(self._server, HEALTH_PATHS)
        self._stopping = False

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Have `run` return when the requests that are being answered are done. May be called as a signal handler."""
        if self._stopping:
            # told once more, when what wakes it may be closed
            return
        self._stopping = True
        self._server.pull_trigger()

    def run(self) -> None:
        """Serve until `stop`."""
        while not self._stopping:
            self._turns.take(30.0)
        self._held.stop()
        self._refuse_new()
        end = time.monotonic() + DRAINING
        # what has been sent by now is read
        self._turns.take(0.0, at_all=True)
        while self._close_idle() and time.monotonic() < end:
            self._turns.take(GLANCE, at_all=True)
        self._server.close()

    def _refuse_new(self) -> None:
        """Take the connections that wait, and listen no longer; other processes may, on a socket that they share."""
        listener = self._server.socket
        waiting = select.poll()
        waiting.register(listener, select.POLLIN)
        for _ in range(BACKLOG):
            if not waiting.poll(0):
                break
            self._server.handle_accept()
        self._server.accepting = False
        self._server.del_channel()
        listener.close()

    def _close_idle(self) -> bool:
        """Close the connections on which nothing is going on; whether there are others."""
        busy, now = False, time.time()
        for channel in list(self._server.active_channels.values()):
            is_new = channel.last_activity == channel.creation_time and 0 <= now - channel.creation_time < OPENING
            if is_new or channel.requests or channel.request is not None or channel.total_outbufs_len:
                busy = True
            else:
                channel.will_close = True
        return busy
