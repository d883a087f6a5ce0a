"""When the session began, and when people were last in it. What tasks, the schedule and e-mails do is no access of a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from docassemble_lite.clock import now
from docassemble_lite.host import PersonAccess, current
from docassemble_lite.language.moment import DADateTime, as_moment
from docassemble_lite.language.zones import zone_called

__all__ = [
    "last_access_days",
    "last_access_delta",
    "last_access_hours",
    "last_access_minutes",
    "last_access_time",
    "returning_user",
    "start_time",
]

_CRON = "cron"

Names = str | Iterable[str] | None


def start_time(timezone: str | None = None) -> DADateTime:
    """When the session began, in UTC or in the time zone of that name."""
    return as_moment(current().host.session_moments().began.astimezone(zone_called(timezone or "UTC")))


def last_access_time(
    include_privileges: Names = None,
    exclude_privileges: Names = None,
    include_cron: bool = False,
    timezone: str | None = None,
) -> DADateTime | None:
    """When a person was last in the session before now, in UTC or in the time zone of that name; None if nobody was.

    Only people count who have one of the privileges to include and none of those to exclude: one name or several. With
    `include_cron`, what the schedule does counts as well.
    """
    included, excluded = _names(include_privileges), _names(exclude_privileges)
    moments = current().host.session_moments()
    found = []
    if included is None and not excluded:
        found.append(moments.person_there)
    else:
        found += [access.moment for access in current().host.accesses() if _counts(access, included, excluded or set())]
    if include_cron and (included is None or _CRON in included) and _CRON not in (excluded or ()):
        found.append(moments.saved)
    last = max((moment for moment in found if moment is not None), default=None)
    return None if last is None else as_moment(last.astimezone(zone_called(timezone or "UTC")))


def last_access_delta(
    include_privileges: Names = None,
    exclude_privileges: Names = None,
    include_cron: bool = False,
    timezone: str | None = None,
) -> timedelta:
    """How long ago `last_access_time()` is; nothing at all if nobody was there."""
    last = last_access_time(include_privileges, exclude_privileges, include_cron, timezone)
    return timedelta(0) if last is None else now() - last


def last_access_days(
    include_privileges: Names = None,
    exclude_privileges: Names = None,
    include_cron: bool = False,
    timezone: str | None = None,
) -> float:
    """How many days ago `last_access_time()` is."""
    return last_access_delta(include_privileges, exclude_privileges, include_cron, timezone) / timedelta(days=1)


def last_access_hours(
    include_privileges: Names = None,
    exclude_privileges: Names = None,
    include_cron: bool = False,
    timezone: str | None = None,
) -> float:
    """How many hours ago `last_access_time()` is."""
    return last_access_delta(include_privileges, exclude_privileges, include_cron, timezone) / timedelta(hours=1)


def last_access_minutes(
    include_privileges: Names = None,
    exclude_privileges: Names = None,
    include_cron: bool = False,
    timezone: str | None = None,
) -> float:
    """How many minutes ago `last_access_time()` is."""
    return last_access_delta(include_privileges, exclude_privileges, include_cron, timezone) / timedelta(minutes=1)


def returning_user(minutes: float | None = None, hours: float | None = None, days: float | None = None) -> bool:
    """Whether nobody was in the session for so long; six hours if nothing is said."""
    given = timedelta(minutes=minutes or 0, hours=hours or 0, days=days or 0)
    return last_access_delta() >= (given or timedelta(hours=6))


def _names(given: Names) -> set[str] | None:
    if given is None:
        return None
    return {given} if isinstance(given, str) else {str(name) for name in given}


def _counts(access: PersonAccess, included: set[str] | None, excluded: set[str]) -> bool:
    """Whether somebody's access is asked for. Somebody who has signed in without special privileges is a “user”."""
    privileges = set(access.privileges) or ({"user"} if access.user_id is not None else set())
    return not privileges & excluded and (included is None or bool(privileges & included))
