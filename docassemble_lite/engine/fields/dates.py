"""Dates and times of day."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any, ClassVar

from dateutil import parser

from docassemble_lite.engine.fields.datatype import Datatype, FieldSpec
from docassemble_lite.engine.screen import AskedField
from docassemble_lite.errors import LiteError
from docassemble_lite.language.dates import as_datetime, format_date, format_time

# the ways of writing a date that people use; dateutil alone would find one in “/./'120269” too
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_MONTH = r"[a-z]{3,9}\.?"
_DATE = rf"""(?:[a-z]{{3,9}}\.?,?\s+)?
    (?: [0-9]{{1,4}} (?P<between>[-/.]) [0-9]{{1,2}} (?P=between) [0-9]{{1,4}}
      | {_MONTH} \s+ {_DAY} ,? \s+ [0-9]{{4}}
      | {_DAY} (?:\.|\s+of)? [\s-]+ {_MONTH} ,? [\s-]+ [0-9]{{4}} )"""
_WRITTEN_DATE = re.compile(_DATE, re.I | re.X | re.A)
_WRITTEN_BOTH = re.compile(rf"(?P<date>{_DATE}) (?:t|,?\s+(?:at\s+)?) (?P<time>[0-9].*)", re.I | re.X | re.A)
_CONTROL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"""(?P<hour>[0-9]{1,2}) (?: :(?P<minute>[0-9]{2}) (?: :(?P<second>[0-9]{2}) (?P<part>\.[0-9]{1,6})? )? )?
    \s* (?P<half>[ap]\.?m\.?)?""",
    re.I | re.X,
)
# dateutil fills what is missing from a default: a date that is the same with both was really written
_DEFAULTS = (datetime(2000, 1, 1), datetime(2004, 3, 28))


def parse_date(text: str) -> date | None:
    """The date that a person wrote, with year, month and day; None when it is none that the calendar has."""
    if not _WRITTEN_DATE.fullmatch(text.strip()):
        return None
    found = _from_control(text.strip()) or _parsed_twice(text)
    return found.date() if found else None


def parse_datetime(text: str) -> datetime | None:
    """The date and time of day that a person wrote, None when either is missing or doesn't exist."""
    found = _WRITTEN_BOTH.fullmatch(text.strip())
    day, moment = (parse_date(found["date"]), parse_time(found["time"])) if found else (None, None)
    return datetime.combine(day, moment) if day is not None and moment is not None else None


def parse_time(text: str) -> time | None:
    """The time of day that was written ("13:45", "1:45 pm", "3 pm"), None when it is none."""
    found = _TIME.fullmatch(text.strip())
    if not found or not (found["minute"] or found["half"]):
        return None
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    microsecond = int((found["part"] or ".")[1:].ljust(6, "0"))
    try:
        return time(hour, int(found["minute"] or 0), int(found["second"] or 0), microsecond)
    except ValueError:
        return None


def _from_control(text: str) -> datetime | None:
    """The date as a browser's control writes it, 2026-05-04: the usual case, for which dateutil takes its time."""
    try:
        return datetime.fromisoformat(text) if _CONTROL_DATE.fullmatch(text) else None
    except ValueError:
        return None


def _parsed_twice(text: str) -> datetime | None:
    try:
        first, second = (parser.parse(text, default=default, ignoretz=True) for default in _DEFAULTS)
    except (ValueError, OverflowError):
        return None
    return first if first == second else None


class Date(Datatype):
    """A day: a DADateTime at midnight, or "" where the field was left empty."""

    names: ClassVar[tuple[str, ...]] = ("date",)
    html_type: ClassVar[str] = "date"
    # the code of the message for what is none
    kind_code: ClassVar[str] = "date"
    limit_code: ClassVar[str] = "date"

    # --- what differs between dates, times and both --------------------------------------------------------------

    def read(self, text: str) -> Any:
        """What was written, as something that can be compared; None when it is none of this datatype."""
        return parse_date(text)

    def read_value(self, value: Any) -> Any:
        """The same for a value of Python or for what an author wrote, which may be anything that dateutil knows."""
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        found = _parsed_twice(str(value).strip())
        return found.date() if found else None

    def as_value(self, found: Any) -> Any:
        """The variable's value."""
        return as_datetime(datetime.combine(found, time()))

    def control_text(self, found: Any) -> str:
        """What the browser's control takes."""
        return found.isoformat()

    def told_limit(self, found: Any) -> str:
        """A limit in words."""
        return format_date(found)

    # --- what they share -----------------------------------------------------------------------------------------

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        limits = {name: self._limit(spec, name) for name in ("min", "max")}
        return {name: limit for name, limit in limits.items() if limit}

    def _limit(self, spec: FieldSpec, name: str) -> str:
        written = spec.keys.get(name)
        if written is None or str(written).strip() == "":
            return ""
        found = self.read_value(written)
        if found is None:
            raise LiteError(f"The “{name}” of the field “{spec.variable}” must be a {self.names[0]}, not {written!r}.")
        return self.control_text(found)

    def parsed(self, asked: AskedField, text: str) -> Any:
        found = self.read(text)
        if found is None:
            raise self.refusal(asked, self.kind_code)
        limits = {name: self.read(asked.options[name]) for name in ("min", "max") if name in asked.options}
        outside = ("min" in limits and found < limits["min"]) or ("max" in limits and found > limits["max"])
        if outside:
            raise self.refusal(asked, *self._told_limits(asked))
        return self.as_value(found)

    def _told_limits(self, asked: AskedField) -> list[str]:
        names = [name for name in ("min", "max") if name in asked.options]
        return [f"{self.limit_code} {''.join(names)}", *(self.told_limit(self.read(asked.options[name])) for name in names)]

    def text_of(self, value: Any) -> str:
        found = None if value is None else self.read_value(value)
        return "" if found is None else self.control_text(found)

    def value_of_choice(self, value: Any) -> Any:
        found = self.read_value(value)
        if found is None:
            raise LiteError(f"The choice {value!r} doesn't suit “datatype: {self.names[0]}”.")
        return self.as_value(found)

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        return {name: asked.options[name] for name in ("min", "max") if name in asked.options}

    def rules(self, asked: AskedField) -> dict[str, str]:
        limited = [name for name in ("min", "max") if name in asked.options]
        told = {name: self.told(asked, *self._told_limits(asked)) for name in limited}
        return {**super().rules(asked), "type": self.told(asked, self.kind_code), **told}


class Time(Date):
    """A time of day: a datetime.time, or "" where the field was left empty."""

    names: ClassVar[tuple[str, ...]] = ("time",)
    html_type: ClassVar[str] = "time"
    kind_code: ClassVar[str] = "time"
    limit_code: ClassVar[str] = "time"

    def read(self, text: str) -> Any:
        return parse_time(text)

    def read_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.time()
        return value.replace(tzinfo=None) if isinstance(value, time) else self.read(str(value).strip())

    def as_value(self, found: Any) -> Any:
        return found

    def control_text(self, found: Any) -> str:
        return found.isoformat(timespec=_precision(found))

    def told_limit(self, found: Any) -> str:
        return format_time(found)

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        # without it a browser finds fault with a default that has seconds
        return {**super().attributes(spec, asked), "step": "any"}


class DateAndTime(Date):
    """A day and a time of day: a DADateTime, or "" where the field was left empty."""

    names: ClassVar[tuple[str, ...]] = ("datetime",)
    html_type: ClassVar[str] = "datetime-local"
    kind_code: ClassVar[str] = "datetime"

    def read(self, text: str) -> Any:
        return parse_datetime(text)

    def read_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return datetime.combine(value.date(), value.time())
        return datetime.combine(value, time()) if isinstance(value, date) else _parsed_twice(str(value).strip())

    def as_value(self, found: Any) -> Any:
        return as_datetime(found)

    def control_text(self, found: Any) -> str:
        return found.isoformat(timespec=_precision(found))

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        return {**super().attributes(spec, asked), "step": "any"}


def _precision(found: Any) -> str:
    if found.microsecond:
        return "milliseconds" if found.microsecond % 1000 == 0 else "microseconds"
    return "seconds" if found.second else "minutes"
