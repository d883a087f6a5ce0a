import pytest

from docassemble_lite.language.durations import short_duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (0.04, "0.0 s"),
        (3.21, "3.2 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (240, "4 min"),
        (59.4 * 60, "59 min"),
        (59.6 * 60, "1 h"),
        (5 * 3600, "5 h"),
        (47 * 3600, "47 h"),
        (48 * 3600, "2 d"),
        (400 * 86400, "400 d"),
    ],
)
def test_a_duration_is_told_in_the_unit_that_fits_it(seconds: float, text: str) -> None:
    assert short_duration(seconds) == text


def test_a_clock_that_was_set_back_makes_no_duration_below_zero() -> None:
    assert short_duration(-5) == "0.0 s"
