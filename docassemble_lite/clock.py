"""The one place that asks what time it is, so that a test can move the clock."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment, in UTC, with its time zone."""
    return datetime.now(UTC)


def naive_utc() -> datetime:
    """The current moment in UTC without a time zone: the form in which tables hold it."""
    return now().replace(tzinfo=None)
