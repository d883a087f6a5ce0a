import copy
import pickle
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from docassemble_lite.language.conventions import conventions, set_language
from docassemble_lite.language.dates import (
    as_datetime,
    current_datetime,
    date_interval,
    day_of,
    dow_of,
    format_date,
    format_datetime,
    format_time,
    month_of,
    today,
    year_of,
)
from docassemble_lite.language.moment import DADateTime
from docassemble_lite.language.zones import get_default_timezone, timezone_list

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    "written",
    [
        "4/5/2014",
        "2014-04-05",
        "April 5, 2014",
        date(2014, 4, 5),
        datetime(2014, 4, 5, 7, 30),
        DADateTime(2014, 4, 5, tzinfo=UTC),
    ],
)
def test_a_date_may_be_given_in_many_ways(written: object) -> None:
    assert format_date(written) == "April 5, 2014"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("long", "April 5, 2014"),
        ("full", "Saturday, April 5, 2014"),
        ("short", "4/5/14"),
        ("EEEE", "Saturday"),
        ("yyyy", "2014"),
        ("yy", "14"),
        ("MMMM", "April"),
        ("MMM", "Apr"),
        ("d", "5"),
        ("dd", "05"),
        ("E", "Sat"),
        ("e", "6"),
        ("EEEE, MMMM d, yyyy", "Saturday, April 5, 2014"),
        ("MM/dd/yyyy", "04/05/2014"),
        ("yyyy-MM-dd", "2014-04-05"),
    ],
)
def test_a_date_has_styles_and_patterns(form: str, text: str) -> None:
    assert format_date("4/5/2014", format=form) == text


@pytest.mark.parametrize(("language", "text"), [("es", "5 de abril de 2014"), ("fr", "5 avril 2014"), ("de", "5. April 2014")])
def test_a_date_is_written_in_the_current_language(language: str, text: str) -> None:
    set_language(language)
    assert format_date("4/5/2014") == text


def test_a_language_without_dates_is_refused_unless_another_stands_in(server) -> None:
    set_language("tlh")
    with pytest.raises(ValueError, match="tlh"):
        format_date("4/5/2014")
    with server({"babel dates map": {"tlh": "fr"}}):
        set_language("tlh")
        assert format_date("4/5/2014") == "5 avril 2014"


def test_an_interview_sets_the_default_formats() -> None:
    conventions().date_format = "yyyy-MM-dd"
    conventions().time_format = "HH:mm"
    conventions().datetime_format = "yyyy-MM-dd HH:mm"
    moment = as_datetime("4/5/2014 19:30")
    assert [str(moment), moment.format_time(), moment.format_datetime(), moment.format_date("short")] == [
        "2014-04-05",
        "19:30",
        "2014-04-05 19:30",
        "4/5/14",
    ]


@pytest.mark.parametrize(
    ("form", "text"),
    [(None, "4:01 AM"), ("h", "4"), ("hh", "04"), ("m", "1"), ("mm", "01"), ("ss", "23"), ("a", "AM"), ("h:mm a", "4:01 AM")],
)
def test_a_time_has_styles_and_patterns(form: str | None, text: str) -> None:
    assert format_time("04:01:23", format=form) == text


@pytest.mark.parametrize("given", [time(4, 1), datetime(2014, 4, 5, 4, 1), as_datetime("4/5/2014 4:01 AM")])
def test_a_time_may_be_given_in_many_ways(given: object) -> None:
    assert format_time(given) == "4:01 AM"


def test_a_time_without_a_zone_is_in_the_default_one(noon_in_january: datetime) -> None:
    assert [format_time("04:01:23", format=form) for form in ("z", "zzzz")] == ["EST", "Eastern Standard Time"]


def test_date_and_time_stand_together() -> None:
    assert format_datetime("4/5/2014 07:30") == "April 5, 2014 at 7:30:00 AM EDT"
    assert format_datetime("4/5/2014 07:30", "h:mm in MMMM") == "7:30 in April"


def test_an_unanswered_date_stays_empty() -> None:
    assert [format_date(""), format_time(""), format_datetime("")] == ["", "", ""]


@pytest.mark.parametrize("what", ["soon", "13/13/2014", "99999999999999999999"])
def test_text_that_is_no_date_is_refused(what: str) -> None:
    with pytest.raises(ValueError, match="can't be read as a date"):
        as_datetime(what)


@pytest.mark.parametrize("what", [None, 5, True])
def test_a_value_of_another_kind_is_no_date(what: object) -> None:
    with pytest.raises(TypeError, match="isn't a date"):
        as_datetime(what)


def test_a_date_becomes_midnight_in_the_default_time_zone() -> None:
    assert as_datetime("12/25/2018") == datetime(2018, 12, 25, tzinfo=NEW_YORK)


def test_a_date_can_be_meant_in_another_time_zone() -> None:
    assert as_datetime("12/25/2018 07:30 AM", timezone="Europe/Paris") == datetime(2018, 12, 25, 6, 30, tzinfo=UTC)


def test_a_moment_of_another_time_zone_is_moved_to_the_default_one() -> None:
    assert as_datetime("2014-04-05T07:30:00Z").hour == 3
    assert as_datetime("1/1/2020 7:30 PST").hour == 10


def test_an_abbreviation_that_could_be_any_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="XYZT"):
        as_datetime("1/1/2020 7:30 XYZT")


def test_a_time_alone_is_meant_today(noon_in_january: datetime) -> None:
    assert as_datetime("07:30 AM") == datetime(2020, 1, 15, 12, 30, tzinfo=UTC)


def test_the_present_has_the_time_zone_that_is_asked_for(noon_in_january: datetime) -> None:
    assert current_datetime().hour == 12
    assert current_datetime("Asia/Tokyo").format_datetime("short") == "1/16/20, 2:00 AM"


def test_today_is_midnight(noon_in_january: datetime) -> None:
    assert today() == datetime(2020, 1, 15, tzinfo=NEW_YORK)
    assert today(timezone="Asia/Tokyo").day == 16


def test_today_can_be_text(noon_in_january: datetime) -> None:
    assert today(format="M/d/yyyy") == "1/15/2020"


def test_a_time_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone 'Mars/Base'"):
        current_datetime("Mars/Base")


def test_the_server_decides_on_the_default_time_zone(server) -> None:
    with server({"timezone": "Europe/Paris"}):
        assert get_default_timezone() == "Europe/Paris"
        assert as_datetime("7/1/2020").utcoffset() == timedelta(hours=2)


def test_time_zones_are_listed_by_name() -> None:
    zones = timezone_list()
    assert {"America/New_York", "America/Sitka", "UTC"} <= set(zones)
    assert zones == sorted(zones)


def test_a_date_can_be_taken_apart() -> None:
    assert [year_of("4/1/1989"), month_of("4/1/1989"), day_of("4/1/1989"), dow_of("4/1/1989")] == [1989, 4, 1, 6]
    assert [month_of("4/1/1989", as_word=True), dow_of("4/1/1989", as_word=True)] == ["April", "Saturday"]


def test_a_moment_prints_as_its_date() -> None:
    moment = as_datetime("4/1/2018")
    assert [str(moment), f"{moment}", moment.format()] == ["April 1, 2018"] * 3


def test_a_moment_knows_its_week() -> None:
    moment = as_datetime("4/1/2018")
    assert (moment.dow, moment.week, moment.nanosecond) == (7, 13, 0)


def test_a_moment_can_be_moved() -> None:
    moment = as_datetime("4/1/2018")
    moved = [moment.plus(weeks=3), moment.plus(months=1), moment.minus(years=2), moment.replace(month=12, day=25)]
    assert [str(one) for one in moved] == ["April 22, 2018", "May 1, 2018", "April 1, 2016", "December 25, 2018"]


def test_an_interval_can_be_added_and_subtracted() -> None:
    moment = as_datetime("1/31/2020")
    assert [str(moment + date_interval(months=1)), str(moment - date_interval(days=1))] == [
        "February 29, 2020",
        "January 30, 2020",
    ]


def test_midnight_stays_midnight_when_the_clocks_change() -> None:
    assert as_datetime("3/1/2025").plus(months=1) == as_datetime("4/1/2025")


def test_whatever_is_calculated_from_a_moment_is_one() -> None:
    moment = as_datetime("4/1/2018")
    made = [
        moment.plus(days=1),
        moment + timedelta(days=1),
        moment.replace(day=2),
        moment.astimezone(UTC),
        moment.replace_time(time(5)),
    ]
    assert {type(one) for one in made} == {DADateTime}


def test_a_time_can_be_put_on_a_day() -> None:
    assert as_datetime("5/6/2018").replace_time(time(17, 0)).format_datetime("h:mm in MMMM") == "5:00 in May"


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda moment: pickle.loads(pickle.dumps(moment))])
def test_a_moment_can_be_stored(duplicate) -> None:
    moment = as_datetime("4/1/2018 7:30")
    again = duplicate(moment)
    assert (type(again), again, again.tzinfo) == (DADateTime, moment, NEW_YORK)


def test_a_moment_without_a_zone_is_written_in_the_default_one() -> None:
    assert DADateTime(2020, 1, 15, 7, 30).format_time("h:mm a z") == "7:30 AM EST"
