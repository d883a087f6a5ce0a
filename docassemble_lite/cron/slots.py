"""The slots of time in which a scheduled task is run once, and the moments at which the server runs them by itself.

A slot is named so that a later one is a larger text: by the day of the server's time zone, or by the hour or minute of UTC,
which no change to summer time repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOURLY_MINUTE = 17
_DAILY = time(3, 20)
_WEEKLY = time(3, 40)
_MONTHLY = time(4, 10)


@dataclass(frozen=True)
class Schedule:
    """One of the tasks that the server runs by itself. `latest_due` gives the last moment at or before another, in its zone."""

    event: str
    latest_due: Callable[[datetime], datetime]
    slot: Callable[[datetime], str]


def _hourly_due(moment: datetime) -> datetime:
    due = moment.astimezone(UTC).replace(minute=_HOURLY_MINUTE, second=0, microsecond=0)
    return due if due <= moment else due - timedelta(hours=1)


def _daily_due(moment: datetime) -> datetime:
    due = datetime.combine(moment.date(), _DAILY, moment.tzinfo)
    return due if due <= moment else datetime.combine(moment.date() - timedelta(days=1), _DAILY, moment.tzinfo)


def _weekly_due(moment: datetime) -> datetime:
    monday = moment.date() - timedelta(days=moment.weekday())
    due = datetime.combine(monday, _WEEKLY, moment.tzinfo)
    return due if due <= moment else datetime.combine(monday - timedelta(days=7), _WEEKLY, moment.tzinfo)


def _monthly_due(moment: datetime) -> datetime:
    first = moment.date().replace(day=1)
    due = datetime.combine(first, _MONTHLY, moment.tzinfo)
    return due if due <= moment else datetime.combine((first - timedelta(days=1)).replace(day=1), _MONTHLY, moment.tzinfo)


def _week(moment: datetime) -> str:
    year, week, _ = moment.isocalendar()
    return f"{year:04}-W{week:02}"


HOURLY = Schedule("cron_hourly", _hourly_due, lambda moment: moment.astimezone(UTC).strftime("%Y-%m-%dT%H"))
SCHEDULES = (
    HOURLY,
    Schedule("cron_daily", _daily_due, lambda moment: moment.strftime("%Y-%m-%d")),
    Schedule("cron_weekly", _weekly_due, _week),
    Schedule("cron_monthly", _monthly_due, lambda moment: moment.strftime("%Y-%m")),
)
_BY_EVENT = {schedule.event: schedule for schedule in SCHEDULES}


def slot_of(event: str, moment: datetime, zone: ZoneInfo) -> str:
    """The slot in which a moment lies, for a task; a task with a name of its own has one each minute."""
    if event in _BY_EVENT:
        return _BY_EVENT[event].slot(moment.astimezone(zone))
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def latest_due(schedule: Schedule, moment: datetime, zone: ZoneInfo) -> tuple[datetime, str]:
    """When a task was last due at or before a moment, and for which slot."""
    due = schedule.latest_due(moment.astimezone(zone))
    return due.astimezone(UTC), slot_of(schedule.event, due, zone)
