"""Moments as text, by a style ("short", "medium", "long", "full") or a pattern such as "MMMM d, yyyy".

Patterns are those of Unicode Technical Standard 35.
"""

from __future__ import annotations

from datetime import date, datetime

from babel import dates

from docassemble_lite.language.conventions import conventions, date_locale
from docassemble_lite.language.zones import zone_called

# between a date and a time in the longer styles
_AT = {"en": " at ", "fr": " à ", "de": " um "}


def formatted_date(moment: date, pattern: str | None = None) -> str:
    """The date of a moment; without a pattern as `metadata` says, or "long"."""
    return dates.format_date(moment, pattern or conventions().date_format or "long", locale=date_locale())


def formatted_time(moment: datetime, pattern: str | None = None) -> str:
    """The time of a moment, in its own zone; without a pattern as `metadata` says, or "short"."""
    aware = in_a_zone(moment)
    chosen = pattern or conventions().time_format or "short"
    return _plain_blanks(dates.format_time(aware, chosen, tzinfo=aware.tzinfo, locale=date_locale()))


def formatted_datetime(moment: datetime, pattern: str | None = None) -> str:
    """Date and time of a moment, in its own zone; without a pattern as `metadata` says, or "long"."""
    aware = in_a_zone(moment)
    chosen = pattern or conventions().datetime_format or "long"
    language = date_locale().language
    if chosen in ("long", "full") and language in _AT:
        return formatted_date(aware, chosen) + _AT[language] + formatted_time(aware, chosen)
    return _plain_blanks(dates.format_datetime(aware, chosen, tzinfo=aware.tzinfo, locale=date_locale()))


def in_a_zone(moment: datetime) -> datetime:
    """The moment with a time zone: its own or, if it has none, the default one."""
    return moment if moment.tzinfo else moment.replace(tzinfo=zone_called(None))


def _plain_blanks(text: str) -> str:
    # newer tables have a narrow no-break space before AM and PM, which neither people nor PDF fonts expect
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")
