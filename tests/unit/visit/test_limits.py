"""A bound on the time that code may take while somebody waits."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from docassemble_lite.visit.limits import TimeIsUp, TooLong, limited, saving

# seconds: short for what is to be stopped, long for what isn't
SHORT = 0.1
LONG = 30.0


def test_what_is_done_in_time_gives_its_result() -> None:
    assert limited(LONG, lambda: 5) == 5


def test_what_it_raises_is_raised_where_it_is_waited_for() -> None:
    with pytest.raises(KeyError, match="mine"):
        limited(LONG, lambda: {}["mine"])


def test_without_a_limit_it_runs_where_it_is_called() -> None:
    assert limited(0, threading.get_ident) == threading.get_ident()


def test_whoever_waits_goes_on_when_the_time_is_up() -> None:
    """P37: even though the code sits in a call that can't be stopped."""
    release = threading.Event()
    with pytest.raises(TimeIsUp) as caught:
        limited(1.0, lambda: release.wait(LONG))
    frame = caught.value.frame
    names = set()
    while frame is not None:
        names.add(frame.f_code.co_name)
        frame = frame.f_back
    assert "wait" in names
    release.set()


def test_code_that_runs_on_is_stopped_although_it_catches_every_exception(eventually: Callable[..., Any]) -> None:
    """P37."""
    ended = []

    def endless() -> None:
        try:
            while True:
                try:
                    time.sleep(0.001)
                except Exception:  # noqa: BLE001 - as an author might
                    continue
        except TooLong:
            ended.append(True)
            raise

    with pytest.raises(TimeIsUp):
        limited(SHORT, endless)
    assert eventually(lambda: ended, "the code was stopped") == [True]


def test_code_that_catches_even_that_is_stopped_the_next_time(eventually: Callable[..., Any]) -> None:
    stopped: list[int] = []

    def stubborn() -> None:
        for attempt in range(2):
            try:
                while True:
                    time.sleep(0.001)
            except BaseException:  # noqa: BLE001 - as no author should
                stopped.append(attempt)

    with pytest.raises(TimeIsUp):
        limited(SHORT, stubborn)
    assert eventually(lambda: len(stopped) == 2 and stopped, "it was stopped twice") == [0, 1]


def test_what_was_given_up_saves_nothing(eventually: Callable[..., Any]) -> None:
    """P37: nobody is told that something failed which then counts after all."""
    release, seen = threading.Event(), []

    def late() -> None:
        try:
            release.wait(LONG)
            with saving():
                seen.append("saved")
        except TooLong:
            seen.append("refused")

    with pytest.raises(TimeIsUp):
        limited(SHORT, late)
    release.set()
    assert eventually(lambda: seen, "it ended") == ["refused"]


def test_what_has_begun_to_save_may_finish() -> None:
    """A save isn't cut in half, and whoever waits learns that it was done."""

    def slow_save() -> str:
        with saving():
            time.sleep(2.0)
        return "saved"

    assert limited(1.0, slow_save) == "saved"


def test_saving_without_a_limit_is_just_saving() -> None:
    with saving():
        pass


def test_a_thread_that_was_stopped_serves_others_unharmed() -> None:
    for _ in range(50):
        # the end of the work and the end of its time come together: either may be first
        with suppress(TimeIsUp):
            limited(0.005, lambda: time.sleep(0.005))
    assert [limited(LONG, lambda number=number: number) for number in range(200)] == list(range(200))


def test_many_at_once_get_their_own_results() -> None:
    results: dict[int, int] = {}

    def ask(number: int) -> None:
        results[number] = limited(LONG, lambda: number * 2)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: 2 * number for number in range(50)}


PROFILED = """
import cProfile, threading
from docassemble_lite.visit.limits import TimeIsUp, limited

def endless():
    while True:
        pass

assert limited(30, lambda: 5) == 5
if {stopped}:
    try:
        limited(0.05, endless)
    except TimeIsUp:
        # whose thread, being free again, does this
        while any(thread.name == "ending a visit" for thread in threading.enumerate()):
            pass
print(cProfile.Profile().runcall(lambda: sum(abs(number) for number in range(100))))
"""


@pytest.mark.parametrize("stopped", [False, True])
def test_what_runs_later_can_be_profiled(stopped: bool) -> None:
    """In a process of its own, as it would hang for good."""
    code = PROFILED.format(stopped=stopped)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "4950\n", "")
