"""`tasks`: as an operator types it, beside a server that runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docassemble_lite.settings import Settings
from docassemble_lite.store.database import open_store
from docassemble_lite.store.schema import migrate
from docassemble_lite.store.tasks import NewTask
from tests.acceptance.failing import CANARY, INTERVIEW, NAME, heading_when_over, mend, start_task
from tests.acceptance.test_command_line import run
from tests.acceptance.visitor import Visitor


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a store that has a failed task and three that wait; nothing runs there."""
    settings = Settings(data=tmp_path / "data")
    migrate(settings)
    store = open_store(settings)
    wanted = [NewTask(name, "work", b"canary") for name in ("abc1", "abd2", "-xyz", "failed")]
    store.sessions.create("a.yml", b"secret", {}, tasks=wanted)
    claimed = store.tasks.claim("failed", 60)
    assert claimed
    store.tasks.finish(claimed.finished("failed", b"canary", "\x1b[31mOdd"))
    store.close()
    return tmp_path


def tasks_in(folder: Path, *arguments: str) -> list[list[str]]:
    """The table that the command prints, without its heads; its columns are two blanks apart at least."""
    result = run("tasks", *arguments, folder=folder)
    assert (result.returncode, result.stderr) == (0, "")
    return [re.split(r" {2,}", line) for line in result.stdout.splitlines()[1:]]


def states_in(folder: Path) -> dict[str, str]:
    store = open_store(Settings(data=folder / "data"))
    try:
        return {task.id: task.state for task in store.tasks.listing()}
    finally:
        store.close()


# --- listing ---------------------------------------------------------------------------------------------------------


def test_without_tasks_it_says_so(tmp_path: Path) -> None:
    assert run("tasks", folder=tmp_path).stdout == "There are no background tasks.\n"
    assert run("tasks", "--state", "failed", folder=tmp_path).stdout == "There is no task that is failed.\n"


def test_the_table_shows_how_each_task_stands(folder: Path) -> None:
    result = run("tasks", folder=folder)
    heads, *lines = result.stdout.splitlines()
    assert heads.split() == ["interview", "action", "state", "waited", "ran", "attempt", "error", "id"]
    (failed,) = [line for line in lines if "failed" in line]
    assert re.fullmatch(r"a\.yml +work +failed +[\d.]+ (s|min) +[\d.]+ (s|min) +1 +\\x1b\[31mOdd +failed", failed)
    assert "canary" not in result.stdout
    assert "\x1b" not in result.stdout


def test_a_state_and_a_number_choose_what_is_shown(folder: Path) -> None:
    assert {row[-1] for row in tasks_in(folder, "--state", "waiting")} == {"abc1", "abd2", "-xyz"}
    assert tasks_in(folder, "--state", "waiting", "--most", "2")[-1] == ["These are 2 of 3; --most shows more."]


@pytest.mark.parametrize(
    "arguments", [["--state", "lost"], ["--most", "0"], ["--most", "x"], ["--most", "9" * 5000], ["revoke"], ["remove", "abc1"]]
)
def test_what_cannot_be_meant_is_refused(folder: Path, arguments: list[str]) -> None:
    assert run("tasks", *arguments, folder=folder).returncode == 2


# --- running again and revoking --------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", ["abc1", "abc", "-xyz", "-x"])
def test_the_beginning_of_an_id_is_enough(folder: Path, task: str) -> None:
    result = run("tasks", "revoke", task, "--data", "data", folder=folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert [state for name, state in states_in(folder).items() if name.startswith(task)] == ["revoked"]
    assert sorted(states_in(folder).values()) == ["failed", "revoked", "waiting", "waiting"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["revoke", "ab"], "several tasks"),
        (["revoke", "unknown"], "no task whose id begins with 'unknown'"),
        (["revoke", ""], "no task"),
        (["revoke", "%"], "no task"),
        (["revoke", "ABC1"], "no task"),
        (["revoke", "\x1b[31m"], r"'\x1b[31m'"),
        (["revoke", "failed"], "can't be revoked: it is failed"),
        (["run-again", "abc1"], "can't be run again: it is waiting, not failed"),
        (["run-again", "ab"], "several tasks"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(folder: Path, arguments: list[str], told: str) -> None:
    before = states_in(folder)
    result = run("tasks", *arguments, folder=folder)
    assert (result.returncode, result.stdout) == (2, "")
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert states_in(folder) == before


def test_what_failed_too_long_ago_cannot_be_run_again(folder: Path) -> None:
    store = open_store(Settings(data=folder / "data"))
    store.tasks.forget_keys(-60)
    store.close()
    result = run("tasks", "run-again", "failed", folder=folder)
    assert result.returncode == 2
    assert "the key to its session isn't kept any more" in result.stderr


def test_with_a_broker_that_is_away_the_task_is_left_to_the_sweeper(folder: Path) -> None:
    result = run("tasks", "run-again", "failed", folder=folder, DAL_BROKER="redis://127.0.0.1:1/0")
    assert result.returncode == 0
    assert "The broker can't be reached" in result.stdout
    assert states_in(folder)["failed"] == "waiting"


def test_p38_a_task_that_really_failed_is_run_again(server: Callable[..., Any], eventually: Callable[..., Any]) -> None:
    """P38: by hand; P36: what a person answered is not shown."""
    running = server({NAME: INTERVIEW})
    person = start_task(running)
    assert heading_when_over(person, eventually) == "Failed"
    ((interview, action, state, *_, error, task),) = tasks_in(running.folder)
    assert (interview, action, state, error) == (NAME, "write_letter", "failed", "ValueError")
    mend(running)
    again = run("tasks", "run-again", task[:6], folder=running.folder)
    assert again.returncode == 0
    eventually(lambda: Visitor.show(person, NAME).heading == "Dear " + CANARY, "the task is done")
    ((*_, attempt, same),) = tasks_in(running.folder, "--state", "done")
    assert (attempt, same) == ("2", task)
    assert CANARY not in again.stdout + again.stderr + run("tasks", folder=running.folder).stdout
