"""The database or Redis is stopped: it neither answers nor hangs up, and whoever asks how things stand is told all the same."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from docassemble_lite.broker import Broker
from docassemble_lite.health import Health
from docassemble_lite.settings import Settings
from docassemble_lite.store.schema import migrate
from tests.conftest import PATIENCE
from tests.faults.fire.databases import Postgresql


def problems(health: Health) -> dict[str, str]:
    """What isn't well."""
    return {part.name: part.problem for part in health.parts(seconds=0.5) if part.problem}


def test_p40_a_part_that_hangs_is_named_and_well_again_when_it_goes_on(
    tmp_path: Path, own_postgresql: Postgresql, redis_server: Any, eventually: Any
) -> None:
    """P40: recovery without a restart, also of what looks whether there is one."""
    settings = Settings(data=tmp_path, database=own_postgresql.url, broker=redis_server.url)
    migrate(settings)
    health = Health(settings, Broker(settings))
    eventually(lambda: problems(health) == {}, "all is well")
    with own_postgresql.hanging():
        eventually(lambda: problems(health) == {"database": "doesn't answer"}, "the database alone is named")
    eventually(lambda: problems(health) == {}, "all is well again")
    with redis_server.hanging():
        eventually(lambda: problems(health) == {"broker": "doesn't answer"}, "the broker alone is named")
    eventually(lambda: problems(health) == {}, "all is well again")


def test_p40_a_worker_cannot_be_asked_through_a_broker_that_hangs_and_nobody_waits_for_it(
    tmp_path: Path, redis_server: Any, eventually: Any
) -> None:
    """P40: the same is said as of a worker that doesn't answer."""
    broker = Broker(Settings(data=tmp_path, broker=redis_server.url))
    assert broker.send("a-task")
    with redis_server.hanging():
        assert broker.signs_of_worker("celery@nowhere", 0.1) is None
        assert not broker.send("a-task")
    eventually(lambda: broker.send("a-task"), "it can be used again")


@pytest.mark.parametrize(
    "command", ["docassemble_lite.cron -type cron_daily", "docassemble_lite migrate", "docassemble_lite worker"]
)
def test_p40_what_begins_while_the_database_says_nothing_ends_with_a_clear_line(tmp_path: Path, command: str) -> None:
    """P40: it would hang for ever, and with it what waits for it, as the schedule does for the task that it has started."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql+psycopg2://somebody@127.0.0.1:{silent.getsockname()[1]}/store"
        (tmp_path / "config.yml").write_text(f"database: {url}\n")
        program = [sys.executable, "-m", *command.split()]
        ended = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1), ended.stderr
    assert "The database" in ended.stderr
    assert "timeout expired" in ended.stderr
