import pytest

from docassemble_lite.language.labels import alpha, item_label, roman


def test_letters_go_on_after_z() -> None:
    assert [alpha(index) for index in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


def test_letters_can_be_small() -> None:
    assert alpha(0, case="lower") == "a"


def test_roman_numerals_count_from_zero() -> None:
    assert [roman(0), roman(3), roman(65), roman(1993), roman(65, case="lower")] == ["I", "IV", "LXVI", "MCMXCIV", "lxvi"]


def test_each_level_of_an_outline_has_its_label() -> None:
    assert [item_label(0, level) for level in range(7)] == ["I.", "A.", "1.", "a)", "(1)", "(a)", "i)"]


def test_a_label_without_a_level_is_of_the_highest() -> None:
    assert item_label(1) == "II."


def test_a_label_can_do_without_punctuation() -> None:
    assert item_label(0, 6, punctuation=False) == "i"


@pytest.mark.parametrize(
    "call", [lambda: alpha(-1), lambda: roman(3999), lambda: item_label(0, 7), lambda: alpha(0, case="Upper")]
)
def test_what_has_no_label_is_refused(call) -> None:
    with pytest.raises(ValueError):
        call()
