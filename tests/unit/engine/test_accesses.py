"""When people were last in a session, as interviews learn it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from docassemble_lite.engine.functions import accesses
from docassemble_lite.engine.functions.accesses import (
    last_access_days,
    last_access_delta,
    last_access_hours,
    last_access_minutes,
    last_access_time,
    returning_user,
    start_time,
)
from docassemble_lite.host import Current, PersonAccess, SessionMoments, entered
from tests.unit.engine.interviewing import HostInMemory

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def _ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@pytest.fixture(autouse=True)
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[HostInMemory]:
    """A session of ten days: a developer who is an advocate, too, a signed-in person, and people who aren't signed in."""
    monkeypatch.setattr(accesses, "now", lambda: NOW)
    host = HostInMemory()
    host.moments = SessionMoments(began=_ago(240), saved=_ago(1), person_there=_ago(24))
    host.people = [
        PersonAccess(1, ("advocate", "developer"), _ago(24)),
        PersonAccess(2, ("advocate",), _ago(48)),
        PersonAccess(3, (), _ago(72)),
        PersonAccess(None, (), _ago(96)),
    ]
    with entered(Current(host=host)):
        yield host


@pytest.mark.parametrize(
    ("arguments", "hours"),
    [
        ({}, 24),
        ({"include_privileges": "advocate"}, 24),
        ({"include_privileges": ["advocate", "admin"]}, 24),
        ({"include_privileges": "advocate", "exclude_privileges": ["developer"]}, 48),
        ({"include_privileges": "user"}, 72),
        ({"exclude_privileges": ["advocate", "user"]}, 96),
        ({"include_cron": True}, 1),
        ({"include_cron": True, "include_privileges": "advocate"}, 24),
        ({"include_cron": True, "include_privileges": ["cron", "advocate"]}, 1),
        ({"include_cron": True, "exclude_privileges": "cron"}, 24),
    ],
)
def test_the_last_access_is_that_of_the_people_who_count(arguments: dict[str, Any], hours: float) -> None:
    assert last_access_time(**arguments) == _ago(hours)
    assert last_access_delta(**arguments) == timedelta(hours=hours)
    assert (last_access_minutes(**arguments), last_access_hours(**arguments)) == (hours * 60, hours)
    assert last_access_days(**arguments) == hours / 24


def test_nobody_s_access_is_none_and_no_time_ago() -> None:
    assert last_access_time("client") is None
    assert last_access_days("client") == 0.0


def test_moments_are_in_utc_or_in_the_time_zone_that_is_given() -> None:
    last, first = last_access_time(), last_access_time(timezone="America/New_York")
    assert last is not None
    assert first is not None
    assert (last.format_datetime("yyyy-MM-dd HH:mm zzz"), first.hour) == ("2026-05-03 12:00 UTC", 8)
    assert start_time() == _ago(240)
    assert start_time(timezone="Europe/Berlin").hour == 14


def test_somebody_returns_after_six_hours_or_the_time_that_is_given() -> None:
    assert returning_user()
    assert returning_user(hours=24)
    assert returning_user(minutes=5)
    assert not returning_user(days=2)
