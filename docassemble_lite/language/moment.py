"""The class of dates in interviews."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from dateutil.relativedelta import relativedelta

from docassemble_lite.language.date_formats import formatted_date, formatted_datetime, formatted_time

__all__ = ["DADateTime"]


class DADateTime(datetime):
    """A moment with a time zone that prints as a date.

    Adding and subtracting goes by the clock on the wall: a day after noon is noon, also when the clocks change.
    """

    @property
    def dow(self) -> int:
        """The day of the week, 1 for Monday to 7 for Sunday."""
        return self.isoweekday()

    @property
    def week(self) -> int:
        """The week of the year by ISO 8601, 1 to 53."""
        return self.isocalendar().week

    @property
    def nanosecond(self) -> int:
        """The nanoseconds beyond the microsecond: always 0."""
        return 0

    def plus(self, **interval: Any) -> DADateTime:
        """The moment that many `years`, `months`, `weeks`, `days`, `hours`, `minutes`, `seconds`, `microseconds` later."""
        return self + relativedelta(**interval)

    def minus(self, **interval: Any) -> DADateTime:
        """The moment that many `years`, `months`, `weeks`, `days`, `hours`, `minutes`, `seconds`, `microseconds` earlier."""
        return self - relativedelta(**interval)

    def replace_time(self, other: time) -> DADateTime:
        """The same day at the time of `other`."""
        return self.replace(hour=other.hour, minute=other.minute, second=other.second, microsecond=other.microsecond)

    def format_date(self, format: str | None = None) -> str:
        """The date as text, see `format_date()`."""
        return formatted_date(self, format)

    def format(self, format: str | None = None) -> str:
        """The date as text, see `format_date()`."""
        return formatted_date(self, format)

    def format_time(self, format: str | None = None) -> str:
        """The time as text, see `format_time()`."""
        return formatted_time(self, format)

    def format_datetime(self, format: str | None = None) -> str:
        """Date and time as text, see `format_datetime()`."""
        return formatted_datetime(self, format)

    def __str__(self) -> str:
        return formatted_date(self)


def as_moment(moment: datetime) -> DADateTime:
    """The same moment as a `DADateTime`."""
    return DADateTime(
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.microsecond,
        tzinfo=moment.tzinfo,
        fold=moment.fold,
    )
