"""Time zones by their names, such as "America/New_York"."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from docassemble_lite.host import current

__all__ = ["get_default_timezone", "timezone_list"]

# files that lie beside the zones and are none
_NOT_ZONES = ("posix/", "right/", "Factory", "localtime", "posixrules", "leapseconds", "tzdata.zi")

# abbreviations that people write behind a time; no other is understood, for most stand for several zones
_ABBREVIATIONS = {
    "UTC": "UTC",
    "GMT": "UTC",
    "Z": "UTC",
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "MST": "America/Denver",
    "MDT": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
}


def get_default_timezone() -> str:
    """The name of the time zone in which dates are meant when nothing else is said."""
    return str(current().host.setting("timezone", "America/New_York"))


def timezone_list() -> list[str]:
    """The names of all time zones, in the order of the alphabet."""
    return list(_zone_names())


def zone_called(name: str | None) -> ZoneInfo:
    """The time zone of that name, the default one for None. Raises ValueError when there is none."""
    wanted = name or get_default_timezone()
    try:
        return ZoneInfo(wanted)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"There is no time zone {wanted!r}; timezone_list() has their names.") from error


def zone_abbreviated(abbreviation: str) -> ZoneInfo:
    """The time zone that an abbreviation behind a time stands for. Raises ValueError when that isn't clear."""
    if abbreviation not in _ABBREVIATIONS:
        raise ValueError(f"Which time zone {abbreviation!r} stands for isn't clear; write the difference to UTC, such as +02:00.")
    return ZoneInfo(_ABBREVIATIONS[abbreviation])


@cache
def _zone_names() -> tuple[str, ...]:
    return tuple(sorted(name for name in available_timezones() if not name.startswith(_NOT_ZONES)))
