"""Whether a part of the server is well: what a load balancer, Docker or an operator is told."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from docassemble_lite.cli import doctor
from docassemble_lite.cli.health import tell_health
from docassemble_lite.clock import now
from docassemble_lite.cron.slots import HOURLY, latest_due
from docassemble_lite.settings import Settings, load_settings
from docassemble_lite.store.database import open_store
from docassemble_lite.store.schema import migrate
from tests.acceptance.in_process import Client, application
from tests.acceptance.visitor import Visitor
from tests.conftest import Server, source_folder
from tests.letters import DOMAIN
from tests.ports import free_port


def health(folder: Path, role: str) -> tuple[int, str]:
    """What is told of a role's health, with the exit code, in a folder with a `config.yml`."""
    told = io.StringIO()
    with redirect_stdout(told):
        code = tell_health(load_settings(folder / "config.yml", data=folder / "data"), role)
    return code, told.getvalue()


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Carry out a command in that folder."""
    return subprocess.run(
        [sys.executable, "-m", "docassemble_lite", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": source_folder()},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any]) -> Server:
    # a port that is known to who asks, too
    server: Server = shared_server(
        {}, port=free_port(), scheduled_tasks=False, incoming_mail_domain=DOMAIN, incoming_mail_port=free_port()
    )
    return server


@pytest.mark.parametrize("role", ["web", "worker", "mail"])
def test_each_part_of_a_running_server_is_well(running: Server, eventually: Callable[..., Any], role: str) -> None:
    told = eventually(lambda: (found := health(running.folder, role))[0] == 0 and found[1], "it is well")
    assert told.startswith(f"{role}: well: ")
    assert told.count("\n") == 1


def test_a_worker_that_is_stopped_is_not_well(running: Server, eventually: Callable[..., Any]) -> None:
    eventually(lambda: health(running.folder, "worker")[0] == 0, "it is well")
    worker = running.child("worker")
    assert worker
    worker.suspend()
    # as Docker asks
    asked = command(running.folder, "health", "worker")
    worker.resume()
    assert asked.returncode == 1
    assert "no worker answers as celery@" in asked.stdout


def test_the_schedule_is_well_when_the_hourly_task_was_run_when_it_was_due(running: Server) -> None:
    code, told = health(running.folder, "cron")
    assert (code, "cron_hourly was never run" in told) == (1, True)
    settings = running.settings
    store = open_store(settings)
    store.cron.note_end(HOURLY.event, latest_due(HOURLY, now(), settings.zone)[1])
    store.close()
    assert health(running.folder, "cron")[0] == 0


def test_the_doctor_has_a_task_sent_there_and_back_and_leaves_nothing_behind(running: Server) -> None:
    found = {item["about"]: item for item in json.loads(command(running.folder, "doctor", "--json").stdout)}
    assert {about for about, item in found.items() if item["mark"] == "mend"} == set()
    assert "there and back" in found["worker"]["text"]
    assert found["incoming mail"]["mark"] == "ok"
    assert command(running.folder, "tasks").stdout == "There are no background tasks.\n"


def test_nobody_else_can_begin_the_interview_of_the_doctor(running: Server) -> None:
    page = Visitor(running.url).get("/interview?i=docassemble_lite.cli:there_and_back.yml")
    assert (page.status, page.heading) == (403, "This is not for you")


def test_the_doctor_says_how_to_begin_where_nobody_takes_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PATIENCE", 0.2)
    settings = Settings(data=tmp_path / "data")
    migrate(settings)
    (found,) = [item for item in doctor.look_at_parts(settings) if item.mark == "mend"]
    assert (found.about, found.text.partition(" within")[0]) == ("worker", "nobody took a task")
    assert "python -m docassemble_lite run" in found.advice


@pytest.mark.parametrize("role", ["web", "worker", "cron", "mail"])
def test_where_nothing_runs_nothing_is_well_and_nothing_is_made(tmp_path: Path, role: str) -> None:
    config = f"port: {free_port()}\nincoming mail domain: {DOMAIN}\nincoming mail port: {free_port()}\n"
    (tmp_path / "config.yml").write_text(config)
    code, told = health(tmp_path, role)
    assert code == 1
    assert told.startswith(f"{role}: not well: ")
    assert [path.name for path in tmp_path.iterdir()] == ["config.yml"]


def test_a_process_is_alive_without_a_broker_but_not_ready(tmp_path: Path) -> None:
    secret = "brokers-secret"
    with application(tmp_path, {}, broker=f"redis://:{secret}@127.0.0.1:{free_port()}/0") as app:
        browser = Client(app).flask
        assert browser.get("/healthz").json == {"status": "alive"}
        told = browser.get("/readyz")
    assert told.status_code == 503
    assert told.json == {"status": "not ready", "database": "ok", "migrations": "ok", "broker": "doesn't answer"}
    assert "127.0.0.1" not in told.text
