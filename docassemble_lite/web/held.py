"""Connections of pages that wait for something, held by one thread: a page costs a socket and no thread.

What goes over them says "look now" and nothing else; a page that has heard it checks in.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from docassemble_lite.metrics import show
from docassemble_lite.pokes import Pokes

log = logging.getLogger(__name__)

#: In the environment of a request: what keeps its connection open, or nothing where the server can't do that.
HOLD = "docassemble_lite.hold"
#: The type of the events.
LOOK = "look"
# seconds between two signs of life, which proxies want to see and by which lost connections are found
_SIGN_OF_LIFE_EVERY = 15.0
_SIGN_OF_LIFE = b": \n\n"
_EVENT = b"event: " + LOOK.encode() + b"\ndata: \n\n"

#: Keeps the connection of the request for a session, on behalf of a browser; False when there are too many.
Hold = Callable[[str, str], bool]


@dataclass(eq=False)
class Held:
    """One connection. It is `chunked` if the answer on it was begun that way."""

    session_id: str
    who: str
    connection: socket.socket | None = None
    chunked: bool = False
    # whether there was something to tell before there was a connection
    poked: bool = False

    def framed(self, message: bytes) -> bytes:
        """The bytes by which the message is sent."""
        return b"%x\r\n%s\r\n" % (len(message), message) if self.chunked else message


class HeldConnections:
    """Holds up to `most` connections, and of one browser up to `most_of_browser`: it has only a few for all its pages."""

    def __init__(self, pokes: Pokes, most: int, most_of_browser: int) -> None:
        self._pokes = pokes
        self._most = most
        self._most_of_browser = most_of_browser
        self._lock = threading.Lock()
        self._of_session: dict[str, set[Held]] = defaultdict(set)
        self._of_browser: Counter[str] = Counter()
        self._count = 0
        self._over = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._inbox, self._outbox = socket.socketpair()
        # what the holding thread is to do next
        self._to_do: list[Callable[[], None]] = []
        self._threads = [
            threading.Thread(target=self._hold, name="held connections", daemon=True),
            threading.Thread(target=self._listen, name="pokes", daemon=True),
        ]

    def start(self) -> None:
        """Begin to hold and to listen."""
        self._inbox.setblocking(False)
        self._selector.register(self._inbox, selectors.EVENT_READ)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Close all connections. Their pages connect to another process or look from time to time."""
        self._over.set()
        self._wake()

    @property
    def count(self) -> int:
        """How many connections there are."""
        return self._count

    # --- from other threads ----------------------------------------------------------------------------------------------

    def reserve(self, session_id: str, who: str) -> Held | None:
        """A place for a connection, which hears pokes from now on; None when there are too many already."""
        with self._lock:
            if self._over.is_set() or self._count >= self._most or self._of_browser[who] >= self._most_of_browser:
                return None
            held = Held(session_id, who)
            self._count += 1
            self._of_browser[who] += 1
            self._of_session[session_id].add(held)
            show("event_connections", self._count)
        return held

    def attach(self, held: Held, connection: socket.socket, *, chunked: bool) -> None:
        """Hold this connection, on which the head of the answer has been sent."""
        connection.setblocking(False)
        held.chunked = chunked

        def attach() -> None:
            held.connection = connection
            self._selector.register(connection, selectors.EVENT_READ, held)
            if held.poked:
                self._send(held, _EVENT)

        self._do(attach)

    def give_back(self, held: Held) -> None:
        """Forget a place for which no connection came, or whose connection is closed."""
        with self._lock:
            mine = self._of_session.get(held.session_id, set())
            if held not in mine:
                return
            mine.discard(held)
            if not mine:
                del self._of_session[held.session_id]
            self._count -= 1
            self._of_browser[held.who] -= 1
            if not self._of_browser[held.who]:
                del self._of_browser[held.who]
            show("event_connections", self._count)

    def poke(self, session_id: str) -> None:
        """Tell the pages of a session to look."""
        with self._lock:
            if session_id not in self._of_session:
                return
        self._do(lambda: self._poke(session_id))

    # --- in the thread that holds ----------------------------------------------------------------------------------------

    def _do(self, work: Callable[[], None]) -> None:
        with self._lock:
            self._to_do.append(work)
        self._wake()

    def _wake(self) -> None:
        self._outbox.send(b".")

    def _hold(self) -> None:
        sign_of_life_at = time.monotonic() + _SIGN_OF_LIFE_EVERY
        while not self._over.is_set():
            for key, _ in self._selector.select(max(0.0, sign_of_life_at - time.monotonic())):
                if key.data is None:
                    self._inbox.recv(4096)
                else:
                    self._read(key.data)
            with self._lock:
                work, self._to_do = self._to_do, []
            for item in work:
                item()
            if time.monotonic() >= sign_of_life_at:
                sign_of_life_at = time.monotonic() + _SIGN_OF_LIFE_EVERY
                for held in self._all():
                    self._send(held, _SIGN_OF_LIFE)
        for held in self._all():
            self._drop(held)

    def _all(self) -> list[Held]:
        return [key.data for key in list(self._selector.get_map().values()) if key.data is not None]

    def _poke(self, session_id: str) -> None:
        with self._lock:
            poked = list(self._of_session.get(session_id, ()))
        for held in poked:
            held.poked = True
            if held.connection is not None:
                self._send(held, _EVENT)

    def _read(self, held: Held) -> None:
        """A page has nothing to say: what can be read is the end of the connection."""
        assert held.connection
        try:
            if held.connection.recv(4096):
                return
        except BlockingIOError:
            return
        except OSError as error:
            log.debug('action="held_connection_broke" %s', error)
        self._drop(held)

    def _send(self, held: Held, message: bytes) -> None:
        if held.connection is None:
            return
        framed = held.framed(message)
        try:
            sent = held.connection.send(framed)
        except OSError as error:
            log.debug('action="held_connection_broke" %s', error)
            sent = -1
        # a page that doesn't take a few bytes isn't there any more
        if sent != len(framed):
            self._drop(held)

    def _drop(self, held: Held) -> None:
        if held.connection is not None:
            self._selector.unregister(held.connection)
            held.connection.close()
            held.connection = None
        self.give_back(held)

    # --- in the thread that listens --------------------------------------------------------------------------------------

    def _listen(self) -> None:
        for session_id in self._pokes.heard(self._over):
            self.poke(session_id)
