"""What the supervisor waits for: signals, and the first answer of the web server."""

from __future__ import annotations

import selectors
import signal
import socket
from dataclasses import dataclass
from types import FrameType

QUESTION = b"GET /healthz HTTP/1.0\r\nHost: %s\r\n\r\n"


class Signals:
    """Turns signals into something that a selector can wait for."""

    def __init__(self, *numbers: signal.Signals) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in numbers:
            signal.signal(number, _note_only)

    def fileno(self) -> int:
        """What a selector waits on."""
        return self._reader.fileno()

    def received(self) -> frozenset[int]:
        """The numbers of the signals that came since the last call."""
        try:
            return frozenset(self._reader.recv(4096))
        except BlockingIOError:
            return frozenset()


class Probe:
    """A request to the web server that is under way.

    The listening socket takes connections before there is a web process, so the request waits there and is answered
    by the first process that is ready: nothing has to be tried again and again. Any answer will do.
    """

    def __init__(self, address: tuple[str, int]) -> None:
        self._connection = socket.create_connection(address, timeout=5)
        self._connection.sendall(QUESTION % address[0].encode())

    def fileno(self) -> int:
        """What a selector waits on."""
        return self._connection.fileno()

    def answered(self) -> bool:
        """Whether an answer came; False: the process that had taken the request died. Call it once, when readable."""
        try:
            return bool(self._connection.recv(1))
        except ConnectionError:
            return False
        finally:
            self.close()

    def close(self) -> None:
        """Ask no longer."""
        self._connection.close()


@dataclass(frozen=True)
class Events:
    """What has come: the numbers of signals, and the probe to which there is an answer."""

    signals: frozenset[int]
    probe: Probe | None


class Waiting:
    """Waits for signals and for a probe's answer at the same time."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._selector = selectors.DefaultSelector()
        self._selector.register(signals, selectors.EVENT_READ)

    def watch(self, probe: Probe) -> None:
        """Wait for the answer to `probe`, too."""
        self._selector.register(probe, selectors.EVENT_READ)

    def forget(self, probe: Probe) -> None:
        """Wait for `probe` no longer."""
        self._selector.unregister(probe)

    def next(self, seconds: float | None) -> Events:
        """What comes next, or nothing after `seconds` (None: however long it takes)."""
        ready = [key.fileobj for key, _ in self._selector.select(seconds)]
        probe = next((item for item in ready if isinstance(item, Probe)), None)
        return Events(self._signals.received(), probe)


def _note_only(_number: int, _frame: FrameType | None) -> None:
    """A handler for signals that are seen through the wake-up socket."""
