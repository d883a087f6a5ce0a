"""Servers that the tests of a module share, as starting one takes a second or two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page

from tests.acceptance.playing import PATIENCE, record
from tests.acceptance.preview import take_complaints
from tests.conftest import Server
from tests.databases import usual_database
from tests.mailbox import Mailbox


@pytest.fixture
def tab(page: Page) -> Iterator[Page]:
    """A tab in which nothing may go wrong, and which remembers what it has shown."""
    record(page)
    complaints = take_complaints(page)
    yield page
    assert complaints == []


@pytest.fixture
def plain_tab(plain_page: Page) -> Page:
    """A tab of a browser that runs no scripts."""
    plain_page.set_default_timeout(PATIENCE)
    return plain_page


@pytest.fixture(params=["tab", "plain_tab"], ids=["with scripts", "without scripts"])
def any_tab(request: pytest.FixtureRequest) -> Page:
    """A tab, with scripts and without."""
    tab: Page = request.getfixturevalue(request.param)
    return tab


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """`shared_server(interviews, **directives)`, like `server`, but it runs until the last test of the module."""
    started: list[Server] = []
    made = ExitStack()

    def start(interviews: Path | dict[str, str], **directives: Any) -> Server:
        folder = tmp_path_factory.mktemp("server")
        if not isinstance(interviews, Path):
            texts, interviews = interviews, folder / "interviews"
            interviews.mkdir()
            for name, text in texts.items():
                (interviews / name).write_text(text, encoding="utf-8")
        usual = {"port": 0, "interviews": str(interviews), "scheduled tasks": False}
        if "database" not in directives:
            usual |= made.enter_context(usual_database())
        config = usual | {key.replace("_", " "): value for key, value in directives.items()}
        (folder / "config.yml").write_text(yaml.safe_dump(config))
        started.append(Server(folder))
        return started[-1]

    yield start
    for item in started:
        item.clear_away()
    made.close()


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    """The mail server of everybody."""
    mailbox = Mailbox()
    yield mailbox
    mailbox.stop()
