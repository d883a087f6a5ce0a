"""Every test here has an evaluation of its own, in the defaults of a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest

from docassemble_lite.host import Current, NoHost, Request, entered
from docassemble_lite.language import dates

Server = Callable[..., AbstractContextManager[Current]]


class _ConfiguredHost(NoHost):
    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    def setting(self, name: str, default: Any = None) -> Any:
        return self.settings.get(name, default)


@pytest.fixture(autouse=True)
def evaluation() -> Iterator[Current]:
    """The evaluation that is going on."""
    with entered(Current()) as state:
        yield state


@pytest.fixture
def server() -> Server:
    """`with server({"timezone": …}):` is an evaluation on a server with these settings, for a browser with these languages."""

    def start(settings: dict[str, Any] | None = None, languages: tuple[str, ...] = ()) -> AbstractContextManager[Current]:
        return entered(Current(host=_ConfiguredHost(settings or {}), request=Request(languages=languages)))

    return start


@pytest.fixture
def noon_in_january(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """It is noon in New York on 15 January 2020."""
    moment = datetime(2020, 1, 15, 17, 0, tzinfo=UTC)
    monkeypatch.setattr(dates, "now", lambda: moment)
    return moment
