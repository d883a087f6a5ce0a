from datetime import datetime, timedelta

import pytest

from docassemble_lite.language.conventions import set_language
from docassemble_lite.language.differences import date_difference


def test_a_difference_has_many_units() -> None:
    span = date_difference(starting="1/1/2025", ending="1/3/2025")
    assert (span.years, span.weeks, span.days) == (0.005475814013977016, 0.2857142857142857, 2.0)
    assert (span.hours, span.minutes, span.seconds, span.delta) == (48.0, 2880.0, 172800, timedelta(days=2))


def test_a_difference_back_in_time_is_negative() -> None:
    assert date_difference(starting="1/3/2025", ending="1/1/2025").days == -2


def test_what_is_left_out_is_the_present(noon_in_january: datetime) -> None:
    assert date_difference(starting="1/15/2020").hours == 12
    assert date_difference(ending="1/15/2020").hours == -12


def test_days_are_whole_when_the_clocks_change_between() -> None:
    assert date_difference("3/1/2025", "4/1/2025").days == 31


def test_a_time_zone_can_be_given() -> None:
    assert date_difference("2025-01-01T00:00Z", "1/1/2025", timezone="UTC").seconds == 0


@pytest.mark.parametrize(
    ("keywords", "text"),
    [
        ({}, "one year, three months, and two days"),
        ({"capitalize": True}, "One year, three months, and two days"),
        ({"specificity": "year"}, "one year"),
        ({"specificity": "month"}, "one year and three months"),
        ({"nice": False}, "1 year, 3 months, and 2 days"),
    ],
)
def test_a_difference_is_described_in_words(keywords: dict[str, object], text: str) -> None:
    assert date_difference("1/1/2024", "4/3/2025").describe(**keywords) == text


def test_a_difference_prints_as_its_description() -> None:
    assert str(date_difference("1/1/2022 23:22:35", "4/3/2023 21:45:22")) == "one year, three months, and one day"


def test_a_description_can_go_down_to_seconds() -> None:
    span = date_difference("1/1/2022 23:22:35", "4/3/2023 21:45:22")
    assert span.describe(specificity="second") == "one year, three months, one day, 22 hours, 22 minutes, and 47 seconds"


@pytest.mark.parametrize(
    ("start", "text"),
    [("20:45:22", "two hours"), ("21:45:22", "one hour and 37 minutes"), ("22:45:22", "37 minutes"), ("23:22:22", "13 seconds")],
)
def test_a_short_difference_is_described_by_its_large_units(start: str, text: str) -> None:
    assert date_difference(f"4/3/2025 {start}", "4/3/2025 23:22:35").describe() == text


def test_no_difference_is_described_as_zero() -> None:
    span = date_difference("4/3/2025", "4/3/2025")
    assert [span.describe(), span.describe(specificity="year")] == ["zero seconds", "zero years"]


def test_a_description_speaks_the_current_language() -> None:
    set_language("es")
    assert str(date_difference("1/1/2024", "4/3/2025")).replace("\N{NO-BREAK SPACE}", " ") == "1 año, 3 meses y 2 días"


def test_a_specificity_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'decade'"):
        date_difference("1/1/2024", "4/3/2025").describe(specificity="decade")
