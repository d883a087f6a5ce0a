from datetime import date, datetime, time

import pytest

from docassemble_lite.errors import LiteError
from docassemble_lite.language.dates import DADateTime, as_datetime


@pytest.mark.parametrize(
    "posted",
    [
        "2026-05-04",
        "5/4/2026",
        "05/04/2026",
        "May 4, 2026",
        "4 May 2026",
        " 2026-05-04 ",
        "Monday, May 4th, 2026",
        "4. May 2026",
        "4th of May 2026",
        "04-May-2026",
        "5-4-26",
    ],
)
def test_a_date_is_read_as_people_write_it(field, posted):
    value = field("date").convert(posted)
    assert isinstance(value, DADateTime)
    assert (value.year, value.month, value.day, value.hour, value.minute) == (2026, 5, 4, 0, 0)


@pytest.mark.parametrize(
    "posted",
    [
        "2026-02-30",
        "0000-01-01",
        "10000-01-01",
        "2026-13-01",
        "yesterday",
        "5",
        "May 2026",
        "5/4",
        "Friday",
        "Friday May 2026",
        "/./'120269",
        "5 1.5 8",
        "05/04-2026",
        "4 Mai 2026",
        "2026-05-04T10:00",
        "٤/٥/2026",
        "\0",
        "1" * 100,
    ],
)
def test_what_is_no_day_of_the_calendar_is_refused(field, posted):
    assert field("date").refusal(posted) == "You need to enter a valid date."


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(2024, 2, 29), date(9999, 12, 31)])
def test_a_date_that_is_shown_again_comes_back_unchanged(field, day):
    value = as_datetime(datetime(day.year, day.month, day.day))
    view = field("date").view(value)
    assert (view.input_type, view.value) == ("date", day.isoformat())
    assert field("date").convert(view.value) == value


@pytest.mark.parametrize(
    ("default", "shown"),
    [
        ("5/4/2026", "2026-05-04"),
        (date(2026, 5, 4), "2026-05-04"),
        (datetime(2026, 5, 4, 13), "2026-05-04"),
        ("soon", ""),
        (None, ""),
    ],
)
def test_the_default_of_a_date_is_anything_that_names_a_day(field, default, shown):
    assert field("date").view(default).value == shown


@pytest.mark.parametrize("datatype", ["date", "time", "datetime"])
def test_an_optional_date_that_was_left_empty_is_an_empty_text(field, datatype):
    assert field(datatype, required=False).convert("") == ""


@pytest.mark.parametrize("datatype", ["date", "time", "datetime"])
def test_a_required_date_must_be_entered(field, datatype):
    assert field(datatype).refusal(" ") == field(datatype).view().attributes["data-msg-required"]


def test_the_limits_of_a_date_are_kept(field):
    assert field("date", min="2020-01-01").refusal("2019-12-31") == "You need to enter a date on or after January 1, 2020."
    assert field("date", max=date(2020, 1, 1)).refusal("2020-01-02") == "You need to enter a date on or before January 1, 2020."
    both = field("date", min="1/1/2020", max=as_datetime(datetime(2020, 12, 31)))
    assert both.refusal("2021-01-01") == "You need to enter a date between January 1, 2020 and December 31, 2020."
    assert both.convert("2020-12-31").month == 12


def test_the_browser_is_told_the_limits_of_a_date(field):
    attributes = field("date", max="4/19/2020").view().attributes
    assert attributes["max"] == "2020-04-19"
    assert attributes["data-msg-max"] == "You need to enter a date on or before April 19, 2020."


def test_a_limit_that_is_no_date_is_the_authors_mistake(field):
    with pytest.raises(LiteError, match="max"):
        field("date", max="soon").asked


@pytest.mark.parametrize(
    ("posted", "value"),
    [
        ("13:45", time(13, 45)),
        ("1:45 pm", time(13, 45)),
        ("12 a.m.", time(0)),
        ("12pm", time(12)),
        ("00:00", time(0)),
        ("23:59:58", time(23, 59, 58)),
        ("1:02:03.25", time(1, 2, 3, 250000)),
    ],
)
def test_a_time_is_read_as_people_write_it(field, posted, value):
    assert field("time").convert(posted) == value


@pytest.mark.parametrize("posted", ["24:00", "13:60", "13", "noon", "13 pm", "0 am", "1:2", "12:00:61", "-1:00", "1:00 xm"])
def test_what_is_no_time_is_refused(field, posted):
    assert field("time").refusal(posted) == "You need to enter a valid time."


@pytest.mark.parametrize("value", [time(0), time(9, 5), time(13, 43, 23), time(1, 2, 3, 250000)])
def test_a_time_that_is_shown_again_comes_back_unchanged(field, value):
    assert field("time").convert(field("time").view(value).value) == value


def test_a_time_may_be_limited(field):
    opening = field("time", min="9:00", max="17:00")
    assert "between" in opening.refusal("18:00")
    assert opening.convert("17:00") == time(17)


@pytest.mark.parametrize(
    "posted", ["2026-05-04T13:45", "5/4/2026 1:45 PM", "2026-05-04 13:45:00", "May 4, 2026, 1:45 pm", "May 4, 2026 at 13:45"]
)
def test_a_date_and_time_is_read_as_people_write_it(field, posted):
    value = field("datetime").convert(posted)
    assert isinstance(value, DADateTime)
    assert (value.year, value.month, value.day, value.hour, value.minute) == (2026, 5, 4, 13, 45)


@pytest.mark.parametrize("posted", ["2026-05-04", "13:45", "2026-02-30T10:00", "2026-05-04T24:00", "2026-05-04T10", "now"])
def test_a_date_and_time_needs_both(field, posted):
    assert field("datetime").refusal(posted) == "You need to enter a valid date and time."


@pytest.mark.parametrize(
    "default", ["2026-05-04 00:00:00-04:00", "May 4, 2026", "2026-05-04", date(2026, 5, 4), datetime(2026, 5, 4)]
)
def test_the_default_of_a_date_and_time_is_midnight_where_it_names_no_time(field, default):
    assert field("datetime").view(default).value == "2026-05-04T00:00"


@pytest.mark.parametrize("moment", [datetime(2026, 5, 4, 13, 45), datetime(1, 1, 1), datetime(2026, 5, 4, 13, 45, 7, 5000)])
def test_a_date_and_time_that_is_shown_again_comes_back_unchanged(field, moment):
    value = as_datetime(moment)
    view = field("datetime").view(value)
    assert view.input_type == "datetime-local"
    assert field("datetime").convert(view.value) == value
