"""Labels of the items of a list, from an index that counts from 0: A, B …; I, II …; a), b) …"""

from __future__ import annotations

from docassemble_lite.language.readings import whole_number_from

__all__ = ["alpha", "item_label", "roman"]

_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


def alpha(index: object, case: str = "upper") -> str:
    """`alpha(0)` is "A", `alpha(26)` is "AA"; `case` is "upper" or "lower"."""
    number = _counted(index)
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return _in_case(letters, case)


def roman(index: object, case: str = "upper") -> str:
    """`roman(0)` is "I"; `case` is "upper" or "lower". Raises ValueError from 3999 on."""
    number = _counted(index)
    if number > 3999:
        raise ValueError(f"{number} can't be written in Roman numerals.")
    numeral = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        numeral += letters * times
    return _in_case(numeral, case)


def item_label(index: object, level: int | None = None, punctuation: bool = True) -> str:
    """The label of an item at `level` 0 to 6 of an outline: "I.", "A.", "1.", "a)", "(1)", "(a)", "i)"."""
    label, form = {
        0: (roman(index), "{}."),
        1: (alpha(index), "{}."),
        2: (str(_counted(index)), "{}."),
        3: (alpha(index, case="lower"), "{})"),
        4: (str(_counted(index)), "({})"),
        5: (alpha(index, case="lower"), "({})"),
        6: (roman(index, case="lower"), "{})"),
    }[_level(level)]
    return form.format(label) if punctuation else label


def _level(level: int | None) -> int:
    number = 0 if level is None else whole_number_from(level)
    if not 0 <= number <= 6:
        raise ValueError(f"The level of a label is 0 to 6, not {level!r}.")
    return number


def _counted(index: object) -> int:
    number = whole_number_from(index) + 1
    if number < 1:
        raise ValueError(f"An index counts from 0; {index!r} is below that.")
    return number


def _in_case(text: str, case: str) -> str:
    if case not in ("upper", "lower"):
        raise ValueError(f"The case is 'upper' or 'lower', not {case!r}.")
    return text if case == "upper" else text.lower()
