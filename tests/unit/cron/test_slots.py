"""The slots of time in which a scheduled task is run once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from docassemble_lite.cron.slots import SCHEDULES, latest_due, slot_of

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "moment", "slot"),
    [
        ("cron_daily", "2026-05-04T12:00", "2026-05-04"),
        ("cron_daily", "2026-05-04T03:59", "2026-05-03"),
        ("cron_daily", "2026-05-04T04:00", "2026-05-04"),
        ("cron_hourly", "2026-05-04T12:59", "2026-05-04T12"),
        ("cron_weekly", "2026-01-01T12:00", "2026-W01"),
        ("cron_weekly", "2027-01-01T12:00", "2026-W53"),
        ("cron_monthly", "2026-05-01T03:00", "2026-04"),
        ("cron_monthly", "2026-05-01T05:00", "2026-05"),
        ("reminders", "2026-05-04T12:34:56", "2026-05-04T12:34"),
    ],
)
def test_a_slot_is_named_by_its_hour_day_week_month_or_minute(event: str, moment: str, slot: str) -> None:
    assert slot_of(event, at(moment), NEW_YORK) == slot


@pytest.mark.parametrize("event", [schedule.event for schedule in SCHEDULES])
@pytest.mark.parametrize("zone", [UTC, BERLIN, NEW_YORK], ids=str)
def test_a_later_slot_is_a_larger_text_over_years_and_changes_of_the_clock(event: str, zone: ZoneInfo) -> None:
    """P42."""
    moment, before = at("2024-12-20T00:00"), ""
    while moment < at("2028-01-20T00:00"):
        slot = slot_of(event, moment, zone)
        assert slot >= before
        before, moment = slot, moment + timedelta(hours=7)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.event)
@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK], ids=str)
def test_each_slot_is_due_once(schedule: object, zone: ZoneInfo) -> None:
    """P17, P42: also in the nights in which the clock is changed."""
    for begin in ("2026-03-07T00:00", "2026-03-28T00:00", "2026-10-24T00:00", "2026-10-31T00:00", "2026-12-30T00:00"):
        moment, dues = at(begin), {}
        for _ in range(60 * 24 * 4):
            due, slot = latest_due(schedule, moment, zone)  # type: ignore[arg-type]
            assert due <= moment
            assert dues.setdefault(slot, due) == due
            moment += timedelta(minutes=1)


def test_what_was_last_due_is_that_of_before_until_its_minute() -> None:
    daily = next(schedule for schedule in SCHEDULES if schedule.event == "cron_daily")
    assert latest_due(daily, at("2026-05-04T01:19"), BERLIN) == (at("2026-05-03T01:20"), "2026-05-03")
    assert latest_due(daily, at("2026-05-04T01:20"), BERLIN) == (at("2026-05-04T01:20"), "2026-05-04")
