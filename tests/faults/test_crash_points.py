"""Whatever a process does, it may die, or its store may fail, before and after any call of the store: nothing is half saved."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from docassemble_lite.store import passwords
from docassemble_lite.store.database import Store
from docassemble_lite.visit import task_run
from tests.acceptance.in_process import application
from tests.conftest import eventually
from tests.faults.crash_points import CrashPoints, How
from tests.faults.crash_scenarios import DOMAIN, INTERVIEW, NAME, SCENARIOS, Picture, Place, Scenario

# a point that no scenario reaches
NEVER = 10**6


@pytest.fixture(scope="module")
def cheap_passwords() -> Iterator[None]:
    """Passwords that cost nothing to try: signing in is one of many things here."""
    with pytest.MonkeyPatch.context() as patched:
        effort = passwords.Effort(memory=32, iterations=1, lanes=1)
        patched.setattr(passwords, "EFFORT", effort)
        # a task doesn't wait before it tries again
        patched.setattr(task_run, "_PAUSE", 0.0)
        yield


@pytest.fixture
def place(cheap_passwords: None, stored: dict[str, Any], tmp_path: Path) -> Iterator[Place]:
    """An application whose store crashes when it is told to."""
    with application(tmp_path, {NAME: INTERVIEW}, incoming_mail_domain=DOMAIN, task_retry_days=0.0, **stored) as app:
        opened = Place(app)
        yield opened
        opened.other_store.close()


class Trial:
    """One scenario of a place, crashed at one point after the other."""

    def __init__(self, place: Place, points: CrashPoints, kind: type[Scenario]) -> None:
        self._place = place
        self._points = points
        self._kind = kind
        scenario = kind(place)
        self._old = self._seen(scenario)
        with points.crash(NEVER, "dies"):
            assert scenario.act()
        self._new = self._seen(scenario)
        self.length = points.passed
        assert self._old != self._new
        scenario.assert_usable()

    def crash(self, how: How, point: int) -> None:
        """Crash at this point, see what is there then, and go on."""
        scenario, told = self._kind(self._place), False
        with self._points.crash(point, how):
            told = scenario.act()
        left = self._seen(scenario)
        assert scenario.is_allowed(left, self._old, self._new), left
        assert not told or left == self._new, "somebody was told that it is done"
        if scenario.repeatable or left == self._old:
            scenario.go_on()
        end = self._seen(scenario)
        assert scenario.is_well(end, self._new), end
        scenario.assert_usable()

    def _seen(self, scenario: Scenario) -> Picture | None:
        store = self._place.other_store
        # PostgreSQL takes a moment to see that a process is gone
        eventually(lambda: locks_in(store, self._place.settings.data / "locks") == 0, "no session is locked")
        return scenario.picture(store)


def locks_in(store: Store, folder: Path) -> int:
    """How many sessions are locked."""
    if store.engine.dialect.name == "sqlite":
        return len(list(folder.iterdir()))
    with store.engine.connect() as connection:
        mine = text(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        return int(connection.scalar(mine) or 0)


def test_p2_p8_p12_p39_p40_a_crash_at_any_call_of_the_store_leaves_nothing_half_saved(
    place: Place, measured: Callable[..., None]
) -> None:
    """P2, P8, P12, P39, P40: the answers are the old or the new ones whole, with their tasks and files, and people go on."""
    points, tried, wrong = CrashPoints(place.store.engine), 0, []
    for kind in SCENARIOS:
        trial = Trial(place, points, kind)
        for point in range(1, trial.length + 1):
            for how in ("dies", "fails"):
                try:
                    trial.crash(how, point)
                except Exception as error:  # noqa: BLE001 - all of them are told together
                    where = traceback.extract_tb(error.__traceback__)[-1]
                    wrong.append(
                        f"{kind.__name__} {how} at {points.told}: {type(error).__name__} {error} ({where.name}:{where.lineno})"
                    )
                tried += 1
    measured("P40", on=place.store.engine.dialect.name, scenarios=len(SCENARIOS), crashes=tried)
    assert wrong == []
