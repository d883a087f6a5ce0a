"""Whether what every part of the server needs is there: the database, its tables in the right version, the broker.

Whoever asks gets an answer within a few seconds, also from a database that is stopped and neither answers nor hangs up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from docassemble_lite.broker import Broker
from docassemble_lite.settings import Settings
from docassemble_lite.store.probing import tables_version
from docassemble_lite.store.schema import newest_version

#: Seconds that a part has to show that it is well.
PATIENCE = 3.0
_SILENT = "doesn't answer"


@dataclass(frozen=True)
class Part:
    """Something that the server needs.

    `problem` says in words that anybody may read what is wrong with it, empty: nothing; `detail` tells those more who run the
    server.
    """

    name: str
    problem: str = ""
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.problem or 'ok'}" + (f" ({self.detail})" if self.detail else "")


class Look:
    """Something that is looked at by one thread at a time, however many ask. Nobody waits for one that hangs."""

    def __init__(self, look: Callable[[], list[Part]]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._going: Future[list[Part]] | None = None

    def begin(self) -> Future[list[Part]]:
        """Begin to look, unless somebody does; what is found."""
        with self._lock:
            if self._going is None or self._going.done():
                self._going = Future()
                threading.Thread(target=self._run, args=(self._going,), name="look", daemon=True).start()
            return self._going

    def _run(self, found: Future[list[Part]]) -> None:
        try:
            found.set_result(self._look())
        except BaseException as error:  # noqa: BLE001 - whoever asked gets it
            found.set_exception(error)


class Health:
    """Looks at what the server needs."""

    def __init__(self, settings: Settings, broker: Broker) -> None:
        self._looks = {
            "database": Look(lambda: look_at_database(settings)),
            "broker": Look(lambda: [look_at_broker(broker)]),
        }

    def parts(self, seconds: float = PATIENCE) -> list[Part]:
        """All parts, after at most so many seconds for each of the two that are asked."""
        going = {name: look.begin() for name, look in self._looks.items()}
        return [part for name, found in going.items() for part in _within(seconds, name, found)]


def _within(seconds: float, name: str, found: Future[list[Part]]) -> list[Part]:
    try:
        return found.result(seconds)
    except TimeoutError:
        return [Part(name, _SILENT)]


def look_at_database(settings: Settings) -> list[Part]:
    """The database, and its tables if it answers."""
    try:
        version = tables_version(settings)
    except DBAPIError as error:
        return [Part("database", _SILENT, " ".join(str(error.orig).split()))]
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        return [Part("database", "can't be used", " ".join(str(error).split()))]
    return [Part("database"), _migrations(version)]


def _migrations(version: str | None) -> Part:
    needed = newest_version()
    if version is None:
        return Part("migrations", "there are no tables yet")
    # tables of a later version are made so that this program works on them
    return Part("migrations", "" if version >= needed else f"the tables have version {version}, {needed} is needed")


def look_at_broker(broker: Broker) -> Part:
    """The broker."""
    trouble = broker.trouble()
    return Part("broker", _SILENT if trouble else "", trouble)
