"""Dates and times: read, take apart, calculate with and write.

A date may come as text ("4/5/2014", "April 5, 2014", "2014-04-05 07:30"; the month before the day), or as a `datetime`,
`date` or `time`. What has no time zone is meant in the default one.
"""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo
from typing import Any

from dateutil.parser import ParserError
from dateutil.parser import parse as parse_date
from dateutil.relativedelta import relativedelta
from dateutil.tz import tzoffset

from docassemble_lite.clock import now
from docassemble_lite.language.date_formats import formatted_date, formatted_datetime, formatted_time
from docassemble_lite.language.moment import DADateTime, as_moment
from docassemble_lite.language.readings import is_empty
from docassemble_lite.language.zones import zone_abbreviated, zone_called

__all__ = [
    "as_datetime",
    "current_datetime",
    "date_interval",
    "day_of",
    "dow_of",
    "format_date",
    "format_datetime",
    "format_time",
    "month_of",
    "today",
    "year_of",
]


def current_datetime(timezone: str | None = None) -> DADateTime:
    """The current moment in the time zone of that name (None: the default one)."""
    return as_moment(now().astimezone(zone_called(timezone)))


def today(timezone: str | None = None, format: str | None = None) -> DADateTime | str:
    """Midnight at the beginning of this day; with a `format`, the date as text."""
    midnight = current_datetime(timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if format is None else midnight.format_date(format)


def as_datetime(the_date: object, timezone: str | None = None) -> DADateTime:
    """The date as a moment in the time zone of that name (None: the default one).

    A time alone is meant today. Raises TypeError or ValueError for what is no date.
    """
    moment = _moment_from(the_date, timezone)
    zone = zone_called(timezone)
    return as_moment(moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone))


def date_interval(**interval: Any) -> relativedelta:
    """A span to add to a date or subtract from it: `years`, `months`, `weeks`, `days`, `hours`, `minutes`, `seconds` …"""
    return relativedelta(**interval)


def format_date(the_date: object, format: str | None = None) -> str:
    """The date as text, e.g. "April 5, 2014"; `format` is a style or a pattern. Empty text stays empty."""
    return "" if is_empty(the_date) else formatted_date(_moment_from(the_date), format)


def format_time(the_time: object, format: str | None = None) -> str:
    """The time as text, e.g. "4:01 AM"; `format` is a style or a pattern. Empty text stays empty."""
    return "" if is_empty(the_time) else formatted_time(_moment_from(the_time), format)


def format_datetime(the_date: object, format: str | None = None) -> str:
    """Date and time as text, e.g. "April 5, 2014 at 7:30:00 AM EDT"; `format` is a style or a pattern. Empty text stays empty."""
    return "" if is_empty(the_date) else formatted_datetime(_moment_from(the_date), format)


def year_of(the_date: object) -> int:
    """The year of a date."""
    return _moment_from(the_date).year


def month_of(the_date: object, as_word: bool = False) -> int | str:
    """The month of a date, 1 to 12, or its name."""
    moment = _moment_from(the_date)
    return formatted_date(moment, "MMMM") if as_word else moment.month


def day_of(the_date: object) -> int:
    """The day of the month."""
    return _moment_from(the_date).day


def dow_of(the_date: object, as_word: bool = False) -> int | str:
    """The day of the week, 1 for Monday to 7 for Sunday, or its name."""
    moment = _moment_from(the_date)
    return formatted_date(moment, "EEEE") if as_word else moment.isoweekday()


def _moment_from(value: object, timezone: str | None = None) -> datetime:
    """The moment that `value` is or spells, with the time zone that it has of itself, if any."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    if isinstance(value, time):
        return datetime.combine(current_datetime(timezone).date(), value)
    if value is None or isinstance(value, (bool, int, float, bytes)):
        raise TypeError(f"{value!r} isn't a date.")
    return _parsed(str(value), timezone)


def _parsed(text: str, timezone: str | None) -> datetime:
    day = datetime.combine(current_datetime(timezone).date(), time.min)
    try:
        return parse_date(text, default=day, tzinfos=_zone_in_text)
    except (ParserError, OverflowError) as error:
        raise ValueError(f"{text!r} can't be read as a date.") from error


def _zone_in_text(name: str | None, offset: int | None) -> tzinfo | None:
    if offset is not None:
        return tzoffset(name, offset)
    return zone_abbreviated(name) if name else None
