"""What the commands do when a person types them: real processes, real signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page
from sqlalchemy import NullPool, create_engine, text

import docassemble_lite

HELLO = """\
mandatory: True
question: Hello from the test
"""
SLOW = """\
mandatory: True
code: |
  import time
  open("started", "w").close()
  time.sleep(1.5)
---
mandatory: True
question: That took a while
"""
MISTAKEN = """\
question: What is your name?
fields:
  - Name: first_name
---
mandatory: True
code: |
  if first_name ==
    pass
"""


def run(*arguments: str, folder: Path, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in `folder`; `typed` is what comes in."""
    return subprocess.run(
        [sys.executable, "-m", "docassemble_lite", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(docassemble_lite.__file__).parents[1])} | variables,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
    )


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()


# --- beginning -----------------------------------------------------------------------------------------------------


def test_run_in_an_empty_folder_says_how_to_begin(tmp_path: Path) -> None:
    result = run("run", folder=tmp_path)
    assert result.returncode == 2
    assert "python -m docassemble_lite init" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_init_makes_an_interview_that_check_likes(tmp_path: Path) -> None:
    assert run("init", "mine", folder=tmp_path).returncode == 0
    result = run("check", folder=tmp_path / "mine")
    assert (result.returncode, result.stdout) == (0, "1 interview, no mistakes\n")


def test_what_init_makes_can_be_run_and_answers(tmp_path: Path, server: Callable) -> None:
    run("init", "mine", folder=tmp_path)
    assert "What is your name?" in read(server(tmp_path / "mine" / "interviews", default_interview="first.yml").url)


@pytest.mark.browser
@pytest.mark.parametrize(("milk", "seen"), [(True, True), (False, False)])
def test_the_interview_that_init_makes_can_be_answered(
    tmp_path: Path, server: Callable, page: Page, milk: bool, seen: bool
) -> None:
    run("init", "mine", folder=tmp_path)
    page.goto(server(tmp_path / "mine" / "interviews", default_interview="first.yml").url)
    page.get_by_label("First name").fill("Ada")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Cups").fill("3")
    if milk:
        page.get_by_label("With milk").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", level=1, name="See you at tea time, Ada!", exact=True).wait_for()
    page.wait_for_load_state()
    assert "0.6 litres of water for your 3 cups" in page.content()
    assert page.get_by_text("The milk will be there").is_visible() == seen


@pytest.mark.browser
def test_the_example_of_the_readme_can_be_answered(server: Callable, page: Page) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    page.goto(server({"library.yml": readme.partition("```yaml\n")[2].partition("```")[0]}).url)
    page.get_by_role("link", name=re.compile("Library card|Start")).first.click()
    page.get_by_label("Full name").fill("Ada Lovelace")
    page.get_by_label("Date of birth").fill("2000-12-10")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Books", exact=True).fill("4")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", level=1, name="Here is your card, Ada Lovelace.", exact=True).wait_for()
    page.wait_for_load_state()
    assert page.get_by_text("6 books").is_visible()


def test_init_says_which_command_comes_next(tmp_path: Path) -> None:
    printed = run("init", "mine", folder=tmp_path).stdout
    assert "cd mine" in printed
    assert "-m docassemble_lite run" in printed


def test_init_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text("appname: Mine\n")
    result = run("init", folder=tmp_path)
    assert result.returncode == 2
    assert "config.yml is there already" in result.stderr
    assert (tmp_path / "config.yml").read_text() == "appname: Mine\n"
    assert not (tmp_path / "interviews").exists()


# --- mistakes of the operator --------------------------------------------------------------------------------------


def test_a_port_in_use_is_named_together_with_the_option_that_changes_it(tmp_path: Path) -> None:
    run("init", folder=tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("run", "--port", str(port), folder=tmp_path)
    assert result.returncode == 2
    assert f"Port {port} is in use" in result.stderr
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["run", "web", "worker", "migrate", "check"])
def test_an_unknown_directive_is_one_clear_line_for_every_command(tmp_path: Path, command: str) -> None:
    (tmp_path / "config.yml").write_text("colour: green\n")
    result = run(command, folder=tmp_path)
    assert result.returncode == 2
    assert "there is no directive “colour”" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_configuration_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = run("run", "--config", "elsewhere.yml", folder=tmp_path)
    assert (result.returncode, "elsewhere.yml" in result.stderr) == (2, True)


def test_a_mistake_that_only_a_child_finds_ends_the_server_with_one_clear_line(tmp_path: Path) -> None:
    run("init", folder=tmp_path)
    result = run("run", "--port", "0", folder=tmp_path, DAL_SERVER_KEY="short")
    assert result.returncode == 2
    assert [line for line in result.stderr.splitlines() if "DEBUG" not in line] == [
        "docassemble_lite: DAL_SERVER_KEY must be 64 hexadecimal digits (openssl rand -hex 32 makes them)."
    ]


# --- check ---------------------------------------------------------------------------------------------------------


def test_check_shows_file_line_and_source_of_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "wrong.yml").write_text(MISTAKEN)
    result = run("check", "wrong.yml", folder=tmp_path)
    assert result.returncode == 1
    assert result.stdout.startswith("wrong.yml:7: ")
    assert "\n    if first_name ==\n" in result.stdout
    assert result.stdout.endswith("1 interview, 1 mistake\n")


def test_check_looks_into_folders(tmp_path: Path) -> None:
    (tmp_path / "some" / "deeper").mkdir(parents=True)
    (tmp_path / "some" / "one.yml").write_text(HELLO)
    (tmp_path / "some" / "deeper" / "two.yaml").write_text(HELLO)
    assert run("check", "some", folder=tmp_path).stdout == "2 interviews, no mistakes\n"


def test_check_of_a_path_that_is_not_there_fails(tmp_path: Path) -> None:
    result = run("check", "nothing.yml", folder=tmp_path)
    assert (result.returncode, "nothing.yml" in result.stderr) == (2, True)


# --- migrate -------------------------------------------------------------------------------------------------------


def test_migrate_says_what_it_did(tmp_path: Path) -> None:
    first, second = run("migrate", folder=tmp_path), run("migrate", folder=tmp_path)
    assert (first.returncode, second.returncode) == (0, 0)
    assert re.search(r"from nothing to version \S+", first.stdout)
    assert re.search(r"is at version \S+ already", second.stdout)


# --- a running server ----------------------------------------------------------------------------------------------


def test_the_server_answers_at_the_address_that_it_prints(server: Callable) -> None:
    running = server({"hello.yml": HELLO})
    assert "Hello from the test" in read(running.url + "/interview?i=hello.yml")


@pytest.mark.postgresql
def test_the_first_start_on_postgresql_makes_the_tables(server: Callable, new_database: Callable) -> None:
    url = new_database()
    running = server({"hello.yml": HELLO}, database=url)
    assert "Hello from the test" in read(running.url + "/interview?i=hello.yml")
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sessions")).scalar() == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_cleanly(server: Callable, eventually: Callable, number: signal.Signals) -> None:
    running = server({"hello.yml": HELLO})
    eventually(lambda: running.child("worker"), "the worker runs")
    running.stop(number)
    assert running.output.endswith("Stopping …\n")
    assert "Traceback" not in running.log


def test_a_server_that_is_stopped_while_it_starts_ends_cleanly(tmp_path: Path) -> None:
    run("init", folder=tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "docassemble_lite", "run", "--port", "0"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(docassemble_lite.__file__).parents[1])},
        stdout=subprocess.DEVNULL,
    )
    supervisor = psutil.Process(process.pid)
    while not supervisor.children():
        time.sleep(0.001)
    family = supervisor.children(recursive=True)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert not any(item.is_running() for item in family)


@pytest.mark.parametrize("command", ["web", "worker"])
def test_a_child_that_is_killed_comes_back(server: Callable, eventually: Callable, command: str) -> None:
    running = server({"hello.yml": HELLO})
    killed = eventually(lambda: running.child(command), f"the {command} process runs")
    killed.kill()
    eventually(lambda: running.child(command) not in (None, killed), f"there is another {command} process")
    assert "ended (killed by SIGKILL); it is started again in 0.2 s" in running.log
    assert "Hello from the test" in read(running.url + "/interview?i=hello.yml")


def test_a_request_made_while_the_web_process_is_dead_is_answered_by_the_next_one(server: Callable, eventually: Callable) -> None:
    running = server({"hello.yml": HELLO})
    web = running.child("web")
    web.kill()
    eventually(lambda: not web.is_running(), "the web process is gone")
    assert "Hello from the test" in read(running.url + "/interview?i=hello.yml")


def test_the_children_die_when_the_supervisor_is_killed(server: Callable, eventually: Callable, still_running: Callable) -> None:
    running = server({"hello.yml": HELLO})
    eventually(lambda: running.child("worker"), "the worker runs")
    family = running.family()
    running.process.kill()
    running.process.wait()
    eventually(lambda: not still_running(family), "no process of the server is left")


def test_a_stopped_child_is_killed_when_asked_to_stop_a_second_time(
    server: Callable, eventually: Callable, still_running: Callable
) -> None:
    running = server({"hello.yml": HELLO})
    family = running.family()
    # a process that is paused can't follow SIGTERM
    running.child("web").suspend()
    running.process.send_signal(signal.SIGINT)
    eventually(lambda: "Stopping" in running.output, "the server is stopping")
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(60) == 1
    assert "didn't stop in time and is killed" in running.log
    psutil.wait_procs(family, timeout=5)
    assert still_running(family) == []


def test_a_request_that_is_under_way_is_finished_before_the_server_stops(server: Callable, eventually: Callable) -> None:
    running = server({"slow.yml": SLOW})
    asked = subprocess.Popen(
        [sys.executable, "-c", f"import urllib.request as u; print(u.urlopen({running.url!r} + '/interview?i=slow.yml').status)"],
        stdout=subprocess.PIPE,
        text=True,
    )
    eventually((running.folder / "started").exists, "the interview runs")
    running.stop()
    assert asked.communicate(timeout=60)[0] == "200\n"


def test_the_second_server_on_a_port_leaves_the_first_alone(server: Callable, tmp_path: Path) -> None:
    running = server({"hello.yml": HELLO})
    run("init", "other", folder=tmp_path)
    assert run("run", "--port", running.url.rpartition(":")[2], folder=tmp_path / "other").returncode == 2
    assert "Hello from the test" in read(running.url + "/interview?i=hello.yml")


def test_an_error_page_does_not_end_a_process(server: Callable) -> None:
    running = server({"wrong.yml": MISTAKEN})
    web = running.child("web")
    with pytest.raises(urllib.error.HTTPError):
        read(running.url + "/interview?i=wrong.yml")
    assert running.child("web") == web
