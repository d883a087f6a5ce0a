"""A bound on the time that the code of an interview may take while somebody waits for the page.

The code runs in a thread of its own. When its time is up, whoever waits goes on without it: code that sits in a call of
the operating system, e.g. for a web server that doesn't answer, can't be stopped from outside. What comes of it later is
never saved, and as soon as it runs Python again it ends.
"""

from __future__ import annotations

import ctypes
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from types import FrameType
from typing import Any, Generic, TypeVar

T = TypeVar("T")

# seconds that a save which has begun may take beyond the limit, and between two tries to end code that won't
_SAVING = 10.0
_TRY_AGAIN = 1.0


class TooLong(BaseException):
    """The code was stopped because its time was up. No `Exception`, so that an author's code doesn't catch it."""


class TimeIsUp(Exception):
    """The work took longer than it may. `frame` is where it was then, None if that can't be told."""

    def __init__(self, frame: FrameType | None) -> None:
        super().__init__("The work took longer than it may.")
        self.frame = frame


class _Job(Generic[T]):
    """A piece of work, done in another thread than that which waits for it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        # what the records of its log are about
        self._context = copy_context()
        self.over = threading.Event()
        self.thread = 0
        self._result: T
        self._error: BaseException | None = None
        self._saving = threading.Lock()
        self._ending = threading.Lock()
        self._given_up = False
        self._left = False
        self._stopped = False

    def carry_out(self) -> None:
        """Do it, in the thread that calls this."""
        self.thread = threading.get_ident()
        _current.job = self
        try:
            self._result = self._context.run(self._work)
        except BaseException as error:  # noqa: BLE001 - it is raised again where somebody waits for it
            self._error = error

    def leave(self) -> None:
        """Nothing is to be stopped any more: the thread goes on to other work."""
        _current.job = None
        with self._ending:
            self._left = True
            if self._stopped:
                _take_what_was_to_come()
        self.over.set()

    def outcome(self) -> T:
        """What came of it; raises what the work raised."""
        if self._error is not None:
            raise self._error
        return self._result

    @contextmanager
    def saving(self) -> Iterator[None]:
        """While it saves, nobody gives it up; once it was given up, it saves nothing."""
        with self._saving:
            if self._given_up:
                raise TooLong
            yield

    def give_up(self) -> bool:
        """From now on nothing that it does counts; False if it is over by now, or about to be."""
        if self._saving.acquire(timeout=_SAVING):
            try:
                self._given_up = not self.over.is_set()
            finally:
                self._saving.release()
        return self._given_up

    def stop(self) -> None:
        """Have the code end with `TooLong` as soon as it runs Python again."""
        with self._ending:
            if not self._left:
                self._stopped = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.thread), ctypes.py_object(TooLong))


def _take_what_was_to_come() -> None:
    """Have what was to stop this thread, if it hasn't come yet, come now.

    Withdrawing it would leave the interpreter looking for it for good: in Python 3.11, whatever is traced or profiled hangs then.
    """
    try:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(threading.get_ident()), ctypes.py_object(TooLong))
        while True:
            pass
    except TooLong:
        return


class _Current(threading.local):
    job: _Job[Any] | None = None


_current = _Current()


class _Threads:
    """Threads that wait for work, as many as there is work at a time."""

    def __init__(self) -> None:
        self._idle: list[queue.SimpleQueue[_Job[Any]]] = []
        self._lock = threading.Lock()

    def begin(self, job: _Job[Any]) -> None:
        """Have a thread do the work."""
        with self._lock:
            inbox = self._idle.pop() if self._idle else None
        if inbox is None:
            inbox = queue.SimpleQueue()
            # a thread that can't be stopped must not keep the process from ending
            threading.Thread(target=self._work, args=(inbox,), name="visit", daemon=True).start()
        inbox.put(job)

    def _work(self, inbox: queue.SimpleQueue[_Job[Any]]) -> None:
        while True:
            job = inbox.get()
            try:
                job.carry_out()
                job.leave()
            except TooLong:
                # it came between the end of the work and leaving it
                job.leave()
            with self._lock:
                self._idle.append(inbox)


_threads = _Threads()


def limited(seconds: float, work: Callable[[], T]) -> T:
    """What the work gives or raises; `TimeIsUp` when it takes longer than so many seconds (0: however long it takes)."""
    if seconds <= 0:
        return work()
    job = _Job(work)
    _threads.begin(job)
    if job.over.wait(seconds) or not job.give_up():
        job.over.wait()
        return job.outcome()
    frame = sys._current_frames().get(job.thread)
    _end(job)
    raise TimeIsUp(frame)


def _end(job: _Job[Any]) -> None:
    def end() -> None:
        while not job.over.is_set():
            job.stop()
            job.over.wait(_TRY_AGAIN)

    threading.Thread(target=end, name="ending a visit", daemon=True).start()


@contextmanager
def saving() -> Iterator[None]:
    """`with saving():` around whatever makes the work count. Raises `TooLong` when nobody waits for it any more."""
    job = _current.job
    if job is None:
        yield
        return
    with job.saving():
        yield
