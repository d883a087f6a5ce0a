"""`user`: as an operator types it."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.people import People, SignIn
from tests.acceptance.test_command_line import run
from tests.acceptance.visitor import Visitor
from tests.conftest import source_folder

PASSWORD = "kanarienvogel-7261"
OTHER = "another password"
# makes the standard input the terminal of a process, as a shell does
ON_A_TERMINAL = """\
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "docassemble_lite", *sys.argv[1:]])
"""


@pytest.fixture(scope="module")
def with_ada(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to which the command has added Ada, who is an administrator."""
    folder = tmp_path_factory.mktemp("ada")
    added = run("user", "add", "Ada@example.com", "--privilege", "admin", folder=folder, typed=PASSWORD + "\n")
    assert (added.returncode, added.stderr) == (0, "")
    return folder


@pytest.fixture
def folder(with_ada: Path, tmp_path: Path) -> Path:
    """A folder like that for one test."""
    return Path(shutil.copytree(with_ada, tmp_path / "ada"))


def in_store(folder: Path, look: Callable[[Store], Any]) -> Any:
    """What `look` finds in that folder's store."""
    store = open_store(Settings(data=folder / "data"))
    try:
        return look(store)
    finally:
        store.close()


def people_in(folder: Path, look: Callable[[People], Any]) -> Any:
    """What `look` finds among the people of that folder's store."""
    return in_store(folder, lambda store: look(store.people))


def checked(folder: Path, email: str, password: str) -> Any:
    """Who may sign in with these."""
    return people_in(folder, lambda people: people.check(email, password))


def type_at_terminal(folder: Path, arguments: list[str], lines: list[str]) -> tuple[int, str]:
    """The exit code of a command to which these lines are typed whenever it asks, and all that the terminal showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", ON_A_TERMINAL, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": source_folder()},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = ""
    waiting = list(lines)
    while True:
        try:
            part = os.read(ours, 1024).decode()
        except OSError:
            # the other end is closed
            break
        shown += part
        if waiting and shown.endswith(": "):
            os.write(ours, (waiting.pop(0) + "\n").encode())
            shown += "|"
    os.close(ours)
    return process.wait(60), shown


# --- adding ----------------------------------------------------------------------------------------------------------


def test_a_person_who_was_added_can_sign_in(folder: Path) -> None:
    assert checked(folder, "ada@example.com", PASSWORD).privileges == ("admin",)
    listed = run("user", "list", folder=folder).stdout
    assert "Ada@example.com" in listed
    assert "admin" in listed
    assert listed == run("user", folder=folder).stdout


def test_p36_the_password_is_nowhere(folder: Path) -> None:
    """P36: not in what the command says, and not in a file that it writes."""
    again = run("user", "add", "Ada@example.com", folder=folder, typed=PASSWORD + "\n", DAL_DEBUG="true")
    assert again.returncode == 2
    texts = [again.stdout, again.stderr, run("user", folder=folder).stdout]
    texts += [path.read_bytes().decode("latin-1") for path in (folder / "data").rglob("*") if path.is_file()]
    assert [text for text in texts if PASSWORD in text] == []


def test_it_can_sign_in_at_a_server_that_runs(server: Callable[..., Any]) -> None:
    running = server({})
    run("user", "add", "ben@example.com", folder=running.folder, typed=PASSWORD)
    assert "Signed in as ben@example.com" in Visitor(running.url).sign_in("ben@example.com", PASSWORD).words


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\nanother line\n"])
def test_the_password_is_the_first_line_of_a_file_or_of_what_comes_in(tmp_path: Path, ending: str) -> None:
    (tmp_path / "password").write_text("  blänks  " + ending, newline="")
    run("user", "add", "a@example.com", "--password-file", "password", folder=tmp_path)
    run("user", "add", "b@example.com", folder=tmp_path, typed="  blänks  " + ending)
    assert checked(tmp_path, "a@example.com", "  blänks  ")
    assert checked(tmp_path, "b@example.com", "  blänks  ")


@pytest.mark.parametrize(
    ("arguments", "typed", "told"),
    [
        (["add", "ada@EXAMPLE.com"], PASSWORD, "already"),
        (["add", "no address"], PASSWORD, "no e-mail address"),
        (["add", "\x1b[31m@example.com"], PASSWORD, r"“\x1b[31m@example.com” is no e-mail address"),
        (["add", "new@example.com", "--privilege", "cron"], PASSWORD, "scheduled tasks"),
        (["add", "new@example.com", "--privilege", "king"], PASSWORD, "There are: admin, advocate, developer, trainer, user"),
        (["add", "new@example.com"], "short", "at least 8"),
        (["add", "new@example.com"], "", "no password"),
        (["add", "new@example.com", "--password-file", "nowhere"], PASSWORD, "nowhere"),
        (["add", "new@example.com", "--password-file", "."], PASSWORD, "can't be read"),
        (["add", "new@example.com", "--password-file", "latin"], PASSWORD, "UTF-8"),
        (["password", "nobody@example.com"], PASSWORD, "nobody with the e-mail address"),
        (["password", "ada@example.com"], "short", "at least 8"),
        (["delete", "nobody@example.com"], "", "nobody with the e-mail address"),
        (["link", "nobody@example.com", "--url", "https://a.example"], "", "nobody with the e-mail address"),
        (["link", "ada@example.com", "--url", "a.example"], "", "How is the server reached"),
        (["privilege", "nobody@example.com", "admin"], "", "nobody with the e-mail address"),
        (["privilege", "%@example.com", "admin"], "", "nobody with the e-mail address"),
        (["privilege", "ada@example.com", "cron"], "", "scheduled tasks"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(folder: Path, arguments: list[str], typed: str, told: str) -> None:
    (folder / "latin").write_bytes(b"passw\xf6rter\n")
    before = people_in(folder, People.listing)
    result = run("user", *arguments, folder=folder, typed=typed)
    assert result.returncode == 2
    assert result.stdout == ""
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not typed or typed not in result.stderr
    assert people_in(folder, People.listing) == before
    assert checked(folder, "ada@example.com", PASSWORD)


# --- changing --------------------------------------------------------------------------------------------------------


def test_a_password_is_changed(folder: Path) -> None:
    assert run("user", "password", "ADA@example.com", folder=folder, typed="another password\n").returncode == 0
    assert not checked(folder, "ada@example.com", PASSWORD)
    assert checked(folder, "ada@example.com", "another password")


def test_privileges_are_replaced(folder: Path) -> None:
    result = run("user", "privilege", "ada@example.com", "trainer", "developer", folder=folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert checked(folder, "ada@example.com", PASSWORD).privileges == ("developer", "trainer")


def test_another_password_says_what_becomes_of_private_sessions(folder: Path) -> None:
    assert "no private sessions" in run("user", "password", "ada@example.com", folder=folder, typed=OTHER).stdout
    person = people_in(folder, lambda people: people.find("ada@example.com"))
    in_store(folder, lambda store: store.sessions.create("a.yml", b"secret", {}, owner_id=person.id))
    told = run("user", "password", "ada@example.com", folder=folder, typed=PASSWORD).stdout
    assert "(1) can't be opened any more: there is no recovery code" in told
    secret = people_in(folder, lambda people: people.unlock(person, PASSWORD))
    people_in(folder, lambda people: people.new_code(SignIn(person, secret)))
    told = run("user", "password", "ada@example.com", folder=folder, typed=OTHER).stdout
    assert "(1) can be opened with the recovery code alone" in told


def test_a_link_for_another_password_is_printed_alone(folder: Path) -> None:
    result = run("user", "link", "ADA@example.com", "--url", "https://forms.example.com/", folder=folder)
    assert (result.returncode, result.stdout.count("\n")) == (0, 1)
    assert result.stdout.startswith("https://forms.example.com/user/reset-password/")
    assert "within a day" in result.stderr
    token = result.stdout.strip().rpartition("/")[2]
    assert in_store(folder, lambda store: store.tickets.find("reset", token))


def test_a_link_needs_to_know_how_the_server_is_reached(folder: Path) -> None:
    result = run("user", "link", "ada@example.com", folder=folder)
    assert (result.returncode, "--url" in result.stderr) == (2, True)
    (folder / "config.yml").write_text("url root: https://forms.example.com\n")
    assert run("user", "link", "ada@example.com", folder=folder).stdout.startswith("https://forms.example.com/user/")


@pytest.mark.parametrize(("options", "left"), [([], 1), (["--shared"], 0)])
def test_a_person_is_deleted_with_private_sessions(folder: Path, options: list[str], left: int) -> None:
    person = people_in(folder, lambda people: people.find("ada@example.com"))
    for shared in (False, True):
        in_store(folder, lambda store, s=shared: store.sessions.create("a.yml", b"s", {}, multi_user=s, owner_id=person.id))
    result = run("user", "delete", "ada@example.com", *options, folder=folder)
    assert (result.returncode, f"sessions: {2 - left}." in result.stdout) == (0, True)
    assert people_in(folder, People.listing) == []
    assert len(in_store(folder, lambda store: store.sessions.held_by(b"s"))) == left


def test_with_nobody_there_it_says_how_to_begin(tmp_path: Path) -> None:
    result = run("user", folder=tmp_path)
    assert result.returncode == 0
    assert "user add" in result.stdout


# --- at a terminal ---------------------------------------------------------------------------------------------------


def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    code, shown = type_at_terminal(tmp_path, ["user", "add", "ada@example.com"], [PASSWORD, PASSWORD])
    assert code == 0
    assert shown.count("|") == 2
    assert PASSWORD not in shown
    assert checked(tmp_path, "ada@example.com", PASSWORD)


def test_two_passwords_that_differ_add_nobody(tmp_path: Path) -> None:
    code, shown = type_at_terminal(tmp_path, ["user", "add", "ada@example.com"], [PASSWORD, PASSWORD + "x"])
    assert code == 2
    assert "differ" in shown
    assert "Nobody can sign in yet" in run("user", folder=tmp_path).stdout
