"""Processes that answer requests are killed while they do."""

from __future__ import annotations

import http.client
import os
import random
import signal
import time
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from tests.acceptance.visitor import Visitor
from tests.conftest import Server
from tests.faults.shared_words import INTERVIEW, NAME, InBackground, Table, add, words_on
from tests.faults.test_two_writers import pid_of

Eventually = Callable[..., Any]


def outcome_of(sent: InBackground) -> str:
    """How a request ended whose server may have been killed: "answered" or "broken off"."""
    try:
        sent.result()
    except (urllib.error.URLError, ConnectionError, TimeoutError, OSError):
        return "broken off"
    return "answered"


def warm_up(running: Any, visitor: Visitor, eventually: Eventually) -> list[str]:
    """Add words until each of two web processes has answered; the words."""
    words: list[str] = []
    pids = set()

    def both_have_answered() -> bool:
        words.append(f"w{len(words)}")
        assert add(visitor, words[-1]).status == 200
        pids.add(pid_of(running, words[-1], eventually))
        return len(pids) == 2

    eventually(both_have_answered, "both web processes have answered")
    return words


def test_p2_after_the_holder_of_the_lock_was_killed_the_next_visit_enters(
    server: Callable[..., Any], stored: dict[str, Any], eventually: Eventually, measured: Callable[..., None]
) -> None:
    """P2: it sees the last committed answers, and nothing of those of the killed visit."""
    running = server({NAME: INTERVIEW}, concurrency_lock_timeout=30.0, web_processes=2, **stored)
    table = Table(running)
    alice, bob = table.join(), table.join()
    words = warm_up(running, alice, eventually)
    killed = InBackground(lambda: add(alice, "beta", until="never"))
    os.kill(pid_of(running, "beta", eventually), signal.SIGKILL)
    began = time.monotonic()
    page = bob.show(NAME)
    measured("P2", seconds_until_the_next_visit_was_answered=round(time.monotonic() - began, 2))
    assert page.status == 200
    assert words_on(page) == words
    assert outcome_of(killed) == "broken off"
    assert add(bob, "gamma").status == 200
    assert table.words() == [*words, "gamma"]


def test_p2_the_only_web_process_comes_back(
    server: Callable[..., Any], eventually: Eventually, measured: Callable[..., None]
) -> None:
    running = server({NAME: INTERVIEW})
    table = Table(running)
    bob = table.join()
    InBackground(lambda: outcome_of(InBackground(lambda: add(table.first, "alpha", until="never"))))
    os.kill(pid_of(running, "alpha", eventually), signal.SIGKILL)
    began = time.monotonic()
    assert words_on(bob.show(NAME)) == []
    measured("P2", seconds_with_a_single_process=round(time.monotonic() - began, 2))


# --- the whole server ------------------------------------------------------------------------------------------------


def kill_all(running: Server) -> None:
    """Kill every process of a server, in no order."""
    family = running.family()
    random.shuffle(family)
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    running.process.wait()
    psutil.wait_procs(family, timeout=60)


def start_again(killed: Server) -> Server:
    """Another server in the folder of one that was killed."""
    return Server(killed.folder)


def keep_posting(visitor: Visitor, prefix: str, acknowledged: list[str]) -> None:
    """Post one word after the other until the server is gone, noting those that were accepted."""
    number = 0
    try:
        page = visitor.show(NAME)
        while True:
            word = f"{prefix}{number}"
            page = visitor.answer(page, entry=word)
            if page.status == 200:
                acknowledged.append(word)
            number += 1
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        return


def test_p39_killing_the_whole_server_at_any_moment_loses_no_answer(
    server: Callable[..., Any],
    stored: dict[str, Any],
    eventually: Eventually,
    long_form: bool,
    measured: Callable[..., None],
) -> None:
    """P1, P2, P39: what was acknowledged is there; at most the one answer that was under way may be there too."""
    running = server({NAME: INTERVIEW}, **stored)
    table = Table(running)
    chance = random.Random(1)
    kills = 40 if long_form else 1 if stored else 2
    total = 0
    try:
        for kill in range(kills):
            visitor = Visitor(running.url)
            before = words_on(visitor.show(NAME, session=table.session))
            acknowledged: list[str] = []
            posting = InBackground(lambda v=visitor, k=kill, a=acknowledged: keep_posting(v, f"k{k}n", a))
            eventually(lambda a=acknowledged: a, "an answer is accepted")
            time.sleep(0.3 + chance.random())
            kill_all(running)
            posting.result()
            running = start_again(running)
            table.running = running
            words = table.words()
            added = words[len(before) :]
            assert words[: len(before)] == before
            assert added[: len(acknowledged)] == acknowledged
            assert len(added) <= len(acknowledged) + 1
            total += len(acknowledged)
    finally:
        running.clear_away()
    measured("P39", kills=kills, acknowledged=total, lost=0)
    assert total


def test_the_data_folder_of_a_killed_server_has_no_lock_that_lasts(
    server: Callable[..., Any], eventually: Eventually, tmp_path: Path
) -> None:
    running = server({NAME: INTERVIEW}, concurrency_lock_timeout=30.0)
    table = Table(running)
    InBackground(lambda: outcome_of(InBackground(lambda: add(table.first, "alpha", until="never"))))
    pid_of(running, "alpha", eventually)
    kill_all(running)
    again = start_again(running)
    try:
        table.running = again
        assert table.words() == []
    finally:
        again.clear_away()
