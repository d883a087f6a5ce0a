"""How long it is from one date to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from babel.units import format_unit
from dateutil.relativedelta import relativedelta

from docassemble_lite.language.conventions import date_locale, get_language
from docassemble_lite.language.dates import as_datetime, current_datetime
from docassemble_lite.language.lists import comma_and_list
from docassemble_lite.language.moment import DADateTime
from docassemble_lite.language.numbers import quantity_noun

__all__ = ["date_difference"]

_UNITS = ("year", "month", "day", "hour", "minute", "second")
_DAYS_A_YEAR = 365.2425


@dataclass(frozen=True)
class DateDifference:
    """The span from one moment to another in several units; all are negative when it goes back in time.

    Both moments are in the same time zone, and the clock on the wall counts: from noon to noon is a day.
    """

    starting: DADateTime
    ending: DADateTime

    @property
    def delta(self) -> timedelta:
        """The span as a `timedelta`."""
        return self.ending - self.starting

    @property
    def years(self) -> float:
        """The span in years of 365.2425 days."""
        return self.days / _DAYS_A_YEAR

    @property
    def weeks(self) -> float:
        """The span in weeks."""
        return self.days / 7.0

    @property
    def days(self) -> float:
        """The span in days."""
        return self.seconds / 86400.0

    @property
    def hours(self) -> float:
        """The span in hours."""
        return self.seconds / 3600.0

    @property
    def minutes(self) -> float:
        """The span in minutes."""
        return self.seconds / 60.0

    @property
    def seconds(self) -> float:
        """The span in seconds."""
        return self.delta.total_seconds()

    def describe(self, specificity: str | None = None, nice: bool = True, capitalize: bool = False) -> str:
        """The length of the span in words, e.g. "one year, three months, and two days".

        `specificity` names the smallest unit ("year" … "second"; None: what is worth telling), `nice=False` writes
        all numbers in digits. Raises ValueError for another unit.
        """
        span = relativedelta(max(self.starting, self.ending), min(self.starting, self.ending))
        counts = [span.years, span.months, span.days, span.hours, span.minutes, span.seconds]
        last = _UNITS.index(_smallest_unit_worth_telling(counts) if specificity is None else _known_unit(specificity))
        shown = [(count, unit) for count, unit in zip(counts[: last + 1], _UNITS, strict=False) if count]
        parts = [_quantity(count, unit, nice=nice) for count, unit in shown or [(0, _UNITS[last])]]
        return str(comma_and_list(parts, capitalize=capitalize))

    def __str__(self) -> str:
        return self.describe()


def date_difference(starting: object = None, ending: object = None, timezone: str | None = None) -> DateDifference:
    """The span from `starting` to `ending`; None stands for the current moment.

    What has no time zone is meant in that of the name `timezone` (None: the default one).
    """
    first, last = (current_datetime(timezone) if given is None else as_datetime(given, timezone) for given in (starting, ending))
    return DateDifference(first, last)


def _smallest_unit_worth_telling(counts: list[int]) -> str:
    """Days beside years, months and days; a smaller unit than the largest only where that is one alone."""
    if any(counts[:3]):
        return "day"
    _, _, _, hours, minutes, _ = counts
    if hours:
        return "minute" if hours == 1 else "hour"
    return "minute" if minutes > 1 else "second"


def _known_unit(unit: str) -> str:
    if unit not in _UNITS:
        raise ValueError(f"A specificity is one of {', '.join(_UNITS)}, not {unit!r}.")
    return unit


def _quantity(count: int, unit: str, *, nice: bool) -> str:
    if get_language() == "en":
        return str(quantity_noun(count, unit, use_word=None if nice else False))
    return format_unit(count, f"duration-{unit}", locale=date_locale())
