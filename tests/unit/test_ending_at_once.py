"""What a worker that leaves does with the processes that have nothing to do."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from billiard.context import Process

from docassemble_lite.worker.main import end_at_once


@pytest.fixture
def idle() -> Iterator[Process]:
    child = Process(target=time.sleep, args=(60,))
    child.start()
    yield child
    assert child.exitcode == -signal.SIGKILL


def test_processes_that_have_nothing_to_do_are_gone_at_once(idle: Process) -> None:
    end_at_once([idle])
    assert not idle.is_alive()


def test_one_whose_end_nothing_tells_any_more_keeps_nobody(idle: Process, eventually: Callable[..., Any]) -> None:
    os.close(idle._popen.sentinel)
    end_at_once([idle])
    eventually(lambda: not idle.is_alive(), "it has ended")
